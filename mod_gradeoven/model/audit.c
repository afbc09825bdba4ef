#include "model/audit.h"

static go_value text_of(const char *text) {
    return go_text(text ? text : "");
}

apr_status_t go_audit_add(go_db *db, const go_audit_entry *entry, apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_AUDIT_ADD,
                     GO_VALUES(go_integer(entry->at_us), text_of(entry->actor),
                               text_of(entry->address),
                               entry->course_id ? go_integer(entry->course_id) : go_null(),
                               text_of(entry->action), text_of(entry->subject), text_of(entry->was),
                               text_of(entry->became)),
                     NULL, pool, err);
}

apr_status_t go_audit_of_course(go_db *db, apr_int64_t course_id, apr_int64_t before,
                                apr_array_header_t **entries, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_int64_t below = before ? before : INT64_MAX;
    apr_status_t status =
        go_db_select(db, GO_SQL_AUDIT_OF_COURSE,
                     GO_VALUES(go_integer(course_id), go_integer(below)), &rows, pool, err);
    *entries = apr_array_make(pool, 32, sizeof(go_audit_entry));
    while (!status && go_rows_next(rows)) {
        APR_ARRAY_PUSH(*entries, go_audit_entry) =
            (go_audit_entry){.id = go_rows_integer(rows, 0, 0),
                             .at_us = go_rows_integer(rows, 1, 0),
                             .actor = go_rows_text(rows, 2),
                             .address = go_rows_text(rows, 3),
                             .course_id = course_id,
                             .action = go_rows_text(rows, 4),
                             .subject = go_rows_text(rows, 5),
                             .was = go_rows_text(rows, 6),
                             .became = go_rows_text(rows, 7)};
    }
    return status;
}
