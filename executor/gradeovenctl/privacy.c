/* gradeovenctl privacy ...: a person's data out or away, and how long courses' work is kept. */
#include "gradeovenctl/options.h"
#include "gradeovenctl/site.h"

#include "model/erasure.h"
#include "model/export.h"
#include "model/objects.h"
#include "model/retention.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Uploads take seconds; what lies there unnamed for a day is nobody's. */
#define UNNAMED_US (86400 * APR_USEC_PER_SEC)

static go_audit_entry by(const char *actor) {
    return (go_audit_entry){.at_us = apr_time_now(), .actor = actor, .address = ""};
}

/* --- export ----------------------------------------------------------------------------------- */

static apr_status_t write_bytes(void *baton, const void *data, apr_size_t length) {
    return fwrite(data, 1, length, baton) == length ? APR_SUCCESS : APR_FROM_OS_ERROR(errno);
}

typedef struct source {
    go_export *export;
    go_db *db;
} source;

static apr_status_t next_piece(void *baton, go_archive_piece *piece, apr_pool_t *pool,
                               go_error *err) {
    const source *from = baton;
    return go_export_next(from->export, from->db, piece, pool, err);
}

/* Readable by nobody else, and not there at all unless it is whole. */
static apr_status_t write_export(ctl_site *site, source *from, const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!file)
        return go_error_system(&site->err, APR_FROM_OS_ERROR(errno), NULL, "\"%s\" cannot be made",
                               path);
    apr_status_t status = go_archive_write_pieces(next_piece, from, GO_ARCHIVE_ZIP, write_bytes,
                                                  file, site->pool, &site->err);
    if (fclose(file) && !status)
        status = go_error_system(&site->err, APR_FROM_OS_ERROR(errno), NULL,
                                 "\"%s\" cannot be written", path);
    if (status) unlink(path);
    return status;
}

int ctl_privacy_export(const ctl_command *command, int argc, const char *const *argv,
                       apr_pool_t *pool) {
    const char *words[2]; /* user, file */
    int is_full = 0;
    const ctl_option options[] = {{"--full", NULL, &is_full}, {0}};
    ctl_site site;
    go_user *user = NULL;
    int rc = ctl_options_read(command, argc, argv, options, words, 2);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_user_find(site.db, words[0], &user, pool, &site.err)) return ctl_site_failed(&site);
    source from = {go_export_make(site.state, "this site", user, is_full, apr_time_now(), pool),
                   site.db};
    if (write_export(&site, &from, words[1]) ||
        ctl_site_audit(&site, 0, "export", user->username, "",
                       is_full ? "in full" : "as they see it"))
        return ctl_site_failed(&site);
    return CTL_OK;
}

/* --- erase ------------------------------------------------------------------------------------ */

static void print_preview(const go_erasure *found, const go_erasure_order *order,
                          apr_pool_t *pool) {
    printf("submissions: %d, of these %d with a team, which stay\n", found->submissions,
           found->of_teams);
    printf(order->keeps_work ? "files: %d, which stay\n" : "files that go: %d\n", found->files);
    printf("sessions: %d\ntokens: %d\n", found->sessions, found->tokens);
    if (found->courses->nelts)
        printf("in courses now: %s\n", apr_array_pstrcat(pool, found->courses, ','));
    if (found->live) printf("waiting or being graded: %d\n", found->live);
    if (found->is_last_admin) printf("This is the last admin.\n");
    printf("This is a preview: nothing is changed.\n");
}

int ctl_privacy_erase(const ctl_command *command, int argc, const char *const *argv,
                      apr_pool_t *pool) {
    const char *name;
    int is_preview = 0;
    go_erasure_order order = {0};
    const ctl_option options[] = {{"--keep-work", NULL, &order.keeps_work},
                                  {"--force", NULL, &order.forces},
                                  {"--preview", NULL, &is_preview},
                                  {0}};
    ctl_site site;
    go_user *user = NULL;
    go_erasure erasure = {0};
    const go_audit_entry who = by("*gradeovenctl");
    int rc = ctl_options_read(command, argc, argv, options, &name, 1);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    if (go_user_find(site.db, name, &user, pool, &site.err)) return ctl_site_failed(&site);
    if (is_preview) {
        if (go_erasure_look(site.db, user, &erasure, pool, &site.err))
            return ctl_site_failed(&site);
        print_preview(&erasure, &order, pool);
        return CTL_OK;
    }
    if (go_erase(site.db, site.state, user, &order, &who, &erasure, pool, &site.err))
        return ctl_site_failed(&site);
    printf("%s\n", erasure.pseudonym);
    fprintf(stderr,
            "%d stored files are gone, and %d entries of the log of changes are redacted. Backups "
            "and httpd's own logs still have what they had.\n",
            erasure.objects, erasure.entries);
    return CTL_OK;
}

