/*
 * The audit log: who changed what, when; of a course for those who teach it, of the whole site for
 * admins. The newest 200 and a link to those before; all of it as CSV.
 */
#include "pages/pages.h"

#include "model/csv.h"

#include <apr_strings.h>

#include <string.h>

enum { PAGE_ENTRIES = 200, ABOUT_MAX = 200 };

go_audit_entry audit_by(const go_request *q) {
    return (go_audit_entry){.at_us = q->now,
                            .actor = q->session->user->username,
                            .address = q->r->useragent_ip,
                            .course_id = q->at.course ? q->at.course->id : 0};
}

apr_status_t audit_account(go_request *q, const char *action, const go_user *user, const char *was,
                           const char *became) {
    const go_user *actor = q->session ? q->session->user : user;
    go_audit_entry entry = {.at_us = q->now,
                            .actor = actor->username,
                            .address = q->r->useragent_ip,
                            .action = action,
                            .subject = user->username,
                            .was = was,
                            .became = became};
    return go_audit_add(q->db, &entry, q->pool, &q->err);
}

static const char *url_audit(const go_request *q) {
    return q->at.course ? go_url(q, "/courses/%s/audit", q->at.course->name)
                        : go_url(q, "/admin/audit");
}

/* The zone of times: a course's, or UTC where there are several. */
static const char *zone_of(const go_request *q) {
    return q->at.course ? q->zone : "UTC";
}

static const char *read_about(const go_request *q) {
    const char *about = go_form_text(q->query, "about");
    return strlen(about) <= ABOUT_MAX ? about : apr_pstrmemdup(q->pool, about, ABOUT_MAX);
}

static apr_status_t list_below(go_request *q, apr_int64_t before, apr_array_header_t **entries,
                               apr_pool_t *pool) {
    return go_audit_list(q->db, q->at.course ? q->at.course->id : 0, before, read_about(q), entries,
                         pool, &q->err);
}

static json_t *json_entry(const go_request *q, const go_audit_entry *entry) {
    json_t *json = json_pack(
        "{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)entry->id, "at",
        go_json_time(q, zone_of(q), entry->at_us), "actor", go_json_text(q, entry->actor),
        "address", go_json_text(q, entry->address), "action", go_json_text(q, entry->action));
    json_object_set_new(json, "subject", go_json_text(q, entry->subject));
    json_object_set_new(json, "was", go_json_text(q, entry->was));
    json_object_set_new(json, "became", go_json_text(q, entry->became));
    json_object_set_new(json, "sequence",
                        entry->sequence ? json_integer(entry->sequence) : json_null());
    json_object_set_new(json, "hash", json_string(entry->hash));
    return json;
}

int audit_page(go_request *q, json_t *page) {
    apr_array_header_t *entries;
    const char *about = read_about(q);
    page_begin(q, page, "Changes");
    if (list_below(q, apr_atoi64(go_form_text(q->query, "before")), &entries, q->pool))
        return go_failed(q);
    json_t *list = json_array();
    for (int i = 0; i < entries->nelts; i++)
        json_array_append_new(list, json_entry(q, &APR_ARRAY_IDX(entries, i, go_audit_entry)));
    json_object_set_new(page, "entries", list);
    json_object_set_new(page, "about", go_json_text(q, about));
    json_object_set_new(page, "audit_url", json_string(url_audit(q)));
    json_object_set_new(page, "export_url",
                        json_string(apr_psprintf(q->pool, "%s/export?about=%s", url_audit(q),
                                                 go_form_encode(q->pool, about))));
    json_object_set_new(page, "is_of_site", json_boolean(!q->at.course));
    if (entries->nelts == PAGE_ENTRIES)
        json_object_set_new(page, "older",
                            json_string(apr_psprintf(
                                q->pool, "%s?about=%s&before=%" APR_INT64_T_FMT, url_audit(q),
                                go_form_encode(q->pool, about),
                                APR_ARRAY_IDX(entries, entries->nelts - 1, go_audit_entry).id)));
    return HTTP_OK;
}

static void export_row(const go_request *q, go_buffer *csv, const go_audit_entry *entry,
                       apr_pool_t *pool) {
    json_t *at = go_json_time(q, zone_of(q), entry->at_us);
    const char *const cells[] = {apr_psprintf(pool, "%" APR_INT64_T_FMT, entry->sequence),
                                 json_string_value(json_object_get(at, "iso")),
                                 entry->actor,
                                 entry->address,
                                 entry->action,
                                 entry->subject,
                                 entry->was,
                                 entry->became,
                                 entry->hash};
    go_csv_write_row(csv, cells, (int)(sizeof cells / sizeof *cells));
    json_decref(at);
}

int audit_export(go_request *q, json_t *page) {
    static const char *const titles[] = {"number",  "time", "who",    "address", "what",
                                         "of whom", "was",  "became", "hash"};
    go_buffer *csv = go_buffer_make(q->pool, 65536);
    apr_array_header_t *entries;
    apr_int64_t before = 0;
    apr_pool_t *some;
    apr_pool_create(&some, q->pool);
    go_buffer_puts(csv, "\xEF\xBB\xBF"); /* without it Excel takes UTF-8 for Windows-1252 */
    go_csv_write_row(csv, titles, (int)(sizeof titles / sizeof *titles));
    do {
        apr_pool_clear(some);
        if (list_below(q, before, &entries, some)) return go_failed(q);
        for (int i = 0; i < entries->nelts; i++) {
            const go_audit_entry *entry = &APR_ARRAY_IDX(entries, i, go_audit_entry);
            export_row(q, csv, entry, some);
            before = entry->id;
        }
    } while (entries->nelts == PAGE_ENTRIES);
    const char *whose = q->at.course ? q->at.course->name : "site";
    return go_reply_bytes(q, "text/csv; charset=utf-8",
                          apr_pstrcat(q->pool, whose, "-changes.csv", NULL), csv->bytes,
                          csv->length);
}
