/* Enrolling by a code: the page where a user types it, and the buttons by which staff make it. */
#include "pages/pages.h"

#include "model/enrol_code.h"
#include "model/zone.h"

#include <apr_strings.h>
#include <http_log.h>

apr_status_t enrol_add_code(go_request *q, json_t *page) {
    go_enrol_code *code;
    apr_status_t status = go_enrol_code_find(q->db, q->at.course, &code, q->pool, &q->err);
    if (status || !code) return status;
    const char *url = apr_pstrcat(q->pool, go_url(q, "/enrol"), "?code=", code->code, NULL);
    json_object_set_new(page, "code",
                        json_pack("{s:s, s:s, s:s, s:o, s:b}", "code", code->code, "url", url,
                                  "section", code->section, "expires",
                                  go_json_time(q, q->zone, code->expires_us), "is_over",
                                  code->expires_us <= q->now));
    return APR_SUCCESS;
}

int roster_code(go_request *q, json_t *page) {
    static const char *const fields[] = {"code_section", "expires"};
    const go_audit_entry by = audit_by(q);
    apr_time_t expires;
    if (go_zone_parse_local(q->zone, go_form_text(q->form, "expires"), &expires, &q->err) ||
        go_enrol_code_rotate(q->db, q->at.course, go_form_text(q->form, "code_section"), expires,
                             &by, q->pool, &q->err)) {
        page_keep(q, page, fields, 2);
        return roster_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "a new code to enrol by");
    return go_reply_redirect(q, go_url(q, "/courses/%s/roster", q->at.course->name), "code", 1);
}

int roster_code_end(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    if (go_enrol_code_end(q->db, q->at.course, &by, q->pool, &q->err)) return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "no code to enrol by any more");
    return go_reply_redirect(q, go_url(q, "/courses/%s/roster", q->at.course->name), "no-code", 0);
}

int enrol_page(go_request *q, json_t *page) {
    page_begin(q, page, "Join a course");
    json_object_set_new(page, "form", json_pack("{s:s}", "code", go_form_text(q->query, "code")));
    return HTTP_OK;
}

int enrol_submit(go_request *q, json_t *page) {
    static const char *const fields[] = {"code"};
    const go_audit_entry by = audit_by(q);
    const char *course;
    if (go_enrol_by_code(q->db, q->at.user, go_form_text(q->form, "code"), &by, &course, q->pool,
                         &q->err)) {
        page_begin(q, page, "Join a course");
        page_keep(q, page, fields, 1);
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "joined the course \"%s\" by its code", course);
    return go_reply_redirect(q, go_url(q, "/courses/%s", course), "joined", 0);
}
