/* gradeovenctl course ..., roster import: courses and their people from the command line. */
#include "gradeovenctl/options.h"
#include "gradeovenctl/site.h"

#include "model/roster.h"

#include <apr_file_io.h>

#include <stdio.h>
#include <string.h>

enum { CSV_MAX = 8 * 1024 * 1024 };

int ctl_course_add(const ctl_command *command, int argc, const char *const *argv,
                   apr_pool_t *pool) {
    const char *name, *title = NULL, *zone = "UTC";
    const ctl_option options[] = {{"--title", &title, NULL}, {"--zone", &zone, NULL}, {0}};
    ctl_site site;
    go_course *course;
    int rc = ctl_options_read(command, argc, argv, options, &name, 1);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_course_create(site.db, name, title ? title : name, zone, apr_time_now(), &course, pool,
                         &site.err))
        return ctl_site_failed(&site);
    return CTL_OK;
}

int ctl_course_list(const ctl_command *command, int argc, const char *const *argv,
                    apr_pool_t *pool) {
    const ctl_option options[] = {{0}};
    apr_array_header_t *courses;
    ctl_site site;
    int rc = ctl_options_read(command, argc, argv, options, NULL, 0);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_courses_all(site.db, &courses, pool, &site.err)) return ctl_site_failed(&site);
    for (int i = 0; i < courses->nelts; i++) {
        const go_course *course = APR_ARRAY_IDX(courses, i, go_course *);
        printf("%-20s %-40s %-20s %d students\n", course->name, course->title, course->zone,
               course->students);
    }
    return CTL_OK;
}

/* A whole file, or standard input for "-". */
static apr_status_t read_all(const char *path, char **bytes, apr_size_t *length, apr_pool_t *pool,
                             go_error *err) {
    apr_file_t *file;
    *bytes = apr_palloc(pool, CSV_MAX);
    apr_status_t status = strcmp(path, "-") ? apr_file_open(&file, path, APR_FOPEN_READ, 0, pool)
                                            : apr_file_open_stdin(&file, pool);
    if (!status) status = apr_file_read_full(file, *bytes, CSV_MAX, length);
    if (status == APR_EOF) return APR_SUCCESS;
    if (!status)
        return go_error_set(err, GO_ETOOBIG, "Import it in parts.", "The list is too long.");
    return go_error_system(err, status, NULL, "\"%s\" could not be read", path);
}

static int print_problems(const go_problems *problems) {
    for (int i = 0; i < problems->list->nelts; i++)
        ctl_fail("%s", APR_ARRAY_IDX(problems->list, i, go_problem).text);
    return problems->errors ? CTL_FAILED : CTL_OK;
}

int ctl_roster_import(const ctl_command *command, int argc, const char *const *argv,
                      apr_pool_t *pool) {
    const char *words[2], *role_name = "student"; /* course, file */
    const ctl_option options[] = {{"--role", &role_name, NULL}, {0}};
    ctl_site site;
    go_course *course;
    go_role role;
    char *csv = NULL;
    apr_size_t length = 0;
    apr_array_header_t *lines, *done;
    int rc = ctl_options_read(command, argc, argv, options, words, 2);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_role_parse(role_name, &role, &site.err) ||
        go_course_find(site.db, words[0], &course, pool, &site.err) ||
        read_all(words[1], &csv, &length, pool, &site.err))
        return ctl_site_failed(&site);
    go_problems *problems = go_problems_make(pool);
    const char *text = go_roster_decode(csv, length, &length, pool);
    go_roster_parse(text, length, role, &lines, pool, problems);
    if (print_problems(problems)) return CTL_FAILED;
    const go_audit_entry by = {.at_us = apr_time_now(), .actor = "*gradeovenctl"};
    if (go_roster_register(site.db, course, lines, &by, &done, pool, &site.err))
        return ctl_site_failed(&site);
    for (int i = 0; i < done->nelts; i++) {
        const go_registration *one = &APR_ARRAY_IDX(done, i, go_registration);
        printf("%s %s\n", one->username, one->password ? one->password : "-");
    }
    return CTL_OK;
}
