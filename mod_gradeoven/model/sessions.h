/*
 * Sessions: who is logged in. The browser holds a random token of 256 bits, the store only its
 * SHA-256; a copy of the database lets nobody in.
 *
 * A session gets another token whenever its user's rights or ways to log in change: what somebody
 * learned or planted before is worth nothing after it. A user's row counts these changes; a session
 * that remembers another number is renewed with the next request. Requests of the same browser that
 * were under way with the old token are still answered for some seconds, but get no new one. The
 * form token stays, so that a form that was open is not lost: it is no way in.
 */
#ifndef GO_MODEL_SESSIONS_H
#define GO_MODEL_SESSIONS_H

#include "model/users.h"

#include <apr_tables.h>

typedef struct go_session {
    const char *token_hash; /* of its present token */
    int is_old;             /* asked for by the token before: not renewed */
    int is_outdated;        /* its user's rights have changed: to be renewed */
    const char *csrf;       /* what each form of this session must carry */
    apr_time_t created_us, seen_us;
    go_user *user;
    int is_viewing; /* sees a course as one of its students (view_as.h) */
} go_session;

typedef struct go_session_limits {
    apr_interval_time_t idle;     /* without a request */
    apr_interval_time_t absolute; /* since the login */
} go_session_limits;

enum { GO_SESSION_OLD_SECONDS = 10 };

/* Makes a session; *token goes into the cookie and is not kept. Old sessions of all users go. */
apr_status_t go_session_create(go_db *db, const go_user *user, const char *address,
                               const char *agent, const go_session_limits *limits, apr_time_t now,
                               const char **token, apr_pool_t *pool, go_error *err);

/*
 * The live session of a token, or *session NULL. Notes the visit, at most once a minute, so that
 * reading a page seldom writes.
 */
apr_status_t go_session_find(go_db *db, const char *token, const go_session_limits *limits,
                             apr_time_t now, go_session **session, apr_pool_t *pool, go_error *err);

/*
 * Gives it another token, and session->token_hash. The old one ends at once, or in
 * GO_SESSION_OLD_SECONDS with `keeps_old`. *token is NULL when another request was first, or
 * when the session was asked for by its old token.
 */
apr_status_t go_session_renew(go_db *db, go_session *session, int keeps_old, apr_time_t now,
                              const char **token, apr_pool_t *pool, go_error *err);

/* A session of a list: what names it lets nobody in. */
typedef struct go_session_line {
    const char *name; /* 16 hex digits */
    const char *address, *agent;
    apr_time_t created_us, seen_us;
    int is_this; /* the one that asks */
} go_session_line;

/* The user's live sessions, the latest used first: array of go_session_line. */
apr_status_t go_sessions_of_user(go_db *db, const go_session *asking,
                                 const go_session_limits *limits, apr_time_t now,
                                 apr_array_header_t **lines, apr_pool_t *pool, go_error *err);

/* Ends one of the user's sessions by its name, or with "" all but the one that asks. *ended: 0 when
   there was none such. */
apr_status_t go_session_revoke(go_db *db, const go_session *asking, const char *name, int *ended,
                               apr_pool_t *pool, go_error *err);

apr_status_t go_session_end(go_db *db, const go_session *session, apr_pool_t *pool, go_error *err);

#endif
