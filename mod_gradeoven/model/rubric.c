#include "model/rubric.h"

#include "model/names.h"
#include "model/score.h"

#include <apr_strings.h>

#include <string.h>

enum { HEADING_MAX = 80, TITLE_MAX = 200, DESCRIPTION_MAX = 4000 };

apr_status_t go_points_parse(const char *text, const char *what, apr_int64_t *milli,
                             go_error *err) {
    apr_size_t length;
    apr_int64_t value;
    while (*text == ' ')
        text++;
    int is_negative = *text == '-';
    if (*text == '-' || *text == '+') text++;
    length = strlen(text);
    while (length && text[length - 1] == ' ')
        length--;
    if (go_score_parse_milli(text, length, &value) || value > GO_POINTS_MAX_MILLI)
        return go_error_set(err, GO_EINVALID,
                            "Write a decimal number with a point and at most three places, such "
                            "as 2, 0.5 or -1.",
                            "%s is not a number of points.", what);
    *milli = is_negative ? -value : value;
    return APR_SUCCESS;
}

apr_status_t go_rubric(go_db *db, const go_assignment *assignment, apr_array_header_t **items,
                       apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_RUBRIC_ITEMS,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *items = apr_array_make(pool, 16, sizeof(go_rubric_item));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*items, go_rubric_item) =
            (go_rubric_item){.id = go_rows_integer(rows, 0, 0),
                             .heading = go_rows_text(rows, 1),
                             .title = go_rows_text(rows, 2),
                             .description = go_rows_text(rows, 3),
                             .points_milli = go_rows_integer(rows, 4, 0),
                             .is_retired = (int)go_rows_integer(rows, 5, 0),
                             .uses = (int)go_rows_integer(rows, 6, 0)};
    return status;
}

/* The item with its texts as they are kept. */
static apr_status_t check(const go_rubric_item *typed, go_rubric_item *item, apr_pool_t *pool,
                          go_error *err) {
    *item = *typed;
    if (go_name_line(&item->heading, "group", typed->heading, HEADING_MAX, 1, pool, err) ||
        go_name_line(&item->title, "title", typed->title, TITLE_MAX, 0, pool, err))
        return err->status;
    if (strlen(item->description) > DESCRIPTION_MAX)
        return go_error_set(err, GO_EINVALID, NULL, "The description is over %d bytes long.",
                            DESCRIPTION_MAX);
    return APR_SUCCESS;
}

static const char *describe(const go_rubric_item *item, apr_pool_t *pool) {
    return apr_psprintf(pool, "%s%s%s: %s points%s", item->heading, *item->heading ? " / " : "",
                        item->title, go_score_format_milli(pool, item->points_milli),
                        item->is_retired ? ", retired" : "");
}

static apr_status_t note(go_db *db, const go_assignment *assignment, const go_rubric_item *was,
                         const go_rubric_item *is, const go_audit_entry *by, apr_pool_t *pool,
                         go_error *err) {
    go_audit_entry entry = *by;
    entry.action = "rubric";
    entry.subject = was && was->uses ? apr_psprintf(pool, "%s, ticked for %d submissions",
                                                    assignment->name, was->uses)
                                     : assignment->name;
    entry.was = was ? describe(was, pool) : "";
    entry.became = is ? describe(is, pool) : "";
    return go_audit_add(db, &entry, pool, err);
}

/* The item of this id, or GO_ENOTFOUND. */
static apr_status_t find(go_db *db, const go_assignment *assignment, apr_int64_t id,
                         go_rubric_item **item, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *items;
    apr_status_t status = go_rubric(db, assignment, &items, pool, err);
    *item = NULL;
    for (int i = 0; !status && i < items->nelts; i++) {
        *item = &APR_ARRAY_IDX(items, i, go_rubric_item);
        if ((*item)->id == id) return APR_SUCCESS;
    }
    return status ? status
                  : go_error_set(err, GO_ENOTFOUND, NULL, "The rubric has no such item any more.");
}

static apr_status_t add(go_db *db, const go_assignment *assignment, const go_rubric_item *item,
                        const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *items;
    apr_status_t status = go_rubric(db, assignment, &items, pool, err);
    if (!status && items->nelts >= GO_RUBRIC_MAX)
        return go_error_set(err, GO_ETOOBIG, "Delete some first.", "A rubric has at most %d items.",
                            GO_RUBRIC_MAX);
    if (!status)
        status = go_db_run(db, GO_SQL_RUBRIC_ITEM_ADD,
                           GO_VALUES(go_integer(assignment->id), go_text(item->heading),
                                     go_text(item->title), go_text(item->description),
                                     go_integer(item->points_milli)),
                           NULL, pool, err);
    return status ? status : note(db, assignment, NULL, item, by, pool, err);
}

apr_status_t go_rubric_add(go_db *db, const go_assignment *assignment, const go_rubric_item *typed,
                           const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_rubric_item item;
    apr_status_t status = check(typed, &item, pool, err);
    if (status || (status = go_db_begin(db, err))) return status;
    status = add(db, assignment, &item, by, pool, err);
    return go_db_end(db, status, err);
}

static apr_status_t change(go_db *db, const go_assignment *assignment, const go_rubric_item *item,
                           const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_rubric_item *was;
    apr_status_t status = find(db, assignment, item->id, &was, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_RUBRIC_ITEM_CHANGE,
                           GO_VALUES(go_text(item->heading), go_text(item->title),
                                     go_text(item->description), go_integer(item->points_milli),
                                     go_integer(item->is_retired), go_integer(item->id)),
                           NULL, pool, err);
    return status ? status : note(db, assignment, was, item, by, pool, err);
}

apr_status_t go_rubric_change(go_db *db, const go_assignment *assignment,
                              const go_rubric_item *typed, const go_audit_entry *by,
                              apr_pool_t *pool, go_error *err) {
    go_rubric_item item;
    apr_status_t status = check(typed, &item, pool, err);
    if (status || (status = go_db_begin(db, err))) return status;
    status = change(db, assignment, &item, by, pool, err);
    return go_db_end(db, status, err);
}

static apr_status_t take_out(go_db *db, const go_assignment *assignment, apr_int64_t id,
                             const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_rubric_item *was;
    apr_status_t status = find(db, assignment, id, &was, pool, err);
    if (status || !was) return status;
    if (was->uses) {
        go_rubric_item retired = *was;
        retired.is_retired = 1;
        return change(db, assignment, &retired, by, pool, err);
    }
    status = go_db_run(db, GO_SQL_RUBRIC_ITEM_REMOVE, GO_VALUES(go_integer(id)), NULL, pool, err);
    return status ? status : note(db, assignment, was, NULL, by, pool, err);
}

apr_status_t go_rubric_remove(go_db *db, const go_assignment *assignment, apr_int64_t id,
                              const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = take_out(db, assignment, id, by, pool, err);
    return go_db_end(db, status, err);
}
