/* For admins: all users; making accounts, new passwords, who may make courses, who may log in. */
#include "pages/pages.h"

#include "model/passwords.h"
#include "web/remote.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static int is_among(const apr_array_header_t *ids, apr_int64_t id) {
    int from = 0, to = ids ? ids->nelts : 0;
    while (from < to) {
        int middle = from + (to - from) / 2;
        apr_int64_t at = APR_ARRAY_IDX(ids, middle, apr_int64_t);
        if (at == id) return 1;
        if (at < id)
            from = middle + 1;
        else
            to = middle;
    }
    return 0;
}

static apr_status_t fill(go_request *q, json_t *page) {
    apr_array_header_t *users, *with_factor = NULL;
    page_begin(q, page, "Users");
    apr_status_t status = go_users_all(q->db, &users, q->pool, &q->err);
    if (!status) status = go_factors_on(q->db, &with_factor, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < users->nelts; i++) {
        const go_user *user = APR_ARRAY_IDX(users, i, go_user *);
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:s}", "username", user->username,
                      "name", user->display_name, "email", user->email, "is_admin", user->is_admin,
                      "may_teach", user->may_teach, "is_disabled", user->is_disabled, "is_me",
                      user->id == q->at.user->id, "has_factor", is_among(with_factor, user->id),
                      "action", go_url(q, "/admin/users/%s", user->username)));
    }
    json_object_set_new(page, "users", list);
    json_object_set_new(page, "takes_passwords", json_boolean(go_auth_takes_passwords(q)));
    return status;
}

int admin_users_page(go_request *q, json_t *page) {
    return fill(q, page) ? go_failed(q) : HTTP_OK;
}

static int refuse(go_request *q, json_t *page) {
    go_error cause = q->err;
    if (fill(q, page)) return go_failed(q);
    q->err = cause;
    return go_page_failed(q, page);
}

/* The page again, with a password that is shown this once. */
static int show_password(go_request *q, json_t *page, const go_user *user, const char *password) {
    q->shows_secret = 1;
    if (fill(q, page)) return go_failed(q);
    json_object_set_new(page, "fresh",
                        json_pack("{s:s, s:s}", "username", user->username, "password", password));
    return HTTP_OK;
}

static apr_status_t create_account(go_request *q, const char *hash, go_user **user) {
    int may_teach = go_form_get(q->form, "may_teach") != NULL;
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return status;
    status = go_user_create(q->db, go_form_text(q->form, "username"), go_form_text(q->form, "name"),
                            go_form_text(q->form, "email"), hash, q->now, user, q->pool, &q->err);
    if (!status && may_teach) status = go_user_set_flags(q->db, *user, 0, 1, 0, q->pool, &q->err);
    if (!status)
        status = audit_account(q, "account", *user, "", may_teach ? "made, makes courses" : "made");
    return go_db_end(q->db, status, &q->err);
}

int admin_user_create(go_request *q, json_t *page) {
    static const char *const fields[] = {"username", "name", "email"};
    const char *hash = NULL, *password = go_password_generate(q->pool);
    int takes_passwords = go_auth_takes_passwords(q);
    go_user *user = NULL;
    if ((takes_passwords && go_password_hash_generated(&hash, password, q->pool, &q->err)) ||
        create_account(q, hash, &user)) {
        int status = refuse(q, page);
        page_keep(q, page, fields, 3);
        return status;
    }
    go_request_log(q, APLOG_NOTICE, "user \"%s\" made", user->username);
    return takes_passwords ? show_password(q, page, user, password)
                           : go_reply_redirect(q, go_url(q, "/admin/users"), "created", 0);
}

static int new_password(go_request *q, json_t *page, const go_user *user) {
    if (!go_auth_takes_passwords(q)) {
        go_error_set(&q->err, GO_EINVALID, "People log in through the institution here.",
                     "A password would let nobody in.");
        return refuse(q, page);
    }
    const char *password = go_password_generate(q->pool);
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (!status) status = go_user_set_password(q->db, user->id, password, "", q->pool, &q->err);
    if (!status) status = audit_account(q, "password", user, "", "set by an admin");
    if (go_db_end(q->db, status, &q->err)) return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "new password for \"%s\"", user->username);
    return show_password(q, page, user, password);
}

/* "admin, makes courses, disabled", or "none of them". */
static const char *flags_text(go_request *q, int is_admin, int may_teach, int is_disabled) {
    const char *text =
        apr_pstrcat(q->pool, is_admin ? ", admin" : "", may_teach ? ", makes courses" : "",
                    is_disabled ? ", disabled" : "", NULL);
    return *text ? text + 2 : "no rights beside";
}

static apr_status_t set_flags(go_request *q, const go_user *user, int is_admin, int may_teach,
                              int is_disabled) {
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return status;
    status = go_user_set_flags(q->db, user, is_admin, may_teach, is_disabled, q->pool, &q->err);
    if (!status)
        status = audit_account(q, "account", user,
                               flags_text(q, user->is_admin, user->may_teach, user->is_disabled),
                               flags_text(q, is_admin, may_teach, is_disabled));
    return go_db_end(q->db, status, &q->err);
}

/* The page again, with a link to set a password by, shown this once. */
static int make_link(go_request *q, json_t *page, const go_user *user) {
    const go_audit_entry by = audit_by(q);
    go_link link;
    if (go_link_make(q->db, user, &by, &link, q->pool, &q->err)) return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "link to set the password of \"%s\" made", user->username);
    q->shows_secret = 1;
    if (fill(q, page)) return go_failed(q);
    json_object_set_new(page, "link", json_link(q, &link));
    return HTTP_OK;
}

/* Of somebody who lost both app and codes. One's own is turned off in the settings, by a code. */
static int reset_factor(go_request *q, json_t *page, const go_user *user) {
    const go_audit_entry by = audit_by(q);
    int ended;
    if (user->id == q->at.user->id) {
        go_error_set(&q->err, GO_ECONFLICT, "Turn it off in your settings, or ask another admin.",
                     "You cannot reset your own second factor.");
        return refuse(q, page);
    }
    if (go_factor_end(q->db, user, "reset by an admin", &by, &ended, q->pool, &q->err))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "second factor of \"%s\" reset", user->username);
    return go_reply_redirect(q, go_url(q, "/admin/users"), "factor-reset", 0);
}

int admin_user_change(go_request *q, json_t *page) {
    const char *what = go_form_text(q->form, "what");
    go_user *user;
    if (go_user_find(q->db, go_request_param(q, "user"), &user, q->pool, &q->err))
        return go_failed(q);
    if (strcmp(what, "password") == 0) return new_password(q, page, user);
    if (strcmp(what, "link") == 0) return make_link(q, page, user);
    if (strcmp(what, "factor") == 0) return reset_factor(q, page, user);
    int is_admin = user->is_admin, may_teach = user->may_teach, is_disabled = user->is_disabled;
    int on = strcmp(go_form_text(q->form, "on"), "1") == 0;
    if (strcmp(what, "admin") == 0)
        is_admin = on;
    else if (strcmp(what, "teach") == 0)
        may_teach = on;
    else if (strcmp(what, "disabled") == 0)
        is_disabled = on;
    else
        return HTTP_BAD_REQUEST;
    if (set_flags(q, user, is_admin, may_teach, is_disabled)) return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "user \"%s\": %s=%d", user->username, what, on);
    return go_reply_redirect(q, go_url(q, "/admin/users"), "saved", 0);
}
