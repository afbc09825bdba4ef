#include "model/retention.h"

#include "model/names.h"
#include "model/objects.h"

#include <apr_strings.h>

#include <string.h>

enum { BATCH = 20, PAUSE_US = 20000 };

/* --- the rules -------------------------------------------------------------------------------- */

static int parse_days(const char *period, int *days) {
    char *end = NULL;
    if (strcmp(period, "never") == 0) {
        *days = 0;
        return 1;
    }
    if (*period < '1' || *period > '9' || strlen(period) > 7) return 0;
    apr_int64_t number = apr_strtoi64(period, &end, 10);
    if (!*end || end[1]) return 0;
    number *= *end == 'd' ? 1 : *end == 'm' ? 30 : *end == 'y' ? 365 : 0;
    *days = number <= GO_RETENTION_DAYS_MAX ? (int)number : 0;
    return *days >= GO_RETENTION_DAYS_MIN;
}

const char *go_retention_parse(go_retention_rule *rule, const char *course, const char *period,
                               apr_pool_t *pool) {
    go_error err = GO_ERROR_INIT(pool);
    *rule = (go_retention_rule){.course = course};
    if (strcmp(course, GO_RETENTION_ALL) != 0 &&
        go_name_slug(&rule->course, "course", course, pool, &err))
        return go_error_text(&err);
    if (parse_days(period, &rule->days)) return NULL;
    return apr_psprintf(
        pool, "\"%s\" is not a time from %dd to 100y, such as 90d, 18m or 2y, nor \"never\".",
        period, GO_RETENTION_DAYS_MIN);
}

const char *go_retention_words(int days, apr_pool_t *pool) {
    if (!days) return "for ever";
    if (days % 365) return apr_psprintf(pool, "%d days", days);
    return apr_psprintf(pool, "%d year%s", days / 365, days == 365 ? "" : "s");
}

apr_status_t go_retention_rules(go_db *db, apr_array_header_t **rules, apr_pool_t *pool,
                                go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status = go_db_select(db, GO_SQL_RETENTION_RULES, GO_NO_VALUES, &rows, pool, err);
    *rules = apr_array_make(pool, 4, sizeof(go_retention_rule));
    while (!status && rows && go_rows_next(rows))
        APR_ARRAY_PUSH(*rules, go_retention_rule) =
            (go_retention_rule){go_rows_text(rows, 0), (int)go_rows_integer(rows, 1, 0)};
    return status;
}

static int has_rule(const apr_array_header_t *rules, const go_retention_rule *rule) {
    for (int i = 0; i < rules->nelts; i++) {
        const go_retention_rule *one = &APR_ARRAY_IDX(rules, i, go_retention_rule);
        if (one->days == rule->days && strcmp(one->course, rule->course) == 0) return 1;
    }
    return 0;
}

/* All processes of httpd store the same: most of them find it there. */
static apr_status_t store(go_db *db, const apr_array_header_t *rules, apr_pool_t *pool,
                          go_error *err) {
    apr_array_header_t *stored = NULL;
    apr_status_t status = go_retention_rules(db, &stored, pool, err);
    if (status || !stored) return status;
    int differs = stored->nelts != rules->nelts;
    for (int i = 0; i < rules->nelts && !differs; i++)
        differs = !has_rule(stored, &APR_ARRAY_IDX(rules, i, go_retention_rule));
    if (!differs) return APR_SUCCESS;
    status = go_db_run(db, GO_SQL_RETENTION_CLEAR, GO_NO_VALUES, NULL, pool, err);
    for (int i = 0; !status && i < rules->nelts; i++) {
        const go_retention_rule *rule = &APR_ARRAY_IDX(rules, i, go_retention_rule);
        status =
            go_db_run(db, GO_SQL_RETENTION_ADD,
                      GO_VALUES(go_text(rule->course), go_integer(rule->days)), NULL, pool, err);
    }
    return status;
}

apr_status_t go_retention_store(go_db *db, const apr_array_header_t *rules, apr_pool_t *pool,
                                go_error *err) {
    if (!rules) rules = apr_array_make(pool, 1, sizeof(go_retention_rule));
    apr_status_t status = go_db_begin(db, err);
    return status ? status : go_db_end(db, store(db, rules, pool, err), err);
}

/* --- what they mean --------------------------------------------------------------------------- */

static void read_row(go_rows *rows, go_retention *retention) {
    *retention = (go_retention){.course_id = go_rows_integer(rows, 0, 0),
                                .course = go_rows_text(rows, 1),
                                .title = go_rows_text(rows, 2),
                                .zone = go_rows_text(rows, 3),
                                .removed_us = go_rows_integer(rows, 4, 0),
                                .days = (int)go_rows_integer(rows, 5, 0)};
    for (int column = 6; column <= 9; column++) { /* made, due, closed, handed in */
        apr_time_t time = go_rows_integer(rows, column, 0);
        if (time > retention->end_us) retention->end_us = time;
    }
    if (retention->days)
        retention->due_us =
            retention->end_us + apr_time_from_sec((apr_time_t)retention->days * 86400);
}

