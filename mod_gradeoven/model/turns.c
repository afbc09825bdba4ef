#include "model/turns.h"

#include "model/engines.h"

#include <apr_strings.h>

#include <string.h>

apr_status_t go_run_submit(go_db *db, apr_int64_t submission_id, const go_assignment *assignment,
                           apr_int64_t user_id, apr_time_t now, apr_pool_t *pool, go_error *err) {
    apr_int64_t run_id;
    apr_status_t status = go_run_queue(db, submission_id, assignment->version_id, GO_REASON_SUBMIT,
                                       now, &run_id, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_RUNS_SUPERSEDE,
                           GO_VALUES(go_integer(now), go_integer(user_id),
                                     go_integer(assignment->id), go_integer(run_id)),
                           NULL, pool, err);
    return status;
}

/* --- how long one waits ---------------------------------------------------------------------- */

/* A queued run in its own course. */
typedef struct place {
    apr_int64_t course_id, pass;
    int ahead;          /* of its course */
    apr_int64_t run_us; /* what its assignment takes; -1: not known */
    int is_rerun, weight, is_paused;
    apr_time_t start_us;
} place;

static apr_status_t find_place(go_db *db, apr_int64_t run_id, place *at, apr_pool_t *pool,
                               go_error *err) {
    go_rows *row;
    apr_status_t status =
        go_db_one(db, GO_SQL_RUN_AHEAD, GO_VALUES(go_integer(run_id)), &row, "run", pool, err);
    if (status) return status;
    *at = (place){.ahead = (int)go_rows_integer(row, 0, 0),
                  .run_us = go_rows_integer(row, 1, -1),
                  .is_rerun = go_rows_integer(row, 2, 0) == GO_PRECEDENCE_RERUN,
                  .start_us = go_rows_integer(row, 3, 0),
                  .weight = (int)go_rows_integer(row, 4, 1),
                  .is_paused = (int)go_rows_integer(row, 5, 0),
                  .course_id = go_rows_integer(row, 6, 0),
                  .pass = go_rows_integer(row, 7, 0)};
    return APR_SUCCESS;
}

/* How many of `waiting` runs of another course start before ours does. */
static int share(int waiting, const place *at, apr_int64_t weight, apr_int64_t pass) {
    apr_int64_t turns = (at->ahead * weight + at->weight - 1) / at->weight + (pass < at->pass);
    return turns < waiting ? (int)turns : waiting;
}

/* Adds what starts before it in other courses; *mean_us is what the runs that wait take. */
static apr_status_t count_others(go_db *db, const place *at, int *ahead, apr_int64_t *mean_us,
                                 apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_int64_t sum = 0, known = 0;
    apr_status_t status = go_db_select(db, GO_SQL_QUEUE_COURSES, GO_NO_VALUES, &rows, pool, err);
    *ahead = at->ahead;
    while (!status && go_rows_next(rows)) {
        apr_int64_t weight = go_rows_integer(rows, 1, 1), pass = go_rows_integer(rows, 8, 0);
        int awaited = (int)go_rows_integer(rows, 2, 0), reruns = (int)go_rows_integer(rows, 3, 0);
        sum += go_rows_integer(rows, 4, 0);
        known += go_rows_integer(rows, 5, 0);
        if (go_rows_integer(rows, 0, 0) == at->course_id || go_rows_integer(rows, 7, 0)) continue;
        *ahead += at->is_rerun ? awaited + share(reruns, at, weight, pass)
                               : share(awaited, at, weight, pass);
    }
    *mean_us = known ? sum / known : at->run_us;
    return status;
}

/*
 * When it starts and ends if nothing changes: `places` runs are baked at a time, each takes the
 * mean of those that wait, and those that are being baked are half through.
 */
static void estimate(go_wait *wait, const place *at, int places, int running, apr_int64_t mean_us) {
    int busy = running < places ? running : places;
    apr_int64_t work_us = wait->ahead * mean_us + busy * mean_us / 2;
    apr_int64_t start_us = wait->ahead + running < places ? 0 : work_us / places;
    wait->has_estimate = 1;
    wait->starts_in_s = (int)((start_us + APR_USEC_PER_SEC / 2) / APR_USEC_PER_SEC);
    wait->ends_in_s = (int)((start_us + at->run_us + APR_USEC_PER_SEC - 1) / APR_USEC_PER_SEC);
}

