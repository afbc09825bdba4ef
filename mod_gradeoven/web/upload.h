/*
 * An upload: the body of a multipart form, its plain fields into the request's form, its files onto
 * the disk as they come, in a workspace that goes with the request.
 */
#ifndef GO_WEB_UPLOAD_H
#define GO_WEB_UPLOAD_H

#include "model/state.h"
#include "model/tree.h"
#include "web/form.h"

#include <httpd.h>

typedef struct go_upload_file {
    const char *field;
    const char *name;   /* as the browser sent it: hostile, may hold directories */
    const char *path;   /* where it lies in the workspace */
    const char *object; /* SHA-256 of the bytes */
    apr_off_t size;
} go_upload_file;

typedef struct go_upload {
    const char *workspace;
    apr_array_header_t *files; /* of go_upload_file, in the order they came */
} go_upload;

/*
 * Reads the body. `may_write` is asked once, before the first file is written to the disk, with the
 * fields that came before it: anything but APR_SUCCESS stops the reading (a form whose CSRF token
 * is wrong costs no disk). GO_ETOOBIG: more than limits->bytes. GO_ESLOW: it took longer than
 * limits->time and a second for each KiB. GO_EENCODED: the body is compressed; nobody compresses
 * what browsers send, and a small one may unpack to any size. httpd's own timeouts hold as well.
 */
typedef struct go_body_limits {
    apr_off_t bytes;
    apr_interval_time_t time;
} go_body_limits;

apr_status_t go_upload_read(go_upload **upload, request_rec *r, const go_state *state,
                            const go_body_limits *limits, go_form *form,
                            apr_status_t (*may_write)(void *baton), void *baton, go_error *err);

/* The same for an application/x-www-form-urlencoded body; at most GO_BODY_MAX bytes. */
#define GO_BODY_MAX (1024 * 1024)
apr_status_t go_body_read(request_rec *r, apr_interval_time_t time, go_form *form, go_error *err);

/*
 * The files of one field as a finished tree, whose entries' `file` are in the workspace: one
 * archive alone is unpacked, else the files are taken as they are, with the directories of a folder
 * upload. Of an archive "x.zip" that holds only a directory "x", and of an uploaded folder, that
 * outer directory is taken off. GO_EINVALID when nothing was chosen.
 */
apr_status_t go_upload_tree(const go_upload *upload, const char *field, apr_off_t max_bytes,
                            go_tree **tree, apr_pool_t *pool, go_error *err);

/* The first file of a field, or NULL. */
const go_upload_file *go_upload_first(const go_upload *upload, const char *field);

#endif
