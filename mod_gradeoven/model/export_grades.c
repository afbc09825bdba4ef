/* The gradebooks in an export: as the student's own course page has them. */
#include "model/export.h"

#include "model/gradebook.h"

static json_t *json_cell(const go_grade_column *column, const go_grade *grade, apr_pool_t *pool) {
    return json_pack(
        "{s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o}", "column", go_export_text(column->title, pool),
        "points", go_export_points(grade->has_points, grade->points_milli, pool), "out_of",
        go_export_points(grade->out_of_milli > 0, grade->out_of_milli, pool), "is_excused",
        grade->is_excused, "is_dropped", grade->is_dropped, "set_by_staff",
        go_export_points(grade->has_override, grade->override_milli, pool), "adjustment",
        go_export_points(1, grade->adjustment_milli, pool), "reason",
        go_export_text(grade->reason, pool));
}

/* What is withheld from the student has no line here, as it has none on their page. */
static int is_told(const go_grade_column *column, const go_grade *grade) {
    if (column->is_draft || grade->is_hidden) return 0;
    return grade->has_points || grade->is_excused || grade->has_override || grade->adjustment_milli;
}

static json_t *json_book(const char *course, const go_gradebook *book, apr_pool_t *pool) {
    const go_grade_row *row = &APR_ARRAY_IDX(book->rows, 0, go_grade_row);
    json_t *cells = json_array();
    for (int i = 0; i < book->columns->nelts; i++) {
        const go_grade_column *column = &APR_ARRAY_IDX(book->columns, i, go_grade_column);
        if (is_told(column, &row->grades[i]))
            json_array_append_new(cells, json_cell(column, &row->grades[i], pool));
    }
    return json_pack("{s:s, s:o, s:o}", "course", course, "total",
                     row->has_total ? json_string(go_grade_percent_text(row->total_milli, pool))
                                    : json_null(),
                     "grades", cells);
}

apr_status_t go_export_grades(const go_export *export, go_db *db, json_t *list, apr_pool_t *pool,
                              go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status = go_db_select(db, GO_SQL_EXPORT_COURSES,
                                       GO_VALUES(go_integer(export->user->id)), &rows, pool, err);
    while (!status && rows && go_rows_next(rows)) {
        go_course *course = NULL;
        go_gradebook *book = NULL;
        status = go_course_find(db, go_rows_text(rows, 0), &course, pool, err);
        if (!status && course)
            status = go_gradebook_read(db, course, export->user->id, GO_BOOK_STUDENT, export->now,
                                       &book, pool, err);
        if (!status && course && book && book->rows->nelts)
            json_array_append_new(list, json_book(course->name, book, pool));
    }
    return status;
}
