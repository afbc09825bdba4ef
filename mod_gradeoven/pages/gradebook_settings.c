/* What the grade is made of: categories with weights, and each column's part in it. */
#include "pages/gradebook.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static json_t *json_category(const go_request *q, const go_grade_category *category,
                             apr_int64_t chosen) {
    return json_pack("{s:I, s:o, s:s, s:i, s:b}", "id", (json_int_t)category->id, "name",
                     go_json_text(q, category->name), "weight",
                     go_score_format_milli(q->pool, category->weight_milli), "drop_lowest",
                     category->drop_lowest, "is_chosen", category->id == chosen);
}

static json_t *json_categories(const go_request *q, const go_gradebook *book, apr_int64_t chosen) {
    json_t *list = json_array();
    for (int i = 0; i < book->categories->nelts; i++)
        json_array_append_new(
            list, json_category(q, &APR_ARRAY_IDX(book->categories, i, go_grade_category), chosen));
    return list;
}

static json_t *json_column(const go_request *q, const go_gradebook *book,
                           const go_grade_column *column) {
    return json_pack("{s:s, s:o, s:s, s:b, s:b, s:b, s:b, s:o}", "key", column->key, "title",
                     go_json_text(q, column->title), "worth",
                     column->has_worth ? go_score_format_milli(q->pool, column->worth_milli) : "",
                     "is_manual", column->assignment_id == 0, "is_extra", column->is_extra,
                     "is_left_out", column->is_left_out, "is_draft", column->is_draft, "categories",
                     json_categories(q, book, column->category_id));
}

static apr_status_t fill(go_request *q, json_t *page, go_gradebook **book) {
    page_begin(q, page, "Gradebook settings");
    apr_status_t status = book_read(q, book);
    if (status) return status;
    json_t *columns = json_array();
    for (int i = 0; i < (*book)->columns->nelts; i++)
        json_array_append_new(
            columns, json_column(q, *book, &APR_ARRAY_IDX((*book)->columns, i, go_grade_column)));
    json_object_set_new(page, "columns", columns);
    json_object_set_new(page, "categories", json_categories(q, *book, 0));
    json_object_set_new(page, "has_categories", json_boolean((*book)->categories->nelts > 0));
    json_object_set_new(page, "book_url", json_string(url_book(q)));
    return APR_SUCCESS;
}

int gradebook_settings_page(go_request *q, json_t *page) {
    go_gradebook *book;
    return fill(q, page, &book) ? go_failed(q) : HTTP_OK;
}

/* What was typed is repeated in the form that it came from. */
static int refuse(go_request *q, json_t *page, const char *form) {
    static const char *const fields[] = {"name", "weight", "drop", "title", "worth"};
    go_error cause = q->err;
    go_gradebook *book;
    if (fill(q, page, &book)) return go_failed(q);
    q->err = cause;
    page_keep(q, page, fields, 5);
    json_object_set_new(page, "refused", json_string(form));
    return go_page_failed(q, page);
}

static int done(go_request *q) {
    go_request_log(q, APLOG_NOTICE, "gradebook's settings changed");
    return go_reply_redirect(q, apr_pstrcat(q->pool, url_book(q), "/settings", NULL), "saved", 0);
}

static apr_int64_t read_id(const go_request *q, const char *field) {
    return apr_atoi64(go_form_text(q->form, field));
}

int gradebook_category_set(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    const char *drop = go_form_text(q->form, "drop");
    int has_weight;
    go_grade_category category = {.id = read_id(q, "id"), .name = go_form_text(q->form, "name")};
    if (strcmp(go_form_text(q->form, "what"), "remove") == 0)
        return go_grade_category_remove(q->db, q->at.course, &category, &by, q->pool, &q->err)
                   ? refuse(q, page, "category")
                   : done(q);
    category.drop_lowest =
        strspn(drop, "0123456789") == strlen(drop) && strlen(drop) < 6 ? (int)apr_atoi64(drop) : -1;
    if (book_points(q, "weight", "weight", &has_weight, &category.weight_milli) ||
        go_grade_category_set(q->db, q->at.course, &category, &by, q->pool, &q->err))
        return refuse(q, page, "category");
    return done(q);
}

int gradebook_column_set(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    const char *key = go_form_text(q->form, "column");
    go_gradebook *book = NULL;
    go_grade_column column = {.title = go_form_text(q->form, "title")};
    int index = -1;
    if (book_read(q, &book) || !book || (*key && book_column(q, book, key, &index)))
        return go_failed(q);
    if (index >= 0) {
        column = APR_ARRAY_IDX(book->columns, index, go_grade_column);
        if (!column.assignment_id) column.title = go_form_text(q->form, "title");
    }
    if (strcmp(go_form_text(q->form, "what"), "remove") == 0) {
        if (index < 0) return HTTP_BAD_REQUEST;
        column.title = APR_ARRAY_IDX(book->columns, index, go_grade_column).title;
        return go_grade_column_remove(q->db, q->at.course, &column, &by, q->pool, &q->err)
                   ? refuse(q, page, "column")
                   : done(q);
    }
    column.category_id = read_id(q, "category");
    column.is_extra = strcmp(go_form_text(q->form, "extra"), "1") == 0;
    column.is_left_out = strcmp(go_form_text(q->form, "left_out"), "1") == 0;
    if (book_points(q, "worth", "number of points", &column.has_worth, &column.worth_milli) ||
        go_grade_column_set(q->db, q->at.course, &column, &by, q->pool, &q->err))
        return refuse(q, page, "column");
    return done(q);
}
