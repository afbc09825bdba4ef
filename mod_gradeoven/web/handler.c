#include "web/handler.h"

#include "web/factor_wall.h"
#include "web/problem.h"
#include "web/rate.h"
#include "web/reply.h"
#include "web/session.h"
#include "web/tls.h"
#include "web/token.h"
#include "web/viewing.h"

#include "model/pseudonym.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>

#include <stdlib.h>
#include <string.h>

APLOG_USE_MODULE(gradeoven);

const char *go_mount_of(const request_rec *r) {
    const go_mount *mount = ap_get_module_config(r->per_dir_config, &gradeoven_module);
    if (!mount || !mount->path) return NULL;
    apr_size_t length = strlen(mount->path);
    if (strncmp(r->uri, mount->path, length)) return NULL;
    return r->uri[length] == '/' || r->uri[length] == '\0' ? mount->path : NULL;
}

int go_translate_name(request_rec *r) {
    if (r->proxyreq || !go_mount_of(r)) return DECLINED;
    r->filename = apr_pstrcat(r->pool, "gradeoven:", r->uri, NULL);
    return OK;
}

int go_map_to_storage(request_rec *r) {
    if (!r->filename || strncmp(r->filename, "gradeoven:", 10)) return DECLINED;
    return OK;
}

int go_wants_json(const request_rec *r) {
    const char *accept = apr_table_get(r->headers_in, "Accept");
    const char *authorization = apr_table_get(r->headers_in, "Authorization");
    if (authorization && !strncasecmp(authorization, "Bearer", 6)) return 1;
    return accept && !strstr(accept, "text/html") &&
           (strstr(accept, "application/json") || strstr(accept, GO_PROBLEM_MEDIA_TYPE));
}

static go_request *make_request(request_rec *r, go_site *site, const char *mount) {
    go_request *q = apr_pcalloc(r->pool, sizeof(*q));
    q->r = r;
    q->pool = r->pool;
    q->site = site;
    q->now = apr_time_now();
    q->mount = mount;
    q->path = r->uri[strlen(mount)] ? r->uri + strlen(mount) : "/";
    q->err = (go_error)GO_ERROR_INIT(r->pool);
    q->query = go_form_make(r->pool);
    q->form = go_form_make(r->pool);
    q->wants_json = go_wants_json(r);
    q->zone = "UTC";
    return q;
}

/* The Allow header of a 405, from the table. */
static void set_allow(request_rec *r, int allowed) {
    apr_table_setn(r->err_headers_out, "Allow",
                   allowed == 3   ? "GET, HEAD, POST"
                   : allowed == 1 ? "GET, HEAD"
                                  : "POST");
}

