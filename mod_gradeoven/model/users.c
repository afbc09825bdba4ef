#include "model/users.h"

#include "model/names.h"
#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

enum { DISPLAY_NAME_MAX = 120, EMAIL_MAX = 254 };

const char *go_user_label(const go_user *user) {
    return *user->display_name ? user->display_name : user->username;
}

go_user *go_user_from_row(go_rows *rows, int first, apr_pool_t *pool) {
    go_user *user = apr_pcalloc(pool, sizeof(*user));
    user->id = go_rows_integer(rows, first, 0);
    user->username = go_rows_text(rows, first + 1);
    user->display_name = go_rows_text(rows, first + 2);
    user->email = go_rows_text(rows, first + 3);
    user->password_hash = go_rows_text(rows, first + 4);
    user->is_admin = (int)go_rows_integer(rows, first + 5, 0);
    user->may_teach = (int)go_rows_integer(rows, first + 6, 0);
    user->is_disabled = (int)go_rows_integer(rows, first + 7, 0);
    user->created_us = go_rows_integer(rows, first + 8, 0);
    return user;
}

static apr_status_t check_profile(const char **display_name, const char **email, apr_pool_t *pool,
                                  go_error *err) {
    apr_status_t status =
        go_name_line(display_name, "name", *display_name, DISPLAY_NAME_MAX, 1, pool, err);
    if (!status) status = go_name_line(email, "e-mail address", *email, EMAIL_MAX, 1, pool, err);
    if (!status && **email && (!strchr(*email, '@') || strpbrk(*email, " <>,;\"")))
        status = go_error_set(err, GO_EINVALID, "Write it as name@example.edu, or leave it empty.",
                              "\"%s\" is not an e-mail address.", *email);
    return status;
}

apr_status_t go_user_create(go_db *db, const char *username, const char *display_name,
                            const char *email, const char *password_hash, apr_time_t now,
                            go_user **user, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_name_username(&username, username, pool, err);
    if (!status) status = check_profile(&display_name, &email, pool, err);
    if (status) return status;
    go_rows *row;
    status = go_db_one(db, GO_SQL_USER_CREATE,
                       GO_VALUES(go_text(username), go_text(display_name), go_text(email),
                                 go_text(password_hash), go_integer(now)),
                       &row, "id", pool, err);
    if (status == GO_ECONFLICT)
        return go_error_set(err, GO_ECONFLICT, "Choose another, or use the account that is there.",
                            "The username \"%s\" is taken.", username);
    return status ? status : go_user_get(db, go_rows_integer(row, 0, 0), user, pool, err);
}

apr_status_t go_user_find(go_db *db, const char *username, go_user **user, apr_pool_t *pool,
                          go_error *err) {
    const char *name;
    if (go_name_username(&name, username, pool, NULL))
        return go_error_set(err, GO_ENOTFOUND, NULL, "There is no user \"%s\".", username);
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_USER_BY_NAME, GO_VALUES(go_text(name)), &row,
                                    apr_psprintf(pool, "user \"%s\"", name), pool, err);
    if (!status) *user = go_user_from_row(row, 0, pool);
    return status;
}

apr_status_t go_user_get(go_db *db, apr_int64_t id, go_user **user, apr_pool_t *pool,
                         go_error *err) {
    go_rows *row;
    apr_status_t status =
        go_db_one(db, GO_SQL_USER_BY_ID, GO_VALUES(go_integer(id)), &row, "such user", pool, err);
    if (!status) *user = go_user_from_row(row, 0, pool);
    return status;
}

apr_status_t go_users_all(go_db *db, apr_array_header_t **users, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_USERS_ALL, GO_NO_VALUES, &rows, pool, err);
    *users = apr_array_make(pool, 32, sizeof(go_user *));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*users, go_user *) = go_user_from_row(rows, 0, pool);
    return status;
}

