/*
 * The gradebook as CSV: all of it, or in the shape that Canvas or Moodle import. The latter two
 * have what those look a student up by (login, or e-mail), and a column of points for each of ours.
 */
#include "pages/gradebook.h"

#include "model/csv.h"

#include <apr_strings.h>

#include <string.h>

typedef enum shape { SHAPE_ALL, SHAPE_CANVAS, SHAPE_MOODLE, SHAPES } shape;

static const struct {
    const char *name;
    const char *titles[5];
} shapes[SHAPES] = {
    {"all", {"username", "name", "email", "section", NULL}},
    {"canvas", {"Student", "ID", "SIS User ID", "SIS Login ID", "Section"}},
    {"moodle", {"Username", "Full name", "Email address", NULL, NULL}},
};

enum { TITLES_MAX = 5 };

static void push(apr_array_header_t *cells, const char *text) {
    APR_ARRAY_PUSH(cells, const char *) = text;
}

static void add_person(apr_array_header_t *cells, shape kind, const go_enrolment *person) {
    const char *name = *person->display_name ? person->display_name : person->username;
    switch (kind) {
    case SHAPE_CANVAS: /* ID and SIS User ID are Canvas's own: it takes the login where they are
                          empty */
        push(cells, name);
        push(cells, "");
        push(cells, "");
        push(cells, person->username);
        push(cells, person->section);
        break;
    default:
        push(cells, person->username);
        push(cells, name);
        push(cells, person->email);
        if (kind == SHAPE_ALL) push(cells, person->section);
    }
}

static int is_exported(const go_grade_column *column, shape kind) {
    return kind == SHAPE_ALL || (!column->is_draft && !column->is_left_out);
}

static const char *title_of(const go_request *q, const go_grade_column *column, shape kind) {
    if (kind != SHAPE_ALL || !column->out_of_milli) return column->title;
    return apr_psprintf(q->pool, "%s (of %s)", column->title,
                        go_score_format_milli(q->pool, column->out_of_milli));
}

static const char *cell_of(const go_request *q, const go_grade *grade, shape kind) {
    if (grade->is_excused) return kind == SHAPE_CANVAS ? "EX" : kind == SHAPE_ALL ? "excused" : "-";
    if (!grade->has_points || grade->is_hidden) return "";
    return go_score_format_milli(q->pool, grade->points_milli);
}

static void write_row(go_buffer *csv, const apr_array_header_t *cells) {
    go_csv_write_row(csv, (const char *const *)cells->elts, cells->nelts);
}

static void write_titles(const go_request *q, go_buffer *csv, const go_gradebook *book,
                         shape kind) {
    apr_array_header_t *cells = apr_array_make(q->pool, 32, sizeof(const char *));
    for (int i = 0; i < TITLES_MAX && shapes[kind].titles[i]; i++)
        push(cells, shapes[kind].titles[i]);
    for (int i = 0; i < book->columns->nelts; i++) {
        const go_grade_column *column = &APR_ARRAY_IDX(book->columns, i, go_grade_column);
        if (is_exported(column, kind)) push(cells, title_of(q, column, kind));
    }
    if (kind == SHAPE_ALL) push(cells, "total");
    write_row(csv, cells);
}

/* Canvas wants a second line that says how many points a column is of. */
static void write_points(const go_request *q, go_buffer *csv, const go_gradebook *book) {
    apr_array_header_t *cells = apr_array_make(q->pool, 32, sizeof(const char *));
    push(cells, "    Points Possible");
    for (int i = 1; i < TITLES_MAX; i++)
        push(cells, "");
    for (int i = 0; i < book->columns->nelts; i++) {
        const go_grade_column *column = &APR_ARRAY_IDX(book->columns, i, go_grade_column);
        if (is_exported(column, SHAPE_CANVAS))
            push(cells, go_score_format_milli(q->pool, column->out_of_milli));
    }
    write_row(csv, cells);
}

static void write_student(const go_request *q, go_buffer *csv, const go_gradebook *book,
                          const go_grade_row *row, shape kind) {
    apr_array_header_t *cells = apr_array_make(q->pool, 32, sizeof(const char *));
    add_person(cells, kind, row->person);
    for (int i = 0; i < book->columns->nelts; i++) {
        const go_grade_column *column = &APR_ARRAY_IDX(book->columns, i, go_grade_column);
        if (is_exported(column, kind)) push(cells, cell_of(q, &row->grades[i], kind));
    }
    if (kind == SHAPE_ALL)
        push(cells, row->has_total ? go_score_format_milli(q->pool, row->total_milli) : "");
    write_row(csv, cells);
}

int gradebook_export(go_request *q, json_t *page) {
    go_gradebook *book;
    const char *wanted = go_form_text(q->query, "shape");
    int kind = SHAPE_ALL;
    while (*wanted && kind < SHAPES && strcmp(shapes[kind].name, wanted) != 0)
        kind++;
    if (kind == SHAPES) return HTTP_NOT_FOUND;
    if (book_read(q, &book)) return go_failed(q);
    go_buffer *csv = go_buffer_make(q->pool, 65536);
    if (kind == SHAPE_ALL)
        go_buffer_puts(csv, "\xEF\xBB\xBF"); /* for Excel; the others refuse it */
    write_titles(q, csv, book, (shape)kind);
    if (kind == SHAPE_CANVAS) write_points(q, csv, book);
    for (int i = 0; i < book->rows->nelts; i++)
        write_student(q, csv, book, &APR_ARRAY_IDX(book->rows, i, go_grade_row), (shape)kind);
    return go_reply_bytes(
        q, "text/csv; charset=utf-8",
        apr_psprintf(q->pool, "%s-grades-%s.csv", q->at.course->name, shapes[kind].name),
        csv->bytes, csv->length);
}
