/*
 * Whose turn it is: the order of the queue, how long one waits, and steering it.
 *
 * Courses take turns. Each has a weight (1 unless an admin says otherwise); the next run is one of
 * the course that has the fewest runs going on for its weight, and among these of the one that has
 * come least far: a course's "pass" grows by 1/weight with each run that starts (stride
 * scheduling), and a course that had nothing waiting begins again level with that one. Within a
 * course:
 *
 *   1. what staff put first;
 *   2. what students wait for: who had fewer runs in the last hour is before who had more, then by
 *      time. So somebody who submits 500 times is behind everybody else from the second on;
 *   3. reruns, which also stand behind what students of any other course wait for.
 *
 * A newer submission of the same student for the same assignment supersedes one that still waits,
 * and takes its place: that one is cancelled, kept, and can be graded on demand. A paused course's
 * runs keep their places and do not start; a drained queue starts none at all.
 *
 * All this is one statement (RUN_CLAIM in statements.inc) over columns that were filled when the
 * run was queued, so that claiming costs the same with one run waiting and with a thousand.
 */
#ifndef GO_MODEL_TURNS_H
#define GO_MODEL_TURNS_H

#include "model/assignments.h"
#include "model/runs.h"

#define GO_WEIGHT_MAX 100

/* Queues the run of a new submission, in the place of the ones that it supersedes. */
apr_status_t go_run_submit(go_db *db, apr_int64_t submission_id, const go_assignment *assignment,
                           apr_int64_t user_id, apr_time_t now, apr_pool_t *pool, go_error *err);

/* What a queued run waits for. */
typedef enum go_wait_reason {
    GO_WAIT_TURN,    /* others are before it, or it is next */
    GO_WAIT_AGAIN,   /* after a failure of ours: a pause before the next attempt */
    GO_WAIT_PAUSED,  /* staff have paused the course */
    GO_WAIT_DRAINED, /* an admin has stopped the queue */
    GO_WAIT_OVEN,    /* no executor that works has reported: nothing can be graded now */
} go_wait_reason;

typedef struct go_wait {
    go_wait_reason reason;
    int ahead;                  /* runs that start before it, as the queue is now */
    int has_estimate;           /* is it known how long runs of this assignment take? */
    int starts_in_s, ends_in_s; /* seconds from now, when nothing changes; for GO_WAIT_TURN only */
} go_wait;

/* How a queued run stands. GO_ENOTFOUND when there is no such run. */
apr_status_t go_run_wait(go_db *db, apr_int64_t run_id, apr_time_t now, go_wait *wait,
                         apr_pool_t *pool, go_error *err);

/* --- steering ------------------------------------------------------------------------------ */

/* Takes a run off the queue, or stops it; GO_ECONFLICT when it is neither waiting nor running. */
apr_status_t go_run_cancel(go_db *db, apr_int64_t run_id, const char *by, apr_time_t now,
                           apr_pool_t *pool, go_error *err);
/* Puts a queued run before all others of its course; GO_ECONFLICT when it does not wait. */
apr_status_t go_run_prioritise(go_db *db, apr_int64_t run_id, apr_pool_t *pool, go_error *err);

apr_status_t go_course_pause(go_db *db, const go_course *course, int is_paused, apr_pool_t *pool,
                             go_error *err);
/* GO_EINVALID unless 1 to GO_WEIGHT_MAX. */
apr_status_t go_course_weigh(go_db *db, const go_course *course, int weight, apr_pool_t *pool,
                             go_error *err);
apr_status_t go_queue_drain(go_db *db, int is_drained, apr_pool_t *pool, go_error *err);
apr_status_t go_queue_is_drained(go_db *db, int *is_drained, apr_pool_t *pool, go_error *err);

/* --- for the pages ------------------------------------------------------------------------- */

/* What waits in a course. */
typedef struct go_course_queue {
    const char *course;
    int weight, is_paused;
    int awaited, reruns;
} go_course_queue;

/* Array of go_course_queue, by name; only courses in which something waits. */
apr_status_t go_course_queues(go_db *db, apr_array_header_t **queues, apr_pool_t *pool,
                              go_error *err);

/* How many submissions that count could not be graded, or failed, in each assignment of a course.
 */
typedef struct go_trouble_count {
    apr_int64_t assignment_id;
    int count;
} go_trouble_count;
apr_status_t go_troubles_of_course(go_db *db, apr_int64_t course_id, apr_array_header_t **counts,
                                   apr_pool_t *pool, go_error *err);

#endif
