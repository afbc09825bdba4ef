/*
 * Codes by which users enrol themselves as students: one a course at most, random (78 bits, so that
 * guessing is hopeless even before wrong guesses are limited), valid until a time. A new code ends
 * the old one. A code brings nobody back whom staff have dropped.
 */
#ifndef GO_MODEL_ENROL_CODE_H
#define GO_MODEL_ENROL_CODE_H

#include "model/audit.h"
#include "model/courses.h"

#define GO_ENROL_WRONG_MAX 10 /* wrong codes of one user in an hour */

typedef struct go_enrol_code {
    const char *code;    /* four groups of four, with dashes */
    const char *section; /* into which it enrols; "": none */
    apr_time_t expires_us;
} go_enrol_code;

/* The course's code, expired or not; *code NULL: there is none. */
apr_status_t go_enrol_code_find(go_db *db, const go_course *course, go_enrol_code **code,
                                apr_pool_t *pool, go_error *err);

/* A new code in place of the old one. GO_EINVALID for a time that is over. Audited. */
apr_status_t go_enrol_code_rotate(go_db *db, const go_course *course, const char *section,
                                  apr_time_t expires_us, const go_audit_entry *by, apr_pool_t *pool,
                                  go_error *err);

/* No code any more. Audited. */
apr_status_t go_enrol_code_end(go_db *db, const go_course *course, const go_audit_entry *by,
                               apr_pool_t *pool, go_error *err);

/*
 * Enrols a user by the code as typed (capitals, blanks and missing dashes do not matter); *course
 * is the name of its course. Who is in the course stays what they are. GO_EINVALID for a code that
 * is none or is over, GO_EDENIED for who was dropped, or after too many wrong ones. Audited.
 */
apr_status_t go_enrol_by_code(go_db *db, const go_user *user, const char *typed,
                              const go_audit_entry *by, const char **course, apr_pool_t *pool,
                              go_error *err);

#endif
