/* What the grade of a course is made of: categories, and each column's part. */
#include "model/gradebook.h"

#include "model/names.h"

#include <apr_strings.h>

enum { WEIGHT_MAX = 1000 * 1000 };

static apr_status_t note(go_db *db, const go_audit_entry *by, const char *subject, const char *was,
                         const char *became, apr_pool_t *pool, go_error *err) {
    return go_audit_change(db, by, "gradebook", subject, was, became, pool, err);
}

static const char *milli_text(apr_int64_t milli, apr_pool_t *pool) {
    return go_score_format_milli(pool, milli);
}

/* --- categories ------------------------------------------------------------------------------- */

static const char *category_text(const go_grade_category *category, apr_pool_t *pool) {
    return apr_psprintf(pool, "\"%s\", weight %s, %d lowest dropped", category->name,
                        milli_text(category->weight_milli, pool), category->drop_lowest);
}

static apr_status_t check_category(const go_grade_category *category, const char **name,
                                   apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_name_line(name, "name of a category", category->name, GO_GRADE_NAME_MAX, 0, pool, err);
    if (!status && (category->weight_milli < 0 || category->weight_milli > WEIGHT_MAX))
        return go_error_set(err, GO_EINVALID, "Give a number from 0 to 1000, such as 40.",
                            "That is no weight.");
    if (!status && (category->drop_lowest < 0 || category->drop_lowest > GO_GRADE_DROP_MAX))
        return go_error_set(err, GO_EINVALID,
                            apr_psprintf(pool, "Give a number from 0 to %d.", GO_GRADE_DROP_MAX),
                            "So many grades cannot be dropped.");
    return status;
}

/* The category as it is: in the transaction that changes it. *was is NULL when it is not there. */
static apr_status_t find_category(go_db *db, const go_course *course, apr_int64_t id,
                                  const go_grade_category **was, int *count, apr_pool_t *pool,
                                  go_error *err) {
    go_rows *rows = NULL;
    *was = NULL;
    *count = 0;
    apr_status_t status = go_db_select(db, GO_SQL_GRADE_CATEGORIES,
                                       GO_VALUES(go_integer(course->id)), &rows, pool, err);
    while (!status && go_rows_next(rows)) {
        ++*count;
        if (go_rows_integer(rows, 0, 0) != id) continue;
        go_grade_category *found = apr_palloc(pool, sizeof(*found));
        *found = (go_grade_category){.id = id,
                                     .name = go_rows_text(rows, 1),
                                     .weight_milli = go_rows_integer(rows, 2, 0),
                                     .drop_lowest = (int)go_rows_integer(rows, 3, 0)};
        *was = found;
    }
    if (!status && id && !*was)
        return go_error_set(err, GO_ENOTFOUND, "Load the page again.",
                            "This category is not there any more.");
    return status;
}

static apr_status_t store_category(go_db *db, const go_course *course,
                                   const go_grade_category *category, apr_pool_t *pool,
                                   go_error *err) {
    apr_status_t status =
        category->id
            ? go_db_run(db, GO_SQL_GRADE_CATEGORY_CHANGE,
                        GO_VALUES(go_text(category->name), go_integer(category->weight_milli),
                                  go_integer(category->drop_lowest), go_integer(category->id),
                                  go_integer(course->id)),
                        NULL, pool, err)
            : go_db_run(db, GO_SQL_GRADE_CATEGORY_ADD,
                        GO_VALUES(go_integer(course->id), go_text(category->name),
                                  go_integer(category->weight_milli),
                                  go_integer(category->drop_lowest)),
                        NULL, pool, err);
    if (status != GO_ECONFLICT) return status;
    return go_error_set(err, GO_ECONFLICT, "Choose another name.",
                        "There is a category \"%s\" already.", category->name);
}

