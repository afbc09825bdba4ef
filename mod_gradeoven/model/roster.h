/*
 * Registering people in a course: accounts are made for who has none, and everybody is enrolled. An
 * account that exists is enrolled as it is: its name and password are its owner's business.
 */
#ifndef GO_MODEL_ROSTER_H
#define GO_MODEL_ROSTER_H

#include "model/courses.h"
#include "model/problems.h"

typedef struct go_roster_line {
    int line; /* of the CSV, for messages; 0: from a form */
    const char *username, *display_name, *email;
    const char *password; /* NULL or "": generate one for a new account */
    go_role role;
} go_roster_line;

/* What was done for one line. */
typedef struct go_registration {
    const char *username, *display_name, *email;
    const char *password; /* generated just now, to be shown once; or NULL */
    const char *hash;     /* of a new account's password */
    go_role role;
    int is_new_account, was_enrolled;
} go_registration;

#define GO_ROSTER_MAX 5000 /* lines at once */

/*
 * Reads CSV with a header line: username, and optionally name, email (or e-mail), password, role;
 * without a role column everybody is `role`. Other columns are ignored with a warning. Adds every
 * problem, by line number; GO_EINVALID when there were errors. *lines: array of go_roster_line.
 */
apr_status_t go_roster_parse(const char *csv, apr_size_t length, go_role role,
                             apr_array_header_t **lines, apr_pool_t *pool, go_problems *problems);

/*
 * Registers all lines in one transaction, all or none. *done: array of go_registration. Passwords
 * are hashed before the transaction begins: hundreds take seconds, in which others can write.
 */
apr_status_t go_roster_register(go_db *db, const go_course *course, const apr_array_header_t *lines,
                                apr_time_t now, apr_array_header_t **done, apr_pool_t *pool,
                                go_error *err);

#endif
