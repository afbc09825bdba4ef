/* What staff set in a cell of the gradebook, checked, kept and logged in one transaction. */
#include "model/gradebook.h"

#include "model/names.h"

#include <apr_strings.h>

static apr_status_t check_points(apr_int64_t milli, go_error *err) {
    if (milli >= -GO_SCORE_MILLI_MAX && milli <= GO_SCORE_MILLI_MAX) return APR_SUCCESS;
    return go_error_set(err, GO_EINVALID, "Give fewer.", "Nobody has that many points.");
}

/* Why a measured score is not what counts must be said; what people fill in speaks for itself. */
static apr_status_t check(const go_grade_column *column, const go_grade *typed, const char **reason,
                          apr_pool_t *pool, go_error *err) {
    int needs_reason = typed->adjustment_milli || typed->is_excused ||
                       (typed->has_override && column->assignment_id);
    apr_status_t status = go_name_line(reason, "reason", typed->reason, GO_GRADE_REASON_MAX,
                                       !needs_reason, pool, err);
    if (!status && typed->has_override && typed->override_milli < 0)
        return go_error_set(err, GO_EINVALID, "Give 0 or more.",
                            "The points of a cell are not below 0.");
    if (!status) status = check_points(typed->override_milli, err);
    return status ? status : check_points(typed->adjustment_milli, err);
}

/* "8.5 points, adjusted by -1, excused: was ill", or "as measured". */
static const char *text_of(const go_grade *grade, apr_pool_t *pool) {
    const char *text = "";
    if (grade->has_override)
        text =
            apr_psprintf(pool, ", %s points", go_score_format_milli(pool, grade->override_milli));
    if (grade->adjustment_milli)
        text = apr_psprintf(pool, "%s, adjusted by %s", text,
                            go_score_format_milli(pool, grade->adjustment_milli));
    if (grade->is_excused) text = apr_pstrcat(pool, text, ", excused", NULL);
    if (!*text) return "nothing set";
    return apr_pstrcat(pool, text + 2, *grade->reason ? ": " : "", grade->reason, NULL);
}

/* The id of the column's row, which an assignment gets now if it has none. */
static apr_status_t row_of(go_db *db, const go_course *course, const go_grade_column *column,
                           apr_int64_t *id, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    *id = column->id;
    if (*id) return APR_SUCCESS;
    apr_status_t status =
        go_db_one(db, GO_SQL_GRADE_COLUMN_OF_ASSIGNMENT,
                  GO_VALUES(go_integer(course->id), go_integer(column->assignment_id)), &rows,
                  "column of the gradebook", pool, err);
    if (!status && rows) *id = go_rows_integer(rows, 0, 0);
    return status;
}

static apr_status_t store(go_db *db, const go_course *course, const go_grade_column *column,
                          const go_enrolment *person, const go_grade *typed, apr_pool_t *pool,
                          go_error *err) {
    apr_int64_t id;
    int changed = 0;
    apr_status_t status = row_of(db, course, column, &id, pool, err);
    if (!status)
        status =
            go_db_run(db, GO_SQL_GRADE_CELL_SET,
                      GO_VALUES(go_integer(id), go_integer(person->user_id),
                                typed->has_override ? go_integer(typed->override_milli) : go_null(),
                                go_integer(typed->adjustment_milli), go_text(typed->reason),
                                go_integer(typed->is_excused), go_integer(typed->revision)),
                      &changed, pool, err);
    if (status || changed) return status;
    return go_error_set(err, GO_ECONFLICT, "Look at it, and save again what should stand.",
                        "Somebody else has changed this grade meanwhile.");
}

apr_status_t go_grade_put(go_db *db, const go_course *course, const go_grade_column *column,
                          const go_enrolment *person, const go_grade *was, const go_grade *set,
                          const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_audit_entry entry = *by;
    apr_status_t status = store(db, course, column, person, set, pool, err);
    if (status) return status;
    entry.action = "gradebook";
    entry.subject = apr_psprintf(
        pool, "%s, %s", column->assignment_id ? column->name : column->title, person->username);
    entry.was = text_of(was, pool);
    entry.became = text_of(set, pool);
    return go_audit_add(db, &entry, pool, err);
}

apr_status_t go_grade_set(go_db *db, const go_course *course, const go_grade_column *column,
                          const go_grade_row *row, const go_grade *typed, const go_audit_entry *by,
                          apr_pool_t *pool, go_error *err) {
    go_grade set = *typed;
    go_gradebook *book = NULL;
    apr_status_t status = check(column, typed, &set.reason, pool, err);
    if (status || (status = go_db_begin(db, err))) return status;
    status = go_gradebook_read(db, course, row->person->user_id, GO_BOOK_STAFF, by->at_us, &book,
                               pool, err);
    int index = status || !book ? -1 : go_gradebook_column(book, column->key);
    if (!status && (!book || index < 0 || !book->rows->nelts))
        status = go_error_set(err, GO_ENOTFOUND, "Go back to the gradebook.",
                              "This cell is not there any more.");
    if (status || !book) return go_db_end(db, status, err);
    const go_grade *was = &APR_ARRAY_IDX(book->rows, 0, go_grade_row).grades[index];
    if (was->revision != typed->revision)
        status = go_error_set(err, GO_ECONFLICT, "Look at it, and save again what should stand.",
                              "Somebody else has changed this grade meanwhile.");
    if (!status)
        status = go_grade_put(db, course, &APR_ARRAY_IDX(book->columns, index, go_grade_column),
                              row->person, was, &set, by, pool, err);
    return go_db_end(db, status, err);
}
