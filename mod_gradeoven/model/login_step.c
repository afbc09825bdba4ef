#include "model/login_step.h"

#include "model/passwords.h"

#include <string.h>

enum { TOKEN_BYTES = 32 };

static apr_time_t oldest(apr_time_t now) {
    return now - apr_time_from_sec(GO_LOGIN_STEP_SECONDS);
}

apr_status_t go_login_step_begin(go_db *db, const go_user *user, apr_time_t now, const char **token,
                                 apr_pool_t *pool, go_error *err) {
    *token = go_random_hex(pool, TOKEN_BYTES);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_LOGIN_STEPS_EXPIRE, GO_VALUES(go_integer(oldest(now))), NULL,
                       pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_LOGIN_STEP_ADD,
                           GO_VALUES(go_text(go_sha256_hex(pool, *token, strlen(*token))),
                                     go_integer(user->id), go_integer(now)),
                           NULL, pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_login_step_find(go_db *db, const char *token, apr_time_t now, go_login_step **step,
                                apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    *step = NULL;
    if (!token || strlen(token) != TOKEN_BYTES * 2) return APR_SUCCESS;
    const char *hash = go_sha256_hex(pool, token, strlen(token));
    apr_status_t status =
        go_db_select(db, GO_SQL_LOGIN_STEP_FIND, GO_VALUES(go_text(hash), go_integer(oldest(now))),
                     &rows, pool, err);
    if (status || !rows || !go_rows_next(rows)) return status;
    *step = apr_palloc(pool, sizeof(**step));
    **step = (go_login_step){hash, go_user_from_row(rows, 0, pool)};
    return APR_SUCCESS;
}

apr_status_t go_login_step_end(go_db *db, const go_login_step *step, apr_pool_t *pool,
                               go_error *err) {
    return go_db_run(db, GO_SQL_LOGIN_STEP_END, GO_VALUES(go_text(step->token_hash)), NULL, pool,
                     err);
}

apr_status_t go_login_step_try(go_db *db, const go_login_step *step, int *may, apr_pool_t *pool,
                               go_error *err) {
    *may = 0;
    apr_status_t status = go_db_run(
        db, GO_SQL_LOGIN_STEP_TRY,
        GO_VALUES(go_text(step->token_hash), go_integer(GO_LOGIN_STEP_TRIES)), may, pool, err);
    return status || *may ? status : go_login_step_end(db, step, pool, err);
}
