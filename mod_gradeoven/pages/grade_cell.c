/* One cell of the gradebook: what was measured, what staff set, who did when; and setting it. */
#include "pages/gradebook.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

typedef struct cell {
    const go_gradebook *book;
    const go_grade_column *column;
    const go_grade_row *row;
    const go_grade *grade;
} cell;

static const char *input(const go_request *q, const char *name) {
    const char *text = go_form_text(q->form, name);
    return *text ? text : go_form_text(q->query, name);
}

/* The cell that the query or the form names. */
static apr_status_t find(go_request *q, cell *c) {
    go_gradebook *book = NULL;
    int index = -1;
    apr_status_t status = book_read(q, &book);
    if (!status && book) status = book_column(q, book, input(q, "column"), &index);
    if (status || !book) return status;
    const go_grade_row *row = go_gradebook_row(book, input(q, "student"));
    if (!row)
        return go_error_set(&q->err, GO_ENOTFOUND, "Go back to the gradebook.",
                            "There is no such student in this course.");
    *c = (cell){book, &APR_ARRAY_IDX(book->columns, index, go_grade_column), row,
                &row->grades[index]};
    return APR_SUCCESS;
}

/* What the log has of this cell. */
static apr_status_t add_history(go_request *q, json_t *page, const cell *c) {
    apr_array_header_t *entries = NULL;
    const char *what = c->column->assignment_id ? c->column->name : c->column->title,
               *subject = apr_psprintf(q->pool, "%s, %s", what, c->row->person->username);
    json_t *list = json_array();
    apr_status_t status =
        go_audit_list(q->db, q->at.course->id, 0, subject, &entries, q->pool, &q->err);
    for (int i = 0; !status && entries && i < entries->nelts; i++) {
        const go_audit_entry *one = &APR_ARRAY_IDX(entries, i, go_audit_entry);
        if (strcmp(one->action, "gradebook") != 0 || strcmp(one->subject, subject) != 0) continue;
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:o}", "at", go_json_time(q, q->zone, one->at_us),
                            "actor", go_json_text(q, one->actor), "was", go_json_text(q, one->was),
                            "became", go_json_text(q, one->became)));
    }
    json_object_set_new(page, "history", list);
    return status;
}

static json_t *milli_or_empty(const go_request *q, int has, apr_int64_t milli) {
    return json_string(has ? go_score_format_milli(q->pool, milli) : "");
}

static apr_status_t fill(go_request *q, json_t *page, const cell *c) {
    const go_enrolment *person = c->row->person;
    page_begin(q, page, "Grade");
    json_object_set_new(page, "book_url", json_string(url_book(q)));
    json_object_set_new(page, "student",
                        json_pack("{s:s, s:s}", "username", person->username, "name",
                                  *person->display_name ? person->display_name : person->username));
    json_object_set_new(page, "column",
                        json_pack("{s:s, s:o, s:b}", "key", c->column->key, "title",
                                  go_json_text(q, c->column->title), "is_manual",
                                  c->column->assignment_id == 0));
    json_object_set_new(page, "grade", json_grade(q, c->column, c->grade));
    json_object_set_new(
        page, "submission_url",
        c->grade->number && !c->grade->is_hidden
            ? json_string(go_url(q, "/courses/%s/assignments/%s/submissions/%d", q->at.course->name,
                                 c->column->name, c->grade->number))
            : json_null());
    json_object_set_new(
        page, "form",
        json_pack("{s:o, s:o, s:o, s:b}", "points",
                  milli_or_empty(q, c->grade->has_override, c->grade->override_milli), "adjustment",
                  milli_or_empty(q, c->grade->adjustment_milli != 0, c->grade->adjustment_milli),
                  "reason", go_json_text(q, c->grade->reason), "is_excused", c->grade->is_excused));
    json_object_set_new(page, "revision", json_integer(c->grade->revision));
    return add_history(q, page, c);
}

int grade_cell_page(go_request *q, json_t *page) {
    cell c = {0};
    if (find(q, &c) || !c.row || fill(q, page, &c)) return go_failed(q);
    return HTTP_OK;
}

static apr_status_t read_typed(go_request *q, go_grade *typed) {
    int has_adjustment;
    apr_status_t status =
        book_points(q, "points", "score", &typed->has_override, &typed->override_milli);
    if (!status)
        status =
            book_points(q, "adjustment", "adjustment", &has_adjustment, &typed->adjustment_milli);
    typed->reason = go_form_text(q->form, "reason");
    typed->is_excused = strcmp(go_form_text(q->form, "excused"), "1") == 0;
    typed->revision = (int)apr_atoi64(go_form_text(q->form, "revision"));
    return status;
}

/* The page again with what was typed; of a grade that changed meanwhile with its new revision. */
static int refuse(go_request *q, json_t *page) {
    go_error cause = q->err;
    cell c = {0};
    if (find(q, &c) || !c.row || fill(q, page, &c)) return go_failed(q);
    q->err = cause;
    json_object_set_new(page, "form",
                        json_pack("{s:o, s:o, s:o, s:b}", "points",
                                  go_json_text(q, go_form_text(q->form, "points")), "adjustment",
                                  go_json_text(q, go_form_text(q->form, "adjustment")), "reason",
                                  go_json_text(q, go_form_text(q->form, "reason")), "is_excused",
                                  strcmp(go_form_text(q->form, "excused"), "1") == 0));
    return go_page_failed(q, page);
}

int grade_cell_set(go_request *q, json_t *page) {
    cell c = {0};
    go_grade typed = {0};
    const go_audit_entry by = audit_by(q);
    if (find(q, &c) || !c.grade) return go_failed(q);
    if (c.grade->is_hidden) {
        go_error_set(&q->err, GO_ECONFLICT,
                     "Set it when the feedback is released, or lift the pseudonym.",
                     "This assignment is graded blind.");
        return refuse(q, page);
    }
    if (read_typed(q, &typed) ||
        go_grade_set(q->db, q->at.course, c.column, c.row, &typed, &by, q->pool, &q->err))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "grade of \"%s\" in %s set", c.row->person->username,
                   c.column->key);
    return go_reply_redirect(q,
                             apr_psprintf(q->pool, "%s/cell?student=%s&column=%s", url_book(q),
                                          c.row->person->username,
                                          go_form_encode(q->pool, c.column->key)),
                             "saved", 0);
}
