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

apr_status_t go_rules_check_number(const char *name, int value, int highest, go_error *err) {
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
        go_rules_check_number("minutes of grace", p->grace_minutes, GO_RULES_GRACE_MAX, err);
    if (!status)
        status = go_rules_check_number("attempts", p->attempts, GO_RULES_ATTEMPTS_MAX, err);
    if (!status)
        status = go_rules_check_number("minutes for an attempt", p->refill_minutes,
                                       GO_RULES_REFILL_MAX, err);
    return status ? status : go_rules_check_dates(p, err);
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
        status = go_audit_change(db, by, "policy", assignment->name, go_rules_text(&was, pool),
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
        status = go_audit_change(db, by, "policy", assignment->name,
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
    apr_status_t status = go_rules_check_number("late days", days, GO_RULES_DAYS_MAX, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = go_late_days_of_course(db, course_id, &was, pool, err);
    if (!status && was != days) {
        status = go_db_run(db, GO_SQL_COURSE_SET_LATE_DAYS,
                           GO_VALUES(go_integer(days), go_integer(course_id)), NULL, pool, err);
        if (!status)
            status = go_audit_change(db, by, "policy", "late days", apr_itoa(pool, was),
                                     apr_itoa(pool, days), pool, err);
    }
    return go_db_end(db, status, err);
}
