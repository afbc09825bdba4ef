/*
 * The second factor of a login: a code of an authenticator app (totp.h) beside the password, and
 * ten recovery codes for when the app is gone, each of which is good once.
 *
 *   none ──begin──> begun ──confirm (a code was right)──> on ──end (password and code, or an
 * admin)──> none
 *
 * The secret is sealed (seal.h); of recovery codes, 78 random bits each, the SHA-256 is kept. A
 * code that was taken is not taken again, nor is an older one. Five wrong codes in a row, and each
 * further one must wait: a minute, two, four, up to twelve hours; a right one ends that. A
 * recovery code need not wait, since nobody guesses one: so whoever found out a password keeps
 * nobody out.
 */
#ifndef GO_MODEL_FACTOR_H
#define GO_MODEL_FACTOR_H

#include "model/audit.h"
#include "model/state.h"
#include "model/users.h"

enum { GO_RECOVERY_CODES = 10, GO_FACTOR_FREE_TRIES = 5, GO_FACTOR_WAIT_MINUTES_MAX = 720 };

/* Who must have one (GradeOvenSecondFactor); each is those before, and more. */
typedef enum go_factor_demand {
    GO_FACTOR_OF_NOBODY,
    GO_FACTOR_OF_ADMINS,
    GO_FACTOR_OF_INSTRUCTORS, /* and who may make courses */
    GO_FACTOR_OF_STAFF,       /* and graders */
    GO_FACTOR_OF_ALL,
} go_factor_demand;

typedef struct go_factor {
    int is_begun, is_on;
    apr_time_t on_us;
    int recovery_codes; /* that are left */
} go_factor;

typedef struct go_factor_answer {
    int is_right;
    int wait_seconds;  /* not looked at: too many were wrong; 0: it was */
    int recovery_left; /* after a recovery code; -1: it was none */
} go_factor_answer;

/* How it stands with a user's. */
apr_status_t go_factor_find(go_db *db, apr_int64_t user_id, go_factor *factor, apr_pool_t *pool,
                            go_error *err);

/* *missing is 1 when `demand` asks this user for one and it is not on. */
apr_status_t go_factor_is_missing(go_db *db, const go_user *user, go_factor_demand demand,
                                  int *missing, apr_pool_t *pool, go_error *err);

/* The ids of all who have one on, ascending: array of apr_int64_t. */
apr_status_t go_factors_on(go_db *db, apr_array_header_t **ids, apr_pool_t *pool, go_error *err);

/* Begins: makes a secret. When one is begun already it stays. GO_ECONFLICT: it is on. */
apr_status_t go_factor_begin(go_db *db, const go_state *state, const go_user *user,
                             apr_pool_t *pool, go_error *err);

/* The secret of one that is begun, in base32 (totp.h), to be shown to its user. GO_ENOTFOUND: none
   is begun. One that is on is never told again: GO_ECONFLICT. */
apr_status_t go_factor_secret(go_db *db, const go_state *state, const go_user *user,
                              const char **base32, apr_pool_t *pool, go_error *err);

/*
 * Switches it on, by a code as proof that the app has the secret: GO_EINVALID when it is wrong.
 * *codes are the recovery codes, array of const char *, told this once. All other sessions of the
 * user end (`keep_session`: a token hash). Audited.
 */
apr_status_t go_factor_confirm(go_db *db, const go_state *state, const go_user *user,
                               const char *code, const char *keep_session, const go_audit_entry *by,
                               apr_array_header_t **codes, apr_pool_t *pool, go_error *err);

/*
 * Is this a code of the app, or a recovery code? As typed: blanks, hyphens and case do not matter.
 * Takes it, or counts it as wrong. A used recovery code is audited. GO_ECONFLICT: none is on.
 */
apr_status_t go_factor_check(go_db *db, const go_state *state, const go_user *user,
                             const char *code, const go_audit_entry *by, go_factor_answer *answer,
                             apr_pool_t *pool, go_error *err);

/* New recovery codes in place of the present ones. Audited. */
apr_status_t go_factor_renew_codes(go_db *db, const go_user *user, const go_audit_entry *by,
                                   apr_array_header_t **codes, apr_pool_t *pool, go_error *err);

/* Ends it, begun or on, with all recovery codes; `why` is for the log. *ended: 0 when none was on,
   which is not audited. */
apr_status_t go_factor_end(go_db *db, const go_user *user, const char *why,
                           const go_audit_entry *by, int *ended, apr_pool_t *pool, go_error *err);

/* Pure: seconds from `now` until a code may be tried after so many wrong ones, the last at
   `wrong_us`. */
int go_factor_wait(int wrong, apr_time_t wrong_us, apr_time_t now);

#endif
