/*
 * Exceptions from an assignment's rules: one student's or a section's. A student has what their own
 * says; where that says nothing, what their section's says. As with the rules (rules.h), a change
 * sets anew what counts and is logged, in one transaction.
 */
#ifndef GO_MODEL_EXCEPTIONS_H
#define GO_MODEL_EXCEPTIONS_H

#include "model/rules.h"

typedef struct go_exception_line {
    apr_int64_t id;
    const char *username, *display_name; /* NULL: a section's */
    apr_int64_t user_id;
    const char *section; /* NULL: a student's */
    go_exception exception;
    const char *note; /* for staff */
    apr_time_t changed_us;
} go_exception_line;

/* Of an assignment: array of go_exception_line, sections first. */
apr_status_t go_exceptions(go_db *db, const go_assignment *assignment, apr_array_header_t **lines,
                           apr_pool_t *pool, go_error *err);

/* Sets what a student (`user_id`) or a section has, in place of what it had. GO_EINVALID. */
apr_status_t go_exception_set(go_db *db, const go_assignment *assignment,
                              const go_exception_line *line, const go_audit_entry *by,
                              apr_pool_t *pool, go_error *err);
/* GO_ENOTFOUND when it is not there (any more). */
apr_status_t go_exception_remove(go_db *db, const go_assignment *assignment, apr_int64_t id,
                                 const go_audit_entry *by, apr_pool_t *pool, go_error *err);

/* GO_EINVALID when a number is out of range, or nothing is different. */
apr_status_t go_exception_check(const go_exception *exception, go_error *err);

/* "2 days, 3 hours, 1.5 times the time, 2 attempts, 1 late day"; "none". */
const char *go_exception_text(const go_exception *exception, apr_pool_t *pool);

/* The sections of a course: array of const char *. */
apr_status_t go_sections(go_db *db, apr_int64_t course_id, apr_array_header_t **sections,
                         apr_pool_t *pool, go_error *err);

#endif
