#include "model/checks.h"

#include "model/passwords.h"
#include "model/trees.h"

#include <apr_strings.h>

enum { NO_ASSIGNMENT = 0, ONCE_BYTES = 16 };

/* --- the reference solution ------------------------------------------------------------------ */

apr_status_t go_reference_set(go_db *db, const go_authoring *who, const go_tree *tree,
                              apr_pool_t *pool, go_error *err) {
    apr_int64_t tree_id;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_trees_keep(db, tree, &tree_id, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_REFERENCE_SET,
                           GO_VALUES(go_integer(tree_id), go_integer(who->assignment->id)), NULL,
                           pool, err);
    if (!status)
        status = go_authoring_note(db, who, "reference", "", go_tree_digest(tree, pool), pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_reference_find(go_db *db, const go_assignment *assignment, go_reference **reference,
                               apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    *reference = NULL;
    apr_status_t status = go_db_select(db, GO_SQL_REFERENCE_OF,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    *reference = apr_palloc(pool, sizeof(**reference));
    **reference = (go_reference){.tree_id = go_rows_integer(rows, 0, 0),
                                 .files = (int)go_rows_integer(rows, 1, 0),
                                 .bytes = go_rows_integer(rows, 2, 0)};
    return APR_SUCCESS;
}

/* --- how it stands --------------------------------------------------------------------------- */

const char *go_check_verdict_name(go_check_verdict verdict) {
    static const char *const names[] = {[GO_CHECK_NO_REFERENCE] = "no-reference",
                                        [GO_CHECK_MISSING] = "missing",
                                        [GO_CHECK_OUTDATED] = "outdated",
                                        [GO_CHECK_RUNNING] = "running",
                                        [GO_CHECK_FAILED] = "failed",
                                        [GO_CHECK_PASSED] = "passed"};
    return names[verdict];
}

static int is_over(const go_run *run) {
    return run && run->state != GO_RUN_QUEUED && run->state != GO_RUN_RUNNING;
}

/* "the reference solution got 7 of 10 points", or why it has no score. */
static const char *outcome_of(const char *what, const go_run *run, apr_pool_t *pool) {
    if (run->state == GO_RUN_FAILED)
        return apr_psprintf(pool, "%s could not be graded, because of a fault of the site", what);
    if (run->state == GO_RUN_CANCELLED)
        return apr_psprintf(pool, "the grading of %s was stopped", what);
    if (run->is_ungradable)
        return apr_psprintf(pool, "%s cannot be graded: the stages are broken", what);
    if (!run->has_score) return apr_psprintf(pool, "%s got no score", what);
    return apr_psprintf(pool, "%s got %s of %s points", what,
                        go_score_format_milli(pool, run->score.earned_milli),
                        go_score_format_milli(pool, run->score.possible_milli));
}

/* That an empty submission breaks the stages is a fault too: a student will hand one in. */
static void judge(go_check *check, apr_pool_t *pool) {
    const go_run *full = check->reference, *empty = check->empty;
    const char *first = outcome_of("the reference solution", full, pool);
    const char *second = outcome_of("an empty submission", empty, pool);
    int is_full = full->state == GO_RUN_FINISHED && !full->is_ungradable && full->has_score &&
                  full->score.possible_milli > 0 &&
                  full->score.earned_milli >= full->score.possible_milli;
    int is_less = empty->state == GO_RUN_FINISHED && !empty->is_ungradable &&
                  (!empty->has_score || empty->score.earned_milli < empty->score.possible_milli);
    check->verdict = is_full && is_less ? GO_CHECK_PASSED : GO_CHECK_FAILED;
    if (check->verdict == GO_CHECK_PASSED)
        check->why = apr_psprintf(pool, "As it should be: %s, and %s.", first, second);
    else if (!is_full && !is_less)
        check->why =
            apr_psprintf(pool, "Both are not as they should be: %s, and %s.", first, second);
    else if (!is_full)
        check->why = apr_psprintf(pool, "It should get all points, but %s.", first);
    else
        check->why = apr_psprintf(pool, "It should get fewer than all points, but %s.", second);
}

static apr_status_t find_newest(go_db *db, const go_assignment *assignment,
                                const go_reference *reference, go_check *check, apr_pool_t *pool,
                                go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_CHECK_NEWEST,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    check->version_number = (int)go_rows_integer(rows, 1, 0);
    check->created_us = go_rows_integer(rows, 5, 0);
    int is_present = go_rows_integer(rows, 0, 0) == assignment->version_id && reference &&
                     go_rows_integer(rows, 2, 0) == reference->tree_id;
    status = go_run_newest(db, go_rows_integer(rows, 3, 0), &check->reference, pool, err);
    if (!status) status = go_run_newest(db, go_rows_integer(rows, 4, 0), &check->empty, pool, err);
    if (status || !reference) return status;
    if (!is_over(check->reference) || !is_over(check->empty)) {
        check->verdict = GO_CHECK_RUNNING;
        check->why = "The self-check has not ended yet.";
    } else if (is_present) {
        judge(check, pool);
    } else {
        check->verdict = GO_CHECK_OUTDATED;
        check->why = "The stages or the reference solution were changed after the last self-check.";
    }
    return APR_SUCCESS;
}

apr_status_t go_check_find(go_db *db, const go_assignment *assignment, go_check *check,
                           apr_pool_t *pool, go_error *err) {
    go_reference *reference;
    *check = (go_check){.verdict = GO_CHECK_MISSING, .why = "It has never been checked."};
    apr_status_t status = go_reference_find(db, assignment, &reference, pool, err);
    if (status) return status;
    if (!reference) {
        check->verdict = GO_CHECK_NO_REFERENCE;
        check->why = "There is no reference solution, so nobody knows yet whether a right "
                     "submission gets all points.";
    }
    return find_newest(db, assignment, reference, check, pool, err);
}

/* --- starting one ---------------------------------------------------------------------------- */

/* A submission of no assignment, and its run. */
static apr_status_t queue_one(go_db *db, const go_authoring *who, apr_int64_t tree_id,
                              apr_int64_t *submission_id, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    const go_value nowhere = go_integer(NO_ASSIGNMENT), author = go_integer(who->author->id);
    apr_status_t status =
        go_db_one(db, GO_SQL_SUBMISSION_CREATE,
                  GO_VALUES(nowhere, author, nowhere, nowhere, author, go_integer(tree_id),
                            go_integer(0), go_text(go_random_hex(pool, ONCE_BYTES)),
                            go_text(who->address), go_integer(who->now)),
                  &row, "id", pool, err);
    if (status) return status;
    *submission_id = go_rows_integer(row, 0, 0);
    return go_db_run(db, GO_SQL_CHECK_QUEUE,
                     GO_VALUES(go_integer(who->assignment->version_id), go_integer(*submission_id)),
                     NULL, pool, err);
}

static apr_status_t queue_both(go_db *db, const go_authoring *who, const go_reference *reference,
                               apr_pool_t *pool, go_error *err) {
    apr_int64_t empty_tree, full, empty;
    apr_status_t status = go_trees_keep(db, go_tree_make(pool), &empty_tree, pool, err);
    if (!status) status = queue_one(db, who, reference->tree_id, &full, pool, err);
    if (!status) status = queue_one(db, who, empty_tree, &empty, pool, err);
    if (status) return status;
    return go_db_run(db, GO_SQL_CHECK_CREATE,
                     GO_VALUES(go_integer(who->assignment->id),
                               go_integer(who->assignment->version_id),
                               go_integer(reference->tree_id), go_integer(full), go_integer(empty),
                               go_integer(who->now)),
                     NULL, pool, err);
}

apr_status_t go_check_start(go_db *db, const go_authoring *who, apr_pool_t *pool, go_error *err) {
    go_reference *reference;
    go_check present;
    if (!who->assignment->version_id)
        return go_error_set(err, GO_ECONFLICT, "Upload its stages first.",
                            "The assignment has no stages that could be checked.");
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_reference_find(db, who->assignment, &reference, pool, err);
    if (!status && !reference)
        status = go_error_set(err, GO_ECONFLICT, "Upload one first.",
                              "There is no reference solution to check with.");
    if (!status) status = go_check_find(db, who->assignment, &present, pool, err);
    if (!status && present.verdict == GO_CHECK_RUNNING)
        status = go_error_set(err, GO_ECONFLICT, "Wait until it has ended.",
                              "A self-check is going on already.");
    if (!status && reference) status = queue_both(db, who, reference, pool, err);
    return go_db_end(db, status, err);
}
