/* Personal tokens, in the settings: making one, which is shown once, and ending one. */
#include "pages/pages.h"

#include "model/tokens.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static apr_status_t add_courses(go_request *q, json_t *page) {
    apr_array_header_t *courses = NULL;
    json_t *list = json_array();
    apr_status_t status = go_courses_of_user(q->db, q->at.user->id, &courses, q->pool, &q->err);
    for (int i = 0; !status && courses && i < courses->nelts; i++) {
        const go_course *course = APR_ARRAY_IDX(courses, i, go_course *);
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "name", course->name, "title", course->title));
    }
    json_object_set_new(page, "courses", list);
    return status;
}

static apr_status_t fill(go_request *q, json_t *page) {
    apr_array_header_t *tokens = NULL;
    json_t *list = json_array();
    page_begin(q, page, "Tokens");
    json_object_set_new(page, "tokens", list);
    apr_status_t status = go_tokens_of_user(q->db, q->at.user->id, &tokens, q->pool, &q->err);
    for (int i = 0; !status && tokens && i < tokens->nelts; i++) {
        const go_token *one = &APR_ARRAY_IDX(tokens, i, go_token);
        json_array_append_new(
            list,
            json_pack("{s:I, s:o, s:s, s:s?, s:o, s:o, s:o, s:b}", "id", (json_int_t)one->id,
                      "name", go_json_text(q, one->name), "scope", go_token_scope_name(one->scope),
                      "course", one->course, "created", go_json_time(q, "UTC", one->created_us),
                      "expires", go_json_time(q, "UTC", one->expires_us), "used",
                      go_json_time(q, "UTC", one->used_us), "is_over", one->expires_us <= q->now));
    }
    return status ? status : add_courses(q, page);
}

int tokens_page(go_request *q, json_t *page) {
    return fill(q, page) ? go_failed(q) : HTTP_OK;
}

int token_create(go_request *q, json_t *page) {
    static const char *const fields[] = {"name", "days"};
    const go_audit_entry by = audit_by(q);
    const char *secret, *days = go_form_text(q->form, "days");
    int scope = go_token_scope_parse(go_form_text(q->form, "scope"));
    go_token typed = {.name = go_form_text(q->form, "name"),
                      .scope = scope < 0 ? GO_TOKEN_READ : (go_token_scope)scope,
                      .course = go_form_text(q->form, "course")};
    int is_number = *days && strspn(days, "0123456789") == strlen(days) && strlen(days) < 6;
    if (go_token_create(q->db, q->at.user, &typed, is_number ? (int)apr_atoi64(days) : 0, &by,
                        &secret, q->pool, &q->err)) {
        go_error cause = q->err;
        if (fill(q, page)) return go_failed(q);
        q->err = cause;
        page_keep(q, page, fields, 2);
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "token made, scope %s", go_token_scope_name(typed.scope));
    if (fill(q, page)) return go_failed(q);
    json_object_set_new(page, "secret", json_string(secret));
    return HTTP_OK;
}

int token_end(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    int ended;
    (void)page;
    if (go_token_revoke(q->db, q->at.user, apr_atoi64(go_form_text(q->form, "id")), &by, &ended,
                        q->pool, &q->err))
        return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "token ended");
    return go_reply_redirect(q, go_url(q, "/settings/tokens"), "saved", 0);
}
