#include "model/rules.h"

#include "model/counted.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>

static void read_policy(go_rows *row, go_policy *policy) {
    int late_rule = go_late_rule_parse(go_rows_text(row, 6));
    int counting = go_counting_parse(go_rows_text(row, 13));
    *policy = (go_policy){.zone = go_rows_text(row, 2),
                          .opens_us = go_rows_integer(row, 3, 0),
                          .due_us = go_rows_integer(row, 4, 0),
                          .closes_us = go_rows_integer(row, 5, 0),
                          .late_rule = late_rule < 0 ? GO_LATE_FREE : (go_late_rule)late_rule,
                          .late_milli = (int)go_rows_integer(row, 7, 0),
                          .late_max_milli = (int)go_rows_integer(row, 8, GO_MILLI),
                          .grace_minutes = (int)go_rows_integer(row, 9, 0),
                          .late_days = (int)go_rows_integer(row, 10, 0),
                          .attempts = (int)go_rows_integer(row, 11, 0),
                          .refill_minutes = (int)go_rows_integer(row, 12, 0),
                          .counting = counting < 0 ? GO_COUNTS_LAST : (go_counting)counting};
}

apr_status_t go_rules_of(go_db *db, apr_int64_t assignment_id, go_policy *policy, apr_pool_t *pool,
                         go_error *err) {
    go_rows *row;
    apr_status_t status =
        go_db_one(db, GO_SQL_RULES_OF_ASSIGNMENT, GO_VALUES(go_integer(assignment_id)), &row,
                  "assignment", pool, err);
    if (!status) read_policy(row, policy);
    return status;
}

apr_status_t go_rules_of_course(go_db *db, apr_int64_t course_id, apr_array_header_t **lines,
                                apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_RULES_OF_COURSE, GO_VALUES(go_integer(course_id)),
                                       &rows, pool, err);
    *lines = apr_array_make(pool, 16, sizeof(go_rules_line));
    while (!status && go_rows_next(rows)) {
        go_rules_line *line = apr_array_push(*lines);
        line->assignment_id = go_rows_integer(rows, 0, 0);
        read_policy(rows, &line->policy);
    }
    return status;
}

/* --- checks ---------------------------------------------------------------------------------- */

apr_status_t go_rules_check_dates(const go_policy *p, go_error *err) {
    if (p->opens_us && p->due_us && p->due_us <= p->opens_us)
        return go_error_set(err, GO_EINVALID, "Let it open earlier, or be due later.",
                            "The assignment would be due before it opens.");
    if (p->due_us && p->closes_us && p->closes_us < p->due_us)
        return go_error_set(err, GO_EINVALID, "Let it close at the due date or later.",
                            "The assignment would close before it is due.");
    if (p->opens_us && p->closes_us && p->closes_us <= p->opens_us)
        return go_error_set(err, GO_EINVALID, "Let it close later.",
                            "The assignment would close before it opens.");
    return APR_SUCCESS;
}

static apr_status_t check_number(const char *name, int value, int highest, go_error *err) {
    if (value >= 0 && value <= highest) return APR_SUCCESS;
    return go_error_set(err, GO_EINVALID,
                        apr_psprintf(err->pool, "Give a number from 0 to %d.", highest),
                        "The %s are out of range.", name);
}

static apr_status_t check_policy(const go_policy *p, go_error *err) {
    if (p->late_milli < 0 || p->late_milli > GO_MILLI || p->late_max_milli < 0 ||
        p->late_max_milli > GO_MILLI)
        return go_error_set(err, GO_EINVALID, "Give a number from 0 to 100.",
                            "A penalty is out of range.");
    apr_status_t status =
        check_number("minutes of grace", p->grace_minutes, GO_RULES_GRACE_MAX, err);
    if (!status) status = check_number("attempts", p->attempts, GO_RULES_ATTEMPTS_MAX, err);
    if (!status)
        status =
            check_number("minutes for an attempt", p->refill_minutes, GO_RULES_REFILL_MAX, err);
    return status ? status : go_rules_check_dates(p, err);
}

static apr_status_t check_exception(const go_exception *e, go_error *err) {
    apr_status_t status = check_number("days", e->extension_days, GO_RULES_DAYS_MAX, err);
    if (!status)
        status = check_number("minutes", e->extension_minutes, GO_RULES_DAYS_MAX * 24 * 60, err);
    if (!status) status = check_number("attempts", e->extra_attempts, GO_RULES_ATTEMPTS_MAX, err);
    if (status) return status;
    if (e->time_milli && (e->time_milli < GO_MILLI || e->time_milli > GO_RULES_TIME_MAX))
        return go_error_set(err, GO_EINVALID, "Give a number from 1 to 10, such as 1.5.",
                            "The multiplier of the time is out of range.");
    if (!e->extension_days && !e->extension_minutes && !e->extra_attempts &&
        e->time_milli <= GO_MILLI)
        return go_error_set(err, GO_EINVALID, "Say what is different, or remove the exception.",
                            "This exception changes nothing.");
    return APR_SUCCESS;
}

/* --- in words, for the log ------------------------------------------------------------------- */

