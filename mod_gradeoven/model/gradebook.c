/*
 * Reading the gradebook: one query each for columns, categories, what counts, and what staff set;
 * then every cell and every total follow without the database.
 */
#include "model/gradebook.h"

#include "model/counted.h"
#include "model/feedback.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

typedef struct reading {
    go_db *db;
    const go_course *course;
    apr_int64_t user_id;
    go_book_reader reader;
    apr_time_t now;
    go_gradebook *book;
    go_grading_rules **rules; /* of each column's assignment; NULL for others */
    apr_pool_t *pool;
    go_error *err;
} reading;

static go_grade_column *column_at(const go_gradebook *book, int i) {
    return &APR_ARRAY_IDX(book->columns, i, go_grade_column);
}

static go_grade_row *row_at(const go_gradebook *book, int i) {
    return &APR_ARRAY_IDX(book->rows, i, go_grade_row);
}

/* --- columns, categories, people -------------------------------------------------------------- */

static apr_status_t read_categories(reading *r) {
    go_rows *rows = NULL;
    r->book->categories = apr_array_make(r->pool, 8, sizeof(go_grade_category));
    apr_status_t status =
        go_db_select(r->db, GO_SQL_GRADE_CATEGORIES, GO_VALUES(go_integer(r->course->id)), &rows,
                     r->pool, r->err);
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(r->book->categories, go_grade_category) =
            (go_grade_category){.id = go_rows_integer(rows, 0, 0),
                                .name = go_rows_text(rows, 1),
                                .weight_milli = go_rows_integer(rows, 2, 0),
                                .drop_lowest = (int)go_rows_integer(rows, 3, 0)};
    return status;
}

static int category_index(const go_gradebook *book, apr_int64_t id) {
    for (int i = 0; i < book->categories->nelts; i++)
        if (APR_ARRAY_IDX(book->categories, i, go_grade_category).id == id) return i;
    return -1;
}

static apr_status_t read_columns(reading *r) {
    go_rows *rows = NULL;
    r->book->columns = apr_array_make(r->pool, 32, sizeof(go_grade_column));
    apr_status_t status = go_db_select(
        r->db, GO_SQL_GRADE_COLUMNS,
        GO_VALUES(go_integer(r->course->id), go_integer(r->course->id)), &rows, r->pool, r->err);
    while (!status && go_rows_next(rows)) {
        int is_draft = go_rows_integer(rows, 4, 0) == 0;
        if (r->book->columns->nelts == GO_GRADE_COLUMNS_MAX) break;
        if (is_draft && r->reader != GO_BOOK_STAFF) continue;
        go_grade_column *column = apr_array_push(r->book->columns);
        *column = (go_grade_column){.id = go_rows_integer(rows, 0, 0),
                                    .assignment_id = go_rows_integer(rows, 1, 0),
                                    .name = go_rows_text(rows, 2),
                                    .title = go_rows_text(rows, 3),
                                    .is_draft = is_draft,
                                    .has_worth = go_rows_text(rows, 5) != NULL,
                                    .worth_milli = go_rows_integer(rows, 5, 0),
                                    .category_id = go_rows_integer(rows, 6, 0),
                                    .is_extra = (int)go_rows_integer(rows, 7, 0),
                                    .is_left_out = (int)go_rows_integer(rows, 8, 0)};
        column->category = category_index(r->book, column->category_id);
        column->key = column->assignment_id
                          ? apr_pstrcat(r->pool, "a-", column->name, NULL)
                          : apr_psprintf(r->pool, "c-%" APR_INT64_T_FMT, column->id);
        column->out_of_milli = column->worth_milli;
    }
    return status;
}