apr_status_t go_user_set_profile(go_db *db, apr_int64_t id, const char *display_name,
                                 const char *email, apr_pool_t *pool, go_error *err) {
    apr_status_t status = check_profile(&display_name, &email, pool, err);
    if (status) return status;
    return go_db_run(db, GO_SQL_USER_SET_PROFILE,
                     GO_VALUES(go_text(display_name), go_text(email), go_integer(id)), NULL, pool,
                     err);
}

apr_status_t go_user_set_password(go_db *db, apr_int64_t id, const char *password,
                                  const char *keep_session, apr_pool_t *pool, go_error *err) {
    const char *hash;
    apr_status_t status = go_password_check(password, err);
    if (!status) status = go_password_hash(&hash, password, pool, err);
    return status ? status : go_user_replace_password(db, id, hash, keep_session, pool, err);
}

apr_status_t go_user_replace_password(go_db *db, apr_int64_t id, const char *hash,
                                      const char *keep_session, apr_pool_t *pool, go_error *err) {
    static const go_statement ended[] = {GO_SQL_LINK_END_OF_USER, GO_SQL_LOGIN_STEPS_END_OF_USER};
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_USER_SET_PASSWORD, GO_VALUES(go_text(hash), go_integer(id)), NULL,
                       pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_SESSIONS_END_OF_USER,
                           GO_VALUES(go_integer(id), go_text(keep_session)), NULL, pool, err);
    for (size_t i = 0; i < sizeof ended / sizeof *ended && !status; i++)
        status = go_db_run(db, ended[i], GO_VALUES(go_integer(id)), NULL, pool, err);
    if (!status) status = go_user_rights_changed(db, id, pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_user_logged_in(go_db *db, apr_int64_t id, apr_time_t now, apr_pool_t *pool,
                               go_error *err) {
    return go_db_run(db, GO_SQL_USER_LOGGED_IN, GO_VALUES(go_integer(now), go_integer(id)), NULL,
                     pool, err);
}

apr_status_t go_user_rights_changed(go_db *db, apr_int64_t id, apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_USER_RIGHTS_CHANGED, GO_VALUES(go_integer(id)), NULL, pool, err);
}

apr_status_t go_users_lack_admin(go_db *db, int *lacks, apr_pool_t *pool, go_error *err) {
    go_rows *row = NULL;
    apr_status_t status =
        go_db_one(db, GO_SQL_USER_COUNT_ADMINS, GO_NO_VALUES, &row, "count", pool, err);
    *lacks = !status && row && go_rows_integer(row, 0, 0) == 0;
    return status;
}

static apr_status_t refuse_last_admin(go_db *db, apr_pool_t *pool, go_error *err) {
    int lacks = 0;
    apr_status_t status = go_users_lack_admin(db, &lacks, pool, err);
    if (!status && lacks)
        status = go_error_set(err, GO_ECONFLICT, "Make somebody else an admin first.",
                              "The site would be left without an admin.");
    return status;
}

apr_status_t go_user_set_hash(go_db *db, apr_int64_t id, const char *hash, apr_pool_t *pool,
                              go_error *err) {
    return go_db_run(db, GO_SQL_USER_SET_PASSWORD, GO_VALUES(go_text(hash), go_integer(id)), NULL,
                     pool, err);
}

apr_status_t go_user_set_flags(go_db *db, const go_user *user, int is_admin, int may_teach,
                               int is_disabled, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_USER_SET_FLAGS,
                       GO_VALUES(go_integer(is_admin), go_integer(may_teach),
                                 go_integer(is_disabled), go_integer(user->id)),
                       NULL, pool, err);
    if (!status) status = go_user_rights_changed(db, user->id, pool, err);
    if (!status && user->is_admin && (!is_admin || is_disabled))
        status = refuse_last_admin(db, pool, err);
    if (!status && is_disabled)
        status = go_db_run(db, GO_SQL_SESSIONS_END_OF_USER,
                           GO_VALUES(go_integer(user->id), go_text("")), NULL, pool, err);
    return go_db_end(db, status, err);
}