static const char *date_text(const go_policy *p, const char *what, apr_time_t time,
                             apr_pool_t *pool) {
    if (!time) return "";
    return apr_psprintf(pool, "%s %s, ", what, go_zone_format(pool, p->zone, time, GO_ZONE_HUMAN));
}

const char *go_rules_text(const go_policy *p, apr_pool_t *pool) {
    const char *attempts = p->attempts ? apr_psprintf(pool, "%d attempts, one back in %d minutes",
                                                      p->attempts, p->refill_minutes)
                                       : "no limit of attempts";
    return apr_psprintf(pool, "%s%slate: %s, %s, at most %s, %d minutes of grace; %s; counts: %s",
                        date_text(p, "opens", p->opens_us, pool),
                        date_text(p, "closes", p->closes_us, pool), go_late_rule_name(p->late_rule),
                        go_percent_text(pool, p->late_milli),
                        go_percent_text(pool, p->late_max_milli), p->grace_minutes, attempts,
                        go_counting_name(p->counting));
}

const char *go_exception_text(const go_exception *e, apr_pool_t *pool) {
    const char *text = "";
    if (e->extension_days) text = apr_psprintf(pool, ", %d days", e->extension_days);
    if (e->extension_minutes)
        text = apr_psprintf(pool, "%s, %d minutes", text, e->extension_minutes);
    if (e->time_milli > GO_MILLI)
        text = apr_psprintf(pool, "%s, %s times the time", text,
                            go_score_format_milli(pool, e->time_milli));
    if (e->extra_attempts) text = apr_psprintf(pool, "%s, %d attempts", text, e->extra_attempts);
    return *text ? text + 2 : "none";
}

static apr_status_t log_change(go_db *db, const go_audit_entry *by, const char *action,
                               const char *subject, const char *was, const char *became,
                               apr_pool_t *pool, go_error *err) {
    go_audit_entry entry = *by;
    entry.action = action;
    entry.subject = subject;
    entry.was = was;
    entry.became = became;
    return go_audit_add(db, &entry, pool, err);
}

/* --- rules ----------------------------------------------------------------------------------- */

static go_value time_value(apr_time_t time) {
    return time ? go_integer(time) : go_null();
}

static apr_status_t store_rules(go_db *db, apr_int64_t assignment_id, const go_policy *p,
                                apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_RULES_CHANGE,
                     GO_VALUES(time_value(p->opens_us), time_value(p->closes_us),
                               go_text(go_late_rule_name(p->late_rule)), go_integer(p->late_milli),
                               go_integer(p->late_max_milli), go_integer(p->grace_minutes),
                               go_integer(p->attempts), go_integer(p->refill_minutes),
                               go_text(go_counting_name(p->counting)), go_integer(assignment_id)),
                     NULL, pool, err);
}

apr_status_t go_rules_change(go_db *db, const go_assignment *assignment, const go_policy *policy,
                             const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_policy was, is = *policy;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_rules_of(db, assignment->id, &was, pool, err);
    if (!status) {
        is.due_us = was.due_us;
        is.zone = was.zone;
        status = check_policy(&is, err);
    }
    if (!status) status = store_rules(db, assignment->id, &is, pool, err);
    if (!status) status = go_counted_refresh(db, assignment->id, 0, pool, err);
    if (!status)
        status = log_change(db, by, "policy", assignment->name, go_rules_text(&was, pool),
                            go_rules_text(&is, pool), pool, err);
    return go_db_end(db, status, err);
}

static const char *due_text(const go_policy *p, apr_time_t due_us, apr_pool_t *pool) {
    return due_us ? apr_pstrcat(pool, "due ", go_zone_format(pool, p->zone, due_us, GO_ZONE_HUMAN),
                                NULL)
                  : "no due date";
}

apr_status_t go_rules_due_moved(go_db *db, const go_assignment *assignment,
                                const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_policy policy;
    apr_status_t status = go_rules_of(db, assignment->id, &policy, pool, err);
    if (!status) status = go_rules_check_dates(&policy, err);
    if (!status) status = go_counted_refresh(db, assignment->id, 0, pool, err);
    if (!status)
        status = log_change(db, by, "policy", assignment->name,
                            due_text(&policy, assignment->due_us, pool),
                            due_text(&policy, policy.due_us, pool), pool, err);
    return status;
}

apr_status_t go_late_days_of_course(go_db *db, apr_int64_t course_id, int *days, apr_pool_t *pool,
                                    go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_COURSE_LATE_DAYS, GO_VALUES(go_integer(course_id)),
                                    &row, "course", pool, err);
    if (!status) *days = (int)go_rows_integer(row, 0, 0);
    return status;
}

