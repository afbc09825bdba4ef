/* Which grades a course has to tell. */
#include "model/sync.h"

#include "model/gradebook.h"
#include "model/zone.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>

typedef struct collector {
    go_db *db;
    const go_course *course;
    const go_gradebook *book;
    apr_hash_t *written; /* digest by "assignment user" */
    apr_array_header_t *grades;
    apr_pool_t *pool;
    go_error *err;
} collector;

static const char *key_of(apr_int64_t assignment_id, apr_int64_t user_id, apr_pool_t *pool) {
    return apr_psprintf(pool, "%" APR_INT64_T_FMT " %" APR_INT64_T_FMT, assignment_id, user_id);
}

static apr_status_t load_written(collector *in) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(in->db, GO_SQL_SYNC_GRADES_WRITTEN, GO_VALUES(go_integer(in->course->id)),
                     &rows, in->pool, in->err);
    in->written = apr_hash_make(in->pool);
    while (!status && go_rows_next(rows))
        apr_hash_set(in->written,
                     key_of(go_rows_integer(rows, 0, 0), go_rows_integer(rows, 1, 0), in->pool),
                     APR_HASH_KEY_STRING, go_rows_text(rows, 2));
    return status;
}

/* Rounded half up to a thousandth of a percent; the product needs more than 64 bits. */
static const char *percent_of(go_score score, apr_pool_t *pool) {
    if (score.possible_milli <= 0) return NULL;
    __extension__ typedef __int128 wide;
    wide milli = ((wide)score.earned_milli * 200000 + score.possible_milli) /
                 (2 * (wide)score.possible_milli);
    return milli > GO_SCORE_MILLI_MAX ? NULL : go_score_format_milli(pool, (apr_int64_t)milli);
}

/* "2026-11-23T22:59:00Z" as every server takes it. */
static const char *time_of(apr_time_t time, apr_pool_t *pool) {
    char *text = apr_pstrdup(pool, go_zone_format(pool, NULL, time, GO_ZONE_ISO_UTC));
    char *at = strchr(text, 'T');
    if (at) *at = ' ';
    text[strcspn(text, "Z")] = '\0';
    return text;
}

static void add(collector *in, const go_grade_column *column, const go_grade_row *row,
                const go_grade *grade) {
    const go_enrolment *student = row->person;
    go_score score = {grade->points_milli, grade->out_of_milli};
    go_sync_grade *told = apr_array_push(in->grades);
    *told = (go_sync_grade){
        .assignment_id = column->assignment_id,
        .user_id = student->user_id,
        .digest =
            apr_hash_get(in->written, key_of(column->assignment_id, student->user_id, in->pool),
                         APR_HASH_KEY_STRING),
        .values = {[GO_SYNC_USERNAME] = student->username,
                   [GO_SYNC_NAME] = student->display_name,
                   [GO_SYNC_EMAIL] = student->email,
                   [GO_SYNC_SECTION] = *student->section ? student->section : NULL,
                   [GO_SYNC_COURSE] = in->course->name,
                   [GO_SYNC_ASSIGNMENT] = column->name,
                   [GO_SYNC_TITLE] = column->title,
                   [GO_SYNC_SCORE] = go_score_format_milli(in->pool, score.earned_milli),
                   [GO_SYNC_POSSIBLE] = go_score_format_milli(in->pool, score.possible_milli),
                   [GO_SYNC_PERCENT] = percent_of(score, in->pool),
                   [GO_SYNC_IS_LATE] = grade->is_late ? "1" : "0",
                   [GO_SYNC_SUBMITTED_AT] =
                       grade->number ? time_of(grade->submitted_us, in->pool) : NULL,
                   [GO_SYNC_TOTAL] =
                       row->has_total ? go_score_format_milli(in->pool, row->total_milli) : NULL}};
}

/* Of each assignment, each student who has points in it: not who is excused. Who handed in nothing
 * has 0 points once it is over. */
static void collect(collector *in) {
    const go_gradebook *book = in->book;
    for (int c = 0; c < book->columns->nelts; c++) {
        const go_grade_column *column = &APR_ARRAY_IDX(book->columns, c, go_grade_column);
        for (int i = 0; column->assignment_id && i < book->rows->nelts; i++) {
            const go_grade_row *row = &APR_ARRAY_IDX(book->rows, i, go_grade_row);
            const go_grade *grade = &row->grades[c];
            if (grade->has_points && !grade->is_excused) add(in, column, row, grade);
        }
    }
}

apr_status_t go_sync_grades(go_db *db, const go_course *course, apr_time_t now,
                            apr_array_header_t **grades, apr_pool_t *pool, go_error *err) {
    go_gradebook *book = NULL;
    collector in = {.db = db,
                    .course = course,
                    .grades = apr_array_make(pool, 64, sizeof(go_sync_grade)),
                    .pool = pool,
                    .err = err};
    apr_status_t status = go_gradebook_read(db, course, 0, GO_BOOK_STUDENT, now, &book, pool, err);
    in.book = book;
    if (!status) status = load_written(&in);
    if (!status) collect(&in);
    *grades = in.grades;
    return status;
}
