/*
 * gradeovenctl demo load: a course with people and assignments as DIRECTORY/course.json describes
 * it. Loading it again adds what is missing and changes nothing that is there.
 */
#include "gradeovenctl/assignments.h"
#include "gradeovenctl/options.h"

#include "model/passwords.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key, const char *otherwise) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : otherwise;
}

/* A person of the demo; a new one gets a random password, which goes into `logins`. */
static int load_user(ctl_site *site, const go_course *course, const json_t *person,
                     json_t *logins) {
    const char *username = text_of(person, "username", ""), *hash,
               *role = text_of(person, "role", "");
    const char *password = go_password_generate(site->pool);
    go_user *user;
    go_role parsed;
    apr_status_t status = go_user_find(site->db, username, &user, site->pool, &site->err);
    if (status == GO_ENOTFOUND) {
        status = go_password_hash_generated(&hash, password, site->pool, &site->err);
        if (!status)
            status = go_user_create(site->db, username, text_of(person, "name", ""),
                                    text_of(person, "email", ""), hash, apr_time_now(), &user,
                                    site->pool, &site->err);
        if (!status && json_is_true(json_object_get(person, "admin")))
            status = go_user_set_flags(site->db, user, 1, 1, 0, site->pool, &site->err);
        if (!status && !strcmp(role, "instructor"))
            status = go_user_set_flags(site->db, user, 0, 1, 0, site->pool, &site->err);
        json_array_append_new(logins, json_pack("{s:s, s:s, s:s}", "username", username, "password",
                                                password, "role", *role ? role : "admin"));
    }
    if (!status && *role && !go_role_parse(role, &parsed, &site->err))
        status = go_enrolment_set(site->db, course, user, parsed, apr_time_now(), site->pool,
                                  &site->err);
    return status ? ctl_site_failed(site) : CTL_OK;
}

static const char *read_text(const char *path, apr_pool_t *pool) {
    apr_file_t *file;
    apr_size_t length = 0;
    char *bytes = apr_pcalloc(pool, GO_DESCRIPTION_MAX + 1);
    if (apr_file_open(&file, path, APR_FOPEN_READ, 0, pool) == APR_SUCCESS) {
        apr_file_read_full(file, bytes, GO_DESCRIPTION_MAX, &length);
        apr_file_close(file);
    }
    return bytes;
}

static int load_assignment(ctl_site *site, const go_course *course, const char *directory,
                           const json_t *json) {
    go_assignment *assignment;
    const char *below =
        apr_pstrcat(site->pool, directory, "/", text_of(json, "directory", ""), NULL);
    const ctl_assignment given = {
        .name = text_of(json, "name", ""),
        .title = text_of(json, "title", ""),
        .description =
            read_text(apr_pstrcat(site->pool, below, "/description.md", NULL), site->pool),
        .due = text_of(json, "due", NULL),
        .directory = apr_pstrcat(site->pool, below, "/assignment", NULL),
        .is_published = json_is_true(json_object_get(json, "published"))};
    if (go_assignment_find(site->db, course, given.name, &assignment, site->pool, &site->err) ==
            APR_SUCCESS &&
        assignment->version_id)
        return CTL_OK;
    return ctl_assignment_store(site, course, &given);
}

static int load_course(ctl_site *site, const char *directory, const json_t *demo, json_t *logins) {
    go_course *course;
    const char *name = text_of(demo, "name", "");
    apr_status_t status = go_course_find(site->db, name, &course, site->pool, &site->err);
    if (status == GO_ENOTFOUND)
        status = go_course_create(site->db, name, text_of(demo, "title", name),
                                  text_of(demo, "zone", "UTC"), apr_time_now(), &course, site->pool,
                                  &site->err);
    if (status) return ctl_site_failed(site);
    size_t i;
    json_t *item;
    int rc = CTL_OK;
    json_array_foreach(json_object_get(demo, "users"), i, item) {
        if (!rc) rc = load_user(site, course, item, logins);
    }
    json_array_foreach(json_object_get(demo, "assignments"), i, item) {
        if (!rc) rc = load_assignment(site, course, directory, item);
    }
    return rc;
}

int ctl_demo_load(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool) {
    const char *directory;
    const ctl_option options[] = {{0}};
    ctl_site site;
    json_error_t reason;
    int rc = ctl_options_read(command, argc, argv, options, &directory, 1);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    const char *path = apr_pstrcat(pool, directory, "/course.json", NULL);
    json_t *demo = json_load_file(path, 0, &reason);
    if (!demo) return ctl_fail("%s, line %d: %s", path, reason.line, reason.text);
    json_t *logins = json_array();
    rc = load_course(&site, directory, demo, logins);
    char *text = json_dumps(logins, JSON_INDENT(2));
    if (json_array_size(logins)) puts(text);
    free(text);
    json_decref(logins);
    json_decref(demo);
    return rc;
}
