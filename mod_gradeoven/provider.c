#include "provider.h"

#include "site.h"
#include "web/form.h"
#include "web/handler.h"
#include "web/remote.h"
#include "web/session.h"
#include "web/tls.h"

#include "model/names.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mod_auth.h>

#include <string.h>
#include <strings.h>

APLOG_USE_MODULE(gradeoven);

/* What a line of Require asks for. */
typedef struct requirement {
    apr_array_header_t *usernames; /* of const char *; empty: any user */
    const char *course;
    unsigned roles; /* bits 1 << go_role; 0: any */
} requirement;

/* --- who it is ------------------------------------------------------------------------------- */

/* The user whom we have authenticated: of this request, or of the one that it belongs to. */
static const go_user *user_of(const request_rec *r) {
    const go_user *user = NULL;
    for (const request_rec *at = r; at && !user; at = at->prev ? at->prev : at->main)
        user = ap_get_module_config(at->request_config, &gradeoven_module);
    return user && r->user && strcmp(r->user, user->username) == 0 ? user : NULL;
}

/* The session of any mount of this virtual host: each has a cookie of its own. */
static apr_status_t find_user(request_rec *r, go_site *site, const go_user **user, go_error *err) {
    const apr_array_header_t *mounts = go_settings_of(r->server)->mounts;
    apr_pool_t *loan;
    go_db *db = NULL;
    go_session *session = NULL;
    *user = NULL;
    apr_pool_create(&loan, r->pool);
    apr_status_t status = go_site_connect(site, &db, loan, err);
    for (int i = 0; !status && !session && i < mounts->nelts; i++)
        status = go_web_session_find(r, APR_ARRAY_IDX(mounts, i, const char *), &site->sessions, db,
                                     apr_time_now(), &session, r->pool, err);
    apr_pool_destroy(loan);
    if (session) *user = session->user;
    return status;
}

/* Does a person wait for a page? Not for an image of it, nor is it a program. */
static int is_navigation(request_rec *r) {
    const char *mode = apr_table_get(r->headers_in, "Sec-Fetch-Mode");
    const char *accept = apr_table_get(r->headers_in, "Accept");
    if (r->method_number != M_GET || r->main) return 0;
    return mode ? strcmp(mode, "navigate") == 0 : accept && strstr(accept, "text/html");
}

static int login_first(request_rec *r) {
    const char *mount = APR_ARRAY_IDX(go_settings_of(r->server)->mounts, 0, const char *);
    const char *next = go_form_encode_path(r->pool, r->uri);
    if (!is_navigation(r)) {
        ap_note_auth_failure(r);
        return HTTP_UNAUTHORIZED;
    }
    if (r->args) next = apr_pstrcat(r->pool, next, "?", r->args, NULL);
    apr_table_setn(
        r->headers_out, "Location",
        apr_pstrcat(r->pool, mount, "/login?next=", go_form_encode(r->pool, next), NULL));
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    return HTTP_SEE_OTHER;
}

int go_provider_challenge(request_rec *r, const char *auth_type) {
    if (strcasecmp(auth_type, GO_AUTH_TYPE)) return DECLINED;
    /* a scheme that no browser knows: it asks nobody for a password, and 401 must name one */
    apr_table_setn(r->err_headers_out, "WWW-Authenticate", GO_AUTH_TYPE);
    return OK;
}

int go_provider_check(request_rec *r) {
    const char *type = ap_auth_type(r);
    go_site *site = go_site_of(r->server);
    const go_user *user = NULL;
    go_error err = GO_ERROR_INIT(r->pool);
    if (!type || strcasecmp(type, GO_AUTH_TYPE)) return DECLINED;
    if (!site || go_mount_of(r)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "AuthType " GO_AUTH_TYPE " %s",
                      site ? "cannot protect the site itself, whose pages ask for the login as "
                             "they need it: take it out of that Location"
                           : "needs a site in the same virtual host, which has none: see "
                             "mod_gradeoven(5)");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (go_tls_is_on(r) && find_user(r, site, &user, &err)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "Grade Oven: %s", go_error_text(&err));
        return HTTP_SERVICE_UNAVAILABLE;
    }
    if (!user) return login_first(r);
    ap_set_module_config(r->request_config, &gradeoven_module, (void *)user);
    r->user = apr_pstrdup(r->pool, user->username);
    r->ap_auth_type = (char *)GO_AUTH_TYPE;
    /* what one person may see is nothing for a cache to show another */
    apr_table_mergen(r->headers_out, "Cache-Control", "private");
    apr_table_mergen(r->headers_out, "Vary", "Cookie");
    return OK;
}

/* --- what they may --------------------------------------------------------------------------- */

