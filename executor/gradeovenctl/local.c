#include "gradeovenctl/local.h"

#include "model/archive.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include <errno.h>
#include <stdlib.h>

apr_status_t ctl_assignment_read(go_stages **stages, const char *directory, int timeout_seconds,
                                 int memory_mb, apr_pool_t *pool, go_problems *problems,
                                 go_error *err) {
    go_tree *tree;
    apr_finfo_t info;
    apr_status_t status = apr_stat(&info, directory, APR_FINFO_TYPE, pool);
    if (status != APR_SUCCESS) {
        return go_error_system(err, status, NULL, "The assignment \"%s\" cannot be read",
                               directory);
    }
    if (info.filetype != APR_DIR) {
        return go_error_set(err, GO_EINVALID, "An assignment is a directory with its stages in it.",
                            "\"%s\" is not a directory.", directory);
    }
    status = go_tree_scan(&tree, directory, CTL_BYTES_MAX, CTL_ENTRIES_MAX, pool, err);
    if (status != APR_SUCCESS) return status;
    go_stages_limits limits = {.default_timeout_seconds = timeout_seconds,
                               .max_timeout_seconds = CTL_TIMEOUT_SECONDS_MAX,
                               .default_memory_mb = memory_mb,
                               .max_memory_mb = CTL_MEMORY_MB_MAX,
                               .max_stages = CTL_STAGES_MAX};
    status = go_stages_read(stages, tree, &limits, NULL, NULL, pool, problems);
    if (status == APR_SUCCESS) return status;
    return go_error_set(err, status, NULL, "The assignment \"%s\" has %d error%s.", directory,
                        problems->errors, problems->errors == 1 ? "" : "s");
}

/* Removes the directory of an unpacked archive: it holds files only. */
static apr_status_t workspace_cleanup(void *data) {
    apr_pool_t *pool;
    apr_dir_t *directory;
    apr_finfo_t info;
    const char *path = data;
    apr_pool_create(&pool, NULL);
    if (apr_dir_open(&directory, path, pool) == APR_SUCCESS) {
        while (apr_dir_read(&info, APR_FINFO_NAME, directory) == APR_SUCCESS) {
            apr_file_remove(apr_pstrcat(pool, path, "/", info.name, NULL), pool);
        }
        apr_dir_close(directory);
    }
    apr_dir_remove(path, pool);
    apr_pool_destroy(pool);
    return APR_SUCCESS;
}

static apr_status_t make_workspace(const char **path, apr_pool_t *pool, go_error *err) {
    const char *base;
    if (apr_temp_dir_get(&base, pool) != APR_SUCCESS) base = "/tmp";
    char *name = apr_pstrcat(pool, base, "/gradeovenctl-XXXXXX", NULL);
    if (!mkdtemp(name)) {
        return go_error_system(err, errno, NULL, "No directory can be made in \"%s\"", base);
    }
    apr_pool_cleanup_register(pool, name, workspace_cleanup, apr_pool_cleanup_null);
    *path = name;
    return APR_SUCCESS;
}

apr_status_t ctl_submission_read(go_tree **tree, const char *path, apr_pool_t *pool,
                                 go_error *err) {
    const char *workspace = NULL;
    apr_finfo_t info;
    apr_status_t status = apr_stat(&info, path, APR_FINFO_TYPE, pool);
    if (status != APR_SUCCESS) {
        return go_error_system(err, status, NULL, "The submission \"%s\" cannot be read", path);
    }
    if (info.filetype == APR_DIR || !go_archive_is(path)) {
        return go_tree_scan(tree, path, CTL_BYTES_MAX, CTL_ENTRIES_MAX, pool, err);
    }
    status = make_workspace(&workspace, pool, err);
    if (status != APR_SUCCESS) return status;
    go_archive_limits limits = {
        .max_bytes = CTL_BYTES_MAX, .max_entries = CTL_ENTRIES_MAX, .max_ratio = CTL_RATIO_MAX};
    return go_archive_unpack(tree, path, workspace, &limits, pool, err);
}

void ctl_problems_print(const go_problems *problems, FILE *out) {
    for (int i = 0; i < problems->list->nelts; i++) {
        const go_problem *problem = &APR_ARRAY_IDX(problems->list, i, go_problem);
        fprintf(out, "%s: %s\n", go_severity_name(problem->severity), problem->text);
    }
}
