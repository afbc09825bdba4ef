#include "web/problem.h"

#include "web/handler.h"

#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <util_filter.h>

#include <stdlib.h>
#include <string.h>

#define FILTER "GRADEOVEN_PROBLEM"

/* clang-format off */
const go_problem_type go_problem_types[] = {
    {HTTP_BAD_REQUEST, "bad-request", "Bad request",
     "The request could not be understood.",
     "The address, a header or the body is malformed."},
    {HTTP_UNAUTHORIZED, "not-logged-in", "Not logged in",
     "Log in first.",
     "There is no token, or it is none: mistyped, ended by its user, over, or its user may not log in."},
    {HTTP_FORBIDDEN, "forbidden", "Forbidden",
     "Your role does not allow this.",
     "You are known, but your role or the token's scope does not reach this; or a form came without its form token."},
    {HTTP_NOT_FOUND, "not-found", "Not found",
     "There is no such page, or it is not yours to see.",
     "There is nothing at this address, or it is not yours to know that there is."},
    {HTTP_METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed",
     "This address does not take requests of that kind.",
     "The header Allow has the methods that this address takes."},
    {HTTP_CONFLICT, "conflict", "Conflict",
     "Something else has happened meanwhile.",
     "What is there has changed meanwhile, or its state does not allow this now. Look at it again."},
    {HTTP_REQUEST_ENTITY_TOO_LARGE, "too-large", "Too large",
     "That was too large.",
     "The body is larger than the site takes (GradeOvenMaxUpload)."},
    {HTTP_UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type",
     "A body of that type is not understood.",
     "A body is application/x-www-form-urlencoded, or multipart/form-data where files are taken."},
    {HTTP_UNPROCESSABLE_ENTITY, "invalid", "Invalid",
     "What was sent makes no sense here.",
     "It was read, and something in it is wrong. Nothing was changed. Where a form was refused, \"problems\" has each text, and the page's other members say what the form is about."},
    {HTTP_TOO_MANY_REQUESTS, "too-many-requests", "Too many requests",
     "That were too many requests.",
     "The header Retry-After says how many seconds to wait."},
    {HTTP_SERVICE_UNAVAILABLE, "unavailable", "Unavailable",
     NULL,
     "The site is overloaded, or its database cannot be reached. Nothing that was acknowledged is lost; ask again after Retry-After."},
    {HTTP_INTERNAL_SERVER_ERROR, "internal-error", "Internal error",
     NULL,
     "A fault of ours, whose reason is in the site's error log. Nothing that was acknowledged is lost."},
    {0, NULL, NULL, NULL, NULL},
};
/* clang-format on */

static const go_problem_type other_client_error = {0, NULL, NULL,
                                                   "The request was not answered as asked.", NULL};

const go_problem_type *go_problem_type_of(int http_status) {
    const go_problem_type *type = go_problem_types;
    while (type->name && type->status != http_status)
        type++;
    if (type->name) return type;
    return http_status >= 500 ? go_problem_type_of(HTTP_INTERNAL_SERVER_ERROR)
                              : &other_client_error;
}

/* "A. B": what stands above a refused form, as one text; NULL when nothing does. */
static const char *joined_problems(const json_t *json, apr_pool_t *pool) {
    const char *text = NULL;
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(json, "problems"), i, one) {
        const char *next = json_string_value(json_object_get(one, "text"));
        if (next) text = text ? apr_pstrcat(pool, text, " ", next, NULL) : next;
    }
    return text;
}

static json_t *text_of(const char *text) {
    json_t *json = json_string(text);
    return json ? json : json_string("");
}

static void complete(json_t *json, int http_status, const char *mount, const char *path,
                     apr_pool_t *pool) {
    const go_problem_type *type = go_problem_type_of(http_status);
    const char *what = joined_problems(json, pool);
    const char *title = type->title ? type->title : ap_get_status_line(http_status) + 4;
    const char *name = type->name ? apr_pstrcat(pool, mount, "/api#", type->name, NULL)
                                  : "about:blank"; /* what RFC 9457 has for "as the status says" */
    if (!what) what = type->usual;
    json_object_set_new(json, "type", text_of(name));
    json_object_set_new(json, "title", text_of(title));
    json_object_set_new(json, "status", json_integer(http_status));
    if (!json_object_get(json, "detail"))
        json_object_set_new(json, "detail", text_of(what ? what : title));
    json_object_set_new(json, "instance",
                        text_of(apr_pstrcat(pool, mount, go_form_encode_path(pool, path), NULL)));
}

void go_problem_complete(const go_request *q, json_t *json, int http_status) {
    complete(json, http_status, q->mount, q->path, q->pool);
}

void go_problem_headers(const go_request *q, int http_status) {
    apr_table_t *headers = q->r->err_headers_out;
    if (http_status == HTTP_UNAUTHORIZED)
        apr_table_setn(headers, "WWW-Authenticate",
                       q->is_program ? "Bearer realm=\"Grade Oven\", error=\"invalid_token\""
                                     : "Bearer realm=\"Grade Oven\"");
    if (http_status == HTTP_SERVICE_UNAVAILABLE && !apr_table_get(headers, "Retry-After"))
        apr_table_setn(headers, "Retry-After", "5");
}

/* --- what httpd answers ---------------------------------------------------------------------- */

static const char *httpd_problem(const request_rec *r, const char *mount) {
    const char *path = r->uri + strlen(mount);
    json_t *json = json_object();
    complete(json, r->status, mount, *path ? path : "/", r->pool);
    char *text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    const char *copy = text ? apr_pstrcat(r->pool, text, "\n", NULL) : "{}\n";
    free(text);
    json_decref(json);
    return copy;
}

/* Takes httpd's HTML away and puts the document in its place. */
static apr_status_t filter(ap_filter_t *f, apr_bucket_brigade *in) {
    request_rec *r = f->r;
    int is_last = !APR_BRIGADE_EMPTY(in) && APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(in));
    apr_brigade_cleanup(in);
    if (!is_last) return APR_SUCCESS;
    const char *mount = go_mount_of(r);
    const char *text = httpd_problem(r, mount ? mount : "");
    apr_bucket_brigade *out = apr_brigade_create(r->pool, f->c->bucket_alloc);
    ap_set_content_type(r, GO_PROBLEM_MEDIA_TYPE);
    ap_set_content_length(r, (apr_off_t)strlen(text));
    APR_BRIGADE_INSERT_TAIL(
        out, apr_bucket_pool_create(text, strlen(text), r->pool, f->c->bucket_alloc));
    APR_BRIGADE_INSERT_TAIL(out, apr_bucket_eos_create(f->c->bucket_alloc));
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, out);
}

void go_problem_filter_insert(request_rec *r) {
    if (r->header_only || !r->uri || !go_mount_of(r) || !go_wants_json(r)) return;
    ap_add_output_filter(FILTER, NULL, r, r->connection);
}

void go_problem_filter_register(void) {
    ap_register_output_filter(FILTER, filter, NULL, AP_FTYPE_RESOURCE);
}