static const char *parse_usernames(cmd_parms *cmd, const char *line, const void **parsed) {
    requirement *wanted = apr_pcalloc(cmd->pool, sizeof(*wanted));
    go_error err = GO_ERROR_INIT(cmd->pool);
    wanted->usernames = apr_array_make(cmd->pool, 4, sizeof(char *));
    while (*line) {
        const char *name = NULL;
        if (go_name_username(&name, ap_getword_conf(cmd->pool, &line), cmd->pool, &err))
            return apr_psprintf(cmd->pool, "Require gradeoven-user: %s", go_error_text(&err));
        APR_ARRAY_PUSH(wanted->usernames, const char *) = name;
    }
    *parsed = wanted;
    return NULL;
}

static const char *parse_nothing(cmd_parms *cmd, const char *line, const void **parsed) {
    return *line ? "Require gradeoven-admin takes nothing more; users are named by: Require "
                   "gradeoven-user NAME ..."
                 : NULL;
}

static const char *parse_course(cmd_parms *cmd, const char *line, const void **parsed) {
    requirement *wanted = apr_pcalloc(cmd->pool, sizeof(*wanted));
    go_error err = GO_ERROR_INIT(cmd->pool);
    const char *name = ap_getword_conf(cmd->pool, &line);
    if (!*name)
        return "Require gradeoven-course takes the name of a course and, if you like, roles in it: "
               "Require gradeoven-course cs101 instructor grader";
    if (go_name_slug(&wanted->course, "course", name, cmd->pool, &err))
        return apr_psprintf(cmd->pool, "Require gradeoven-course: %s", go_error_text(&err));
    while (*line) {
        go_role role = GO_ROLE_NONE;
        const char *word = ap_getword_conf(cmd->pool, &line);
        if (go_role_parse(word, &role, &err))
            return apr_psprintf(cmd->pool,
                                "Require gradeoven-course: \"%s\" is not a role; these are "
                                "instructor, grader and student.",
                                word);
        wanted->roles |= 1U << role;
    }
    *parsed = wanted;
    return NULL;
}

/* NULL, and *status is to be answered: nobody yet, or somebody whom another module let in. */
static const go_user *asking(request_rec *r, authz_status *status) {
    const go_user *user = user_of(r);
    *status = r->user ? AUTHZ_DENIED : AUTHZ_DENIED_NO_USER;
    if (!user && r->user)
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "Require gradeoven-...: \"%s\" was let in by another module; the Location "
                      "needs AuthType " GO_AUTH_TYPE,
                      r->user);
    return user;
}

static authz_status check_user(request_rec *r, const char *line, const void *parsed) {
    const requirement *wanted = parsed;
    authz_status status;
    const go_user *user = asking(r, &status);
    if (!user) return status;
    if (!wanted->usernames->nelts) return AUTHZ_GRANTED;
    for (int i = 0; i < wanted->usernames->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(wanted->usernames, i, const char *), user->username))
            return AUTHZ_GRANTED;
    return AUTHZ_DENIED;
}

static authz_status check_admin(request_rec *r, const char *line, const void *parsed) {
    authz_status status;
    const go_user *user = asking(r, &status);
    return !user ? status : user->is_admin ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

/* Their role in the course, GO_ROLE_NONE for who was dropped. */
static apr_status_t find_role(request_rec *r, const char *name, const go_user *user, go_role *role,
                              go_error *err) {
    apr_pool_t *loan;
    go_db *db = NULL;
    go_course *course = NULL;
    *role = GO_ROLE_NONE;
    apr_pool_create(&loan, r->pool);
    apr_status_t status = go_site_connect(go_site_of(r->server), &db, loan, err);
    if (!status) status = go_course_find(db, name, &course, loan, err);
    if (!status && course) status = go_enrolment_role(db, course->id, user->id, role, loan, err);
    apr_pool_destroy(loan);
    return status;
}

static authz_status check_course(request_rec *r, const char *line, const void *parsed) {
    const requirement *wanted = parsed;
    authz_status status;
    go_role role;
    go_error err = GO_ERROR_INIT(r->pool);
    const go_user *user = asking(r, &status);
    if (!user) return status;
    apr_status_t failure = find_role(r, wanted->course, user, &role, &err);
    if (failure) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "Require gradeoven-course %s: %s",
                      wanted->course, go_error_text(&err));
        return failure == GO_ENOTFOUND ? AUTHZ_DENIED : AUTHZ_GENERAL_ERROR;
    }
    if (role == GO_ROLE_NONE) return AUTHZ_DENIED;
    return !wanted->roles || wanted->roles & (1U << role) ? AUTHZ_GRANTED : AUTHZ_DENIED;
}

void go_provider_register(apr_pool_t *pool) {
    static const authz_provider user = {check_user, parse_usernames};
    static const authz_provider admin = {check_admin, parse_nothing};
    static const authz_provider course = {check_course, parse_course};
    static const struct {
        const char *name;
        const authz_provider *provider;
    } providers[] = {
        {"gradeoven-user", &user}, {"gradeoven-admin", &admin}, {"gradeoven-course", &course}};
    for (size_t i = 0; i < sizeof(providers) / sizeof(*providers); i++)
        ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, providers[i].name,
                                  AUTHZ_PROVIDER_VERSION, providers[i].provider,
                                  AP_AUTH_INTERNAL_PER_CONF);
}
