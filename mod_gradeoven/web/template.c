#include "web/template_private.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>

#define FILE_BYTES_MAX (1024 * 1024)

static const char suffix[] = ".html";

typedef struct parsed_template {
    const char *name;
    go_node *nodes;
} parsed_template;

struct go_template_set {
    apr_pool_t *pool;
    apr_hash_t *templates; /* name without ".html" to parsed_template */
};

go_template_set *go_template_set_make(apr_pool_t *pool) {
    go_template_set *set = apr_palloc(pool, sizeof(*set));
    set->pool = pool;
    set->templates = apr_hash_make(pool);
    return set;
}

/* The length of `name` without ".html" at its end. */
static apr_ssize_t stem_length(const char *name) {
    size_t length = strlen(name), n = sizeof(suffix) - 1;
    return (apr_ssize_t)(length > n && !strcmp(name + length - n, suffix) ? length - n : length);
}

static const parsed_template *find(const go_template_set *set, const char *name) {
    return apr_hash_get(set->templates, name, stem_length(name));
}

int go_template_set_find(const go_template_set *set, const char *name, const go_node **nodes) {
    const parsed_template *found = find(set, name);
    if (found) *nodes = found->nodes;
    return found != NULL;
}

int go_template_set_has(const go_template_set *set, const char *name) {
    return find(set, name) != NULL;
}

apr_status_t go_template_set_add(go_template_set *set, const char *name, const char *text,
                                 apr_size_t length, go_error *err) {
    if (find(set, name))
        return go_error_set(err, GO_ECONFLICT, NULL, "There are two templates \"%s\".", name);
    parsed_template *added = apr_pcalloc(set->pool, sizeof(*added));
    added->name = apr_pstrdup(set->pool, name);
    const char *copy = apr_pstrmemdup(set->pool, text, length);
    apr_status_t status =
        go_template_parse(&added->nodes, added->name, copy, length, set->pool, err);
    if (status) return status;
    apr_hash_set(set->templates, added->name, stem_length(added->name), added);
    return APR_SUCCESS;
}

/* Are all partials below `node` in the set? */
static apr_status_t check_partials(const go_template_set *set, const char *name,
                                   const go_node *node, go_error *err) {
    apr_status_t status = APR_SUCCESS;
    for (; node && !status; node = node->next) {
        if (node->kind == GO_NODE_PARTIAL && !find(set, node->text))
            return go_error_set(err, GO_EINVALID, NULL,
                                "Template %s, line %d: there is no template \"%s\" to include.",
                                name, node->line, node->text);
        status = check_partials(set, name, node->children, err);
    }
    return status;
}

static apr_status_t check_set(const go_template_set *set, go_error *err) {
    apr_status_t status = APR_SUCCESS;
    apr_hash_index_t *next = apr_hash_first(set->pool, set->templates);
    for (; next && !status; next = apr_hash_next(next)) {
        const parsed_template *template = apr_hash_this_val(next);
        status = check_partials(set, template->name, template->nodes, err);
    }
    return status;
}

static apr_status_t load_file(go_template_set *set, const char *directory, const char *name,
                              apr_pool_t *scratch, go_error *err) {
    apr_file_t *file;
    apr_finfo_t info;
    const char *path = apr_pstrcat(scratch, directory, "/", name, NULL);
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, APR_OS_DEFAULT, scratch);
    if (!status) status = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    if (status) return go_error_system(err, status, NULL, "The template %s cannot be read", path);
    if (info.size > FILE_BYTES_MAX)
        return go_error_set(err, GO_ETOOBIG, NULL, "The template %s is larger than %d bytes.", path,
                            FILE_BYTES_MAX);
    apr_size_t length = (apr_size_t)info.size;
    char *text = apr_palloc(scratch, length + 1);
    if (length) status = apr_file_read_full(file, text, length, &length);
    if (status) return go_error_system(err, status, NULL, "The template %s cannot be read", path);
    return go_template_set_add(set, name, text, length, err);
}

static apr_status_t load_directory(go_template_set *set, const char *directory, apr_pool_t *scratch,
                                   go_error *err) {
    apr_dir_t *listing;
    apr_finfo_t info;
    apr_status_t status = apr_dir_open(&listing, directory, scratch);
    if (status)
        return go_error_system(err, status, NULL, "The templates' directory %s cannot be read",
                               directory);
    while (!status && !apr_dir_read(&info, APR_FINFO_NAME, listing)) {
        apr_size_t length = strlen(info.name);
        if (info.name[0] == '.' || (apr_size_t)stem_length(info.name) == length) continue;
        status = load_file(set, directory, info.name, scratch, err);
    }
    return status;
}

apr_status_t go_template_set_load(go_template_set **set, const char *directory, apr_pool_t *pool,
                                  go_error *err) {
    apr_pool_t *scratch;
    *set = NULL;
    apr_status_t status = apr_pool_create(&scratch, pool);
    if (status) return go_error_system(err, status, NULL, "No memory for templates");
    go_template_set *loading = go_template_set_make(pool);
    status = load_directory(loading, directory, scratch, err);
    if (!status) status = check_set(loading, err);
    apr_pool_destroy(scratch);
    if (!status) *set = loading;
    return status;
}