static apr_status_t read_people(reading *r) {
    apr_array_header_t *people = NULL;
    apr_status_t status = go_enrolments(r->db, r->course, &people, r->pool, r->err);
    r->book->rows = apr_array_make(r->pool, 64, sizeof(go_grade_row));
    for (int i = 0; !status && people && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        if (person->role != GO_ROLE_STUDENT || (r->user_id && person->user_id != r->user_id))
            continue;
        go_grade_row *row = apr_array_push(r->book->rows);
        *row = (go_grade_row){.person = person};
        row->grades =
            apr_pcalloc(r->pool, sizeof(go_grade) * (apr_size_t)(r->book->columns->nelts + 1));
        for (int c = 0; c < r->book->columns->nelts; c++)
            row->grades[c].reason = "";
    }
    return status;
}

/* --- finding a cell by ids -------------------------------------------------------------------- */

typedef struct place {
    apr_int64_t id;
    int index;
} place;

static int compare_places(const void *a, const void *b) {
    apr_int64_t left = ((const place *)a)->id, right = ((const place *)b)->id;
    return (left > right) - (left < right);
}

typedef struct places {
    place *list;
    int count;
} places;

static int find_place(const places *all, apr_int64_t id) {
    const place wanted = {.id = id};
    const place *found =
        bsearch(&wanted, all->list, (size_t)all->count, sizeof(place), compare_places);
    return found ? found->index : -1;
}

static places sorted(places all) {
    qsort(all.list, (size_t)all.count, sizeof(place), compare_places);
    return all;
}

static places people_by_id(const reading *r) {
    places all = {apr_palloc(r->pool, sizeof(place) * (apr_size_t)(r->book->rows->nelts + 1)),
                  r->book->rows->nelts};
    for (int i = 0; i < all.count; i++)
        all.list[i] = (place){row_at(r->book, i)->person->user_id, i};
    return sorted(all);
}

/* By the assignment's id, or by the column's own. */
static places columns_by_id(const reading *r, int by_assignment) {
    places all = {apr_palloc(r->pool, sizeof(place) * (apr_size_t)(r->book->columns->nelts + 1)),
                  0};
    for (int i = 0; i < r->book->columns->nelts; i++) {
        const go_grade_column *column = column_at(r->book, i);
        apr_int64_t id = by_assignment ? column->assignment_id : column->id;
        if (id) all.list[all.count++] = (place){id, i};
    }
    return sorted(all);
}

/* --- what was measured ------------------------------------------------------------------------ */

static apr_status_t read_rules(reading *r) {
    r->rules = apr_pcalloc(r->pool, sizeof(*r->rules) * (apr_size_t)(r->book->columns->nelts + 1));
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; !status && i < r->book->columns->nelts; i++) {
        go_assignment assignment = {.id = column_at(r->book, i)->assignment_id};
        if (assignment.id)
            status = go_grading_rules_find(r->db, &assignment, &r->rules[i], r->pool, r->err);
    }
    return status;
}

/* A row of GRADES_*: penalty, earned, possible from column 4 on; feedback from 7 on. */
static void read_score(const reading *r, go_rows *rows, const go_grading_rules *rules,
                       go_grade *grade) {
    int has_automatic = go_rows_text(rows, 5) && go_rows_text(rows, 6);
    go_score automatic =
        go_score_after((go_score){go_rows_integer(rows, 5, 0), go_rows_integer(rows, 6, 0)},
                       (int)go_rows_integer(rows, 4, 0));
    go_feedback feedback = {.revision = (int)go_rows_integer(rows, 7, 0),
                            .is_done = (int)go_rows_integer(rows, 8, 0),
                            .adjustment_milli = go_rows_integer(rows, 9, 0),
                            .done_us = go_rows_integer(rows, 10, 0),
                            .items_milli = go_rows_integer(rows, 11, 0)};
    int is_released = go_is_released(rules, feedback.is_done, feedback.done_us, r->now);
    int is_told = r->reader == GO_BOOK_STAFF ? feedback.is_done : is_released;
    grade->is_hidden = rules->is_blind && (r->reader == GO_BOOK_VIEWER ||
                                           (r->reader == GO_BOOK_STAFF && !is_released));
    grade->has_feedback = is_told && feedback.revision;
    grade->has_points = has_automatic || grade->has_feedback;
    go_score total = grade->has_feedback
                         ? go_feedback_total(rules, &feedback, has_automatic, automatic)
                         : automatic;
    grade->points_milli = grade->has_points ? total.earned_milli : 0;
    grade->out_of_milli = grade->has_points ? total.possible_milli : 0;
}

