/* Logging in and out. The answer and its time are the same for a wrong name and a wrong password.
 */
#include "pages/pages.h"

#include "model/login_guard.h"
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
static int refuse_for_now(go_request *q, int seconds) {
    int minutes = (seconds + 59) / 60;
    apr_table_setn(q->r->err_headers_out, "Retry-After", apr_itoa(q->pool, seconds));
    go_error_set(&q->err, GO_EBUSY,
                 apr_psprintf(q->pool,
                              "Wait %d minute%s, or use a browser that you have logged in with "
                              "before.",
                              minutes, minutes == 1 ? "" : "s"),
                 "Too many wrong passwords were tried.");
    go_request_log(q, APLOG_WARNING, "login of \"%s\" from %s put off for %d s",
                   go_form_text(q->form, "username"), q->r->useragent_ip, seconds);
    return HTTP_TOO_MANY_REQUESTS;
}

static int refuse_wrong(go_request *q, json_t *page, const go_login_attempt *attempt) {
    go_request_log(q, APLOG_NOTICE, "login refused for \"%s\" from %s", attempt->username,
                   attempt->address);
    if (go_login_was_wrong(q->db, attempt, q->pool, &q->err)) return go_failed(q);
    return refuse(q, page);
}

/* A hash as hashes are made now, in place of an older kind; NULL: it is one, or there is no memory
 * for it now, and the next login will do. */
static const char *better_hash(const go_request *q, const go_user *user) {
    const char *hash = NULL;
    go_error ignored = GO_ERROR_INIT(q->pool);
    if (go_password_is_outdated(user->password_hash))
        go_password_hash(&hash, go_form_text(q->form, "password"), q->pool, &ignored);
    return hash;
}

apr_status_t login_session(go_request *q, const go_login_attempt *attempt, const go_user *user,
                           const char *how, const char **device) {
    apr_status_t status = go_web_session_begin(q, user);
    q->session = NULL; /* it was ended: who logs in does it as themself */
    if (!status) status = go_login_was_right(q->db, attempt, user, device, q->pool, &q->err);
    return status ? status : audit_account(q, "login", user, "", how);
}

/* The new session, noted; and this browser is known to the user from now on. */
static apr_status_t begin_session(go_request *q, const go_login_attempt *attempt,
                                  const go_user *user) {
    const char *device = NULL, *hash = better_hash(q, user);
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return status;
    if (hash) status = go_user_set_hash(q->db, user->id, hash, q->pool, &q->err);
    if (!status) status = login_session(q, attempt, user, attempt->address, &device);
    status = go_db_end(q->db, status, &q->err);
    if (!status && device) go_web_device_set(q, device);
    return status;
}

int login_submit(go_request *q, json_t *page) {
    go_user *user = NULL;
    int wait;
    const go_login_attempt attempt = {.username = go_form_text(q->form, "username"),
                                      .address = q->r->useragent_ip,
                                      .device = go_web_device(q),
                                      .now = q->now};
    if (!go_auth_takes_passwords(q)) {
        go_error_set(&q->err, GO_EDENIED, "Log in by the button of the login page.",
                     "Passwords of this site let nobody in.");
        return go_failed(q);
    }
    if (go_login_may_try(q->db, &attempt, &wait, q->pool, &q->err)) return go_failed(q);
    if (wait) return refuse_for_now(q, wait);
    apr_status_t status = go_user_find(q->db, attempt.username, &user, q->pool, &q->err);
    if (status && status != GO_ENOTFOUND) return go_failed(q);
    int is_right =
        go_password_is(user ? user->password_hash : NULL, go_form_text(q->form, "password"));
    if (is_right < 0) {
        go_error_set(&q->err, GO_EBUSY, "Try again in a moment.",
                     "Too many people log in at once.");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    if (!is_right || !user || user->is_disabled) return refuse_wrong(q, page, &attempt);
    if (begin_session(q, &attempt, user)) return go_failed(q);
    q->at.user = user;
    go_request_log(q, APLOG_INFO, "logged in from %s", q->r->useragent_ip);
    return go_reply_redirect(q, login_next(q, go_form_get(q->form, "next")), NULL, 0);
}

int logout_submit(go_request *q, json_t *page) {
    int goes_on = 0;
    if (sso_logout_goes_on(q, &goes_on) || go_web_session_end(q)) return go_failed(q);
    if (goes_on) return go_reply_redirect(q, go_url(q, "/logged-out"), NULL, 0);
    return go_reply_redirect(q, go_url(q, "/login"), "logout", 0);
}
