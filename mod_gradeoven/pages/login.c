/* Logging in and out. The answer and its time are the same for a wrong name and a wrong password.
 */
#include "pages/pages.h"

#include "model/login_step.h"
#include "model/passwords.h"
#include "web/remote.h"
#include "web/session.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

const char *login_next(const go_request *q, const char *next) {
    int is_path = next && next[0] == '/' && next[1] != '/';
    for (const char *p = next; is_path && *p; p++)
        if (!apr_isgraph(*p) || *p == '\\') is_path = 0;
    return is_path ? next : go_url(q, "/");
}

static void begin_page(go_request *q, json_t *page, const char *next) {
    int mode = (int)go_auth_setting(q, GO_D_AUTH).number;
    page_begin(q, page, "Log in");
    json_object_set_new(page, "next", json_string(next));
    json_object_set_new(page, "has_form", json_boolean(mode != GO_AUTH_REMOTE));
    if (mode != GO_AUTH_LOCAL)
        json_object_set_new(page, "sso",
                            json_pack("{s:s, s:s}", "label",
                                      go_auth_setting(q, GO_D_AUTH_LABEL).text, "url",
                                      sso_url(q, next)));
}

int login_page(go_request *q, json_t *page) {
    const char *next = go_form_text(q->query, "next");
    if (q->at.user) return go_reply_redirect(q, login_next(q, next), NULL, 0);
    begin_page(q, page, next);
    return HTTP_OK;
}

static int refuse(go_request *q, json_t *page) {
    static const char *const kept[] = {"username"};
    begin_page(q, page, go_form_text(q->form, "next"));
    page_keep(q, page, kept, 1);
    go_page_problem(q, page,
                    "Username and password do not match. Try again, or ask your "
                    "instructor for a new password.");
    return HTTP_UNPROCESSABLE_ENTITY;
}

/* Too many wrong passwords: the same for usernames that nobody has. */
int login_refuse_for_now(go_request *q, const char *username, int seconds) {
    int minutes = (seconds + 59) / 60;
    apr_table_setn(q->r->err_headers_out, "Retry-After", apr_itoa(q->pool, seconds));
    go_error_set(&q->err, GO_EBUSY,
                 apr_psprintf(q->pool,
                              "Wait %d minute%s, or use a browser that you have logged in with "
                              "before.",
                              minutes, minutes == 1 ? "" : "s"),
                 "Too many wrong passwords or codes were tried.");
    go_request_log(q, APLOG_WARNING, "login of \"%s\" from %s put off for %d s", username,
                   q->r->useragent_ip, seconds);
    return HTTP_TOO_MANY_REQUESTS;
}

static int refuse_wrong(go_request *q, json_t *page, const go_login_attempt *attempt) {
    go_request_log(q, APLOG_NOTICE, "login refused for \"%s\" from %s", attempt->username,
                   attempt->address);
    if (go_login_was_wrong(q->db, attempt, q->pool, &q->err)) return go_failed(q);
    return refuse(q, page);
}

/* A hash as hashes are made now, in place of an older kind. Without memory for it now, or a disk
 * that takes it, the next login will do. */
static void improve_hash(go_request *q, const go_user *user) {
    const char *hash = NULL;
    go_error ignored = GO_ERROR_INIT(q->pool);
    if (!go_password_is_outdated(user->password_hash) ||
        go_password_hash(&hash, go_form_text(q->form, "password"), q->pool, &ignored))
        return;
    go_user_set_hash(q->db, user->id, hash, q->pool, NULL);
}

go_login_attempt login_attempt(const go_request *q, const char *username) {
    return (go_login_attempt){.username = username,
                              .address = q->r->useragent_ip,
                              .device = go_web_device(q),
                              .now = q->now};
}

apr_status_t login_session(go_request *q, const go_login_attempt *attempt, const go_user *user,
                           const char *how, const char **device) {
    apr_status_t status = go_web_session_begin(q, user);
    q->session = NULL; /* it was ended: who logs in does it as themself */
    if (!status) status = go_user_logged_in(q->db, user->id, q->now, q->pool, &q->err);
    if (!status) status = go_login_was_right(q->db, attempt, user, device, q->pool, &q->err);
    return status ? status : audit_account(q, "login", user, "", how);
}

/* The new session, noted; and this browser is known to the user from now on. */
static apr_status_t begin_session(go_request *q, const go_user *user) {
    const go_login_attempt attempt = login_attempt(q, user->username);
    const char *device = NULL;
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return status;
    status = login_session(q, &attempt, user, attempt.address, &device);
    status = go_db_end(q->db, status, &q->err);
    if (!status && device) go_web_device_set(q, device);
    return status;
}

int login_finish(go_request *q, go_user *user, const char *next) {
    if (begin_session(q, user)) return go_failed(q);
    q->at.user = user;
    go_request_log(q, APLOG_INFO, "logged in from %s", q->r->useragent_ip);
    return go_reply_redirect(q, login_next(q, next), NULL, 0);
}