apr_status_t go_late_days_set(go_db *db, apr_int64_t course_id, int days, const go_audit_entry *by,
                              apr_pool_t *pool, go_error *err) {
    int was;
    apr_status_t status = check_number("late days", days, GO_RULES_DAYS_MAX, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = go_late_days_of_course(db, course_id, &was, pool, err);
    if (!status && was != days) {
        status = go_db_run(db, GO_SQL_COURSE_SET_LATE_DAYS,
                           GO_VALUES(go_integer(days), go_integer(course_id)), NULL, pool, err);
        if (!status)
            status = log_change(db, by, "policy", "late days", apr_itoa(pool, was),
                                apr_itoa(pool, days), pool, err);
    }
    return go_db_end(db, status, err);
}

/* --- exceptions ------------------------------------------------------------------------------ */

apr_status_t go_exceptions(go_db *db, const go_assignment *assignment, apr_array_header_t **lines,
                           apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_EXCEPTIONS_OF_ASSIGNMENT,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *lines = apr_array_make(pool, 16, sizeof(go_exception_line));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*lines, go_exception_line) =
            (go_exception_line){.id = go_rows_integer(rows, 0, 0),
                                .username = go_rows_text(rows, 1),
                                .display_name = go_rows_text(rows, 2),
                                .section = go_rows_text(rows, 3),
                                .exception = {.extension_days = (int)go_rows_integer(rows, 4, 0),
                                              .extension_minutes = (int)go_rows_integer(rows, 5, 0),
                                              .time_milli = (int)go_rows_integer(rows, 6, 0),
                                              .extra_attempts = (int)go_rows_integer(rows, 7, 0)},
                                .note = go_rows_text(rows, 8),
                                .changed_us = go_rows_integer(rows, 9, 0),
                                .user_id = go_rows_integer(rows, 10, 0)};
    return status;
}

/* Where it is different for the one whose `line` it is, or the exception of that id. */
static const go_exception_line *find_line(const apr_array_header_t *lines, apr_int64_t id,
                                          const go_exception_line *like) {
    for (int i = 0; i < lines->nelts; i++) {
        const go_exception_line *line = &APR_ARRAY_IDX(lines, i, go_exception_line);
        if (id              ? line->id == id
            : like->section ? line->section && strcmp(line->section, like->section) == 0
                            : line->user_id == like->user_id)
            return line;
    }
    return NULL;
}

static const char *subject_of(const go_assignment *assignment, const go_exception_line *line,
                              apr_pool_t *pool) {
    return line->section ? apr_psprintf(pool, "%s, section %s", assignment->name, line->section)
                         : apr_psprintf(pool, "%s, %s", assignment->name, line->username);
}

static apr_status_t store_exception(go_db *db, const go_assignment *assignment,
                                    const go_exception_line *line, apr_time_t now, apr_pool_t *pool,
                                    go_error *err) {
    const go_exception *e = &line->exception;
    return go_db_run(db,
                     line->section ? GO_SQL_EXCEPTION_SET_OF_SECTION : GO_SQL_EXCEPTION_SET_OF_USER,
                     GO_VALUES(go_integer(assignment->id),
                               line->section ? go_text(line->section) : go_integer(line->user_id),
                               go_integer(e->extension_days), go_integer(e->extension_minutes),
                               go_integer(e->time_milli), go_integer(e->extra_attempts),
                               go_text(line->note), go_integer(now)),
                     NULL, pool, err);
}

apr_status_t go_exception_set(go_db *db, const go_assignment *assignment,
                              const go_exception_line *line, const go_audit_entry *by,
                              apr_pool_t *pool, go_error *err) {
    apr_array_header_t *lines;
    apr_status_t status = check_exception(&line->exception, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = go_exceptions(db, assignment, &lines, pool, err);
    const go_exception_line *was = status ? NULL : find_line(lines, 0, line);
    if (!status) status = store_exception(db, assignment, line, by->at_us, pool, err);
    if (!status)
        status =
            go_counted_refresh(db, assignment->id, line->section ? 0 : line->user_id, pool, err);
    if (!status)
        status = log_change(db, by, "extension", subject_of(assignment, line, pool),
                            was ? go_exception_text(&was->exception, pool) : "none",
                            go_exception_text(&line->exception, pool), pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_exception_remove(go_db *db, const go_assignment *assignment, apr_int64_t id,
                                 const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *lines;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_exceptions(db, assignment, &lines, pool, err);
    const go_exception_line *was = status ? NULL : find_line(lines, id ? id : -1, NULL);
    if (!status && !was)
        status = go_error_set(err, GO_ENOTFOUND, "Load the page again.",
                              "This exception is not there any more.");
    if (!status)
        status = go_db_run(db, GO_SQL_EXCEPTION_REMOVE,
                           GO_VALUES(go_integer(assignment->id), go_integer(id)), NULL, pool, err);
    if (!status)
        status = go_counted_refresh(db, assignment->id, was->section ? 0 : was->user_id, pool, err);
    if (!status)
        status = log_change(db, by, "extension", subject_of(assignment, was, pool),
                            go_exception_text(&was->exception, pool), "none", pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_sections(go_db *db, apr_int64_t course_id, apr_array_header_t **sections,
                         apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_SECTIONS_OF_COURSE,
                                       GO_VALUES(go_integer(course_id)), &rows, pool, err);
    *sections = apr_array_make(pool, 8, sizeof(const char *));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*sections, const char *) = go_rows_text(rows, 0);
    return status;
}
