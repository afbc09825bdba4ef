#include "web/upload.h"

#include "model/archive.h"
#include "model/buffer.h"
#include "web/multipart.h"

#include <apr_strings.h>
#include <http_protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum {
    PARTS_MAX = 5000,
    PART_HEADERS_MAX = 8192,
    PART_NAME_MAX = GO_TREE_PATH_MAX,
    FIELD_MAX = 2 * 1024 * 1024, /* a pasted roster is the longest */
    FIELDS_MAX = 2 * FIELD_MAX,  /* of all plain fields: they are kept in memory */
    ENTRIES_MAX = 5000,
    RATIO_MAX = 200,
};

/* Where the reading of a body stands. */
typedef struct reader {
    go_upload *upload;
    go_form *form;
    apr_pool_t *pool;
    go_error *err;
    apr_status_t (*may_write)(void *baton);
    void *baton;
    int may_write_asked;
    int fd; /* of the file being written, or -1 */
    crypto_hash_sha256_state hash;
    const char *field;
    go_buffer *value; /* of the field being read */
    apr_size_t fields_total;
} reader;

static apr_status_t disk_failed(reader *in) {
    return go_error_system(in->err, APR_FROM_OS_ERROR(errno),
                           "Nothing was submitted. Try again in a moment, and tell the admin.",
                           "The upload could not be written to the disk");
}

static apr_status_t begin_file(reader *in, const char *filename) {
    if (!in->may_write_asked) {
        apr_status_t status = in->may_write(in->baton);
        if (status) return status;
        in->may_write_asked = 1;
    }
    go_upload_file *file = apr_array_push(in->upload->files);
    memset(file, 0, sizeof(*file));
    file->field = in->field;
    file->name = apr_pstrdup(in->pool, filename);
    file->path =
        apr_psprintf(in->pool, "%s/part-%d", in->upload->workspace, in->upload->files->nelts);
    in->fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    crypto_hash_sha256_init(&in->hash);
    return in->fd < 0 ? disk_failed(in) : APR_SUCCESS;
}

static apr_status_t part_begin(void *baton, const go_multipart_part *part) {
    reader *in = baton;
    in->field = apr_pstrdup(in->pool, part->name);
    in->value = NULL;
    if (part->filename && *part->filename) return begin_file(in, part->filename);
    if (!part->filename) in->value = go_buffer_make(in->pool, 0);
    return APR_SUCCESS; /* a file input where nothing was chosen is neither */
}

static apr_status_t write_all(reader *in, const char *bytes, apr_size_t length) {
    while (length) {
        ssize_t n = write(in->fd, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return disk_failed(in);
        bytes += n;
        length -= (apr_size_t)n;
    }
    return APR_SUCCESS;
}

static apr_status_t part_data(void *baton, const char *bytes, apr_size_t length) {
    reader *in = baton;
    if (in->value) {
        in->fields_total += length;
        if (in->fields_total > FIELDS_MAX)
            return go_error_set(in->err, GO_ETOOBIG, "Send less text.",
                                "The form's fields are too large.");
        go_buffer_add(in->value, bytes, length);
        return APR_SUCCESS;
    }
    if (in->fd < 0) return APR_SUCCESS;
    go_upload_file *file =
        &APR_ARRAY_IDX(in->upload->files, in->upload->files->nelts - 1, go_upload_file);
    file->size += (apr_off_t)length;
    crypto_hash_sha256_update(&in->hash, (const unsigned char *)bytes, length);
    return write_all(in, bytes, length);
}

static void end_file(reader *in) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    go_upload_file *file =
        &APR_ARRAY_IDX(in->upload->files, in->upload->files->nelts - 1, go_upload_file);
    char *text = apr_palloc(in->pool, 2 * sizeof(digest) + 1);
    crypto_hash_sha256_final(&in->hash, digest);
    file->object = sodium_bin2hex(text, 2 * sizeof(digest) + 1, digest, sizeof(digest));
    close(in->fd);
    in->fd = -1;
}

static apr_status_t part_end(void *baton) {
    reader *in = baton;
    if (in->fd >= 0) end_file(in);
    if (!in->value) return APR_SUCCESS;
    return go_form_add(in->form, in->field, in->value->bytes, in->value->length, in->err);
}

