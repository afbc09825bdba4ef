/*
 * Erasing a person: who they are goes, what others' grades are reckoned with stays.
 *
 * The account becomes "erased-" and some random letters, disabled, without name, e-mail, password,
 * picture, preferences, sessions, devices, tokens, invitations, the columns of an imported list,
 * and receipts; addresses and the name go from the log of changes (audit.h). The files of what they
 * handed in go, with the texts about it, unless the work is to be kept: a course may need it as an
 * example or as proof. What a team handed in is the others' too and stays.
 *
 * Enrolments, sections, scores, statistics and gradebooks stay under the pseudonym and do not move;
 * so does what staff did in their courses. Backups, and the logs of httpd, are not ours to change.
 */
#ifndef GO_MODEL_ERASURE_H
#define GO_MODEL_ERASURE_H

#include "model/audit.h"
#include "model/removal.h"
#include "model/users.h"

typedef struct go_erasure {
    int submissions, of_teams, files; /* handed in; of these with others; files of the former */
    int live;                         /* of theirs that wait or are being graded */
    int sessions, tokens;
    int is_erased, is_last_admin;
    apr_array_header_t *courses; /* "cs101 (student)": that they are in now; const char * */
    /* after it: */
    const char *pseudonym;
    int entries; /* of the log of changes that were redacted */
    int objects; /* files that nobody else has, which are gone */
} go_erasure;

/* What would go, and what is in the way. */
apr_status_t go_erasure_look(go_db *db, const go_user *user, go_erasure *erasure, apr_pool_t *pool,
                             go_error *err);

typedef struct go_erasure_order {
    int keeps_work;
    int forces; /* although they are in a course now */
} go_erasure_order;

/*
 * Erases them, durably and as one, noted as `by`; then removes the files. GO_ECONFLICT: it was
 * done, it is the last admin or `by` themself, something of theirs is being graded, or they are in
 * a course and it is not forced. `erasure` then holds what was done. When only the files could not
 * be removed at once, that is no error: the next daily sweep does it.
 */
apr_status_t go_erase(go_db *db, const go_state *state, const go_user *user,
                      const go_erasure_order *order, const go_audit_entry *by, go_erasure *erasure,
                      apr_pool_t *pool, go_error *err);

#endif
