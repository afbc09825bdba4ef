#include "model/remote.h"

#include "model/names.h"
#include "model/text.h"

#include <apr_strings.h>

#include <string.h>
#include <strings.h>

/* --- what is told ---------------------------------------------------------------------------- */

static int is_blank(char c) {
    return c == ' ' || c == '\t';
}

apr_status_t go_remote_username(const char **username, const char *name, const char *realm,
                                apr_pool_t *pool, go_error *err) {
    apr_size_t length = strlen(name), cut = realm ? strlen(realm) : 0;
    const char *shown = go_text_printable(pool, name, length);
    const char *rest = apr_pstrmemdup(pool, name, length > cut ? length - cut : 0);
    if (realm && (length <= cut || strcasecmp(name + length - cut, realm) || strchr(rest, '@')))
        return go_error_set(err, GO_EINVALID,
                            "Ask your administrator whether you use the right account.",
                            "Your institution calls you \"%s\", which does not end with \"%s\" as "
                            "the names of this site do.",
                            shown, realm);
    if (!*rest || is_blank(*rest) || is_blank(rest[strlen(rest) - 1]) ||
        go_name_username(username, rest, pool, NULL))
        return go_error_set(
            err, GO_EINVALID,
            "Ask your administrator, who chooses by GradeOvenAuthUsername what is told.",
            "Your institution calls you \"%s\", which cannot be a username here: that is 1 to 64 "
            "letters, digits and . _ @ + -, starting with a letter or digit.",
            shown);
    return APR_SUCCESS;
}

/* Is it the piece from `start` to before `end`, without the blanks around it? */
static int is_piece(const char *start, const char *end, const char *value) {
    apr_size_t length = strlen(value);
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return (apr_size_t)(end - start) == length && memcmp(start, value, length) == 0;
}

int go_remote_holds(const char *text, const char *value, char separator) {
    const char *start = text, *p = text;
    for (; separator && *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
        } else if (*p == separator) {
            if (is_piece(start, p, value)) return 1;
            start = p + 1;
        }
    }
    return is_piece(start, start + strlen(start), value);
}

/* --- the account ----------------------------------------------------------------------------- */

static apr_status_t note(go_db *db, const go_audit_entry *by, const char *action,
                         const go_user *user, const char *was, const char *became, apr_pool_t *pool,
                         go_error *err) {
    go_audit_entry entry = *by;
    entry.actor = user->username;
    return go_audit_change(db, &entry, action, user->username, was, became, pool, err);
}

apr_status_t go_remote_is_linked(go_db *db, apr_int64_t user_id, int *is_linked, apr_pool_t *pool,
                                 go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_REMOTE_FIND, GO_VALUES(go_integer(user_id)), &rows, pool, err);
    *is_linked = !status && go_rows_next(rows);
    return status;
}

static apr_status_t make(go_db *db, const char *username, const go_remote_rules *rules,
                         const go_audit_entry *by, go_user **user, apr_pool_t *pool,
                         go_error *err) {
    if (!rules->may_create)
        return go_error_set(err, GO_EDENIED,
                            "Ask your instructor to add you to a course, or your administrator.",
                            "There is no account \"%s\" on this site.", username);
    apr_status_t status = go_user_create(db, username, "", "", NULL, by->at_us, user, pool, err);
    return status ? status
                  : note(db, by, "account", *user, "", "made, of the institution", pool, err);
}

/* All that was begun with a password of before ends with it, a second factor too. */
static apr_status_t end_password(go_db *db, const go_user *user, apr_pool_t *pool, go_error *err) {
    static const go_statement statements[] = {GO_SQL_ERASE_TOKENS, GO_SQL_ERASE_FACTOR,
                                              GO_SQL_ERASE_RECOVERY_CODES, GO_SQL_ERASE_LOGIN_STEPS,
                                              GO_SQL_ERASE_LINKS};
    const go_value id = go_integer(user->id);
    apr_status_t status =
        go_db_run(db, GO_SQL_USER_SET_PASSWORD, GO_VALUES(go_text(NULL), id), NULL, pool, err);
    if (!status)
        status =
            go_db_run(db, GO_SQL_SESSIONS_END_OF_USER, GO_VALUES(id, go_text("")), NULL, pool, err);
    for (size_t i = 0; !status && i < sizeof(statements) / sizeof(*statements); i++)
        status = go_db_run(db, statements[i], GO_VALUES(id), NULL, pool, err);
    return status;
}

