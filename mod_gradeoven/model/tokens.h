/*
 * Personal tokens: a program that has one acts as the user who made it, within the token's scope
 * and for a limited time, without their password or session. Rights are those that the user has
 * when it is used; the scope only ever takes away (web/token.h says what).
 *
 * The secret is 256 random bits behind "gradeoven_", shown once and stored as its SHA-256.
 */
#ifndef GO_MODEL_TOKENS_H
#define GO_MODEL_TOKENS_H

#include "model/audit.h"
#include "model/courses.h"
#include "model/users.h"

enum { GO_TOKEN_NAME_MAX = 80, GO_TOKEN_DAYS_MAX = 366, GO_TOKENS_MAX = 50 /* of a user */ };

typedef enum go_token_scope {
    GO_TOKEN_READ,   /* look at what the user may look at */
    GO_TOKEN_SUBMIT, /* and hand in */
    GO_TOKEN_COURSE, /* all that the user may do, in one course */
    GO_TOKEN_SCOPES
} go_token_scope;

/* "read", "submit", "course". A word that is none of them gives -1. */
const char *go_token_scope_name(go_token_scope scope);
int go_token_scope_parse(const char *name);

typedef struct go_token {
    apr_int64_t id;
    const char *name;
    go_token_scope scope;
    const char *course;                         /* name; NULL but for GO_TOKEN_COURSE */
    apr_time_t created_us, expires_us, used_us; /* used: 0: never; to the minute */
    go_user *user;                              /* of go_token_find */
} go_token;

/*
 * Makes one for `user`: name, scope and course (by its name) of `typed`, for `days`; audited as
 * `by`. *secret is shown once. GO_EINVALID: what is wrong with them; GO_ECONFLICT: too many.
 */
apr_status_t go_token_create(go_db *db, const go_user *user, const go_token *typed, int days,
                             const go_audit_entry *by, const char **secret, apr_pool_t *pool,
                             go_error *err);

/* Those of a user, the newest first, ended ones too: array of go_token. */
apr_status_t go_tokens_of_user(go_db *db, apr_int64_t user_id, apr_array_header_t **tokens,
                               apr_pool_t *pool, go_error *err);

/* Ends one of the user's; *ended 0 when there is none such. Audited. */
apr_status_t go_token_revoke(go_db *db, const go_user *user, apr_int64_t id,
                             const go_audit_entry *by, int *ended, apr_pool_t *pool, go_error *err);

/* The live token of a secret, whose user may log in; *token NULL: none. Notes the use, at most once
   a minute. */
apr_status_t go_token_find(go_db *db, const char *secret, apr_time_t now, go_token **token,
                           apr_pool_t *pool, go_error *err);

#endif
