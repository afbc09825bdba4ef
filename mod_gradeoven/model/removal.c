#include "model/removal.h"

#include "model/objects.h"
#include "model/trees.h"

#include <apr_strings.h>

go_removal *go_removal_make(const char *why, apr_time_t now, apr_pool_t *pool) {
    go_removal *removal = apr_pcalloc(pool, sizeof(*removal));
    *removal = (go_removal){.at_us = now,
                            .why = why,
                            .pool = pool,
                            .objects = apr_array_make(pool, 64, sizeof(const char *))};
    return removal;
}

/* What stages wrote while they graded it, and what people wrote about it. */
static apr_status_t remove_texts(go_db *db, apr_int64_t submission_id, apr_pool_t *pool,
                                 go_error *err) {
    static const go_statement statements[] = {
        GO_SQL_REMOVE_RUN_TEXTS,        GO_SQL_REMOVE_STAGE_TEXTS,    GO_SQL_REMOVE_TEST_TEXTS,
        GO_SQL_REMOVE_RESULT_TEXTS,     GO_SQL_REMOVE_FEEDBACK_TEXTS, GO_SQL_REMOVE_LINE_COMMENTS,
        GO_SQL_REMOVE_REGRADE_MESSAGES, GO_SQL_REMOVE_RECEIPT};
    apr_status_t status = APR_SUCCESS;
    for (size_t i = 0; !status && i < sizeof(statements) / sizeof(*statements); i++)
        status =
            go_db_run(db, statements[i], GO_VALUES(go_integer(submission_id)), NULL, pool, err);
    return status;
}

/* A tree that nothing names any more goes; its objects are noted, to be asked for later. */
static apr_status_t drop_tree(go_removal *removal, go_db *db, apr_int64_t tree_id, apr_pool_t *pool,
                              go_error *err) {
    go_rows *rows = NULL;
    const go_value tree = go_integer(tree_id);
    apr_status_t status =
        go_db_select(db, GO_SQL_TREE_IS_NAMED, GO_VALUES(tree, tree, tree, tree), &rows, pool, err);
    if (status || !rows || go_rows_next(rows)) return status;
    status = go_db_select(db, GO_SQL_TREE_ENTRIES, GO_VALUES(tree), &rows, pool, err);
    while (!status && go_rows_next(rows)) {
        const char *object = go_rows_text(rows, 4);
        if (object)
            APR_ARRAY_PUSH(removal->objects, const char *) = apr_pstrdup(removal->pool, object);
    }
    if (!status)
        status = go_db_run(db, GO_SQL_TREE_ENTRIES_REMOVE, GO_VALUES(tree), NULL, pool, err);
    return status ? status : go_db_run(db, GO_SQL_TREE_REMOVE, GO_VALUES(tree), NULL, pool, err);
}

static apr_status_t take_one(go_removal *removal, go_db *db, apr_int64_t submission_id,
                             apr_pool_t *pool, go_error *err) {
    go_rows *row = NULL;
    apr_int64_t empty = 0;
    apr_status_t status = go_trees_keep(db, go_tree_make(pool), &empty, pool, err);
    if (!status)
        status = go_db_one(db, GO_SQL_TREE_OF_SUBMISSION, GO_VALUES(go_integer(submission_id)),
                           &row, "submission", pool, err);
    if (status || !row) return status;
    apr_int64_t tree_id = go_rows_integer(row, 0, 0);
    removal->files += (int)go_rows_integer(row, 1, 0);
    removal->bytes += go_rows_integer(row, 2, 0);
    status = go_db_run(db, GO_SQL_SUBMISSION_REMOVE,
                       GO_VALUES(go_integer(empty), go_integer(removal->at_us),
                                 go_text(removal->why), go_integer(submission_id)),
                       NULL, pool, err);
    if (!status) status = remove_texts(db, submission_id, pool, err);
    if (!status && tree_id != empty) status = drop_tree(removal, db, tree_id, pool, err);
    return status;
}

apr_status_t go_removal_take(go_removal *removal, go_db *db, apr_int64_t submission_id,
                             apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status = go_db_select(db, GO_SQL_REMOVE_STANDINS,
                                       GO_VALUES(go_integer(submission_id)), &rows, pool, err);
    while (!status && rows && go_rows_next(rows))
        status = take_one(removal, db, go_rows_integer(rows, 0, 0), pool, err);
    if (!status) status = take_one(removal, db, submission_id, pool, err);
    removal->submissions += !status;
    return status;
}

apr_status_t go_removal_sweep(go_removal *removal, go_db *db, const go_state *state, int *count,
                              apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_objects_forget(db, state->objects, removal->objects, count, pool, err);
    apr_array_clear(removal->objects);
    return status;
}
