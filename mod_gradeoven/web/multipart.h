/*
 * multipart/form-data (RFC 7578, RFC 2046), streaming.
 *
 * Uploads are larger than we want to keep in memory, so the parser is pushed: give it the body in
 * pieces of any size as they come from the network, and it calls back for the parts. A boundary may
 * be cut anywhere between two pieces. It keeps no more than one part's headers and one boundary in
 * memory; bytes of parts are handed on straight from the piece they came in.
 *
 * The body is hostile. Every count is limited, and what is not well-formed ends the parse with a
 * reason; nothing is guessed. File names come as the browser sent them, with directories in them
 * when a folder was uploaded: the caller checks them (go_tree_path_check) before believing
 * anything.
 */
#ifndef GO_WEB_MULTIPART_H
#define GO_WEB_MULTIPART_H

#include "model/error.h"

typedef struct go_multipart go_multipart;

typedef struct go_multipart_limits {
    int max_parts;
    apr_size_t max_header_bytes; /* of all headers of one part */
    apr_size_t max_name;         /* bytes of a part's name, and of its file name */
    apr_size_t max_field_bytes;  /* of a part without a file name */
    apr_off_t max_total_bytes;   /* of the whole body */
} go_multipart_limits;

typedef struct go_multipart_part {
    const char *name;         /* valid UTF-8, not empty */
    const char *filename;     /* NULL: a plain field; "" : a file input where nothing was chosen */
    const char *content_type; /* as sent, or NULL */
} go_multipart_part;

/*
 * What the parser calls, in the order begin, data*, end for each part. The part's texts live until
 * its end returns. Anything but APR_SUCCESS stops the parse and is what feed returns; the callback
 * fills its own go_error.
 */
typedef struct go_multipart_callbacks {
    apr_status_t (*part_begin)(void *baton, const go_multipart_part *part);
    apr_status_t (*part_data)(void *baton, const char *bytes, apr_size_t length);
    apr_status_t (*part_end)(void *baton);
} go_multipart_callbacks;

/*
 * A parser for a body with this Content-Type (which names the boundary); lives in `pool`. `err` is
 * used by feed and finish too and must live as long. GO_EINVALID: not multipart/form-data, or its
 * boundary breaks RFC 2046.
 */
apr_status_t go_multipart_create(go_multipart **multipart, const char *content_type,
                                 const go_multipart_limits *limits,
                                 const go_multipart_callbacks *callbacks, void *baton,
                                 apr_pool_t *pool, go_error *err);

/*
 * The next bytes of the body. GO_EINVALID: malformed; GO_ETOOBIG: over a limit; or what a callback
 * returned. After a failure every further call returns the same status.
 */
apr_status_t go_multipart_feed(go_multipart *multipart, const char *bytes, apr_size_t length);

/* The body has ended. GO_EINVALID if the closing boundary never came: the upload was cut short. */
apr_status_t go_multipart_finish(go_multipart *multipart);

#endif
