/*
 * Exceptions for a whole course: what is different for a student in every assignment of it, such as
 * half as much time again. An assignment's exceptions (exceptions.h), the section's and one's own,
 * go before it. A change sets anew what counts and is logged, in one transaction.
 */
#ifndef GO_MODEL_COURSE_EXCEPTIONS_H
#define GO_MODEL_COURSE_EXCEPTIONS_H

#include "model/exceptions.h"

/*
 * Of a course: array of go_exception_line by username, without `id` and `section`. Of `exception`
 * they have time_milli and late_days.
 */
apr_status_t go_course_exceptions(go_db *db, apr_int64_t course_id, apr_array_header_t **lines,
                                  apr_pool_t *pool, go_error *err);

/* Sets what the student `line->user_id` has, in place of what they had. GO_EINVALID. */
apr_status_t go_course_exception_set(go_db *db, apr_int64_t course_id,
                                     const go_exception_line *line, const go_audit_entry *by,
                                     apr_pool_t *pool, go_error *err);
/* GO_ENOTFOUND when there is none (any more). */
apr_status_t go_course_exception_remove(go_db *db, apr_int64_t course_id, apr_int64_t user_id,
                                        const go_audit_entry *by, apr_pool_t *pool, go_error *err);

#endif
