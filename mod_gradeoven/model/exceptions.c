#include "model/exceptions.h"

#include "model/counted.h"

#include <apr_strings.h>

#include <string.h>

apr_status_t go_exception_check(const go_exception *e, go_error *err) {
    apr_status_t status = go_rules_check_number("days", e->extension_days, GO_RULES_DAYS_MAX, err);
    if (!status)
        status = go_rules_check_number("minutes", e->extension_minutes, GO_RULES_DAYS_MAX * 24 * 60,
                                       err);
    if (!status)
        status = go_rules_check_number("attempts", e->extra_attempts, GO_RULES_ATTEMPTS_MAX, err);
    if (!status) status = go_rules_check_number("late days", e->late_days, GO_RULES_DAYS_MAX, err);
    if (status) return status;
    if (e->time_milli && (e->time_milli < GO_MILLI || e->time_milli > GO_RULES_TIME_MAX))
        return go_error_set(err, GO_EINVALID, "Give a number from 1 to 10, such as 1.5.",
                            "The multiplier of the time is out of range.");
    if (!e->extension_days && !e->extension_minutes && !e->extra_attempts && !e->late_days &&
        e->time_milli <= GO_MILLI)
        return go_error_set(err, GO_EINVALID, "Say what is different, or remove the exception.",
                            "This exception changes nothing.");
    return APR_SUCCESS;
}

/* ", 1 day", ", 2 days"; "" for none. */
static const char *count_text(int count, const char *one, apr_pool_t *pool) {
    return count ? apr_psprintf(pool, ", %d %s%s", count, one, count == 1 ? "" : "s") : "";
}

const char *go_exception_text(const go_exception *e, apr_pool_t *pool) {
    const char *times =
        e->time_milli > GO_MILLI
            ? apr_psprintf(pool, ", %s times the time", go_score_format_milli(pool, e->time_milli))
            : "";
    const char *text = apr_pstrcat(pool, count_text(e->extension_days, "day", pool),
                                   count_text(e->extension_minutes, "minute", pool), times,
                                   count_text(e->extra_attempts, "attempt", pool),
                                   count_text(e->late_days, "late day", pool), NULL);
    return *text ? text + 2 : "none";
}

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

/* What the student or the section of `like` has now, or NULL. */
static const go_exception_line *find_line(const apr_array_header_t *lines,
                                          const go_exception_line *like) {
    for (int i = 0; i < lines->nelts; i++) {
        const go_exception_line *line = &APR_ARRAY_IDX(lines, i, go_exception_line);
        if (like->section ? line->section && strcmp(line->section, like->section) == 0
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
    apr_status_t status = go_exception_check(&line->exception, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = go_exceptions(db, assignment, &lines, pool, err);
    const go_exception_line *was = status ? NULL : find_line(lines, line);
    if (!status) status = store_exception(db, assignment, line, by->at_us, pool, err);
    if (!status)
        status =
            go_counted_refresh(db, assignment->id, line->section ? 0 : line->user_id, pool, err);
    if (!status)
        status = go_audit_change(db, by, "extension", subject_of(assignment, line, pool),
                                 was ? go_exception_text(&was->exception, pool) : "none",
                                 go_exception_text(&line->exception, pool), pool, err);
    return go_db_end(db, status, err);
}

static apr_status_t remove_line(go_db *db, const go_assignment *assignment,
                                const go_exception_line *was, const go_audit_entry *by,
                                apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_EXCEPTION_REMOVE,
                  GO_VALUES(go_integer(assignment->id), go_integer(was->id)), NULL, pool, err);
    if (!status)
        status = go_counted_refresh(db, assignment->id, was->section ? 0 : was->user_id, pool, err);
    if (!status)
        status = go_audit_change(db, by, "extension", subject_of(assignment, was, pool),
                                 go_exception_text(&was->exception, pool), "none", pool, err);
    return status;
}

apr_status_t go_exception_remove(go_db *db, const go_assignment *assignment, apr_int64_t id,
                                 const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *lines;
    const go_exception_line *was = NULL;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_exceptions(db, assignment, &lines, pool, err);
    for (int i = 0; !status && i < lines->nelts; i++)
        if (APR_ARRAY_IDX(lines, i, go_exception_line).id == id)
            was = &APR_ARRAY_IDX(lines, i, go_exception_line);
    if (!status)
        status = was ? remove_line(db, assignment, was, by, pool, err)
                     : go_error_set(err, GO_ENOTFOUND, "Load the page again.",
                                    "This exception is not there any more.");
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