/* One that is compressed is refused before its first byte, whatever filters are configured. */
static apr_status_t check_encoding(request_rec *r, go_error *err) {
    const char *encoding = apr_table_get(r->headers_in, "Content-Encoding");
    if (!encoding || !strcasecmp(encoding, "identity")) return APR_SUCCESS;
    return go_error_set(err, GO_EENCODED,
                        "Send it without Content-Encoding. Archives are taken as files.",
                        "The request's body is encoded, which is not taken here.");
}

static apr_status_t check_pace(apr_time_t began, apr_off_t total, const go_body_limits *limits,
                               go_error *err) {
    if (apr_time_now() - began <= limits->time + apr_time_from_sec(total / 1024))
        return APR_SUCCESS;
    return go_error_set(err, GO_ESLOW,
                        "Nothing was stored. Send it again, over a better connection if you can.",
                        "It took too long until all of it came.");
}

/* Feeds the body to `feed` as it comes from the network. */
static apr_status_t each_piece(request_rec *r, const go_body_limits *limits,
                               apr_status_t (*feed)(void *, const char *, apr_size_t), void *baton,
                               go_error *err) {
    char piece[16384];
    apr_off_t total = 0;
    apr_time_t began = apr_time_now();
    if (check_encoding(r, err)) return err->status;
    if (ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK) != OK)
        return go_error_set(err, GO_EINVALID, NULL, "The request's body cannot be read.");
    if (!ap_should_client_block(r)) return APR_SUCCESS;
    for (;;) {
        long n = ap_get_client_block(r, piece, sizeof(piece));
        if (n < 0)
            return go_error_set(err, GO_EINVALID, "Nothing was stored. Send it again.",
                                "The upload was cut short.");
        if (n == 0) return APR_SUCCESS;
        total += n;
        if (total > limits->bytes)
            return go_error_set(
                err, GO_ETOOBIG, "Send less, or ask the admin (GradeOvenMaxUpload).",
                "The upload is larger than %" APR_OFF_T_FMT " MiB.", limits->bytes / 1024 / 1024);
        if (check_pace(began, total, limits, err)) return err->status;
        apr_status_t status = feed(baton, piece, (apr_size_t)n);
        if (status) return status;
    }
}

static apr_status_t feed_multipart(void *baton, const char *bytes, apr_size_t length) {
    return go_multipart_feed(baton, bytes, length);
}

apr_status_t go_upload_read(go_upload **result, request_rec *r, const go_state *state,
                            const go_body_limits *most, go_form *form,
                            apr_status_t (*may_write)(void *baton), void *baton, go_error *err) {
    static const go_multipart_callbacks callbacks = {part_begin, part_data, part_end};
    const go_multipart_limits limits = {.max_parts = PARTS_MAX,
                                        .max_header_bytes = PART_HEADERS_MAX,
                                        .max_name = PART_NAME_MAX,
                                        .max_field_bytes = FIELD_MAX,
                                        .max_total_bytes = most->bytes};
    go_upload *upload = apr_pcalloc(r->pool, sizeof(*upload));
    upload->files = apr_array_make(r->pool, 8, sizeof(go_upload_file));
    reader in = {.upload = upload,
                 .form = form,
                 .pool = r->pool,
                 .err = err,
                 .may_write = may_write,
                 .baton = baton,
                 .fd = -1};
    go_multipart *multipart;
    apr_status_t status = go_state_workspace(state, &upload->workspace, r->pool, err);
    if (!status)
        status = go_multipart_create(&multipart, apr_table_get(r->headers_in, "Content-Type"),
                                     &limits, &callbacks, &in, r->pool, err);
    if (!status) status = each_piece(r, most, feed_multipart, multipart, err);
    if (!status) status = go_multipart_finish(multipart);
    if (in.fd >= 0) close(in.fd);
    *result = upload;
    return status;
}

static apr_status_t feed_buffer(void *baton, const char *bytes, apr_size_t length) {
    go_buffer_add(baton, bytes, length);
    return APR_SUCCESS;
}

apr_status_t go_body_read(request_rec *r, apr_interval_time_t time, go_form *form, go_error *err) {
    const go_body_limits limits = {GO_BODY_MAX, time};
    go_buffer *body = go_buffer_make(r->pool, 0);
    apr_status_t status = each_piece(r, &limits, feed_buffer, body, err);
    return status ? status : go_form_parse(form, body->bytes, body->length, err);
}