apr_status_t go_grade_category_set(go_db *db, const go_course *course,
                                   const go_grade_category *category, const go_audit_entry *by,
                                   apr_pool_t *pool, go_error *err) {
    go_grade_category set = *category;
    const go_grade_category *was;
    int count;
    apr_status_t status = check_category(category, &set.name, pool, err);
    if (status || (status = go_db_begin(db, err))) return status;
    status = find_category(db, course, category->id, &was, &count, pool, err);
    if (!status && !was && count >= GO_GRADE_CATEGORIES_MAX)
        status = go_error_set(err, GO_ECONFLICT, "Remove one first.",
                              "A course has at most %d categories.", GO_GRADE_CATEGORIES_MAX);
    if (!status) status = store_category(db, course, &set, pool, err);
    if (!status)
        status = note(db, by, "category", was ? category_text(was, pool) : "",
                      category_text(&set, pool), pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_grade_category_remove(go_db *db, const go_course *course,
                                      const go_grade_category *category, const go_audit_entry *by,
                                      apr_pool_t *pool, go_error *err) {
    const go_grade_category *was;
    int count;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = find_category(db, course, category->id, &was, &count, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_GRADE_CATEGORY_EMPTY, GO_VALUES(go_integer(category->id)),
                           NULL, pool, err);
    if (!status)
        status =
            go_db_run(db, GO_SQL_GRADE_CATEGORY_REMOVE,
                      GO_VALUES(go_integer(category->id), go_integer(course->id)), NULL, pool, err);
    if (!status && was)
        status = note(db, by, "category", category_text(was, pool), "removed", pool, err);
    return go_db_end(db, status, err);
}

/* --- columns ---------------------------------------------------------------------------------- */

static const char *column_text(const go_grade_column *column, apr_pool_t *pool) {
    const char *worth = column->has_worth ? apr_psprintf(pool, "worth %s points",
                                                         milli_text(column->worth_milli, pool))
                                          : "worth what it gives";
    return apr_psprintf(pool, "%s%s%s%s", worth, column->category_id ? ", in a category" : "",
                        column->is_extra ? ", extra credit" : "",
                        column->is_left_out ? ", not in the total" : "");
}

static apr_status_t check_column(const go_grade_column *column, const char **title,
                                 apr_pool_t *pool, go_error *err) {
    int is_ours = column->assignment_id == 0;
    if (column->has_worth && (column->worth_milli <= 0 || column->worth_milli > GO_SCORE_MILLI_MAX))
        return go_error_set(err, GO_EINVALID, "Give a number above 0.",
                            "A column must be worth some points.");
    if (is_ours && !column->has_worth)
        return go_error_set(err, GO_EINVALID, "Give its points.",
                            "A column that people fill in must be worth some points.");
    return is_ours ? go_name_line(title, "title of a column", column->title, GO_GRADE_NAME_MAX, 0,
                                  pool, err)
                   : APR_SUCCESS;
}

/* Its row, made for an assignment that has none; the category must be the course's. */
static apr_status_t prepare(go_db *db, const go_course *course, go_grade_column *column,
                            apr_pool_t *pool, go_error *err) {
    const go_grade_category *category;
    go_rows *rows = NULL;
    int count;
    apr_status_t status =
        find_category(db, course, column->category_id, &category, &count, pool, err);
    if (status || column->id || !column->assignment_id) return status;
    status = go_db_one(db, GO_SQL_GRADE_COLUMN_OF_ASSIGNMENT,
                       GO_VALUES(go_integer(course->id), go_integer(column->assignment_id)), &rows,
                       "column of the gradebook", pool, err);
    if (!status && rows) column->id = go_rows_integer(rows, 0, 0);
    return status;
}

static apr_status_t store_column(go_db *db, const go_course *course, const go_grade_column *column,
                                 apr_pool_t *pool, go_error *err) {
    go_value title = column->assignment_id ? go_null() : go_text(column->title),
             worth = column->has_worth ? go_integer(column->worth_milli) : go_null(),
             category = column->category_id ? go_integer(column->category_id) : go_null(),
             extra = go_integer(column->is_extra), left_out = go_integer(column->is_left_out);
    apr_status_t status =
        column->id
            ? go_db_run(db, GO_SQL_GRADE_COLUMN_CHANGE,
                        GO_VALUES(title, worth, category, extra, left_out, go_integer(column->id),
                                  go_integer(course->id)),
                        NULL, pool, err)
            : go_db_run(db, GO_SQL_GRADE_COLUMN_ADD,
                        GO_VALUES(go_integer(course->id), title, worth, category, extra, left_out),
                        NULL, pool, err);
    if (status != GO_ECONFLICT) return status;
    return go_error_set(err, GO_ECONFLICT, "Choose another title.",
                        "There is a column \"%s\" already.", column->title);
}

apr_status_t go_grade_column_set(go_db *db, const go_course *course, const go_grade_column *column,
                                 const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_grade_column set = *column;
    go_gradebook *book = NULL;
    apr_status_t status = check_column(column, &set.title, pool, err);
    if (status || (status = go_db_begin(db, err))) return status;
    status = go_gradebook_read(db, course, -1, GO_BOOK_STAFF, by->at_us, &book, pool, err);
    int index = status || !book || !column->key ? -1 : go_gradebook_column(book, column->key);
    if (!status && book && index < 0 && book->columns->nelts >= GO_GRADE_COLUMNS_MAX)
        status = go_error_set(err, GO_ECONFLICT, "Remove one first.",
                              "A gradebook has at most %d columns.", GO_GRADE_COLUMNS_MAX);
    if (!status) status = prepare(db, course, &set, pool, err);
    if (!status) status = store_column(db, course, &set, pool, err);
    if (!status)
        status = note(
            db, by, set.title,
            index < 0 ? ""
                      : column_text(&APR_ARRAY_IDX(book->columns, index, go_grade_column), pool),
            column_text(&set, pool), pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_grade_column_remove(go_db *db, const go_course *course,
                                    const go_grade_column *column, const go_audit_entry *by,
                                    apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    if (column->assignment_id)
        status = go_error_set(err, GO_EINVALID, "Leave it out of the total instead.",
                              "The column of an assignment cannot be removed.");
    if (!status)
        status = go_db_one(db, GO_SQL_GRADE_COLUMN_CELLS, GO_VALUES(go_integer(column->id)), &rows,
                           "column", pool, err);
    if (!status && rows && go_rows_integer(rows, 0, 0))
        status = go_error_set(err, GO_ECONFLICT,
                              "Take them away first, or leave the column out of the total.",
                              "%" APR_INT64_T_FMT " students have points in \"%s\".",
                              go_rows_integer(rows, 0, 0), column->title);
    if (!status)
        status = go_db_run(db, GO_SQL_GRADE_COLUMN_CLEAR, GO_VALUES(go_integer(column->id)), NULL,
                           pool, err);
    if (!status)
        status =
            go_db_run(db, GO_SQL_GRADE_COLUMN_REMOVE,
                      GO_VALUES(go_integer(column->id), go_integer(course->id)), NULL, pool, err);
    if (!status)
        status = note(db, by, column->title, column_text(column, pool), "removed", pool, err);
    return go_db_end(db, status, err);
}
