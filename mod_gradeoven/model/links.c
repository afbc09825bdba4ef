#include "model/links.h"

#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

enum { TOKEN_BYTES = 32, SECONDS_A_DAY = 86400 };

static const char *kind_of(const go_link *link) {
    return link->is_invitation ? "invitation" : "reset";
}

static const char *hash_of(const char *token, apr_pool_t *pool) {
    return go_sha256_hex(pool, token, strlen(token));
}

static apr_status_t note(go_db *db, const go_user *user, const go_audit_entry *by, const char *was,
                         const char *became, apr_pool_t *pool, go_error *err) {
    return go_audit_change(db, by, "link", user->username, was, became, pool, err);
}

/* Puts one in the place of an older; `link` has user and kind. */
static apr_status_t put(go_db *db, go_link *link, const go_audit_entry *by, apr_pool_t *pool,
                        go_error *err) {
    int days = link->is_invitation ? GO_INVITATION_DAYS : GO_RESET_DAYS;
    link->token = go_random_hex(pool, TOKEN_BYTES);
    link->expires_us = by->at_us + apr_time_from_sec((apr_time_t)days * SECONDS_A_DAY);
    apr_status_t status =
        go_db_run(db, GO_SQL_LINK_SET,
                  GO_VALUES(go_integer(link->user->id), go_text(kind_of(link)),
                            go_text(hash_of(link->token, pool)), go_integer(link->expires_us),
                            go_integer(link->for_student)),
                  NULL, pool, err);
    return status ? status
                  : note(db, link->user, by, "",
                         apr_psprintf(pool, "%s made, for %d day%s", kind_of(link), days,
                                      days == 1 ? "" : "s"),
                         pool, err);
}

static apr_status_t make(go_db *db, const go_user *user, const go_audit_entry *by, go_link *link,
                         apr_pool_t *pool, go_error *err) {
    go_rows *row = NULL;
    *link = (go_link){0};
    apr_status_t status = go_user_get(db, user->id, &link->user, pool, err);
    if (!status && link->user->is_disabled)
        return go_error_set(err, GO_ECONFLICT, "Enable the account first.",
                            "\"%s\" is disabled: a link would open nothing.", user->username);
    if (!status)
        status = go_db_one(db, GO_SQL_USER_LOGIN_STANDING, GO_VALUES(go_integer(user->id)), &row,
                           "such user", pool, err);
    if (status || !row) return status;
    link->is_invitation = !link->user->password_hash && !go_rows_integer(row, 0, 0);
    return put(db, link, by, pool, err);
}

apr_status_t go_link_make(go_db *db, const go_user *user, const go_audit_entry *by, go_link *link,
                          apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    return status ? status : go_db_end(db, make(db, user, by, link, pool, err), err);
}

/* --- invitations by instructors -------------------------------------------------------------- */

static apr_status_t find_invitable(go_db *db, const go_course *course, const char *username,
                                   apr_array_header_t **links, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    *links = apr_array_make(pool, 16, sizeof(go_link));
    apr_status_t status = go_db_select(db, GO_SQL_INVITABLE_OF_COURSE,
                                       GO_VALUES(go_integer(course->id)), &rows, pool, err);
    while (!status && rows && go_rows_next(rows)) {
        go_user *user = go_user_from_row(rows, 0, pool);
        if (!username || strcmp(user->username, username) == 0)
            APR_ARRAY_PUSH(*links, go_link) =
                (go_link){.user = user, .is_invitation = 1, .for_student = 1};
    }
    return status;
}

apr_status_t go_links_count_invitable(go_db *db, const go_course *course, int *count,
                                      apr_pool_t *pool, go_error *err) {
    apr_array_header_t *links = NULL;
    apr_status_t status = find_invitable(db, course, NULL, &links, pool, err);
    *count = links ? links->nelts : 0;
    return status;
}

apr_status_t go_links_invite(go_db *db, const go_course *course, const char *username,
                             const go_audit_entry *by, apr_array_header_t **links, apr_pool_t *pool,
                             go_error *err) {
    *links = NULL;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = find_invitable(db, course, username, links, pool, err);
    if (!status && username && *links && !(*links)->nelts)
        status = go_error_set(err, GO_EDENIED,
                              "An admin can make a link to set a new password for any account.",
                              "You can invite students of this course who have no password, never "
                              "logged in, and are nothing but students; \"%s\" is not one of them.",
                              username);
    for (int i = 0; !status && *links && i < (*links)->nelts; i++)
        status = put(db, &APR_ARRAY_IDX(*links, i, go_link), by, pool, err);
    return go_db_end(db, status, err);
}

/* --- using one ------------------------------------------------------------------------------- */

static apr_status_t not_found(go_error *err) {
    return go_error_set(err, GO_ENOTFOUND, "Ask who gave it to you for a new one.",
                        "This link is not valid: it was used, a newer one was made, or its time "
                        "is over.");
}

apr_status_t go_link_find(go_db *db, const char *token, apr_time_t now, go_link **link,
                          apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    *link = NULL;
    if (strlen(token) != TOKEN_BYTES * 2) return not_found(err);
    apr_status_t status =
        go_db_select(db, GO_SQL_LINK_FIND,
                     GO_VALUES(go_text(hash_of(token, pool)), go_integer(now)), &rows, pool, err);
    if (status || !rows) return status;
    if (!go_rows_next(rows)) return not_found(err);
    *link = apr_pcalloc(pool, sizeof(**link));
    (*link)->is_invitation = strcmp(go_rows_text(rows, 0), "invitation") == 0;
    (*link)->expires_us = go_rows_integer(rows, 1, 0);
    (*link)->user = go_user_from_row(rows, 2, pool);
    /* an invitation is for who never came in; somebody who meanwhile did needs no other password */
    return (*link)->is_invitation && go_rows_integer(rows, 11, 0) ? not_found(err) : APR_SUCCESS;
}

static apr_status_t use(go_db *db, const char *token, const char *hash, const go_audit_entry *by,
                        go_link **link, apr_pool_t *pool, go_error *err) {
    int taken = 0;
    go_audit_entry entry = *by;
    apr_status_t status = go_link_find(db, token, by->at_us, link, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_LINK_TAKE,
                           GO_VALUES(go_text(hash_of(token, pool)), go_integer(by->at_us)), &taken,
                           pool, err);
    if (!status && !taken) status = not_found(err);
    if (status || !*link) return status;
    status = go_user_replace_password(db, (*link)->user->id, hash, "", pool, err);
    entry.actor = (*link)->user->username;
    return status
               ? status
               : note(db, (*link)->user, &entry, kind_of(*link), "used: password set", pool, err);
}

apr_status_t go_link_use(go_db *db, const char *token, const char *password,
                         const go_audit_entry *by, go_user **user, apr_pool_t *pool,
                         go_error *err) {
    go_link *link = NULL;
    const char *hash = NULL;
    *user = NULL;
    /* the slow hash outside of the transaction, and only for a link that is one */
    apr_status_t status = go_link_find(db, token, by->at_us, &link, pool, err);
    if (!status) status = go_password_check(password, err);
    if (!status) status = go_password_hash(&hash, password, pool, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_end(db, use(db, token, hash, by, &link, pool, err), err);
    return status || !link ? status : go_user_get(db, link->user->id, user, pool, err);
}
