/*
 * The gradebook: students by columns, a hundred students a page, in the order asked for; of one
 * section if asked for.
 */
#include "pages/gradebook.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

enum { PAGE_ROWS = 100 };

const char *url_book(const go_request *q) {
    return go_url(q, "/courses/%s/gradebook", q->at.course->name);
}

apr_status_t book_read(go_request *q, go_gradebook **book) {
    return go_gradebook_read(q->db, q->at.course, 0, GO_BOOK_STAFF, q->now, book, q->pool, &q->err);
}

apr_status_t book_column(go_request *q, const go_gradebook *book, const char *key, int *index) {
    *index = go_gradebook_column(book, key);
    if (*index >= 0) return APR_SUCCESS;
    return go_error_set(&q->err, GO_ENOTFOUND, "Go back to the gradebook.",
                        "There is no such column (any more).");
}

apr_status_t book_points(go_request *q, const char *field, const char *name, int *has,
                         apr_int64_t *milli) {
    const char *text = go_form_text(q->form, field);
    text += strspn(text, " \t");
    *has = *text != '\0';
    *milli = 0;
    if (!*has) return APR_SUCCESS;
    int sign = *text == '-' ? -1 : 1;
    if (strchr("+-", *text)) text++;
    if (go_score_parse_milli(text, strlen(text), milli))
        return go_error_set(&q->err, GO_EINVALID,
                            "Give a number with at most three decimals, such as 8.5.",
                            "The %s is no number.", name);
    *milli *= sign;
    return APR_SUCCESS;
}

json_t *json_total(const go_request *q, const go_grade_row *row) {
    return row->has_total ? json_string(go_grade_percent_text(row->total_milli, q->pool))
                          : json_null();
}

/* "graded", "excused", "missing", "waiting" (handed in, nothing to show yet), "blind", "none". */
static const char *state_of(const go_grade *grade) {
    if (grade->is_excused) return "excused";
    if (grade->is_hidden) return "blind";
    if (grade->has_override || (grade->has_points && grade->number)) return "graded";
    if (grade->number) return "waiting";
    return grade->has_points ? grade->is_over ? "missing" : "graded" : "none";
}

json_t *json_grade(const go_request *q, const go_grade_column *column, const go_grade *grade) {
    int shows = grade->has_points && !grade->is_hidden;
    json_t *json = json_pack(
        "{s:s, s:s, s:b, s:b, s:b, s:b}", "column", column->key, "state", state_of(grade),
        "is_late", grade->is_late && !grade->is_hidden, "is_dropped", grade->is_dropped, "is_set",
        grade->has_override || grade->adjustment_milli != 0, "is_excused", grade->is_excused);
    json_object_set_new(json, "points",
                        shows ? json_string(go_score_format_milli(q->pool, grade->points_milli))
                              : json_null());
    json_object_set_new(json, "out_of",
                        shows ? json_string(go_score_format_milli(q->pool, grade->out_of_milli))
                              : json_null());
    json_object_set_new(json, "reason",
                        *grade->reason && !grade->is_hidden ? go_json_text(q, grade->reason)
                                                            : json_null());
    return json;
}

/* --- order and selection ---------------------------------------------------------------------- */

/* qsort has no baton: the order of this thread's request. */
static __thread struct {
    int column; /* an index; -1: the total; -2: the name */
    int sign;
} order;

static int compare_numbers(int has_a, apr_int64_t a, int has_b, apr_int64_t b) {
    if (has_a != has_b) return has_a ? -1 : 1; /* who has nothing comes last either way */
    return has_a && a != b ? (a < b ? -order.sign : order.sign) : 0;
}

static int compare_rows(const void *a, const void *b) {
    const go_grade_row *left = *(const go_grade_row *const *)a,
                       *right = *(const go_grade_row *const *)b;
    int names = strcmp(left->person->username, right->person->username), found = 0;
    if (order.column == -2) return names * order.sign;
    if (order.column == -1)
        found = compare_numbers(left->has_total, left->total_milli, right->has_total,
                                right->total_milli);
    else {
        const go_grade *x = &left->grades[order.column], *y = &right->grades[order.column];
        found = compare_numbers(x->has_points && !x->is_excused, x->points_milli,
                                y->has_points && !y->is_excused, y->points_milli);
    }
    return found ? found : names;
}

static void read_order(const go_request *q, const go_gradebook *book) {
    const char *sort = go_form_text(q->query, "sort");
    order.sign = strcmp(go_form_text(q->query, "order"), "desc") == 0 ? -1 : 1;
    int column = go_gradebook_column(book, sort);
    order.column = strcmp(sort, "total") == 0 ? -1 : column >= 0 ? column : -2;
}