static apr_status_t take_over(go_db *db, go_user *user, const go_remote_rules *rules,
                              const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    int is_linked = 0, had_password = user->password_hash != NULL;
    apr_status_t status = go_remote_is_linked(db, user->id, &is_linked, pool, err);
    if (status || is_linked) return status;
    if (had_password && !rules->may_link)
        return go_error_set(err, GO_EDENIED,
                            "If it is yours, log in with its password. Your administrator decides "
                            "whether both are the same (GradeOvenAuthLink).",
                            "There is an account \"%s\" already, which has a password.",
                            user->username);
    if (had_password) status = end_password(db, user, pool, err);
    user->password_hash = NULL;
    if (!status)
        status = go_db_run(db, GO_SQL_REMOTE_ADD,
                           GO_VALUES(go_integer(user->id), go_integer(by->at_us)), NULL, pool, err);
    return status ? status
                  : note(db, by, "account", user, had_password ? "with a password" : "",
                         "of the institution", pool, err);
}

/* Says of an attribute's error whose it is: the person cannot write it otherwise here. */
static apr_status_t of_institution(apr_status_t status, go_error *err) {
    if (status != GO_EINVALID || !err) return status;
    err->what = apr_psprintf(err->pool, "What your institution tells of you cannot be taken: %s",
                             err->what);
    err->remedy = "Ask your administrator.";
    return status;
}

static const char *first_of_several(const char *text, apr_pool_t *pool) {
    return apr_pstrmemdup(pool, text, strcspn(text, ",;"));
}

static apr_status_t take_profile(go_db *db, go_user *user, const go_remote_identity *identity,
                                 apr_pool_t *pool, go_error *err) {
    const char *name = identity->display_name, *email = identity->email;
    if (!name || !*name) name = user->display_name;
    email = email && *email ? first_of_several(email, pool) : user->email;
    if (!strcmp(name, user->display_name) && !strcmp(email, user->email)) return APR_SUCCESS;
    user->display_name = name;
    user->email = email;
    return of_institution(go_user_set_profile(db, user->id, name, email, pool, err), err);
}

static apr_status_t take_admin(go_db *db, go_user *user, int is_admin, const go_audit_entry *by,
                               apr_pool_t *pool, go_error *err) {
    if (is_admin < 0 || is_admin == user->is_admin) return APR_SUCCESS;
    user->is_admin = is_admin;
    apr_status_t status = go_db_run(db, GO_SQL_USER_SET_FLAGS,
                                    GO_VALUES(go_integer(is_admin), go_integer(user->may_teach),
                                              go_integer(user->is_disabled), go_integer(user->id)),
                                    NULL, pool, err);
    if (!status) status = go_user_rights_changed(db, user->id, pool, err);
    return status
               ? status
               : note(db, by, "account", user, is_admin ? "no admin" : "admin",
                      is_admin ? "admin, says the institution" : "no admin, says the institution",
                      pool, err);
}

apr_status_t go_remote_admit(go_db *db, const go_remote_identity *identity,
                             const go_remote_rules *rules, const go_audit_entry *by, go_user **user,
                             apr_pool_t *pool, go_error *err) {
    const char *username = NULL;
    *user = NULL;
    apr_status_t status = go_remote_username(&username, identity->name, rules->realm, pool, err);
    if (status) return status;
    status = go_user_find(db, username, user, pool, err);
    if (status == GO_ENOTFOUND) status = make(db, username, rules, by, user, pool, err);
    if (status || !*user) return status;
    if ((*user)->is_disabled)
        return go_error_set(err, GO_EDENIED, "Ask your administrator.",
                            "The account \"%s\" is disabled.", username);
    status = take_over(db, *user, rules, by, pool, err);
    if (!status) status = take_profile(db, *user, identity, pool, err);
    if (!status) status = take_admin(db, *user, identity->is_admin, by, pool, err);
    return status;
}