/* --- retention -------------------------------------------------------------------------------- */

/* Held until this process ends. Its time tells the executor when the rules were applied last. */
static apr_status_t lock(ctl_site *site) {
    const char *path = apr_pstrcat(site->pool, site->state->directory, "/run/retention.lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0660);
    if (fd < 0)
        return go_error_system(&site->err, APR_FROM_OS_ERROR(errno), NULL,
                               "\"%s\" cannot be opened", path);
    if (flock(fd, LOCK_EX | LOCK_NB)) {
        close(fd);
        return go_error_set(&site->err, GO_EBUSY, "Wait for its end.",
                            "The rules are being applied already.");
    }
    /* by a write: another user's file may be touched by nobody but its owner */
    if (ftruncate(fd, 0) || write(fd, "\n", 1) != 1)
        return go_error_system(&site->err, APR_FROM_OS_ERROR(errno), NULL,
                               "\"%s\" cannot be written", path);
    return APR_SUCCESS;
}

static const char *day_of(const go_retention *one, apr_time_t time, apr_pool_t *pool) {
    return apr_pstrndup(pool, go_zone_format(pool, one->zone, time, GO_ZONE_DATETIME_LOCAL), 10);
}

static apr_status_t print_one(ctl_site *site, const go_retention *one, apr_time_t now) {
    int left = 0;
    apr_status_t status = go_retention_left(site->db, one, &left, site->pool, &site->err);
    if (status) return status;
    if (one->due_us)
        printf("%s: kept %s after its end (now %s); %s %s, %d submissions\n", one->course,
               go_retention_words(one->days, site->pool), day_of(one, one->end_us, site->pool),
               one->due_us <= now ? "over since" : "removed on",
               day_of(one, one->due_us, site->pool), left);
    else
        printf("%s: kept for ever, %d submissions\n", one->course, left);
    return APR_SUCCESS;
}

static apr_status_t apply_one(ctl_site *site, const go_retention *one, const go_audit_entry *who) {
    go_removal *removal = go_removal_make(GO_REMOVED_BY_RETENTION, who->at_us, site->pool);
    apr_status_t status =
        go_retention_apply(site->db, site->state, one, removal, who, site->pool, &site->err);
    if (!removal->submissions) return status;
    printf("%s: %d submissions with %d files removed\n", one->course, removal->submissions,
           removal->files);
    /* the executor's child writes this to httpd's error log */
    if (who->actor[1] == 'e')
        fprintf(stderr,
                "gradeovenctl: course %s: %d submissions with %d files (%" APR_INT64_T_FMT
                " bytes) removed, as they are kept %s after its end\n",
                one->course, removal->submissions, removal->files, removal->bytes,
                go_retention_words(one->days, site->pool));
    return status;
}

static apr_status_t sweep(ctl_site *site, apr_time_t now) {
    int count = 0;
    apr_status_t status = go_objects_sweep(site->db, site->state->objects, now - UNNAMED_US, &count,
                                           site->pool, &site->err);
    if (count) printf("%d stored files that nothing names any more were removed\n", count);
    return status;
}

int ctl_privacy_retention(const ctl_command *command, int argc, const char *const *argv,
                          apr_pool_t *pool) {
    int applies = 0, is_scheduled = 0;
    const ctl_option options[] = {
        {"--apply", NULL, &applies}, {"--scheduled", NULL, &is_scheduled}, {0}};
    ctl_site site;
    apr_array_header_t *list = NULL;
    int rc = ctl_options_read(command, argc, argv, options, NULL, 0);
    if (!rc) rc = ctl_site_open(&site, pool);
    if (rc) return rc;
    const go_audit_entry who = by(is_scheduled ? "*executor" : "*gradeovenctl");
    apr_status_t status = applies ? lock(&site) : APR_SUCCESS;
    if (!status) status = go_retentions(site.db, &list, pool, &site.err);
    for (int i = 0; !status && list && i < list->nelts; i++) {
        const go_retention *one = &APR_ARRAY_IDX(list, i, go_retention);
        status = applies ? apply_one(&site, one, &who) : print_one(&site, one, who.at_us);
    }
    if (!status && applies) status = sweep(&site, who.at_us);
    if (status) return ctl_site_failed(&site);
    if (!applies) printf("This is a preview: nothing is changed. With --apply it is.\n");
    return CTL_OK;
}
