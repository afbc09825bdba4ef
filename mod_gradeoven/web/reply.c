#include "web/reply.h"

#include "web/problem.h"
#include "web/session.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>
#include <util_script.h>

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *text;
} notices[] = {
    {"saved", "Saved."},
    {"password", "Your password is changed. All other sessions are logged out."},
    {"avatar", "Your picture is changed."},
    {"submitted", "Submitted. Your files are stored safely."},
    {"again", "This was submitted already. Here it is."},
    {"created", "Created."},
    {"version", "The new version is stored; it grades what is submitted from now on."},
    {"unchanged", "Nothing was changed, so there is no new version."},
    {"restored", "That version is in use again, as a new one."},
    {"reference", "The reference solution is stored. Only staff can see it."},
    {"checking", "The self-check is queued."},
    {"copied", "Copied, as a draft."},
    {"published", "Published. Students can see it now."},
    {"unpublished", "Unpublished. Students cannot see it any more."},
    {"released", "The results are released. Students see them now."},
    {"withheld", "The results are withheld. Students do not see them any more."},
    {"rerun", "Queued to be graded again."},
    {"proposed", "Queued behind what students wait for. No grade changes until you apply it."},
    {"applied", "Applied. Students see the new results."},
    {"undone", "Undone. Students see the earlier results again."},
    {"dropped", "Dropped. No grade was changed."},
    {"demand", "Queued to be graded."},
    {"cancelled", "Grading was stopped."},
    {"first", "It will be graded next."},
    {"paused", "Grading is paused. Students can still submit."},
    {"resumed", "Grading has been resumed."},
    {"drained", "The queue is stopped. Runs in progress will be finished."},
    {"chosen", "This submission counts from now on."},
    {"hidden", "Others do not see you on the scoreboards of this course any more."},
    {"shown", "Others see you on the scoreboards of this course."},
    {"all-graded", "All submissions that count are graded."},
    {"feedback-released", "Released. Students see what is done."},
    {"withdrawn", "Withdrawn. Students do not see the feedback any more."},
    {"sent", "Your message is sent."},
    {"removed", "Dropped from the course. Work and grades are kept."},
    {"code", "There is a new code. The old one, if there was any, is not valid any more."},
    {"no-code", "There is no code any more."},
    {"joined", "You are in the course."},
    {"erased", "Erased. What is left has this pseudonym."},
    {"session-ended", "Logged out there."},
    {"factor-needed", "Your role on this site asks for a second factor. Set it up to go on."},
    {"factor-off", "The second factor is off."},
    {"factor-reset", "The second factor is off. Its user can set up another."},
    {"login-again", "That took too long, or too many codes were wrong. Log in again."},
    {"view-over", "You do not see a course as a student any more."},
    {"view-inside", "While you see a course as a student, you see nothing else."},
    {"logout", "You are logged out."},
};

const char *go_notice_text(const char *name) {
    for (size_t i = 0; name && i < sizeof(notices) / sizeof(*notices); i++)
        if (strcmp(name, notices[i].name) == 0) return notices[i].text;
    return NULL;
}

/* All answers pass here before their first byte. */
static void set_headers(go_request *q) {
    /* a client that reads slowly must not keep a connection to the database meanwhile */
    if (q->loan) apr_pool_destroy(q->loan);
    q->loan = NULL;
    q->db = NULL;
    apr_table_t *headers = q->r->err_headers_out; /* these stay when the status is an error */
    apr_table_setn(headers, "Content-Security-Policy", q->policy ? q->policy : GO_CSP);
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    apr_table_setn(headers, "Referrer-Policy", q->hides_address ? "no-referrer" : "same-origin");
    apr_table_setn(headers, "Cross-Origin-Opener-Policy", "same-origin");
    apr_table_setn(headers, "Cross-Origin-Resource-Policy", "same-origin");
    apr_table_setn(headers, "Permissions-Policy", GO_PERMISSIONS);
    apr_table_setn(headers, "Cache-Control", q->shows_secret ? "no-store" : "private, no-cache");
    go_tls_set_headers(q->r, q->mount, go_request_plain_http(q));
    apr_table_mergen(headers, "Vary", "Accept, Authorization, Cookie");
}

static int respond(go_request *q, int http_status, const char *type, const char *bytes,
                   apr_size_t length) {
    set_headers(q);
    q->r->status = http_status;
    ap_set_content_type(q->r, type);
    ap_set_content_length(q->r, (apr_off_t)length);
    if (!q->r->header_only) ap_rwrite(bytes, (int)length, q->r);
    return OK;
}

