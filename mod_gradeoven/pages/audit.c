/* The audit log of a course: who changed what, when; the newest 200 and links to those before. */
#include "pages/pages.h"

#include <apr_strings.h>

go_audit_entry audit_by(const go_request *q) {
    return (go_audit_entry){.at_us = q->now,
                            .actor = q->session->user->username,
                            .address = q->r->useragent_ip,
                            .course_id = q->at.course ? q->at.course->id : 0};
}

int audit_page(go_request *q, json_t *page) {
    apr_array_header_t *entries;
    const char *before = go_form_text(q->query, "before");
    page_begin(q, page, "Changes");
    if (go_audit_of_course(q->db, q->at.course->id, apr_atoi64(before), &entries, q->pool, &q->err))
        return go_failed(q);
    json_t *list = json_array();
    for (int i = 0; i < entries->nelts; i++) {
        const go_audit_entry *entry = &APR_ARRAY_IDX(entries, i, go_audit_entry);
        json_t *json = json_pack(
            "{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)entry->id, "at",
            go_json_time(q, q->zone, entry->at_us), "actor", go_json_text(q, entry->actor),
            "address", go_json_text(q, entry->address), "action", go_json_text(q, entry->action));
        json_object_set_new(json, "subject", go_json_text(q, entry->subject));
        json_object_set_new(json, "was", go_json_text(q, entry->was));
        json_object_set_new(json, "became", go_json_text(q, entry->became));
        json_array_append_new(list, json);
    }
    json_object_set_new(page, "entries", list);
    if (entries->nelts == 200)
        json_object_set_new(page, "older",
                            json_string(apr_psprintf(
                                q->pool, "%s?before=%" APR_INT64_T_FMT,
                                go_url(q, "/courses/%s/audit", q->at.course->name),
                                APR_ARRAY_IDX(entries, entries->nelts - 1, go_audit_entry).id)));
    return HTTP_OK;
}
