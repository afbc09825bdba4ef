/* Logging in and out. The answer and its time are the same for a wrong name and a wrong password.
 */
#include "pages/pages.h"

#include "model/passwords.h"
#include "web/session.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

/* Where to go after the login: only to a path of this site, whatever the form says. */
static const char *safe_next(const go_request *q, const char *next) {
    if (!next || next[0] != '/' || next[1] == '/' || strpbrk(next, "\\\r\n\t"))
        return go_url(q, "/");
    return apr_pstrcat(q->pool, q->mount, next, NULL);
}

int login_page(go_request *q, json_t *page) {
    const char *next = go_form_text(q->query, "next");
    if (q->at.user) return go_reply_redirect(q, safe_next(q, next), NULL, 0);
    page_begin(q, page, "Log in");
    json_object_set_new(page, "next", json_string(next));
    return HTTP_OK;
}

static int refuse(go_request *q, json_t *page) {
    static const char *const kept[] = {"username"};
    page_begin(q, page, "Log in");
    page_keep(q, page, kept, 1);
    json_object_set_new(page, "next", json_string(go_form_text(q->form, "next")));
    go_page_problem(q, page,
                    "Username and password do not match. Try again, or ask your "
                    "instructor for a new password.");
    return HTTP_UNPROCESSABLE_ENTITY;
}

int login_submit(go_request *q, json_t *page) {
    go_user *user = NULL;
    apr_status_t status =
        go_user_find(q->db, go_form_text(q->form, "username"), &user, q->pool, &q->err);
    if (status && status != GO_ENOTFOUND) return go_failed(q);
    int is_right =
        go_password_is(user ? user->password_hash : NULL, go_form_text(q->form, "password"));
    if (is_right < 0) {
        go_error_set(&q->err, GO_EBUSY, "Try again in a moment.",
                     "Too many people log in at once.");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    if (!is_right || !user || user->is_disabled) {
        go_request_log(q, APLOG_NOTICE, "login refused for \"%s\" from %s",
                       go_form_text(q->form, "username"), q->r->useragent_ip);
        return refuse(q, page);
    }
    apr_status_t begun = go_db_begin(q->db, &q->err);
    if (!begun) begun = go_web_session_begin(q, user);
    q->session = NULL; /* it was ended: who logs in does it as themself */
    if (!begun) begun = audit_account(q, "login", user, "", q->r->useragent_ip);
    if (go_db_end(q->db, begun, &q->err)) return go_failed(q);
    q->at.user = user;
    go_request_log(q, APLOG_INFO, "logged in from %s", q->r->useragent_ip);
    return go_reply_redirect(q, safe_next(q, go_form_get(q->form, "next")), NULL, 0);
}

int logout_submit(go_request *q, json_t *page) {
    if (go_web_session_end(q)) return go_failed(q);
    return go_reply_redirect(q, go_url(q, "/login"), "logout", 0);
}