static int send_json(go_request *q, int http_status, const char *type, const json_t *value) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (!text) return HTTP_INTERNAL_SERVER_ERROR;
    const char *copy = apr_pstrcat(q->pool, text, "\n", NULL);
    free(text);
    return respond(q, http_status, type, copy, strlen(copy));
}

/* The banner of who sees a course as a student does. */
static json_t *json_viewing(const go_request *q, const go_view_as *view) {
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s}", "username", view->student->username, "name",
                     go_user_label(view->student), "course", view->course_title, "url",
                     go_url(q, "/courses/%s", view->course), "until",
                     go_json_time(q, q->zone, view->until_us), "viewer",
                     q->session->user->username);
}

/* What every page's template and JSON have: who is logged in, the form token, the site. */
static void add_frame(go_request *q, json_t *page) {
    const go_user *user = q->at.user;
    json_object_set_new(page, "mount", json_string(q->mount));
    json_object_set_new(page, "site", go_json_text(q, q->site->name));
    if (user)
        json_object_set_new(
            page, "user",
            json_pack("{s:s, s:s, s:b, s:b}", "username", user->username, "name",
                      go_user_label(user), "is_admin", user->is_admin, "may_make_course",
                      go_rights_decide(GO_RIGHT_MAKE_COURSE, &q->at) == GO_ALLOWED));
    if (q->view) json_object_set_new(page, "viewing", json_viewing(q, q->view));
    if (q->session) json_object_set_new(page, "csrf", json_string(q->session->csrf));
    const char *notice = q->query ? go_notice_text(go_form_get(q->query, "notice")) : NULL;
    if (notice) json_object_set_new(page, "notice", json_string(notice));
}

