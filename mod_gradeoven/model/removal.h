/*
 * Taking the work out of a submission: its files, and all texts that stages and people wrote about
 * it. What stays is that it was handed in, when, for whom it counts, its runs with their times and
 * exit codes, the single tests with their points, and every score; so no grade, no statistic and no
 * gradebook moves.
 *
 * The row keeps a tree, as everything that reads one expects: the empty one. The tree it had goes
 * when no other submission, version, reference solution or self-check has the same files, and the
 * objects of that go when no other tree holds them: after the commit, by go_objects_forget.
 */
#ifndef GO_MODEL_REMOVAL_H
#define GO_MODEL_REMOVAL_H

#include "model/state.h"
#include "model/submissions.h"

typedef struct go_removal {
    apr_time_t at_us;
    const char *why;             /* GO_REMOVED_... */
    apr_pool_t *pool;            /* of the list of objects */
    apr_array_header_t *objects; /* of const char *: those of trees that went */
    int submissions, files;      /* how many were taken out */
    apr_int64_t bytes;
} go_removal;

/* Begins one; its list lives in `pool`. */
go_removal *go_removal_make(const char *why, apr_time_t now, apr_pool_t *pool);

/*
 * Takes out one submission, and what a rerun made of it to try it out. Part of the caller's
 * transaction. The caller has seen that nothing of it is being graded.
 */
apr_status_t go_removal_take(go_removal *removal, go_db *db, apr_int64_t submission_id,
                             apr_pool_t *pool, go_error *err);

/* After the commit: removes the objects that nothing names any more, and empties the list. */
apr_status_t go_removal_sweep(go_removal *removal, go_db *db, const go_state *state, int *count,
                              apr_pool_t *pool, go_error *err);

#endif