apr_status_t go_run_wait(go_db *db, apr_int64_t run_id, apr_time_t now, go_wait *wait,
                         apr_pool_t *pool, go_error *err) {
    place at;
    go_rows *row;
    apr_int64_t mean_us;
    memset(wait, 0, sizeof(*wait));
    apr_status_t status = find_place(db, run_id, &at, pool, err);
    if (!status) status = count_others(db, &at, &wait->ahead, &mean_us, pool, err);
    if (!status)
        status = go_db_one(db, GO_SQL_QUEUE_PLACES,
                           GO_VALUES(go_integer(now - apr_time_from_sec(GO_SILENT_SECONDS))), &row,
                           "queue", pool, err);
    if (status) return status;
    int places = (int)go_rows_integer(row, 0, 0), running = (int)go_rows_integer(row, 1, 0);
    if (go_rows_integer(row, 2, 0))
        wait->reason = GO_WAIT_DRAINED;
    else if (at.is_paused)
        wait->reason = GO_WAIT_PAUSED;
    else if (places == 0)
        wait->reason = GO_WAIT_OVEN;
    else if (at.start_us > now)
        wait->reason = GO_WAIT_AGAIN;
    else if (at.run_us >= 0)
        estimate(wait, &at, places, running, mean_us);
    return APR_SUCCESS;
}

/* --- steering -------------------------------------------------------------------------------- */

static apr_status_t expect_change(apr_status_t status, int changed, const char *what,
                                  go_error *err) {
    if (status || changed) return status;
    return go_error_set(err, GO_ECONFLICT, "Load the page again.", "The run is not %s any more.",
                        what);
}

apr_status_t go_run_cancel(go_db *db, apr_int64_t run_id, const char *by, apr_time_t now,
                           apr_pool_t *pool, go_error *err) {
    int changed = 0;
    apr_status_t status =
        go_db_run(db, GO_SQL_RUN_CANCEL,
                  GO_VALUES(go_text(by), go_integer(now), go_integer(run_id)), &changed, pool, err);
    return expect_change(status, changed, "waiting or running", err);
}

apr_status_t go_run_prioritise(go_db *db, apr_int64_t run_id, apr_pool_t *pool, go_error *err) {
    int changed = 0;
    apr_status_t status =
        go_db_run(db, GO_SQL_RUN_PRIORITISE, GO_VALUES(go_integer(run_id)), &changed, pool, err);
    return expect_change(status, changed, "waiting", err);
}

apr_status_t go_course_pause(go_db *db, const go_course *course, int is_paused, apr_pool_t *pool,
                             go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_COURSE_PAUSE,
                       GO_VALUES(go_integer(is_paused), go_integer(course->id)), NULL, pool, err);
    if (!status && !is_paused)
        status =
            go_db_run(db, GO_SQL_COURSE_LEVEL, GO_VALUES(go_integer(course->id)), NULL, pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_course_weigh(go_db *db, const go_course *course, int weight, apr_pool_t *pool,
                             go_error *err) {
    if (weight < 1 || weight > GO_WEIGHT_MAX)
        return go_error_set(err, GO_EINVALID, "1 is that of an ordinary course.",
                            "The weight must be a whole number from 1 to %d.", GO_WEIGHT_MAX);
    return go_db_run(db, GO_SQL_COURSE_WEIGHT,
                     GO_VALUES(go_integer(weight), go_integer(course->id)), NULL, pool, err);
}

apr_status_t go_queue_drain(go_db *db, int is_drained, apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_QUEUE_DRAIN, GO_VALUES(go_integer(is_drained)), NULL, pool, err);
}

apr_status_t go_queue_is_drained(go_db *db, int *is_drained, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status =
        go_db_one(db, GO_SQL_QUEUE_IS_DRAINED, GO_NO_VALUES, &row, "queue", pool, err);
    *is_drained = status ? 0 : (int)go_rows_integer(row, 0, 0);
    return status;
}

/* --- for the pages --------------------------------------------------------------------------- */

apr_status_t go_course_queues(go_db *db, apr_array_header_t **queues, apr_pool_t *pool,
                              go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_QUEUE_COURSES, GO_NO_VALUES, &rows, pool, err);
    *queues = apr_array_make(pool, 8, sizeof(go_course_queue));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*queues, go_course_queue) =
            (go_course_queue){.course = go_rows_text(rows, 6),
                              .weight = (int)go_rows_integer(rows, 1, 1),
                              .is_paused = (int)go_rows_integer(rows, 7, 0),
                              .awaited = (int)go_rows_integer(rows, 2, 0),
                              .reruns = (int)go_rows_integer(rows, 3, 0)};
    return status;
}

apr_status_t go_troubles_of_course(go_db *db, apr_int64_t course_id, apr_array_header_t **counts,
                                   apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUNS_TROUBLED, GO_VALUES(go_integer(course_id)), &rows, pool, err);
    *counts = apr_array_make(pool, 8, sizeof(go_trouble_count));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*counts, go_trouble_count) =
            (go_trouble_count){.assignment_id = go_rows_integer(rows, 0, 0),
                               .count = (int)go_rows_integer(rows, 1, 0)};
    return status;
}
