#include "gradeovenctl/sync.h"

#include "gradeovenctl/options.h"

#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

/* Held until this process ends, however it ends: never two at once for a course. */
static apr_status_t lock(ctl_sync *sync) {
    go_error *err = &sync->site.err;
    const char *path = apr_psprintf(sync->pool, "%s/run/sync-%" APR_INT64_T_FMT ".lock",
                                    sync->site.state->directory, sync->course->id);
    int fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0660);
    if (fd < 0)
        return go_error_system(err, APR_FROM_OS_ERROR(errno), NULL, "\"%s\" cannot be opened",
                               path);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return APR_SUCCESS;
    close(fd);
    return go_error_set(err, GO_EBUSY, "Wait for its end.",
                        "Course %s is being synchronised already.", sync->course->name);
}

/* A trial reads and writes over there in transactions that are rolled back. */
static apr_status_t exchange(ctl_sync *sync) {
    sync->when_bad = "The institution's database could not be reached.";
    apr_status_t status = ctl_driver_connect(sync->driver, &sync->site.err);
    if (!status && sync->wants_roster) {
        sync->when_bad = "The roster could not be taken over; no grades were written.";
        status = ctl_sync_roster(sync);
    }
    if (!status && sync->wants_grades) {
        sync->when_bad = "The grades could not be written.";
        status = ctl_sync_grades(sync);
    }
    return status;
}

/* The exchange, with a row of what came of it. */
static int apply(ctl_sync *sync) {
    apr_int64_t id;
    go_db *db = sync->site.db;
    go_error note = GO_ERROR_INIT(sync->pool);
    if (lock(sync) || go_sync_begin(db, sync->course, sync->is_scheduled, apr_time_now(), &id,
                                    sync->pool, &sync->site.err))
        return ctl_site_failed(&sync->site);
    int is_ok = exchange(sync) == APR_SUCCESS;
    const go_sync_run run = {.ended_us = apr_time_now(),
                             .is_ok = is_ok,
                             .summary = is_ok ? sync->summary->bytes
                                              : apr_pstrcat(sync->pool, sync->summary->bytes,
                                                            sync->summary->length ? " " : "",
                                                            sync->when_bad, NULL),
                             .detail = is_ok ? "" : go_error_text(&sync->site.err)};
    int rc = is_ok ? CTL_OK : ctl_site_failed(&sync->site);
    if (go_sync_end(db, id, &run, sync->pool, &note))
        rc = ctl_fail("What came of it could not be noted: %s", go_error_text(&note));
    return rc;
}

static int try_out(ctl_sync *sync) {
    printf("This is a trial: nothing is changed. With --apply it is.\n");
    return exchange(sync) ? ctl_site_failed(&sync->site) : CTL_OK;
}

/* What is wanted: both, as far as the section has a statement, or what was asked for. */
static apr_status_t choose(ctl_sync *sync) {
    const go_sync_setting *setting = sync->setting;
    int asked = sync->wants_roster || sync->wants_grades;
    if ((sync->wants_roster && !setting->roster) || (sync->wants_grades && !setting->grade))
        return go_error_set(&sync->site.err, GO_EINVALID,
                            "Write one into httpd's configuration, and restart httpd.",
                            "<GradeOvenSync %s> has no %s statement.", setting->course,
                            sync->wants_roster && !setting->roster ? "Roster" : "Grade");
    if (asked) return APR_SUCCESS;
    sync->wants_roster = setting->roster != NULL;
    sync->wants_grades = setting->grade != NULL;
    return APR_SUCCESS;
}

/* The child is forked before our own database is opened: it inherits no connection. */
static int prepare(ctl_sync *sync, const char *course) {
    ctl_site *site = &sync->site;
    if (ctl_site_find(site, sync->pool) ||
        go_sync_setting_find(&sync->setting, site->state, course, sync->pool, &site->err) ||
        choose(sync) || ctl_driver_start(&sync->driver, sync->setting, sync->pool, &site->err))
        return ctl_site_failed(site);
    int rc = ctl_site_open(site, sync->pool);
    if (rc) return rc;
    return go_course_find(site->db, course, &sync->course, sync->pool, &site->err)
               ? ctl_site_failed(site)
               : CTL_OK;
}

int ctl_sync_run(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool) {
    ctl_sync sync = {.pool = pool, .summary = go_buffer_make(pool, 256)};
    const char *course;
    const ctl_option options[] = {
        {"--apply", NULL, &sync.applies},          {"--roster", NULL, &sync.wants_roster},
        {"--grades", NULL, &sync.wants_grades},    {"--all", NULL, &sync.writes_all},
        {"--force", NULL, &sync.forces},           {"--passwords", NULL, &sync.shows_passwords},
        {"--scheduled", NULL, &sync.is_scheduled}, {0}};
    int rc = ctl_options_read(command, argc, argv, options, &course, 1);
    if (!rc) rc = prepare(&sync, course);
    if (rc) return rc;
    return sync.applies ? apply(&sync) : try_out(&sync);
}
