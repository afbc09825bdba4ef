/* Logging in by httpd's own authentication, at the one path that it protects; and out of both. */
#include "pages/pages.h"

#include "model/login_guard.h"
#include "web/remote.h"
#include "web/session.h"

#include <apr_strings.h>
#include <http_log.h>

const char *sso_url(const go_request *q, const char *next) {
    const char *url = go_url(q, "/login/sso");
    return *next ? apr_pstrcat(q->pool, url, "?next=", go_form_encode(q->pool, next), NULL) : url;
}

/* "openid-connect" and the like. The name itself is for httpd's log only: that of the changes knows
   whose login it was, and must be able to forget the name (erasure.h) in whichever spelling. */
static const char *how(const go_request *q) {
    return q->r->ap_auth_type ? q->r->ap_auth_type : "httpd";
}

/* Nobody is told whose account it was; the log is. */
static int refuse(const go_request *q, const go_remote_identity *identity) {
    if (go_failed(q) < 500)
        go_request_log(q, APLOG_NOTICE, "login refused for \"%s\" (%s) from %s: %s", identity->name,
                       q->r->user, q->r->useragent_ip, q->err.what);
    return go_failed(q);
}

/* The account and its session, or neither. */
static apr_status_t log_in(go_request *q, const go_remote_identity *identity, go_user **user) {
    const go_remote_rules rules = go_remote_rules_of(q);
    const go_audit_entry by = {.at_us = q->now, .address = q->r->useragent_ip};
    go_login_attempt attempt = {
        .address = q->r->useragent_ip, .device = go_web_device(q), .now = q->now};
    const char *device = NULL;
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return status;
    status = go_remote_admit(q->db, identity, &rules, &by, user, q->pool, &q->err);
    if (!status && *user) {
        attempt.username = (*user)->username;
        status = login_session(q, &attempt, *user, how(q), &device);
    }
    status = go_db_end(q->db, status, &q->err);
    if (!status && device) go_web_device_set(q, device);
    return status;
}

/* The last admin may lose it here, unlike on the page of users: somebody should know. */
static void warn_without_admin(go_request *q) {
    int lacks = 0;
    if (go_users_lack_admin(q->db, &lacks, q->pool, NULL) == APR_SUCCESS && lacks)
        go_request_log(q, APLOG_WARNING,
                       "the site has no admin now: GradeOvenAuthAdmin took it from the last one. "
                       "Whoever comes with that value is one, or: gradeovenctl user add NAME "
                       "--admin");
}

int sso_page(go_request *q, json_t *page) {
    go_remote_identity identity;
    go_user *user = NULL;
    if (go_auth_setting(q, GO_D_AUTH).number == GO_AUTH_LOCAL) return HTTP_NOT_FOUND;
    if (go_remote_read(q, &identity)) return go_failed(q);
    if (log_in(q, &identity, &user)) return refuse(q, &identity);
    if (identity.is_admin == 0) warn_without_admin(q);
    q->at.user = user;
    go_request_log(q, APLOG_INFO, "logged in from %s by %s as \"%s\"", q->r->useragent_ip, how(q),
                   identity.name);
    return go_reply_redirect(q, login_next(q, go_form_get(q->query, "next")), NULL, 0);
}

apr_status_t sso_logout_goes_on(go_request *q, int *goes_on) {
    *goes_on = 0;
    if (go_auth_setting(q, GO_D_AUTH).number == GO_AUTH_LOCAL ||
        !go_auth_setting(q, GO_D_AUTH_LOGOUT).text)
        return APR_SUCCESS;
    return go_remote_is_linked(q->db, q->session->user->id, goes_on, q->pool, &q->err);
}

/*
 * A page between our logout and the institution's: what a form leads to must be of this site (the
 * policy's form-action, which browsers apply to redirects as well), what a page leads to need not.
 */
int logged_out_page(go_request *q, json_t *page) {
    const char *url = go_auth_setting(q, GO_D_AUTH_LOGOUT).text;
    if (q->at.user) return go_reply_redirect(q, go_url(q, "/"), NULL, 0);
    if (!url || go_auth_setting(q, GO_D_AUTH).number == GO_AUTH_LOCAL)
        return go_reply_redirect(q, go_url(q, "/login"), NULL, 0);
    page_begin(q, page, "Logged out here");
    json_object_set_new(page, "logout_url", json_string(url));
    json_object_set_new(page, "login_url", json_string(go_url(q, "/login")));
    apr_table_setn(q->r->headers_out, "Refresh", apr_pstrcat(q->pool, "0; url=", url, NULL));
    return HTTP_OK;
}
