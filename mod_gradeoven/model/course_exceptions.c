#include "model/course_exceptions.h"

#include "model/counted.h"

#include <apr_strings.h>

apr_status_t go_course_exceptions(go_db *db, apr_int64_t course_id, apr_array_header_t **lines,
                                  apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_COURSE_EXCEPTIONS,
                                       GO_VALUES(go_integer(course_id)), &rows, pool, err);
    *lines = apr_array_make(pool, 8, sizeof(go_exception_line));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*lines, go_exception_line) =
            (go_exception_line){.user_id = go_rows_integer(rows, 0, 0),
                                .username = go_rows_text(rows, 1),
                                .display_name = go_rows_text(rows, 2),
                                .exception = {.time_milli = (int)go_rows_integer(rows, 3, 0),
                                              .late_days = (int)go_rows_integer(rows, 4, 0)},
                                .note = go_rows_text(rows, 5),
                                .changed_us = go_rows_integer(rows, 6, 0)};
    return status;
}

/* What the student has now, or NULL. */
static apr_status_t find_line(go_db *db, apr_int64_t course_id, apr_int64_t user_id,
                              const go_exception_line **found, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *lines;
    apr_status_t status = go_course_exceptions(db, course_id, &lines, pool, err);
    *found = NULL;
    for (int i = 0; !status && i < lines->nelts; i++)
        if (APR_ARRAY_IDX(lines, i, go_exception_line).user_id == user_id)
            *found = &APR_ARRAY_IDX(lines, i, go_exception_line);
    return status;
}

/* What was handed in is judged again, and the change is logged. */
static apr_status_t settle(go_db *db, apr_int64_t course_id, const go_exception_line *line,
                           const char *was, const char *became, const go_audit_entry *by,
                           apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_counted_refresh_course(db, course_id, line->user_id, pool, err);
    if (status) return status;
    const char *subject = apr_pstrcat(pool, "whole course, ", line->username, NULL);
    return go_audit_change(db, by, "extension", subject, was, became, pool, err);
}

apr_status_t go_course_exception_set(go_db *db, apr_int64_t course_id,
                                     const go_exception_line *line, const go_audit_entry *by,
                                     apr_pool_t *pool, go_error *err) {
    const go_exception *e = &line->exception;
    const go_exception_line *was;
    apr_status_t status = go_exception_check(e, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = find_line(db, course_id, line->user_id, &was, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_COURSE_EXCEPTION_SET,
                           GO_VALUES(go_integer(course_id), go_integer(line->user_id),
                                     go_integer(e->time_milli), go_integer(e->late_days),
                                     go_text(line->note), go_integer(by->at_us)),
                           NULL, pool, err);
    if (!status)
        status =
            settle(db, course_id, line, was ? go_exception_text(&was->exception, pool) : "none",
                   go_exception_text(e, pool), by, pool, err);
    return go_db_end(db, status, err);
}

static apr_status_t remove_line(go_db *db, apr_int64_t course_id, const go_exception_line *was,
                                const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_COURSE_EXCEPTION_REMOVE,
                  GO_VALUES(go_integer(course_id), go_integer(was->user_id)), NULL, pool, err);
    return status ? status
                  : settle(db, course_id, was, go_exception_text(&was->exception, pool), "none", by,
                           pool, err);
}

apr_status_t go_course_exception_remove(go_db *db, apr_int64_t course_id, apr_int64_t user_id,
                                        const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    const go_exception_line *was;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = find_line(db, course_id, user_id, &was, pool, err);
    if (!status)
        status = was ? remove_line(db, course_id, was, by, pool, err)
                     : go_error_set(err, GO_ENOTFOUND, "Load the page again.",
                                    "This exception is not there any more.");
    return go_db_end(db, status, err);
}
