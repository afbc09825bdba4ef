#include "model/tokens.h"

#include "model/names.h"
#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

#define PREFIX "gradeoven_"

enum { SECRET_BYTES = 32, USE_NOTED_SECONDS = 60 };

static const char *const scopes[GO_TOKEN_SCOPES] = {"read", "submit", "course"};

const char *go_token_scope_name(go_token_scope scope) {
    return scopes[scope];
}

int go_token_scope_parse(const char *name) {
    for (int i = 0; i < GO_TOKEN_SCOPES; i++)
        if (strcmp(name, scopes[i]) == 0) return i;
    return -1;
}

/* A row's id, name, scope, course, created, expires, used, from column 0 on. */
static go_token read_token(go_rows *rows) {
    int scope = go_token_scope_parse(go_rows_text(rows, 2));
    return (go_token){.id = go_rows_integer(rows, 0, 0),
                      .name = go_rows_text(rows, 1),
                      .scope = scope < 0 ? GO_TOKEN_READ : (go_token_scope)scope,
                      .course = go_rows_text(rows, 3),
                      .created_us = go_rows_integer(rows, 4, 0),
                      .expires_us = go_rows_integer(rows, 5, 0),
                      .used_us = go_rows_integer(rows, 6, 0)};
}

static apr_status_t note(go_db *db, const go_user *user, const go_audit_entry *by, const char *was,
                         const char *became, apr_pool_t *pool, go_error *err) {
    return go_audit_change(db, by, "token", user->username, was, became, pool, err);
}

static const char *text_of(const go_token *token, apr_pool_t *pool) {
    return apr_pstrcat(pool, "\"", token->name, "\", ", scopes[token->scope],
                       token->course ? " " : "", token->course ? token->course : "", NULL);
}

/* The course must be one that the user is in; *id stays 0 where the scope has none. */
static apr_status_t find_course(go_db *db, const go_user *user, const go_token *typed,
                                apr_int64_t *id, apr_pool_t *pool, go_error *err) {
    go_course *course = NULL;
    go_role role = GO_ROLE_NONE;
    *id = 0;
    if (typed->scope != GO_TOKEN_COURSE) return APR_SUCCESS;
    apr_status_t status =
        go_course_find(db, typed->course ? typed->course : "", &course, pool, err);
    if (!status && course) status = go_enrolment_role(db, course->id, user->id, &role, pool, err);
    if (status == GO_ENOTFOUND || (!status && role == GO_ROLE_NONE && !user->is_admin))
        return go_error_set(err, GO_EINVALID, "Choose one of your courses.",
                            "You are in no such course.");
    if (!status && course) *id = course->id;
    return status;
}

static apr_status_t check(go_db *db, const go_user *user, const go_token *typed, int days,
                          const char **name, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *tokens = NULL;
    apr_status_t status =
        go_name_line(name, "name of a token", typed->name, GO_TOKEN_NAME_MAX, 0, pool, err);
    if (!status && (days < 1 || days > GO_TOKEN_DAYS_MAX))
        return go_error_set(
            err, GO_EINVALID,
            apr_psprintf(pool, "Give a number of days from 1 to %d.", GO_TOKEN_DAYS_MAX),
            "A token cannot be valid that long.");
    if (!status) status = go_tokens_of_user(db, user->id, &tokens, pool, err);
    if (!status && tokens && tokens->nelts >= GO_TOKENS_MAX)
        return go_error_set(err, GO_ECONFLICT, "End one that you do not need any more.",
                            "You have %d tokens.", GO_TOKENS_MAX);
    return status;
}

apr_status_t go_token_create(go_db *db, const go_user *user, const go_token *typed, int days,
                             const go_audit_entry *by, const char **secret, apr_pool_t *pool,
                             go_error *err) {
    go_token set = *typed;
    apr_int64_t course_id = 0;
    *secret = apr_pstrcat(pool, PREFIX, go_random_hex(pool, SECRET_BYTES), NULL);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = check(db, user, typed, days, &set.name, pool, err);
    if (!status) status = find_course(db, user, typed, &course_id, pool, err);
    if (!status)
        status = go_db_run(
            db, GO_SQL_TOKEN_ADD,
            GO_VALUES(go_integer(user->id), go_text(set.name),
                      go_text(go_sha256_hex(pool, *secret, strlen(*secret))),
                      go_text(scopes[set.scope]), course_id ? go_integer(course_id) : go_null(),
                      go_integer(by->at_us),
                      go_integer(by->at_us + apr_time_from_sec((apr_time_t)days * 86400))),
            NULL, pool, err);
    if (!course_id) set.course = NULL;
    if (!status) status = note(db, user, by, "", text_of(&set, pool), pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_tokens_of_user(go_db *db, apr_int64_t user_id, apr_array_header_t **tokens,
                               apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    *tokens = apr_array_make(pool, 4, sizeof(go_token));
    apr_status_t status =
        go_db_select(db, GO_SQL_TOKENS_OF_USER, GO_VALUES(go_integer(user_id)), &rows, pool, err);
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*tokens, go_token) = read_token(rows);
    return status;
}

apr_status_t go_token_revoke(go_db *db, const go_user *user, apr_int64_t id,
                             const go_audit_entry *by, int *ended, apr_pool_t *pool,
                             go_error *err) {
    apr_array_header_t *tokens = NULL;
    const char *was = "";
    *ended = 0;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_tokens_of_user(db, user->id, &tokens, pool, err);
    for (int i = 0; !status && tokens && i < tokens->nelts; i++)
        if (APR_ARRAY_IDX(tokens, i, go_token).id == id)
            was = text_of(&APR_ARRAY_IDX(tokens, i, go_token), pool);
    if (!status)
        status = go_db_run(db, GO_SQL_TOKEN_END, GO_VALUES(go_integer(id), go_integer(user->id)),
                           ended, pool, err);
    if (!status && *ended) status = note(db, user, by, was, "ended", pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_token_find(go_db *db, const char *secret, apr_time_t now, go_token **token,
                           apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    apr_size_t length = strlen(PREFIX) + SECRET_BYTES * 2;
    *token = NULL;
    if (strncmp(secret, PREFIX, strlen(PREFIX)) != 0 || strlen(secret) != length)
        return APR_SUCCESS;
    const char *hash = go_sha256_hex(pool, secret, length);
    apr_status_t status = go_db_select(db, GO_SQL_TOKEN_FIND,
                                       GO_VALUES(go_text(hash), go_integer(now)), &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    *token = apr_palloc(pool, sizeof(**token));
    **token = read_token(rows);
    (*token)->user = go_user_from_row(rows, 7, pool);
    /* not noted on a full disk, which is no reason to refuse it */
    if (now - (*token)->used_us > apr_time_from_sec(USE_NOTED_SECONDS))
        go_db_run(db, GO_SQL_TOKEN_USED, GO_VALUES(go_integer(now), go_integer((*token)->id)), NULL,
                  pool, NULL);
    return APR_SUCCESS;
}