int login_proven(go_request *q, go_user *user, const char *next) {
    const char *token;
    go_factor factor;
    if (go_factor_find(q->db, user->id, &factor, q->pool, &q->err)) return go_failed(q);
    if (!factor.is_on) return login_finish(q, user, next);
    if (go_login_step_begin(q->db, user, q->now, &token, q->pool, &q->err)) return go_failed(q);
    go_web_step_set(q, token);
    const char *url = go_url(q, "/login/code");
    if (next && *next)
        url = apr_pstrcat(q->pool, url, "?next=", go_form_encode(q->pool, next), NULL);
    return go_reply_redirect(q, url, NULL, 0);
}

static int too_many(go_request *q) {
    go_error_set(&q->err, GO_EBUSY, "Try again in a moment.", "Too many people log in at once.");
    return HTTP_SERVICE_UNAVAILABLE;
}

int login_submit(go_request *q, json_t *page) {
    go_user *user = NULL;
    int wait;
    const go_login_attempt attempt = login_attempt(q, go_form_text(q->form, "username"));
    if (!go_auth_takes_passwords(q)) {
        go_error_set(&q->err, GO_EDENIED, "Log in by the button of the login page.",
                     "Passwords of this site let nobody in.");
        return go_failed(q);
    }
    if (go_login_may_try(q->db, &attempt, &wait, q->pool, &q->err)) return go_failed(q);
    if (wait) return login_refuse_for_now(q, attempt.username, wait);
    apr_status_t status = go_user_find(q->db, attempt.username, &user, q->pool, &q->err);
    if (status && status != GO_ENOTFOUND) return go_failed(q);
    int is_right =
        go_password_is(user ? user->password_hash : NULL, go_form_text(q->form, "password"));
    if (is_right < 0) return too_many(q);
    if (!is_right || !user || user->is_disabled) return refuse_wrong(q, page, &attempt);
    improve_hash(q, user);
    return login_proven(q, user, go_form_get(q->form, "next"));
}

/* For a part of a page: the words of login_refuse_for_now. */
static apr_status_t must_wait(go_request *q, int seconds) {
    int minutes = (seconds + 59) / 60;
    return go_error_set(
        &q->err, GO_EDENIED,
        apr_psprintf(q->pool, "Wait %d minute%s.", minutes, minutes == 1 ? "" : "s"),
        "Too many wrong passwords or codes were tried.");
}

/* As guarded as a login: whoever found an open session must not find out the password by it. */
apr_status_t login_check_password(go_request *q, const char *typed) {
    const go_user *user = q->session->user;
    const go_login_attempt attempt = login_attempt(q, user->username);
    int wait;
    if (go_login_may_try(q->db, &attempt, &wait, q->pool, &q->err)) return q->err.status;
    if (wait) return must_wait(q, wait);
    int is_right = go_password_is(user->password_hash, typed);
    if (is_right > 0) return APR_SUCCESS;
    if (is_right == 0 && go_login_was_wrong(q->db, &attempt, q->pool, &q->err))
        return q->err.status;
    return is_right < 0 ? go_error_set(&q->err, GO_EINVALID, "Try again in a moment.",
                                       "Too many passwords are looked at just now.")
                        : go_error_set(&q->err, GO_EINVALID, "Type it again.",
                                       "The current password is wrong.");
}

apr_status_t login_check_code(go_request *q, const go_user *user, const char *typed,
                              go_factor_answer *answer) {
    const go_login_attempt attempt = login_attempt(q, user->username);
    const go_audit_entry by = {
        .at_us = q->now, .actor = user->username, .address = q->r->useragent_ip};
    int wait;
    *answer = (go_factor_answer){.recovery_left = -1};
    if (go_login_may_try(q->db, &attempt, &wait, q->pool, &q->err)) return q->err.status;
    if (wait) return must_wait(q, wait);
    if (go_factor_check(q->db, q->site->state, user, typed, &by, answer, q->pool, &q->err))
        return q->err.status;
    if (answer->is_right) return APR_SUCCESS;
    if (answer->wait_seconds) return must_wait(q, answer->wait_seconds);
    if (go_login_was_wrong(q->db, &attempt, q->pool, &q->err)) return q->err.status;
    go_request_log(q, APLOG_NOTICE, "wrong code of \"%s\" from %s", user->username,
                   q->r->useragent_ip);
    return go_error_set(&q->err, GO_EINVALID, "Type the one that the app shows now.",
                        "That code is not right, or was used already.");
}

int logout_submit(go_request *q, json_t *page) {
    int goes_on = 0;
    if (sso_logout_goes_on(q, &goes_on) || go_web_session_end(q)) return go_failed(q);
    if (goes_on) return go_reply_redirect(q, go_url(q, "/logged-out"), NULL, 0);
    return go_reply_redirect(q, go_url(q, "/login"), "logout", 0);
}