static int find_route(go_request *q) {
    go_route_match match;
    go_method method = q->r->method_number == M_POST ? GO_POST : GO_GET;
    go_routes_match(go_routes, method, q->path, &match, q->pool);
    if (!match.allowed) return HTTP_NOT_FOUND;
    if (!match.route || (q->r->method_number != M_GET && q->r->method_number != M_POST)) {
        set_allow(q->r, match.allowed);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    q->route = match.route;
    q->params = match.params;
    return OK;
}

static apr_status_t find_submission(go_request *q) {
    const char *number = apr_table_get(q->params, "number");
    go_submission *submission;
    if (!number) return APR_SUCCESS;
    if (strspn(number, "0123456789") != strlen(number) || strlen(number) > 9)
        return go_error_set(&q->err, GO_ENOTFOUND, NULL, "There is no submission \"%s\".", number);
    apr_status_t status =
        go_submission_find(q->db, q->at.assignment, atoi(number), &submission, q->pool, &q->err);
    if (status) return status;
    q->at.submission = submission;
    if (submission->user_id == q->at.user->id || !go_request_may(q, GO_RIGHT_GRADE))
        return APR_SUCCESS;
    /* graded blind: from here on there is no name that a page could show to staff */
    return go_blind_submission(q->db, q->at.assignment, submission, q->pool, &q->err);
}

/* Looks up what the path names: the course, one's role in it, the assignment, the submission. */
static apr_status_t find_situation(go_request *q) {
    go_course *course;
    go_assignment *assignment;
    const char *name = apr_table_get(q->params, "course");
    if (!name || !q->at.user) return APR_SUCCESS;
    apr_status_t status = go_course_find(q->db, name, &course, q->pool, &q->err);
    if (status) return status;
    q->at.course = course;
    q->zone = course->zone;
    status = go_enrolment_role(q->db, course->id, q->at.user->id, &q->at.role, q->pool, &q->err);
    name = apr_table_get(q->params, "assignment");
    if (status || !name) return status;
    status = go_assignment_find(q->db, course, name, &assignment, q->pool, &q->err);
    if (status) return status;
    q->at.assignment = assignment;
    status = go_viewing_check(q);
    return status ? status : find_submission(q);
}

/* Who is not logged in is sent to the login page, and from there to where they wanted to go. */
static int login_first(go_request *q) {
    if (q->wants_json || q->route->method == GO_POST) return HTTP_UNAUTHORIZED;
    const char *next = apr_pstrcat(q->pool, q->mount, go_form_encode_path(q->pool, q->path), NULL);
    if (q->r->args) next = apr_pstrcat(q->pool, next, "?", q->r->args, NULL);
    return go_reply_redirect(
        q, apr_pstrcat(q->pool, q->mount, "/login?next=", go_form_encode(q->pool, next), NULL),
        NULL, 0);
}

static int decide(go_request *q) {
    switch (go_rights_decide(q->route->right, &q->at)) {
    case GO_ALLOWED:
        return HTTP_OK;
    case GO_LOGIN_FIRST:
        return login_first(q);
    case GO_FORBIDDEN:
        return HTTP_FORBIDDEN;
    case GO_HIDDEN:
        break;
    }
    return HTTP_NOT_FOUND;
}

static apr_status_t may_write(void *baton) {
    return go_web_csrf_check(baton);
}

/* Is the body a form, as far as its type says? Without a type it is taken for one. */
static int is_form(const go_request *q) {
    static const char plain[] = "application/x-www-form-urlencoded";
    const char *type = apr_table_get(q->r->headers_in, "Content-Type");
    if (!type || !strncasecmp(type, plain, sizeof plain - 1)) return 1;
    return q->route->takes_files && !strncasecmp(type, "multipart/form-data", 19);
}

static int refuse_type(go_request *q) {
    go_error_set(&q->err, GO_EINVALID,
                 q->route->takes_files
                     ? "Send it as application/x-www-form-urlencoded, or files as "
                       "multipart/form-data."
                     : "Send it as application/x-www-form-urlencoded.",
                 "This address takes a form, and the body is of another type.");
    return HTTP_UNSUPPORTED_MEDIA_TYPE;
}

/* Reads the body of a POST and checks that it comes from a form of ours. */
static apr_status_t read_input(go_request *q) {
    const char *type = apr_table_get(q->r->headers_in, "Content-Type");
    const go_body_limits limits = {q->site->max_upload, q->site->body_timeout};
    apr_status_t status;
    if (!go_web_is_same_origin(q))
        return go_error_set(&q->err, GO_EDENIED, "Nothing was changed.",
                            "The request comes from a page of another site.");
    if (q->route->takes_files && type && !strncasecmp(type, "multipart/form-data", 19))
        status = go_upload_read(&q->upload, q->r, q->site->state, &limits, q->form, may_write, q,
                                &q->err);
    else
        status = go_body_read(q->r, q->site->body_timeout, q->form, &q->err);
    /* the login form has no session to belong to: the origin is all there is to look at */
    if (!status && q->route->right != GO_RIGHT_PUBLIC) status = go_web_csrf_check(q);
    return status;
}

static int call_page(go_request *q) {
    json_t *page = json_object();
    int status = q->route->page(q, page);
    if (status == HTTP_OK || (status == HTTP_UNPROCESSABLE_ENTITY && q->route->template &&
                              json_object_get(page, "problems")))
        status = go_reply_page(q, q->route->template, page, status);
    json_decref(page);
    return status;
}

/* From the route to the page: OK when answered, or the HTTP status of what is in the way. */
static int handle(go_request *q) {
    apr_size_t length = q->r->args ? strlen(q->r->args) : 0;
    apr_pool_create(&q->loan, q->pool);
    if (go_site_connect(q->site, &q->db, q->loan, &q->err)) return HTTP_SERVICE_UNAVAILABLE;
    /* the session before the route: a page that is not there still knows who asks */
    if (go_web_session_load(q)) return go_failed(q);
    int status = go_rate_admit(q);
    if (status != HTTP_OK) return status;
    status = find_route(q);
    if (status != OK) return status;
    if (go_form_parse(q->query, q->r->args, length, &q->err)) return HTTP_BAD_REQUEST;
    status = go_factor_wall(q);
    if (status != HTTP_OK) return status;
    status = go_viewing_admit(q);
    if (status != HTTP_OK) return status;
    if (go_token_admit(q) || find_situation(q)) return go_failed(q);
    status = decide(q);
    if (status != HTTP_OK) return status;
    if (q->route->method == GO_POST && !is_form(q)) return refuse_type(q);
    if (q->route->method == GO_POST && read_input(q)) return go_failed(q);
    status = call_page(q);
    if (status == HTTP_NOT_MODIFIED) go_rate_was_fresh(q);
    return status;
}

/* What came without TLS and may not: nothing of it is read, no cookie and no body. */
static int refuse_plain(go_request *q, int status) {
    if (status == HTTP_MOVED_PERMANENTLY) return status;
    go_error_set(&q->err, GO_EDENIED,
                 "Use https:// in its place. If you sent a password or a token just now, others "
                 "may have read it: change it.",
                 "This site is served over TLS only, and nothing was done.");
    return go_reply_error(q, status);
}

int go_handler(request_rec *r) {
    if (!r->handler || strcmp(r->handler, "gradeoven")) return DECLINED;
    const char *mount = go_mount_of(r);
    go_site *site = go_site_of(r->server);
    if (!mount || !site) return DECLINED;
    go_request *q = make_request(r, site, mount);
    int status = go_tls_demand(r, go_request_plain_http(q));
    if (status != OK) return refuse_plain(q, status);
    status = go_static_handle(site->statics, r, q->path);
    if (status == DECLINED) status = handle(q);
    if (status == OK || status == HTTP_NOT_MODIFIED || status == DONE) return status;
    return go_reply_error(q, status);
}
