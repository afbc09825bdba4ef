/* STATE/sync.json: the sections of httpd's configuration, from httpd to gradeovenctl. */
#include "model/sync_setting.h"

#include <apr_strings.h>
#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path_of(const go_state *state, apr_pool_t *pool) {
    return apr_pstrcat(pool, state->directory, "/sync.json", NULL);
}

/* --- writing --------------------------------------------------------------------------------- */

static json_t *describe(const go_sync_setting *setting) {
    json_t *options = json_array();
    for (int i = 0; i < setting->options->nelts; i++) {
        const go_sync_option *option = &APR_ARRAY_IDX(setting->options, i, go_sync_option);
        json_array_append_new(options, json_pack("[s, s]", option->name, option->value));
    }
    return json_pack("{s:s, s:s, s:o, s:s?, s:s?, s:s?, s:b, s:s?}", "course", setting->course,
                     "driver", setting->driver, "options", options, "password_file",
                     setting->password_file, "roster", setting->roster, "grade", setting->grade,
                     "drops_missing", setting->drops_missing, "schedule", setting->schedule_text);
}

static int write_all(int fd, const char *text) {
    size_t length = strlen(text);
    while (length) {
        ssize_t written = write(fd, text, length);
        if (written < 0 && errno != EINTR) return -1;
        if (written > 0) text += written, length -= (size_t)written;
    }
    return 0;
}

static apr_status_t cannot(const char *path, go_error *err) {
    return go_error_system(err, APR_FROM_OS_ERROR(errno), NULL, "\"%s\" could not be written",
                           path);
}

/* In a file of a new name, which nobody can have put a link at, and then in its place. */
static apr_status_t write_file(const char *path, const char *text, int group, apr_pool_t *pool,
                               go_error *err) {
    char *fresh = apr_pstrcat(pool, path, ".XXXXXX", NULL);
    int fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0) return cannot(path, err);
    int failed = write_all(fd, text) ||
                 (group >= 0 && (fchown(fd, (uid_t)-1, (gid_t)group) || fchmod(fd, 0640))) ||
                 fsync(fd);
    if (close(fd)) failed = 1;
    if (!failed && rename(fresh, path) == 0) return APR_SUCCESS;
    cannot(path, err);
    unlink(fresh);
    return err->status;
}

apr_status_t go_sync_settings_write(const go_state *state, const apr_array_header_t *settings,
                                    int group, apr_pool_t *pool, go_error *err) {
    json_t *all = json_array();
    for (int i = 0; settings && i < settings->nelts; i++) {
        json_t *one = describe(APR_ARRAY_IDX(settings, i, const go_sync_setting *));
        if (json_array_append_new(all, one)) {
            json_decref(all);
            return go_error_set(err, GO_EINVALID, "Use UTF-8 in httpd.conf.",
                                "A <GradeOvenSync> section is not valid UTF-8.");
        }
    }
    char *text = json_dumps(all, JSON_INDENT(1));
    json_decref(all);
    apr_status_t status = write_file(path_of(state, pool), text ? text : "[]", group, pool, err);
    free(text);
    return status;
}

/* --- reading --------------------------------------------------------------------------------- */

static const char *text_of(const json_t *json, const char *key, apr_pool_t *pool) {
    const char *value = json_string_value(json_object_get(json, key));
    return value ? apr_pstrdup(pool, value) : NULL;
}

/* Through the same checks as in httpd. */
static const char *read_setting(go_sync_setting *setting, const json_t *json, apr_pool_t *pool) {
    static const char *const keys[][2] = {{"driver", "Driver"}, {"password_file", "PasswordFile"}};
    const char *problem = NULL, *words[3] = {NULL, NULL, NULL};
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys) && !problem; i++)
        if ((words[0] = text_of(json, keys[i][0], pool)))
            problem = go_sync_setting_put(setting, keys[i][1], 1, words, pool);
    const json_t *options = json_object_get(json, "options");
    for (size_t i = 0; i < json_array_size(options) && !problem; i++) {
        const json_t *pair = json_array_get(options, i);
        words[0] = apr_pstrdup(pool, json_string_value(json_array_get(pair, 0)));
        words[1] = apr_pstrdup(pool, json_string_value(json_array_get(pair, 1)));
        if (words[0] && words[1]) problem = go_sync_setting_put(setting, "Option", 2, words, pool);
    }
    setting->roster = text_of(json, "roster", pool);
    setting->grade = text_of(json, "grade", pool);
    setting->drops_missing = json_is_true(json_object_get(json, "drops_missing"));
    setting->schedule_text = text_of(json, "schedule", pool);
    return problem ? problem : go_sync_setting_check(setting, pool);
}

static apr_status_t read_json(json_t **json, const go_state *state, apr_pool_t *pool,
                              go_error *err) {
    struct stat info;
    json_error_t where;
    const char *path = path_of(state, pool);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return go_error_system(
            err, APR_FROM_OS_ERROR(errno),
            "httpd writes it when it starts with <GradeOvenSync> sections; as root or as the "
            "executor's user it can be read.",
            "\"%s\" cannot be read", path);
    if (fstat(fd, &info) || !S_ISREG(info.st_mode) || info.st_nlink != 1 ||
        (info.st_uid != 0 && info.st_uid != geteuid()) || (info.st_mode & (S_IWGRP | S_IWOTH))) {
        close(fd);
        return go_error_set(err, GO_EDENIED,
                            "Look who put it there; httpd writes it anew when it restarts.",
                            "\"%s\" is not root's alone.", path);
    }
    *json = json_loadfd(fd, 0, &where);
    close(fd);
    if (*json) return APR_SUCCESS;
    return go_error_set(err, GO_EINTERNAL, "Restart httpd, which writes it anew.",
                        "\"%s\" is damaged: %s.", path, where.text);
}

apr_status_t go_sync_setting_find(go_sync_setting **setting, const go_state *state,
                                  const char *course, apr_pool_t *pool, go_error *err) {
    json_t *all = NULL;
    const json_t *found = NULL;
    apr_status_t status = read_json(&all, state, pool, err);
    if (status) return status;
    for (size_t i = 0; i < json_array_size(all) && !found; i++) {
        const json_t *one = json_array_get(all, i);
        const char *name = json_string_value(json_object_get(one, "course"));
        if (name && !strcmp(name, course)) found = one;
    }
    *setting = go_sync_setting_make(apr_pstrdup(pool, course), pool);
    const char *problem = found ? read_setting(*setting, found, pool) : NULL;
    json_decref(all);
    if (problem) return go_error_set(err, GO_EINVALID, NULL, "%s", problem);
    if (found) return APR_SUCCESS;
    return go_error_set(err, GO_ENOTFOUND,
                        "Write it into httpd's configuration and restart httpd; man mod_gradeoven "
                        "says how.",
                        "There is no <GradeOvenSync %s> section.", course);
}
