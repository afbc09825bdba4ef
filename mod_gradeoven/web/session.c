#include "web/session.h"

#include "web/cookie.h"
#include "web/tls.h"
#include "web/token.h"
#include "web/viewing.h"

#include "model/login_step.h"
#include "model/passwords.h"

#include <apr_strings.h>
#include <http_protocol.h>

#include <sodium.h>
#include <string.h>

enum { DEVICE_SECONDS = 365 * 86400 };

/* "__Host-gradeoven" and what it is for, other ones at each mount. */
static const char *name_at(const char *mount, const char *what, apr_pool_t *pool) {
    if (!*mount) return apr_pstrcat(pool, "__Host-gradeoven", what, NULL);
    const char *digest = go_sha256_hex(pool, mount, strlen(mount));
    return apr_psprintf(pool, "__Host-gradeoven%s-%.8s", what, digest);
}

static const char *name_for(const go_request *q, const char *what) {
    return name_at(q->mount, what, q->pool);
}

static const char *cookie_name(const go_request *q) {
    return name_for(q, "");
}

static void set_cookie(go_request *q, const char *name, const char *value, int max_age) {
    apr_table_addn(q->r->err_headers_out, "Set-Cookie",
                   apr_psprintf(q->pool,
                                "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d", name,
                                value, max_age));
}

static const char *cookie(const go_request *q, const char *name) {
    return go_cookie_find(apr_table_get(q->r->headers_in, "Cookie"), name, q->pool);
}

const char *go_web_device(const go_request *q) {
    return cookie(q, name_for(q, "-device"));
}

void go_web_device_set(go_request *q, const char *token) {
    set_cookie(q, name_for(q, "-device"), token, DEVICE_SECONDS);
}

const char *go_web_step(const go_request *q) {
    return cookie(q, name_for(q, "-step"));
}

void go_web_step_set(go_request *q, const char *token) {
    set_cookie(q, name_for(q, "-step"), token, GO_LOGIN_STEP_SECONDS);
}

void go_web_step_end(go_request *q) {
    if (go_web_step(q)) set_cookie(q, name_for(q, "-step"), "", 0);
}

static apr_status_t renew(go_request *q, int keeps_old, go_error *err) {
    const char *token;
    apr_status_t status =
        go_session_renew(q->db, q->session, keeps_old, q->now, &token, q->pool, err);
    if (!status && token)
        set_cookie(q, cookie_name(q), token, (int)apr_time_sec(q->site->sessions.absolute));
    return status;
}

apr_status_t go_web_session_renew(go_request *q, int keeps_old) {
    return q->token ? APR_SUCCESS : renew(q, keeps_old, &q->err);
}

apr_status_t go_web_session_find(const request_rec *r, const char *mount,
                                 const go_session_limits *limits, go_db *db, apr_time_t now,
                                 go_session **session, apr_pool_t *pool, go_error *err) {
    const char *token =
        go_cookie_find(apr_table_get(r->headers_in, "Cookie"), name_at(mount, "", pool), pool);
    *session = NULL;
    return token ? go_session_find(db, token, limits, now, session, pool, err) : APR_SUCCESS;
}

apr_status_t go_web_session_load(go_request *q) {
    int has_header;
    apr_status_t found = go_token_load(q, &has_header);
    if (found || has_header) return found;
    apr_status_t status = go_web_session_find(q->r, q->mount, &q->site->sessions, q->db, q->now,
                                              &q->session, q->pool, &q->err);
    if (status || !q->session) return status;
    q->at.user = q->session->user;
    /* not renewed on a full disk, which is no reason to show nobody anything */
    if (q->session->is_outdated) renew(q, 1, NULL);
    return go_viewing_load(q);
}

apr_status_t go_web_session_begin(go_request *q, const go_user *user) {
    const char *token;
    if (q->session) go_session_end(q->db, q->session, q->pool, NULL);
    apr_status_t status = go_session_create(q->db, user, q->r->useragent_ip,
                                            apr_table_get(q->r->headers_in, "User-Agent"),
                                            &q->site->sessions, q->now, &token, q->pool, &q->err);
    if (!status)
        set_cookie(q, cookie_name(q), token, (int)apr_time_sec(q->site->sessions.absolute));
    return status;
}

apr_status_t go_web_session_end(go_request *q) {
    apr_status_t status = go_viewing_end(q, "logged out");
    if (!status && q->session) status = go_session_end(q->db, q->session, q->pool, &q->err);
    set_cookie(q, cookie_name(q), "", 0);
    return status;
}

int go_web_is_same_origin(const go_request *q) {
    const char *site = apr_table_get(q->r->headers_in, "Sec-Fetch-Site");
    if (site && strcmp(site, "same-origin") && strcmp(site, "none")) return 0;
    const char *origin = apr_table_get(q->r->headers_in, "Origin");
    if (!origin) return 1; /* no browser: the token decides */
    /* pages whose address is a secret have no origin, but the browser still says where from */
    if (strcmp(origin, "null") == 0) return site && strcmp(site, "same-origin") == 0;
    const char *host = apr_table_get(q->r->headers_in, "Host");
    return host &&
           strcmp(origin, apr_pstrcat(q->pool, go_tls_scheme(q->r), "://", host, NULL)) == 0;
}

apr_status_t go_web_csrf_check(go_request *q) {
    if (q->token) return APR_SUCCESS; /* no browser sends it by itself */
    const char *sent = go_form_get(q->form, "csrf");
    if (!sent) sent = apr_table_get(q->r->headers_in, "X-CSRF-Token");
    apr_size_t length = q->session ? strlen(q->session->csrf) : 0;
    if (length && sent && strlen(sent) == length &&
        sodium_memcmp(sent, q->session->csrf, length) == 0)
        return APR_SUCCESS;
    return go_error_set(&q->err, GO_EDENIED,
                        "Nothing was changed. Go back, load the page again and send it once more.",
                        "The form does not belong to your present session.");
}