const go_upload_file *go_upload_first(const go_upload *upload, const char *field) {
    for (int i = 0; upload && i < upload->files->nelts; i++) {
        const go_upload_file *file = &APR_ARRAY_IDX(upload->files, i, go_upload_file);
        if (strcmp(file->field, field) == 0) return file;
    }
    return NULL;
}

/* --- from files to a tree ------------------------------------------------------------------ */

/* If every entry is `directory` or below it: the length to cut off each path, else 0. */
static apr_size_t wrapped_in(const go_tree *tree, const char *directory) {
    apr_size_t length = strlen(directory);
    for (int i = 0; i < tree->entries->nelts; i++) {
        const char *path = APR_ARRAY_IDX(tree->entries, i, go_tree_entry).path;
        if (strncmp(path, directory, length) || (path[length] && path[length] != '/')) return 0;
    }
    return tree->entries->nelts > 1 ? length + 1 : 0;
}

/* "hw1.tar.gz" -> "hw1" */
static const char *stem_of(const char *filename, apr_pool_t *pool) {
    const char *slash = strrchr(filename, '/');
    char *stem = apr_pstrdup(pool, slash ? slash + 1 : filename);
    char *dot = strrchr(stem, '.');
    if (dot) *dot = '\0';
    apr_size_t length = strlen(stem);
    if (length > 4 && !strcasecmp(stem + length - 4, ".tar")) stem[length - 4] = '\0';
    return stem;
}

static apr_status_t unpack(const go_upload *upload, const go_upload_file *file, apr_off_t max_bytes,
                           go_tree **tree, apr_pool_t *pool, go_error *err) {
    const go_archive_limits limits = {max_bytes, ENTRIES_MAX, RATIO_MAX};
    apr_status_t status =
        go_archive_unpack(tree, file->path, upload->workspace, &limits, pool, err);
    if (status) return status;
    const char *stem = stem_of(file->name, pool);
    if (*stem && wrapped_in(*tree, stem)) *tree = go_tree_below(*tree, stem, pool);
    return APR_SUCCESS;
}

/*
 * A browser sends an uploaded folder's files as "folder/sub/file". When all are below one folder,
 * its own name goes: what is wanted is what is in it. The length to cut off each name, or 0.
 */
static apr_size_t folder_length(const go_upload *upload, const char *field) {
    const char *folder = NULL;
    apr_size_t length = 0;
    for (int i = 0; i < upload->files->nelts; i++) {
        const go_upload_file *file = &APR_ARRAY_IDX(upload->files, i, go_upload_file);
        if (strcmp(file->field, field)) continue;
        const char *slash = strchr(file->name, '/');
        if (!slash || slash == file->name || !strncmp(file->name, "../", 3)) return 0;
        if (!folder) length = (apr_size_t)(slash - file->name) + 1;
        if (folder && strncmp(folder, file->name, length)) return 0;
        folder = file->name;
    }
    return length;
}

static apr_status_t collect(const go_upload *upload, const char *field, go_tree *tree,
                            apr_pool_t *pool, go_error *err) {
    apr_size_t cut = folder_length(upload, field);
    for (int i = 0; i < upload->files->nelts; i++) {
        const go_upload_file *file = &APR_ARRAY_IDX(upload->files, i, go_upload_file);
        if (strcmp(file->field, field)) continue;
        const go_tree_entry entry = {.path = file->name + cut,
                                     .size = file->size,
                                     .object = file->object,
                                     .file = file->path};
        apr_status_t status = go_tree_add(tree, &entry, err);
        if (status) return status;
    }
    return go_tree_finish(tree, err);
}

apr_status_t go_upload_tree(const go_upload *upload, const char *field, apr_off_t max_bytes,
                            go_tree **tree, apr_pool_t *pool, go_error *err) {
    const go_upload_file *first = go_upload_first(upload, field);
    int count = 0;
    for (int i = 0; upload && i < upload->files->nelts; i++)
        count += !strcmp(APR_ARRAY_IDX(upload->files, i, go_upload_file).field, field);
    if (!upload || !first)
        return go_error_set(err, GO_EINVALID, "Choose one or more files, a folder or an archive.",
                            "No file was chosen.");
    if (count == 1 && go_archive_is(first->name))
        return unpack(upload, first, max_bytes, tree, pool, err);
    *tree = go_tree_make(pool);
    return collect(upload, field, *tree, pool, err);
}
