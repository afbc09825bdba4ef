/*
 * Sessions: who is logged in. The browser holds a random token of 256 bits, the store only its
 * SHA-256; a copy of the database lets nobody in.
 */
#ifndef GO_MODEL_SESSIONS_H
#define GO_MODEL_SESSIONS_H

#include "model/users.h"

typedef struct go_session {
    const char *token_hash;
    const char *csrf; /* what each form of this session must carry */
    apr_time_t created_us, seen_us;
    go_user *user;
    int is_viewing; /* sees a course as one of its students (view_as.h) */
} go_session;

typedef struct go_session_limits {
    apr_interval_time_t idle;     /* without a request */
    apr_interval_time_t absolute; /* since the login */
} go_session_limits;

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

apr_status_t go_session_end(go_db *db, const go_session *session, apr_pool_t *pool, go_error *err);

#endif
