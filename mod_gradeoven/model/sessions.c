#include "model/sessions.h"

#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

enum { TOKEN_BYTES = 32, CSRF_BYTES = 24, AGENT_MAX = 200 };

apr_status_t go_session_create(go_db *db, const go_user *user, const char *address,
                               const char *agent, const go_session_limits *limits, apr_time_t now,
                               const char **token, apr_pool_t *pool, go_error *err) {
    *token = go_random_hex(pool, TOKEN_BYTES);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status =
        go_db_run(db, GO_SQL_SESSIONS_EXPIRE,
                  GO_VALUES(go_integer(now - limits->absolute), go_integer(now - limits->idle)),
                  NULL, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_SESSION_CREATE,
                           GO_VALUES(go_text(go_sha256_hex(pool, *token, strlen(*token))),
                                     go_integer(user->id), go_text(go_random_hex(pool, CSRF_BYTES)),
                                     go_integer(now), go_integer(now), go_text(address),
                                     go_text(apr_pstrndup(pool, agent ? agent : "", AGENT_MAX)),
                                     go_integer(user->id)),
                           NULL, pool, err);
    return go_db_end(db, status, err);
}

static int is_token(const char *token) {
    return token && strlen(token) == TOKEN_BYTES * 2 &&
           strspn(token, "0123456789abcdef") == TOKEN_BYTES * 2;
}

apr_status_t go_session_find(go_db *db, const char *token, const go_session_limits *limits,
                             apr_time_t now, go_session **session, apr_pool_t *pool,
                             go_error *err) {
    *session = NULL;
    if (!is_token(token)) return APR_SUCCESS;
    const char *hash = go_sha256_hex(pool, token, strlen(token));
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_SESSION_FIND,
                     GO_VALUES(go_text(hash), go_text(hash),
                               go_integer(now - apr_time_from_sec(GO_SESSION_OLD_SECONDS)),
                               go_integer(now - limits->absolute), go_integer(now - limits->idle)),
                     &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    go_session *found = apr_pcalloc(pool, sizeof(*found));
    found->token_hash = go_rows_text(rows, 13);
    found->is_old = strcmp(found->token_hash, hash) != 0;
    found->is_outdated = go_rows_integer(rows, 14, 0) != go_rows_integer(rows, 15, 0);
    found->csrf = go_rows_text(rows, 0);
    found->created_us = go_rows_integer(rows, 1, 0);
    found->seen_us = go_rows_integer(rows, 2, 0);
    found->user = go_user_from_row(rows, 3, pool);
    found->is_viewing = go_rows_text(rows, 12) != NULL;
    *session = found;
    /* Not noted on a full disk, which is no reason to show nobody anything. */
    if (now - found->seen_us > apr_time_from_sec(60))
        go_db_run(db, GO_SQL_SESSION_SEEN, GO_VALUES(go_integer(now), go_text(found->token_hash)),
                  NULL, pool, NULL);
    return APR_SUCCESS;
}

apr_status_t go_session_renew(go_db *db, go_session *session, int keeps_old, apr_time_t now,
                              const char **token, apr_pool_t *pool, go_error *err) {
    const char *fresh = go_random_hex(pool, TOKEN_BYTES);
    const char *hash = go_sha256_hex(pool, fresh, strlen(fresh));
    int changed = 0;
    *token = NULL;
    if (session->is_old) return APR_SUCCESS; /* who has the present one gets the next */
    apr_status_t status =
        go_db_run(db, GO_SQL_SESSION_RENEW,
                  GO_VALUES(go_text(hash), keeps_old ? go_text(session->token_hash) : go_null(),
                            go_integer(now), go_text(session->token_hash)),
                  &changed, pool, err);
    if (status || !changed) return status;
    *token = fresh;
    session->token_hash = hash;
    session->is_outdated = 0;
    return APR_SUCCESS;
}

apr_status_t go_session_end(go_db *db, const go_session *session, apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_SESSION_END, GO_VALUES(go_text(session->token_hash)), NULL, pool,
                     err);
}

apr_status_t go_sessions_of_user(go_db *db, const go_session *asking,
                                 const go_session_limits *limits, apr_time_t now,
                                 apr_array_header_t **lines, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    *lines = apr_array_make(pool, 4, sizeof(go_session_line));
    apr_status_t status =
        go_db_select(db, GO_SQL_SESSIONS_OF_USER,
                     GO_VALUES(go_integer(asking->user->id), go_integer(now - limits->absolute),
                               go_integer(now - limits->idle)),
                     &rows, pool, err);
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*lines, go_session_line) =
            (go_session_line){.name = go_rows_text(rows, 0),
                              .is_this = !strcmp(go_rows_text(rows, 1), asking->token_hash),
                              .created_us = go_rows_integer(rows, 2, 0),
                              .seen_us = go_rows_integer(rows, 3, 0),
                              .address = go_rows_text(rows, 4),
                              .agent = go_rows_text(rows, 5)};
    return status;
}

apr_status_t go_session_revoke(go_db *db, const go_session *asking, const char *name, int *ended,
                               apr_pool_t *pool, go_error *err) {
    const go_value user = go_integer(asking->user->id);
    return *name ? go_db_run(db, GO_SQL_SESSION_END_OF_USER, GO_VALUES(user, go_text(name)), ended,
                             pool, err)
                 : go_db_run(db, GO_SQL_SESSIONS_END_OF_USER,
                             GO_VALUES(user, go_text(asking->token_hash)), ended, pool, err);
}