static apr_status_t read_grades(reading *r) {
    go_rows *rows = NULL;
    const go_value values[] = {go_integer(r->course->id), go_integer(r->user_id)};
    places people = people_by_id(r), columns = columns_by_id(r, 1);
    apr_status_t status =
        go_db_select(r->db, r->user_id ? GO_SQL_GRADES_OF_STUDENT : GO_SQL_GRADES_OF_COURSE, values,
                     r->user_id ? 2 : 1, &rows, r->pool, r->err);
    while (!status && go_rows_next(rows)) {
        int column = find_place(&columns, go_rows_integer(rows, 0, 0)),
            row = find_place(&people, go_rows_integer(rows, 1, 0));
        if (column < 0 || row < 0) continue;
        go_grade *grade = &row_at(r->book, row)->grades[column];
        grade->number = (int)go_rows_integer(rows, 2, 0);
        grade->is_late = (int)go_rows_integer(rows, 3, 0);
        grade->submitted_us = go_rows_integer(rows, 12, 0);
        read_score(r, rows, r->rules[column], grade);
    }
    return status;
}

static apr_status_t read_cells(reading *r) {
    go_rows *rows = NULL;
    places people = people_by_id(r), columns = columns_by_id(r, 0);
    apr_status_t status = go_db_select(
        r->db, GO_SQL_GRADE_CELLS, GO_VALUES(go_integer(r->course->id)), &rows, r->pool, r->err);
    while (!status && go_rows_next(rows)) {
        int column = find_place(&columns, go_rows_integer(rows, 0, 0)),
            row = find_place(&people, go_rows_integer(rows, 1, 0));
        if (column < 0 || row < 0) continue;
        go_grade *grade = &row_at(r->book, row)->grades[column];
        grade->has_override = go_rows_text(rows, 2) != NULL;
        grade->override_milli = go_rows_integer(rows, 2, 0);
        grade->adjustment_milli = go_rows_integer(rows, 3, 0);
        grade->reason = go_rows_text(rows, 4);
        grade->is_excused = (int)go_rows_integer(rows, 5, 0);
        grade->revision = (int)go_rows_integer(rows, 6, 0);
    }
    return status;
}

/* For whom an assignment is over: by its own dates, and for those with exceptions by theirs. */
static apr_status_t read_over(reading *r) {
    apr_array_header_t *over = NULL;
    places people = people_by_id(r);
    apr_status_t status = APR_SUCCESS;
    for (int c = 0; !status && c < r->book->columns->nelts; c++) {
        apr_int64_t id = column_at(r->book, c)->assignment_id;
        int is_over = 0;
        if (!id) continue;
        status = go_counted_over(r->db, id, r->now, &is_over, &over, r->pool, r->err);
        for (int i = 0; !status && i < r->book->rows->nelts; i++)
            row_at(r->book, i)->grades[c].is_over = is_over;
        for (int i = 0; !status && over && i < over->nelts; i++) {
            const go_over *one = &APR_ARRAY_IDX(over, i, go_over);
            int row = find_place(&people, one->user_id);
            if (row >= 0) row_at(r->book, row)->grades[c].is_over = one->is_over;
        }
    }
    return status;
}

/* --- what follows ----------------------------------------------------------------------------- */

/* What a column is of: its worth, or the most that anybody's was of. */
static void find_out_of(const go_gradebook *book) {
    for (int c = 0; c < book->columns->nelts; c++) {
        go_grade_column *column = column_at(book, c);
        for (int i = 0; !column->has_worth && i < book->rows->nelts; i++) {
            const go_grade *grade = &row_at(book, i)->grades[c];
            if (grade->has_points && grade->out_of_milli > column->out_of_milli)
                column->out_of_milli = grade->out_of_milli;
        }
    }
}

