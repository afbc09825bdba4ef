/*
 * The step between the two factors of a login: somebody has proven who they are, and has yet to
 * show a code. That is no session and opens no page; it is a row that lives five minutes, bound to
 * a random token in a cookie of its own, and is gone after five codes: then the password is asked
 * again.
 */
#ifndef GO_MODEL_LOGIN_STEP_H
#define GO_MODEL_LOGIN_STEP_H

#include "model/users.h"

enum { GO_LOGIN_STEP_SECONDS = 300, GO_LOGIN_STEP_TRIES = 5 };

typedef struct go_login_step {
    const char *token_hash;
    go_user *user;
} go_login_step;

/* *token goes into the cookie and is not kept. */
apr_status_t go_login_step_begin(go_db *db, const go_user *user, apr_time_t now, const char **token,
                                 apr_pool_t *pool, go_error *err);

/* The step of a cookie's token (NULL: there is no cookie), or *step NULL. */
apr_status_t go_login_step_find(go_db *db, const char *token, apr_time_t now, go_login_step **step,
                                apr_pool_t *pool, go_error *err);

/* Counts a code; *may is 0, and the step gone, when there were too many. */
apr_status_t go_login_step_try(go_db *db, const go_login_step *step, int *may, apr_pool_t *pool,
                               go_error *err);

apr_status_t go_login_step_end(go_db *db, const go_login_step *step, apr_pool_t *pool,
                               go_error *err);

#endif
