/* Bodies of uploads: the first line is the Content-Type, the rest comes in pieces. */
#include "fuzz/fuzz.h"

#include "web/multipart.h"

#include <stdlib.h>
#include <string.h>

typedef struct count {
    int begun, ended;
    apr_size_t bytes;
} count;

static apr_status_t part_begin(void *baton, const go_multipart_part *part) {
    count *c = baton;
    MUST(c->begun == c->ended && part->name && *part->name);
    MUST(strlen(part->name) <= 200 && (!part->filename || strlen(part->filename) <= 200));
    c->begun++;
    return APR_SUCCESS;
}

static apr_status_t part_data(void *baton, const char *bytes, apr_size_t length) {
    count *c = baton;
    MUST(length > 0 && c->begun == c->ended + 1);
    c->bytes += length;
    return APR_SUCCESS;
}

static apr_status_t part_end(void *baton) {
    count *c = baton;
    MUST(++c->ended == c->begun);
    return APR_SUCCESS;
}

static const go_multipart_callbacks callbacks = {part_begin, part_data, part_end};
static const go_multipart_limits limits = {20, 1000, 200, 2000, 50000};

/* The same body in pieces of `step` bytes; each a copy of its own. */
static apr_status_t parse(const char *type, fuzz_input body, size_t step, count *c,
                          apr_pool_t *pool) {
    go_multipart *multipart;
    go_error err = GO_ERROR_INIT(pool);
    apr_status_t status = go_multipart_create(&multipart, type, &limits, &callbacks, c, pool, &err);
    if (status) return status;
    while (body.at < body.end && !status) {
        size_t left = (size_t)(body.end - body.at), size = left < step ? left : step;
        char *piece = malloc(size);
        MUST(piece);
        memcpy(piece, body.at, size);
        status = go_multipart_feed(multipart, piece, size);
        free(piece);
        body.at += size;
    }
    return status ? status : go_multipart_finish(multipart);
}

FUZZ_TARGET(multipart) {
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, bytes + length};
    const char *type = fuzz_line(&input, pool);
    count whole = {0}, cut = {0};
    apr_status_t status = parse(type, input, 1 << 20, &whole, pool);
    MUST(status == APR_SUCCESS || status == GO_EINVALID || status == GO_ETOOBIG);
    MUST(whole.bytes <= length);
    /* where it is cut makes no difference */
    MUST(parse(type, input, 1 + length % 7, &cut, pool) == status);
    MUST(status || (cut.begun == whole.begun && cut.bytes == whole.bytes));
    return fuzz_done(pool);
}