/* Pointers to the rows that are asked for, in order. */
static apr_array_header_t *select_rows(const go_request *q, const go_gradebook *book) {
    const char *section = go_form_text(q->query, "section");
    apr_array_header_t *rows =
        apr_array_make(q->pool, book->rows->nelts + 1, sizeof(go_grade_row *));
    for (int i = 0; i < book->rows->nelts; i++) {
        go_grade_row *row = &APR_ARRAY_IDX(book->rows, i, go_grade_row);
        if (!*section || strcmp(row->person->section, section) == 0)
            APR_ARRAY_PUSH(rows, go_grade_row *) = row;
    }
    read_order(q, book);
    qsort(rows->elts, (size_t)rows->nelts, sizeof(go_grade_row *), compare_rows);
    return rows;
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* The address of this page with another order or number; `page` 0: the first. */
static const char *url_with(const go_request *q, const char *sort, const char *direction,
                            int page) {
    const char *section = go_form_text(q->query, "section");
    return apr_psprintf(q->pool, "%s?sort=%s&order=%s%s%s%s", url_book(q),
                        go_form_encode(q->pool, sort), direction, *section ? "&section=" : "",
                        *section ? go_form_encode(q->pool, section) : "",
                        page > 1 ? apr_psprintf(q->pool, "&page=%d", page) : "");
}

/* What a heading sorts by: a second click turns it round. */
static void add_sorting(const go_request *q, json_t *json, const char *key, int index) {
    int is_this = order.column == index;
    const char *next = is_this && order.sign > 0 ? "desc" : "asc";
    json_object_set_new(json, "sort_url", json_string(url_with(q, key, next, 0)));
    json_object_set_new(json, "sorted",
                        is_this ? json_string(order.sign > 0 ? "ascending" : "descending")
                                : json_null());
}

static json_t *json_column(const go_request *q, const go_gradebook *book, int index) {
    const go_grade_column *column = &APR_ARRAY_IDX(book->columns, index, go_grade_column);
    json_t *json =
        json_pack("{s:s, s:o, s:b, s:b, s:b, s:b}", "key", column->key, "title",
                  go_json_text(q, column->title), "is_manual", column->assignment_id == 0,
                  "is_extra", column->is_extra, "is_left_out",
                  column->is_left_out || (book->categories->nelts && column->category < 0),
                  "is_draft", column->is_draft);
    json_object_set_new(json, "out_of",
                        column->out_of_milli
                            ? json_string(go_score_format_milli(q->pool, column->out_of_milli))
                            : json_null());
    json_object_set_new(
        json, "category",
        column->category >= 0
            ? json_string(APR_ARRAY_IDX(book->categories, column->category, go_grade_category).name)
            : json_null());
    add_sorting(q, json, column->key, index);
    return json;
}

static json_t *json_row(const go_request *q, const go_gradebook *book, const go_grade_row *row) {
    const go_enrolment *person = row->person;
    json_t *grades = json_array();
    for (int i = 0; i < book->columns->nelts; i++) {
        const go_grade_column *column = &APR_ARRAY_IDX(book->columns, i, go_grade_column);
        json_t *json = json_grade(q, column, &row->grades[i]);
        json_object_set_new(
            json, "url",
            json_string(apr_psprintf(q->pool, "%s/cell?student=%s&column=%s", url_book(q),
                                     person->username, go_form_encode(q->pool, column->key))));
        json_array_append_new(grades, json);
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "username", person->username, "name",
                     *person->display_name ? person->display_name : person->username, "section",
                     person->section, "total", json_total(q, row), "grades", grades);
}

static void add_rows(const go_request *q, json_t *page, const go_gradebook *book) {
    apr_array_header_t *rows = select_rows(q, book);
    int pages = rows->nelts ? (rows->nelts + PAGE_ROWS - 1) / PAGE_ROWS : 1;
    int number = page_number(q, pages);
    const char *sort = go_form_text(q->query, "sort"), *direction = order.sign > 0 ? "asc" : "desc";
    json_t *list = json_array();
    for (int i = (number - 1) * PAGE_ROWS; i < rows->nelts && i < number * PAGE_ROWS; i++)
        json_array_append_new(list, json_row(q, book, APR_ARRAY_IDX(rows, i, go_grade_row *)));
    json_object_set_new(page, "rows", list);
    json_object_set_new(page, "count", json_integer(rows->nelts));
    json_object_set_new(page, "page", json_integer(number));
    json_object_set_new(page, "pages", json_integer(pages));
    if (number > 1)
        json_object_set_new(page, "before", json_string(url_with(q, sort, direction, number - 1)));
    if (number < pages)
        json_object_set_new(page, "after", json_string(url_with(q, sort, direction, number + 1)));
}

static apr_status_t add_sections(go_request *q, json_t *page) {
    apr_array_header_t *sections = NULL;
    const char *chosen = go_form_text(q->query, "section");
    json_t *list = json_array();
    apr_status_t status = go_sections(q->db, q->at.course->id, &sections, q->pool, &q->err);
    for (int i = 0; !status && sections && i < sections->nelts; i++) {
        const char *name = APR_ARRAY_IDX(sections, i, const char *);
        json_array_append_new(
            list, json_pack("{s:s, s:b}", "name", name, "is_chosen", strcmp(name, chosen) == 0));
    }
    json_object_set_new(page, "sections", list);
    return status;
}

int gradebook_page(go_request *q, json_t *page) {
    go_gradebook *book;
    page_begin(q, page, "Gradebook");
    if (book_read(q, &book) || add_sections(q, page)) return go_failed(q);
    add_rows(q, page, book);
    json_t *columns = json_array(), *by_name = json_object(), *by_total = json_object();
    for (int i = 0; i < book->columns->nelts; i++)
        json_array_append_new(columns, json_column(q, book, i));
    add_sorting(q, by_name, "name", -2);
    add_sorting(q, by_total, "total", -1);
    json_object_set_new(page, "columns", columns);
    json_object_set_new(page, "has_columns", json_boolean(book->columns->nelts > 0));
    json_object_set_new(page, "by_name", by_name);
    json_object_set_new(page, "by_total", by_total);
    json_object_set_new(page, "book_url", json_string(url_book(q)));
    return HTTP_OK;
}
