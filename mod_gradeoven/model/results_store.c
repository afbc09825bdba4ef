/* The results of tests in the database: rows to structs and back. */
#include "model/results.h"

static go_value when(int has, apr_int64_t value) {
    return has ? go_integer(value) : go_null();
}

static apr_status_t keep_test(go_db *db, apr_int64_t run_id, int position, const go_test *test,
                              apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_RUN_TEST_CREATE,
                     GO_VALUES(go_integer(run_id), go_integer(position), go_text(test->name),
                               go_text(test->number), go_text(go_test_status_name(test->status)),
                               when(test->has_score, test->score_milli),
                               when(test->has_max, test->max_milli), go_text(test->output),
                               go_text(test->tags), go_text(go_visibility_name(test->visibility)),
                               go_text(go_text_format_name(test->format))),
                     NULL, pool, err);
}

static apr_status_t keep_leader(go_db *db, apr_int64_t run_id, int position,
                                const go_leader *leader, apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_RUN_LEADER_CREATE,
                     GO_VALUES(go_integer(run_id), go_integer(position), go_text(leader->name),
                               go_text(leader->value), when(leader->has_milli, leader->milli),
                               go_integer(leader->is_ascending)),
                     NULL, pool, err);
}

apr_status_t go_results_keep(go_db *db, apr_int64_t run_id, const go_results *results,
                             apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_RUN_RESULTS_CREATE,
                  GO_VALUES(go_integer(run_id), go_text(results->source), go_text(results->output),
                            go_text(go_visibility_name(results->output_visibility)),
                            go_text(go_text_format_name(results->output_format))),
                  NULL, pool, err);
    for (int i = 0; i < results->tests->nelts && !status; i++)
        status = keep_test(db, run_id, i, &APR_ARRAY_IDX(results->tests, i, go_test), pool, err);
    for (int i = 0; i < results->leaderboard->nelts && !status; i++)
        status = keep_leader(db, run_id, i, &APR_ARRAY_IDX(results->leaderboard, i, go_leader),
                             pool, err);
    return status;
}

/* What the database does not understand is shown to staff alone. */
static go_visibility visibility_of(const char *name) {
    go_visibility visibility = GO_HIDDEN_TEST;
    go_visibility_parse(name, &visibility);
    return visibility;
}

static go_test test_from_row(go_rows *rows) {
    go_test test = {.name = go_rows_text(rows, 0),
                    .number = go_rows_text(rows, 1),
                    .has_score = go_rows_text(rows, 3) != NULL,
                    .score_milli = go_rows_integer(rows, 3, 0),
                    .has_max = go_rows_text(rows, 4) != NULL,
                    .max_milli = go_rows_integer(rows, 4, 0),
                    .output = go_rows_text(rows, 5),
                    .tags = go_rows_text(rows, 6),
                    .visibility = visibility_of(go_rows_text(rows, 7)),
                    .format = go_text_format_of(go_rows_text(rows, 8))};
    go_test_status_parse(go_rows_text(rows, 2), &test.status);
    return test;
}

static apr_status_t read_tests(go_db *db, apr_int64_t run_id, go_results *results, apr_pool_t *pool,
                               go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUN_TESTS, GO_VALUES(go_integer(run_id)), &rows, pool, err);
    results->tests = apr_array_make(pool, 16, sizeof(go_test));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(results->tests, go_test) = test_from_row(rows);
    return status;
}

static apr_status_t read_leaders(go_db *db, apr_int64_t run_id, go_results *results,
                                 apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUN_LEADERBOARD, GO_VALUES(go_integer(run_id)), &rows, pool, err);
    results->leaderboard = apr_array_make(pool, 1, sizeof(go_leader));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(results->leaderboard, go_leader) =
            (go_leader){.name = go_rows_text(rows, 0),
                        .value = go_rows_text(rows, 1),
                        .has_milli = go_rows_text(rows, 2) != NULL,
                        .milli = go_rows_integer(rows, 2, 0),
                        .is_ascending = (int)go_rows_integer(rows, 3, 0)};
    return status;
}

apr_status_t go_results_of_run(go_db *db, apr_int64_t run_id, go_results **results,
                               apr_pool_t *pool, go_error *err) {
    go_rows *row;
    *results = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUN_RESULTS, GO_VALUES(go_integer(run_id)), &row, pool, err);
    if (status || !go_rows_next(row)) return status;
    go_results *found = apr_pcalloc(pool, sizeof(*found));
    found->source = go_rows_text(row, 0);
    found->output = go_rows_text(row, 1);
    found->output_visibility = visibility_of(go_rows_text(row, 2));
    found->output_format = go_text_format_of(go_rows_text(row, 3));
    status = read_tests(db, run_id, found, pool, err);
    if (!status) status = read_leaders(db, run_id, found, pool, err);
    if (!status) *results = found;
    return status;
}

apr_status_t go_results_are_released(go_db *db, apr_int64_t assignment_id, int *is_released,
                                     apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status =
        go_db_one(db, GO_SQL_RESULTS_ARE_PUBLISHED, GO_VALUES(go_integer(assignment_id)), &row,
                  "assignment", pool, err);
    if (!status) *is_released = (int)go_rows_integer(row, 0, 0);
    return status;
}

apr_status_t go_results_release(go_db *db, apr_int64_t assignment_id, int is_released, int *changed,
                                apr_pool_t *pool, go_error *err) {
    return go_db_run(
        db, GO_SQL_RESULTS_PUBLISH,
        GO_VALUES(go_integer(is_released), go_integer(assignment_id), go_integer(is_released)),
        changed, pool, err);
}
