/*
 * Rosters: lists of people that come in as CSV, what a list would change in a course, and making
 * that change. Accounts are made for who has none; an account that exists is enrolled as it is: its
 * name and password are its owner's business.
 *
 * bytes -> go_roster_decode -> go_roster_parse -> go_roster_diff -> (a person looks) ->
 * go_roster_apply. The first four write nothing.
 */
#ifndef GO_MODEL_ROSTER_H
#define GO_MODEL_ROSTER_H

#include "model/audit.h"
#include "model/courses.h"
#include "model/problems.h"

typedef struct go_roster_line {
    int line; /* of the CSV, for messages; 0: from a form */
    const char *username, *display_name, *email;
    const char *password; /* NULL or "": generate one for a new account */
    int by_link;          /* a new student has no password: links.h */
    int no_password;      /* nobody new has: they come through the institution */
    go_role role;         /* of who is new, and with says_role also of who is there */
    int says_role;
    const char *section; /* NULL: as it is */
    const char *extra;   /* unknown columns, as a JSON object; NULL: none */
} go_roster_line;

/* What a line would do; bits. */
enum {
    GO_ROSTER_ADDED = 1,
    GO_ROSTER_BACK = 2, /* was dropped */
    GO_ROSTER_ROLE = 4,
    GO_ROSTER_SECTION = 8,
    GO_ROSTER_EXTRA = 16,
    GO_ROSTER_ABSENT = 32, /* in the course and not in the list */
};

typedef struct go_roster_change {
    const go_roster_line *line; /* NULL for who is not in the list */
    const go_enrolment *person; /* as it is now; NULL for who was never in the course */
    unsigned what;              /* 0: nothing */
    go_role role;               /* as they will be */
    const char *section, *extra;
} go_roster_change;

/* What was done for one line. */
typedef struct go_registration {
    const char *username, *display_name, *email;
    const char *password; /* generated just now, to be shown once; or NULL */
    const char *hash;     /* of a new account's password */
    go_role role;
    int is_new_account, was_enrolled;
} go_registration;

/* Whom a list drops that does not name them. */
enum { GO_ROSTER_DROPS_NOBODY, GO_ROSTER_DROPS_ALL, GO_ROSTER_DROPS_STUDENTS };

#define GO_ROSTER_MAX         5000 /* lines at once */
#define GO_ROSTER_SECTION_MAX 60   /* bytes of a section's name */

/*
 * Any encoding that spreadsheets save to UTF-8 with LF: a byte order mark says UTF-8 or UTF-16 (LE,
 * BE); else it is UTF-8 where that is valid, and Windows-1252 where not. In `pool`.
 */
const char *go_roster_decode(const char *bytes, apr_size_t length, apr_size_t *decoded,
                             apr_pool_t *pool);

/*
 * Reads CSV with a header line: username, and optionally name (or first and last name), email,
 * password, role, section; without a role column who is new is `role`. Columns of other names are
 * kept for each person. A ' that the export put before a formula is taken off. Adds every problem,
 * by line number; GO_EINVALID when there were errors. *lines: array of go_roster_line.
 */
apr_status_t go_roster_parse(const char *csv, apr_size_t length, go_role role,
                             apr_array_header_t **lines, apr_pool_t *pool, go_problems *problems);

/*
 * What the lines would change among `people` (of go_enrolments_ever): an array of go_roster_change,
 * one a line in their order, then those who are not in the list. Pure.
 */
apr_array_header_t *go_roster_diff(const apr_array_header_t *lines,
                                   const apr_array_header_t *people, apr_pool_t *pool);

/* A digest of all that a diff says: the same only for the same list on the same course. */
const char *go_roster_digest(const apr_array_header_t *changes, apr_pool_t *pool);

/*
 * Makes the changes of the lines in one transaction, all or none, each with its line in the audit
 * log. With `digest` GO_ECONFLICT unless the diff is still that one; `drops` says who of
 * those that are not in the list is dropped, but never the user `keep`. *done: array of
 * go_registration. Passwords are hashed before the transaction begins: hundreds take seconds, in
 * which others can write.
 */
apr_status_t go_roster_apply(go_db *db, const go_course *course, const apr_array_header_t *lines,
                             const char *digest, int drops, apr_int64_t keep,
                             const go_audit_entry *by, apr_array_header_t **done, apr_pool_t *pool,
                             go_error *err);

/* The same without a look before and dropping nobody. `by`: who, when, from where. */
apr_status_t go_roster_register(go_db *db, const go_course *course, const apr_array_header_t *lines,
                                const go_audit_entry *by, apr_array_header_t **done,
                                apr_pool_t *pool, go_error *err);

/*
 * Sets role and section of one person who is or was in the course (who was dropped is back), or
 * drops them with GO_ROLE_NONE; GO_ENOTFOUND for who never was. Audited.
 */
apr_status_t go_roster_change_one(go_db *db, const go_course *course, const char *username,
                                  go_role role, const char *section, const go_audit_entry *by,
                                  apr_pool_t *pool, go_error *err);

#endif
