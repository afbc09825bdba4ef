/* Claiming a run: the one place where a queued run becomes a running one (see runs.h). */
#include "model/assignments.h"
#include "model/passwords.h"
#include "model/runs.h"
#include "model/submissions.h"
#include "model/trees.h"

#include <apr_strings.h>

enum { LEASE_BYTES = 16 };

/* A stage's part of the version's tree, for each stage in order. */
static apr_array_header_t *split_by_stage(const go_tree *tree, const apr_array_header_t *stages,
                                          apr_pool_t *pool) {
    apr_array_header_t *trees = apr_array_make(pool, stages->nelts, sizeof(go_tree *));
    for (int i = 0; i < stages->nelts; i++)
        APR_ARRAY_PUSH(trees, go_tree *) =
            go_tree_below(tree, APR_ARRAY_IDX(stages, i, go_stage).name, pool);
    return trees;
}

static apr_status_t read_details(go_db *db, apr_int64_t submission_id, apr_int64_t version_id,
                                 const char *objects, go_claim *claim, apr_pool_t *pool,
                                 go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_RUN_CLAIM_DETAILS,
                                    GO_VALUES(go_integer(version_id), go_integer(submission_id)),
                                    &row, "submission for this run", pool, err);
    if (status) return status;
    claim->username = go_rows_text(row, 0);
    claim->course = go_rows_text(row, 1);
    claim->assignment = go_rows_text(row, 2);
    claim->submission_attempt = (int)go_rows_integer(row, 3, 0);
    claim->submission_number = (int)go_rows_integer(row, 4, 0);
    go_tree *version = NULL;
    const go_submission kept = {.removed_us = go_rows_integer(row, 7, 0),
                                .removed_by = go_rows_text(row, 8)};
    status = go_submission_needs_files(&kept, err);
    if (!status)
        status =
            go_trees_read(db, go_rows_integer(row, 5, 0), objects, &claim->submission, pool, err);
    if (!status)
        status = go_trees_read(db, go_rows_integer(row, 6, 0), objects, &version, pool, err);
    if (!status) status = go_version_stages(db, version_id, &claim->stages, pool, err);
    if (!status) claim->trees = split_by_stage(version, claim->stages, pool);
    return status;
}

apr_status_t go_run_parts(go_db *db, apr_int64_t run_id, const char *objects, go_claim **result,
                          apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_RUN_PARTS, GO_VALUES(go_integer(run_id)), &row,
                                    apr_psprintf(pool, "run %" APR_INT64_T_FMT, run_id), pool, err);
    if (status) return status;
    go_claim *claim = apr_pcalloc(pool, sizeof(*claim));
    claim->run_id = run_id;
    *result = claim;
    return read_details(db, go_rows_integer(row, 0, 0), go_rows_integer(row, 1, 0), objects, claim,
                        pool, err);
}

/* Takes the run whose turn it is, and moves its course on; no row when there is none. */
static apr_status_t take(go_db *db, const go_claim *claim, const char *holder, apr_time_t now,
                         go_rows **row, int *is_taken, apr_pool_t *pool, go_error *err) {
    *is_taken = 0;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUN_CLAIM,
                     GO_VALUES(go_text(claim->lease), go_text(holder),
                               go_integer(now + apr_time_from_sec(GO_LEASE_SECONDS)),
                               go_integer(now), go_integer(now)),
                     row, pool, err);
    if (!status && go_rows_next(*row)) {
        apr_int64_t course = go_rows_integer(*row, 4, 0);
        status = go_db_run(db, GO_SQL_COURSE_PASS, GO_VALUES(go_integer(course)), NULL, pool, err);
        *is_taken = !status;
    }
    return status;
}

apr_status_t go_run_claim(go_db *db, const char *holder, const char *objects, apr_time_t now,
                          go_claim **result, apr_pool_t *pool, go_error *err) {
    *result = NULL;
    go_rows *row;
    int is_taken;
    go_claim *claim = apr_pcalloc(pool, sizeof(*claim));
    claim->lease = go_random_hex(pool, LEASE_BYTES);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = take(db, claim, holder, now, &row, &is_taken, pool, err);
    if (status || !is_taken) return go_db_end(db, status, err);
    claim->run_id = go_rows_integer(row, 0, 0);
    claim->attempt = (int)go_rows_integer(row, 3, 1);
    /* In the same transaction: SQLite then locks, and looks whether its cache is valid, once. */
    apr_status_t unreadable = read_details(db, go_rows_integer(row, 1, 0),
                                           go_rows_integer(row, 2, 0), objects, claim, pool, err);
    status = go_db_end(db, APR_SUCCESS, unreadable ? NULL : err);
    if (status && !unreadable) return status;
    if (unreadable) { /* it may be readable later: it goes back, with the reason */
        go_run_release(db, claim->run_id, claim->lease, go_error_text(err), now, pool, NULL);
        return unreadable;
    }
    *result = claim;
    return APR_SUCCESS;
}