apr_status_t go_retention_of(go_db *db, apr_int64_t course_id, go_retention *retention,
                             apr_pool_t *pool, go_error *err) {
    go_rows *row = NULL;
    *retention = (go_retention){0};
    apr_status_t status = go_db_one(db, GO_SQL_RETENTION_OF_COURSE,
                                    GO_VALUES(go_integer(course_id)), &row, "course", pool, err);
    if (!status && row) read_row(row, retention);
    return status;
}

apr_status_t go_retentions(go_db *db, apr_array_header_t **list, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status = go_db_select(db, GO_SQL_RETENTION_OF_ALL, GO_NO_VALUES, &rows, pool, err);
    *list = apr_array_make(pool, 8, sizeof(go_retention));
    while (!status && rows && go_rows_next(rows))
        read_row(rows, apr_array_push(*list));
    return status;
}

apr_status_t go_retention_left(go_db *db, const go_retention *retention, int *left,
                               apr_pool_t *pool, go_error *err) {
    go_rows *row = NULL;
    *left = 0;
    apr_status_t status =
        go_db_one(db, GO_SQL_RETENTION_LEFT, GO_VALUES(go_integer(retention->course_id)), &row,
                  "course", pool, err);
    if (!status && row) *left = (int)go_rows_integer(row, 0, 0);
    return status;
}

/* --- applying them ---------------------------------------------------------------------------- */

static apr_status_t take_batch(go_db *db, apr_int64_t assignment_id, apr_int64_t *last, int *taken,
                               go_removal *removal, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_RETENTION_NEXT,
                     GO_VALUES(go_integer(assignment_id), go_integer(*last), go_integer(BATCH)),
                     &rows, pool, err);
    for (*taken = 0; !status && rows && go_rows_next(rows); ++*taken) {
        *last = go_rows_integer(rows, 1, 0);
        status = go_removal_take(removal, db, go_rows_integer(rows, 0, 0), pool, err);
    }
    return status;
}

/* One assignment; the files of each batch go after its commit. */
static apr_status_t take_all(go_db *db, const go_state *state, apr_int64_t assignment_id,
                             go_removal *removal, apr_pool_t *pool, go_error *err) {
    apr_pool_t *some;
    apr_int64_t last = 0;
    int taken, gone;
    apr_pool_create(&some, pool);
    apr_status_t status = APR_SUCCESS;
    do {
        apr_pool_clear(some);
        go_error later = GO_ERROR_INIT(some);
        status = go_db_begin(db, err);
        if (status) break;
        status = take_batch(db, assignment_id, &last, &taken, removal, some, err);
        status = go_db_end(db, status, err);
        if (status) break;
        go_removal_sweep(removal, db, state, &gone, some,
                         &later); /* else the daily sweep does it */
        if (taken) apr_sleep(PAUSE_US);
    } while (taken == BATCH);
    apr_pool_destroy(some);
    return status;
}

/* The notes about people, the time, and the entry in the log. */
static apr_status_t finish(go_db *db, const go_retention *retention, const go_removal *removal,
                           const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    static const go_statement statements[] = {GO_SQL_RETENTION_EXCEPTIONS,
                                              GO_SQL_RETENTION_COURSE_EXCEPTIONS,
                                              GO_SQL_RETENTION_SYNC_DETAILS};
    const go_value course = go_integer(retention->course_id);
    apr_status_t status = APR_SUCCESS;
    for (size_t i = 0; !status && i < sizeof(statements) / sizeof(*statements); i++)
        status = go_db_run(db, statements[i], GO_VALUES(course), NULL, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_RETENTION_APPLIED,
                           GO_VALUES(go_integer(removal->at_us), course), NULL, pool, err);
    if (status) return status;
    go_audit_entry entry = *by;
    entry.course_id = retention->course_id;
    entry.action = "retention";
    entry.subject = retention->course;
    entry.was =
        apr_psprintf(pool, "%d submissions with %d files", removal->submissions, removal->files);
    entry.became = apr_psprintf(pool, "removed, as they are kept %s after the course's end",
                                go_retention_words(retention->days, pool));
    return go_audit_add(db, &entry, pool, err);
}

apr_status_t go_retention_apply(go_db *db, const go_state *state, const go_retention *retention,
                                go_removal *removal, const go_audit_entry *by, apr_pool_t *pool,
                                go_error *err) {
    go_rows *rows = NULL;
    if (!retention->due_us || retention->due_us > removal->at_us) return APR_SUCCESS;
    apr_status_t status =
        go_db_select(db, GO_SQL_RETENTION_ASSIGNMENTS, GO_VALUES(go_integer(retention->course_id)),
                     &rows, pool, err);
    while (!status && rows && go_rows_next(rows))
        status = take_all(db, state, go_rows_integer(rows, 0, 0), removal, pool, err);
    /* nothing to say: it was said before, and nothing came since. Who was interrupted before that
       says it the next time. */
    if (status || (!removal->submissions && retention->removed_us >= retention->end_us))
        return status;
    status = go_db_begin(db, err);
    return status ? status : go_db_end(db, finish(db, retention, removal, by, pool, err), err);
}
