/*
 * Points from a list into columns that people fill in. As with rosters: what it would change is
 * shown first, and only what was shown is applied.
 */
#include "pages/gradebook.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static void begin(go_request *q, json_t *page) {
    page_begin(q, page, "Import points");
    json_object_set_new(page, "book_url", json_string(url_book(q)));
}

int gradebook_import_page(go_request *q, json_t *page) {
    begin(q, page);
    return HTTP_OK;
}

static json_t *json_change(const go_request *q, const go_grade_change *change) {
    return json_pack(
        "{s:i, s:s, s:o, s:o, s:s}", "line", change->line, "username",
        change->row->person->username, "column", go_json_text(q, change->column->title), "was",
        change->has_been ? json_string(go_score_format_milli(q->pool, change->was_milli))
                         : json_null(),
        "becomes", go_score_format_milli(q->pool, change->milli));
}

static void add_preview(go_request *q, json_t *page, const apr_array_header_t *changes,
                        const char *csv) {
    json_t *list = json_array();
    for (int i = 0; i < changes->nelts; i++)
        json_array_append_new(list, json_change(q, &APR_ARRAY_IDX(changes, i, go_grade_change)));
    json_object_set_new(page, "preview",
                        json_pack("{s:s, s:o, s:i, s:b, s:o}", "digest",
                                  go_grade_import_digest(changes, q->pool), "csv",
                                  go_json_text(q, csv), "count", changes->nelts, "has_changes",
                                  changes->nelts > 0, "changes", list));
}

static int refuse(go_request *q, json_t *page, const go_problems *problems, const char *csv) {
    begin(q, page);
    for (int i = 0; i < problems->list->nelts; i++)
        go_page_problem(q, page, APR_ARRAY_IDX(problems->list, i, go_problem).text);
    json_object_set_new(page, "form", json_pack("{s:o}", "csv", go_json_text(q, csv)));
    return HTTP_UNPROCESSABLE_ENTITY;
}

static int apply(go_request *q, json_t *page, const apr_array_header_t *changes, const char *csv,
                 apr_size_t length) {
    const go_audit_entry by = audit_by(q);
    int count = 0;
    if (go_grade_import_apply(q->db, q->at.course, csv, length, go_form_text(q->form, "apply"), &by,
                              &count, q->pool, &q->err)) {
        begin(q, page);
        add_preview(q, page, changes, csv);
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "%d grades imported", count);
    return go_reply_redirect(q, url_book(q), "saved", 0);
}

int gradebook_import(go_request *q, json_t *page) {
    const char *csv;
    apr_size_t length;
    go_gradebook *book;
    apr_array_header_t *changes;
    go_problems *problems = go_problems_make(q->pool);
    if (csv_read(q, &csv, &length)) {
        begin(q, page);
        return go_page_failed(q, page);
    }
    if (book_read(q, &book)) return go_failed(q);
    if (go_grade_import_read(book, csv, length, &changes, q->pool, problems))
        return refuse(q, page, problems, csv);
    if (*go_form_text(q->form, "apply")) return apply(q, page, changes, csv, length);
    begin(q, page);
    add_preview(q, page, changes, csv);
    return HTTP_OK;
}
