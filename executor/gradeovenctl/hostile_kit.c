#include "gradeovenctl/hostile.h"

#include <apr_file_info.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

#define SECONDS_MAX 30.0 /* unless an attack says otherwise */

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

apr_status_t ctl_attacks_list(apr_array_header_t **names, const char *kit, apr_pool_t *pool,
                              go_error *err) {
    apr_dir_t *directory;
    apr_finfo_t info;
    const char *path = apr_pstrcat(pool, kit, "/attacks", NULL);
    apr_status_t status = apr_dir_open(&directory, path, pool);
    if (status)
        return go_error_system(err, status, "Name it with --kit.", "The kit \"%s\" cannot be read",
                               kit);
    *names = apr_array_make(pool, 128, sizeof(const char *));
    while (apr_dir_read(&info, APR_FINFO_NAME, directory) == APR_SUCCESS)
        if (*info.name != '.') APR_ARRAY_PUSH(*names, const char *) = apr_pstrdup(pool, info.name);
    apr_dir_close(directory);
    if ((*names)->nelts == 0)
        return go_error_set(err, GO_EINVALID, NULL, "The kit \"%s\" has no attacks.", kit);
    qsort((*names)->elts, (size_t)(*names)->nelts, sizeof(const char *), by_name);
    return APR_SUCCESS;
}

static int exists(const char *path, apr_pool_t *pool) {
    apr_finfo_t info;
    return apr_stat(&info, path, APR_FINFO_TYPE, pool) == APR_SUCCESS;
}

static apr_status_t drop_json(void *json) {
    json_decref(json);
    return APR_SUCCESS;
}

/* Only keys that are known: a misspelt expectation would hold whatever happens. */
static apr_status_t unpack(ctl_attack *attack, json_t *json, const char **assignment,
                           const char **submission, const char *path, go_error *err) {
    const char *state = "finished";
    json_t *score = NULL;
    json_error_t why;
    int failed = json_unpack_ex(
        json, &why, JSON_STRICT,
        "{s:s, s?s, s?s, s?s, s?s, s?o, s?i, s?b, s?F, s?o, s?o, s?o, s?i, s?i, s?i, s?i}",
        "attack", &attack->what, "assignment", assignment, "submission", submission, "state",
        &state, "error", &attack->error, "score", &score, "runs", &attack->runs, "slow",
        &attack->is_slow, "max_seconds", &attack->max_seconds, "texts", &attack->texts, "stages",
        &attack->stages, "podman", &attack->podman, "timeout_seconds", &attack->timeout_seconds,
        "memory_mb", &attack->memory_mb, "disk_mb", &attack->disk_mb, "pids", &attack->pids);
    if (failed) return go_error_set(err, GO_EINVALID, NULL, "\"%s\": %s.", path, why.text);
    attack->is_refused = !strcmp(state, "refused");
    attack->score = json_string_value(score);
    if (!attack->is_refused && strcmp(state, "finished") != 0)
        return go_error_set(err, GO_EINVALID, NULL, "\"%s\": no such state.", path);
    if (attack->is_refused != (attack->error != NULL) || attack->is_refused == (score != NULL))
        return go_error_set(err, GO_EINVALID, NULL,
                            "\"%s\" needs \"error\" when refused, else \"score\".", path);
    if (attack->podman &&
        (json_object_size(attack->podman) != 2 || !json_object_get(attack->podman, "score") ||
         !json_object_get(attack->podman, "texts")))
        return go_error_set(err, GO_EINVALID, NULL,
                            "\"%s\": \"podman\" needs \"score\" and \"texts\", no more.", path);
    return APR_SUCCESS;
}

apr_status_t ctl_attack_read(ctl_attack *attack, const char *kit, const char *name,
                             apr_pool_t *pool, go_error *err) {
    const char *directory = apr_pstrcat(pool, kit, "/attacks/", name, NULL);
    const char *path = apr_pstrcat(pool, directory, "/expect.json", NULL);
    const char *own = apr_pstrcat(pool, directory, "/assignment", NULL);
    const char *assignment = NULL, *submission = "submission";
    json_error_t why;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!json)
        return go_error_set(err, GO_EINVALID, NULL, "\"%s\", line %d: %s.", path, why.line,
                            why.text);
    apr_pool_cleanup_register(pool, json, drop_json, apr_pool_cleanup_null);
    *attack = (ctl_attack){.name = name, .runs = 1, .max_seconds = SECONDS_MAX};
    apr_status_t status = unpack(attack, json, &assignment, &submission, path, err);
    if (status) return status;
    if (!assignment == !exists(own, pool))
        return go_error_set(err, GO_EINVALID, NULL,
                            "\"%s\" has to name a shared assignment or have its own.", directory);
    attack->assignment =
        assignment ? apr_pstrcat(pool, kit, "/assignments/", assignment, NULL) : own;
    attack->submission = apr_pstrcat(pool, directory, "/", submission, NULL);
    if (!strcmp(submission, "submission")) attack->common = apr_pstrcat(pool, kit, "/common", NULL);
    return APR_SUCCESS;
}
