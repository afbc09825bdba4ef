#include "gradeovenctl/assignments.h"

#include "gradeovenctl/local.h"
#include "gradeovenctl/options.h"

#include "model/objects.h"
#include "model/stages_lint.h"
#include "model/zone.h"

#include <apr_file_io.h>

#include <stdio.h>
#include <string.h>

static int read_stages(ctl_site *site, const char *directory, go_stages **stages) {
    go_problems *problems = go_problems_make(site->pool);
    apr_status_t status = ctl_assignment_read(stages, directory, CTL_TIMEOUT_SECONDS, CTL_MEMORY_MB,
                                              site->pool, problems, &site->err);
    if (!status) go_stages_lint(*stages, NULL, NULL, site->pool, problems);
    ctl_problems_print(problems, stderr);
    return status ? ctl_site_failed(site) : CTL_OK;
}

/* The assignment, made when it is not there, else with its texts changed. */
static apr_status_t find_or_make(ctl_site *site, const go_course *course,
                                 const ctl_assignment *given, go_assignment **assignment) {
    apr_time_t due = 0;
    apr_status_t status = APR_SUCCESS;
    if (given->due) status = go_zone_parse_local(course->zone, given->due, &due, &site->err);
    if (status) return status;
    status = go_assignment_find(site->db, course, given->name, assignment, site->pool, &site->err);
    if (status == GO_ENOTFOUND)
        return go_assignment_create(site->db, course, given->name, given->title, given->description,
                                    due, apr_time_now(), assignment, site->pool, &site->err);
    if (status) return status;
    return go_assignment_change(site->db, *assignment, given->title, given->description, due,
                                site->pool, &site->err);
}

int ctl_assignment_store(ctl_site *site, const go_course *course, const ctl_assignment *given) {
    go_stages *stages;
    go_assignment *assignment;
    const char *workspace;
    int number;
    int rc = read_stages(site, given->directory, &stages);
    if (rc) return rc;
    if (go_state_workspace(site->state, &workspace, site->pool, &site->err) ||
        go_objects_copy(site->state->objects, workspace, stages->tree, site->pool, &site->err) ||
        find_or_make(site, course, given, &assignment) ||
        go_version_create(site->db, assignment, stages, 0, "from the command line", apr_time_now(),
                          &number, site->pool, &site->err) ||
        go_assignment_find(site->db, course, given->name, &assignment, site->pool, &site->err) ||
        go_assignment_publish(site->db, assignment, given->is_published, site->pool, &site->err))
        return ctl_site_failed(site);
    return CTL_OK;
}

static apr_status_t read_description(const char *path, const char **text, apr_pool_t *pool,
                                     go_error *err) {
    apr_file_t *file;
    apr_size_t length = 0;
    char *bytes = apr_pcalloc(pool, GO_DESCRIPTION_MAX + 2);
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, 0, pool);
    if (!status) status = apr_file_read_full(file, bytes, GO_DESCRIPTION_MAX + 1, &length);
    *text = bytes;
    return status && status != APR_EOF
               ? go_error_system(err, status, NULL, "\"%s\" could not be read", path)
               : APR_SUCCESS;
}

int ctl_assignment_add(const ctl_command *command, int argc, const char *const *argv,
                       apr_pool_t *pool) {
    const char *words[3], *description = NULL; /* course, name, directory */
    ctl_assignment given = {.description = ""};
    const ctl_option options[] = {{"--title", &given.title, NULL},
                                  {"--due", &given.due, NULL},
                                  {"--description", &description, NULL},
                                  {"--published", NULL, &given.is_published},
                                  {0}};
    ctl_site site;
    go_course *course;
    int rc = ctl_options_read(command, argc, argv, options, words, 3);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    given.name = words[1];
    given.directory = words[2];
    if (!given.title) given.title = given.name;
    if (go_course_find(site.db, words[0], &course, pool, &site.err) ||
        (description && read_description(description, &given.description, pool, &site.err)))
        return ctl_site_failed(&site);
    return ctl_assignment_store(&site, course, &given);
}
