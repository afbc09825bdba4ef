#include "web/static.h"

#include "model/passwords.h"
#include "web/reply.h"

#include <apr_file_io.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <http_protocol.h>
#include <http_request.h>

#include <string.h>

enum { FILE_MAX = 4 * 1024 * 1024, HASH_DIGITS = 16 };

typedef struct asset {
    const char *name, *type, *bytes;
    apr_size_t length;
} asset;

struct go_static {
    apr_hash_t *assets;
    const char *prefix;
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *type_of(const char *name) {
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending && i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(ending, types[i].ending) == 0) return types[i].type;
    return NULL;
}

static apr_status_t read_asset(asset *a, const char *path, apr_pool_t *pool, go_error *err) {
    apr_file_t *file;
    apr_finfo_t info;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, 0, pool);
    if (!status) status = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    if (status) return go_error_system(err, status, NULL, "\"%s\" could not be read", path);
    if (info.size > FILE_MAX)
        return go_error_set(err, GO_ETOOBIG, NULL, "\"%s\" is too large.", path);
    a->length = (apr_size_t)info.size;
    char *bytes = apr_palloc(pool, a->length + 1);
    status = apr_file_read_full(file, bytes, a->length, NULL);
    apr_file_close(file);
    a->bytes = bytes;
    return status && status != APR_EOF
               ? go_error_system(err, status, NULL, "\"%s\" could not be read", path)
               : APR_SUCCESS;
}

/* The hash over all: names and contents, in the order of the directory's listing. */
static const char *hash_all(apr_array_header_t *digests, apr_pool_t *pool) {
    const char *all = apr_array_pstrcat(pool, digests, ' ');
    return apr_pstrndup(pool, go_sha256_hex(pool, all, strlen(all)), HASH_DIGITS);
}

apr_status_t go_static_load(go_static **result, const char *directory, apr_pool_t *pool,
                            go_error *err) {
    apr_dir_t *listing;
    apr_finfo_t info;
    go_static *statics = apr_pcalloc(pool, sizeof(*statics));
    apr_array_header_t *digests = apr_array_make(pool, 16, sizeof(const char *));
    statics->assets = apr_hash_make(pool);
    apr_status_t status = apr_dir_open(&listing, directory, pool);
    if (status) return go_error_system(err, status, NULL, "\"%s\" could not be read", directory);
    while (!status && apr_dir_read(&info, APR_FINFO_NAME, listing) == APR_SUCCESS) {
        if (!type_of(info.name)) continue;
        asset *a = apr_pcalloc(pool, sizeof(*a));
        a->name = apr_pstrdup(pool, info.name);
        a->type = type_of(a->name);
        status = read_asset(a, apr_pstrcat(pool, directory, "/", a->name, NULL), pool, err);
        if (status) break;
        apr_hash_set(statics->assets, a->name, APR_HASH_KEY_STRING, a);
        APR_ARRAY_PUSH(digests, const char *) = a->name;
        APR_ARRAY_PUSH(digests, const char *) = go_sha256_hex(pool, a->bytes, a->length);
    }
    apr_dir_close(listing);
    statics->prefix = apr_pstrcat(pool, "/static/", hash_all(digests, pool), NULL);
    *result = statics;
    return status;
}

const char *go_static_prefix(const go_static *statics) {
    return statics->prefix;
}

int go_static_handle(const go_static *statics, request_rec *r, const char *path) {
    if (strncmp(path, "/static/", 8)) return DECLINED;
    if (r->method_number != M_GET) return HTTP_METHOD_NOT_ALLOWED;
    const char *name = strrchr(path, '/') + 1;
    const asset *a = apr_hash_get(statics->assets, name, APR_HASH_KEY_STRING);
    if (!a || name - path - 1 != (long)strlen("/static/") + HASH_DIGITS) return HTTP_NOT_FOUND;
    /* An old page may ask for an old hash: it gets today's file, but must not keep it. */
    int is_current = strncmp(path, statics->prefix, strlen(statics->prefix)) == 0;
    apr_table_setn(r->headers_out, "Cache-Control",
                   is_current ? "public, max-age=31536000, immutable" : "no-cache");
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(r->headers_out, "Content-Security-Policy", GO_CSP);
    apr_table_setn(r->headers_out, "Cross-Origin-Resource-Policy", "same-origin");
    ap_set_content_type(r, a->type);
    ap_set_content_length(r, (apr_off_t)a->length);
    if (!r->header_only) ap_rwrite(a->bytes, (int)a->length, r);
    return OK;
}
