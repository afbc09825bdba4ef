/*
 * Self-checks: before students meet an assignment, its own reference solution and an empty
 * submission are baked with the present stages. The first must get all points, the second not.
 *
 * The reference solution is a tree kept with the assignment. What a check bakes are submissions of
 * assignment 0, which is in no course: no list, count, grade or page of an assignment meets them;
 * their runs go through the queue like any others, with the names of the assignment they check.
 */
#ifndef GO_MODEL_CHECKS_H
#define GO_MODEL_CHECKS_H

#include "model/authoring.h"
#include "model/runs.h"
#include "model/tree.h"

#define GO_REASON_CHECK "check" /* of a run */

typedef struct go_reference {
    apr_int64_t tree_id;
    int files;
    apr_int64_t bytes;
} go_reference;

/* Keeps a finished tree, whose files are objects already, as the reference solution. */
apr_status_t go_reference_set(go_db *db, const go_authoring *who, const go_tree *tree,
                              apr_pool_t *pool, go_error *err);
/* *reference is NULL when there is none. */
apr_status_t go_reference_find(go_db *db, const go_assignment *assignment, go_reference **reference,
                               apr_pool_t *pool, go_error *err);

typedef enum go_check_verdict {
    GO_CHECK_NO_REFERENCE, /* there is no reference solution */
    GO_CHECK_MISSING,      /* never checked */
    GO_CHECK_OUTDATED,     /* other stages, or another reference solution, were checked */
    GO_CHECK_RUNNING,      /* not both have ended */
    GO_CHECK_FAILED,
    GO_CHECK_PASSED,
} go_check_verdict;

/* "no-reference", "missing", "outdated", "running", "failed", "passed" */
const char *go_check_verdict_name(go_check_verdict verdict);

typedef struct go_check {
    go_check_verdict verdict;
    const char *why;           /* a sentence or more for staff */
    int version_number;        /* what was checked; 0: nothing yet */
    apr_time_t created_us;     /* 0: nothing yet */
    go_run *reference, *empty; /* NULL: nothing yet */
} go_check;

/* How the newest self-check stands, towards the present version and reference solution. */
apr_status_t go_check_find(go_db *db, const go_assignment *assignment, go_check *check,
                           apr_pool_t *pool, go_error *err);

/*
 * Queues a self-check of the present version. GO_ECONFLICT: no stages, no reference solution, or
 * one is going on already.
 */
apr_status_t go_check_start(go_db *db, const go_authoring *who, apr_pool_t *pool, go_error *err);

#endif