int go_reply_page(go_request *q, const char *template, json_t *page, int http_status) {
    add_frame(q, page);
    if (q->wants_json && http_status >= 400) { /* a form that was refused */
        go_problem_complete(q, page, http_status);
        return send_json(q, http_status, GO_PROBLEM_MEDIA_TYPE, page);
    }
    if (q->wants_json) return send_json(q, http_status, "application/json", page);
    json_object_set_new(
        page, "static",
        json_string(apr_pstrcat(q->pool, q->mount, go_static_prefix(q->site->statics), NULL)));
    go_buffer *html = go_buffer_make(q->pool, 16384);
    if (go_template_render(q->site->templates, template, page, html, &q->err)) {
        go_request_log(q, APLOG_ERR, "%s", go_error_text(&q->err));
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return respond(q, http_status, "text/html; charset=utf-8", html->bytes, html->length);
}

int go_reply_redirect(go_request *q, const char *url, const char *notice, int is_new) {
    if (q->wants_json) {
        json_t *answer = json_pack("{s:s}", "location", url);
        if (notice) json_object_set_new(answer, "notice", json_string(go_notice_text(notice)));
        int status = send_json(q, is_new ? HTTP_CREATED : HTTP_OK, "application/json", answer);
        json_decref(answer);
        return status;
    }
    set_headers(q);
    if (notice)
        url = apr_pstrcat(q->pool, url, strchr(url, '?') ? "&" : "?", "notice=", notice, NULL);
    apr_table_setn(q->r->headers_out, "Location", url);
    q->r->status = HTTP_SEE_OTHER;
    ap_set_content_length(q->r, 0);
    return OK;
}

static const char *usual_text(const go_request *q, int http_status) {
    const char *usual = go_problem_type_of(http_status)->usual;
    if (usual) return usual;
    return q->r->method_number == M_POST
               ? "Something went wrong on our side, and what you sent now was not stored. "
                 "Nothing you sent before is lost. Go back and try again."
               : "Something went wrong on our side. Nothing you sent before is lost; try again.";
}

int go_reply_error(go_request *q, int http_status) {
    const char *what = q->err.what && http_status != HTTP_NOT_FOUND ? q->err.what : NULL;
    if (http_status >= 500) { /* the reason is for the log, not for the visitor */
        if (q->err.what) go_request_log(q, APLOG_ERR, "%s", go_error_text(&q->err));
        what = NULL;
    }
    const char *remedy = what && q->err.remedy ? q->err.remedy : "";
    json_t *page =
        json_pack("{s:s, s:i, s:o, s:o}", "title", ap_get_status_line(http_status), "status",
                  http_status, "detail", go_json_text(q, what ? what : usual_text(q, http_status)),
                  "remedy", go_json_text(q, remedy));
    go_problem_headers(q, http_status);
    if (q->wants_json) go_problem_complete(q, page, http_status);
    int status = q->wants_json ? send_json(q, http_status, GO_PROBLEM_MEDIA_TYPE, page)
                               : go_reply_page(q, "error", page, http_status);
    json_decref(page);
    return status == OK ? OK : http_status;
}

int go_failed(const go_request *q) {
    return q->err.status ? go_http_status(q->err.status) : HTTP_INTERNAL_SERVER_ERROR;
}

int go_reply_is_fresh(go_request *q, const char *tag) {
    /* weak: a page carries the viewer's form token, and mod_deflate may change the bytes */
    const char *etag = apr_psprintf(q->pool, "W/\"%s\"", tag);
    apr_table_setn(q->r->headers_out, "ETag", etag);
    const char *known = apr_table_get(q->r->headers_in, "If-None-Match");
    if (!known || !strstr(known, etag)) return 0;
    set_headers(q);
    return 1;
}

static void set_download(go_request *q, const char *filename) {
    /* RFC 6266 with RFC 8187's encoding: any name in any browser, and nothing to escape wrongly */
    apr_table_setn(q->r->err_headers_out, "Content-Disposition",
                   apr_pstrcat(q->pool, "attachment; filename*=UTF-8''",
                               go_form_encode(q->pool, filename), NULL));
}

int go_reply_bytes(go_request *q, const char *type, const char *filename, const void *bytes,
                   apr_size_t length) {
    if (filename) set_download(q, filename);
    return respond(q, HTTP_OK, type, bytes, length);
}

int go_reply_object(go_request *q, const go_tree_entry *entry) {
    apr_file_t *file;
    apr_size_t sent;
    apr_status_t status =
        apr_file_open(&file, entry->file,
                      APR_FOPEN_READ | APR_FOPEN_BINARY | APR_FOPEN_SENDFILE_ENABLED, 0, q->pool);
    if (status) {
        go_error_system(&q->err, status, NULL, "An object could not be read (%s)", entry->file);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    const char *slash = strrchr(entry->path, '/');
    set_headers(q);
    set_download(q, slash ? slash + 1 : entry->path);
    ap_set_content_type(q->r, "application/octet-stream");
    ap_set_content_length(q->r, entry->size);
    if (!q->r->header_only) ap_send_fd(file, q->r, 0, (apr_size_t)entry->size, &sent);
    return OK;
}

static apr_status_t write_piece(void *baton, const void *bytes, apr_size_t length) {
    request_rec *r = baton;
    return ap_rwrite(bytes, (int)length, r) == (int)length ? APR_SUCCESS : APR_ECONNABORTED;
}

/* The 200 is out already: the connection breaks, so that nobody takes half for all. */
static int end_archive(go_request *q, apr_status_t status) {
    if (!status) return OK;
    go_request_log(q, APLOG_ERR, "download broken off: %s", go_error_text(&q->err));
    q->r->connection->aborted = 1;
    return OK;
}

static void begin_archive(go_request *q, go_archive_format format, const char *filename) {
    static const char *const types[] = {[GO_ARCHIVE_ZIP] = "application/zip",
                                        [GO_ARCHIVE_TAR_GZ] = "application/gzip",
                                        [GO_ARCHIVE_TAR] = "application/x-tar",
                                        [GO_ARCHIVE_TAR_XZ] = "application/x-xz"};
    set_headers(q);
    set_download(q, filename);
    ap_set_content_type(q->r, types[format]);
}

int go_reply_zip(go_request *q, const go_tree *tree, const char *filename) {
    return go_reply_archive(q, tree, GO_ARCHIVE_ZIP, filename);
}

int go_reply_archive(go_request *q, const go_tree *tree, go_archive_format format,
                     const char *filename) {
    begin_archive(q, format, filename);
    if (q->r->header_only) return OK;
    return end_archive(q, go_archive_write(tree, format, write_piece, q->r, q->pool, &q->err));
}

int go_reply_zip_pieces(go_request *q, go_archive_source source, void *baton,
                        const char *filename) {
    begin_archive(q, GO_ARCHIVE_ZIP, filename);
    if (q->r->header_only) return OK;
    return end_archive(q, go_archive_write_pieces(source, baton, GO_ARCHIVE_ZIP, write_piece, q->r,
                                                  q->pool, &q->err));
}

void go_page_problem(go_request *q, json_t *page, const char *text) {
    json_t *problems = json_object_get(page, "problems");
    if (!problems) {
        problems = json_array();
        json_object_set_new(page, "problems", problems);
        json_object_set_new(page, "has_problems", json_true());
    }
    json_array_append_new(problems, json_pack("{s:o}", "text", go_json_text(q, text)));
}

int go_page_failed(go_request *q, json_t *page) {
    int status = go_failed(q);
    if (status >= 500) return status;
    go_page_problem(q, page, go_error_text(&q->err));
    return HTTP_UNPROCESSABLE_ENTITY;
}