static void set_cell(const go_grade_column *column, go_grade *grade) {
    if (grade->has_points && column->has_worth) {
        grade->points_milli =
            go_grade_scaled(grade->points_milli, grade->out_of_milli, column->worth_milli);
        grade->out_of_milli = column->worth_milli;
    }
    if (!grade->has_points && (grade->has_override || grade->adjustment_milli || grade->is_over)) {
        grade->has_points = column->out_of_milli > 0 || grade->has_override;
        grade->out_of_milli = column->out_of_milli;
    }
    if (grade->has_override) grade->points_milli = grade->override_milli;
    if (grade->has_points) grade->points_milli += grade->adjustment_milli;
    if (grade->points_milli < 0) grade->points_milli = 0;
    if (grade->is_hidden) grade->has_points = 0;
}

static void set_total(const go_gradebook *book, const go_total_category *categories,
                      go_total_part *parts, go_grade_row *row) {
    int count = book->columns->nelts;
    for (int c = 0; c < count; c++) {
        const go_grade_column *column = column_at(book, c);
        const go_grade *grade = &row->grades[c];
        parts[c] = (go_total_part){.category = column->category,
                                   .counts = grade->has_points && !grade->is_excused &&
                                             !column->is_left_out && !column->is_draft,
                                   .is_extra = column->is_extra,
                                   .points_milli = grade->points_milli,
                                   .out_of_milli = grade->out_of_milli};
    }
    row->has_total =
        go_grade_total(categories, book->categories->nelts, parts, count, &row->total_milli);
    for (int c = 0; c < count; c++)
        row->grades[c].is_dropped = parts[c].is_dropped;
}

static void reckon(const reading *r) {
    const go_gradebook *book = r->book;
    go_total_category categories[GO_GRADE_CATEGORIES_MAX];
    go_total_part *parts =
        apr_palloc(r->pool, sizeof(*parts) * (apr_size_t)(book->columns->nelts + 1));
    for (int i = 0; i < book->categories->nelts && i < GO_GRADE_CATEGORIES_MAX; i++) {
        const go_grade_category *one = &APR_ARRAY_IDX(book->categories, i, go_grade_category);
        categories[i] = (go_total_category){one->weight_milli, one->drop_lowest};
    }
    find_out_of(book);
    for (int i = 0; i < book->rows->nelts; i++) {
        go_grade_row *row = row_at(book, i);
        for (int c = 0; c < book->columns->nelts; c++)
            set_cell(column_at(book, c), &row->grades[c]);
        set_total(book, categories, parts, row);
    }
}

apr_status_t go_gradebook_read(go_db *db, const go_course *course, apr_int64_t user_id,
                               go_book_reader reader, apr_time_t now, go_gradebook **book,
                               apr_pool_t *pool, go_error *err) {
    reading r = {.db = db,
                 .course = course,
                 .user_id = user_id,
                 .reader = reader,
                 .now = now,
                 .pool = pool,
                 .err = err};
    r.book = *book = apr_pcalloc(pool, sizeof(**book));
    apr_status_t (*const steps[])(reading *) = {
        read_categories, read_columns, read_people, read_rules, read_grades, read_cells, read_over};
    apr_status_t status = APR_SUCCESS;
    for (size_t i = 0; !status && i < sizeof steps / sizeof *steps; i++)
        status = steps[i](&r);
    if (!status) reckon(&r);
    return status;
}

int go_gradebook_column(const go_gradebook *book, const char *key) {
    for (int i = 0; i < book->columns->nelts; i++)
        if (strcmp(column_at(book, i)->key, key) == 0) return i;
    return -1;
}

const go_grade_row *go_gradebook_row(const go_gradebook *book, const char *username) {
    for (int i = 0; i < book->rows->nelts; i++)
        if (strcmp(row_at(book, i)->person->username, username) == 0) return row_at(book, i);
    return NULL;
}

const char *go_grade_percent_text(apr_int64_t percent_milli, apr_pool_t *pool) {
    return apr_pstrcat(pool, go_score_format_milli(pool, percent_milli), " %", NULL);
}
