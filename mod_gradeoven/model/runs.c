#include "model/runs.h"

#include "model/counted.h"

#include <apr_strings.h>

#include <string.h>

enum {
    BACK_OFF_SECONDS = 2, /* before the second attempt; doubles with each further one, up to: */
    BACK_OFF_MAX_SECONDS = 60,
    BACK_OFF_DOUBLINGS = 5,
    RECENT_SECONDS = 3600, /* the runs of a student within count against the next one's turn */
};

#define GRADED     "graded"
#define UNGRADABLE "ungradable"

static const char *const state_names[GO_RUN_STATE_COUNT] = {"queued", "running", "finished",
                                                            "failed", "cancelled"};

/* The diagram in runs.h as a table: may_move[from][to]. */
static const char may_move[GO_RUN_STATE_COUNT][GO_RUN_STATE_COUNT] = {
    [GO_RUN_QUEUED] = {[GO_RUN_RUNNING] = 1, [GO_RUN_CANCELLED] = 1},
    [GO_RUN_RUNNING] =
        {[GO_RUN_QUEUED] = 1, [GO_RUN_FINISHED] = 1, [GO_RUN_FAILED] = 1, [GO_RUN_CANCELLED] = 1},
};

const char *go_run_state_name(go_run_state state) {
    return state_names[state];
}

int go_run_state_parse(const char *name, go_run_state *state) {
    for (int i = 0; i < GO_RUN_STATE_COUNT; i++)
        if (strcmp(name, state_names[i]) == 0) {
            *state = (go_run_state)i;
            return 1;
        }
    return 0;
}

int go_run_may_move(go_run_state from, go_run_state to) {
    return may_move[from][to];
}

apr_status_t go_run_queue(go_db *db, apr_int64_t submission_id, apr_int64_t version_id,
                          const char *reason, apr_time_t now, apr_int64_t *run_id, apr_pool_t *pool,
                          go_error *err) {
    go_rows *row;
    int is_rerun = strcmp(reason, GO_REASON_RERUN) == 0;
    /* what it supersedes neither counts as a recent run nor keeps its place */
    const char *same = strcmp(reason, GO_REASON_SUBMIT) == 0 ? reason : "";
    apr_time_t since = is_rerun ? now : now - apr_time_from_sec(RECENT_SECONDS);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_COURSE_CATCH_UP, GO_VALUES(go_integer(submission_id)), NULL, pool,
                       err);
    if (status) return go_db_end(db, status, err);
    status = go_db_one(db, GO_SQL_RUN_QUEUE,
                       GO_VALUES(go_integer(version_id), go_text(reason), go_integer(now),
                                 go_integer(now),
                                 go_integer(is_rerun ? GO_PRECEDENCE_RERUN : GO_PRECEDENCE_AWAITED),
                                 go_integer(since), go_text(same), go_text(same), go_integer(now),
                                 go_integer(submission_id)),
                       &row, "submission to grade", pool, err);
    if (!status) *run_id = go_rows_integer(row, 0, 0);
    return go_db_end(db, status, err);
}

/* A change of a leased run that touched no row: somebody else has it, or it has ended. */
static apr_status_t expect_lease(apr_status_t status, int changed, apr_int64_t run_id,
                                 go_error *err) {
    if (status || changed) return status;
    return go_error_set(err, GO_ELOST, NULL,
                        "The lease on run %" APR_INT64_T_FMT " is not held any more.", run_id);
}

apr_status_t go_run_renew(go_db *db, apr_int64_t run_id, const char *lease, apr_time_t now,
                          apr_pool_t *pool, go_error *err) {
    int changed = 0;
    apr_status_t status = go_db_run(db, GO_SQL_RUN_RENEW,
                                    GO_VALUES(go_integer(now + apr_time_from_sec(GO_LEASE_SECONDS)),
                                              go_integer(run_id), go_text(lease)),
                                    &changed, pool, err);
    return expect_lease(status, changed, run_id, err);
}

static go_value when(int has, apr_int64_t value) {
    return has ? go_integer(value) : go_null();
}

apr_status_t go_run_tell(go_db *db, apr_int64_t run_id, const char *lease, const go_run_news *news,
                         apr_pool_t *pool, go_error *err) {
    int changed = 0;
    apr_status_t status = go_db_run(
        db, GO_SQL_RUN_TELL,
        GO_VALUES(go_text(news->status), go_text(news->errors), go_text(news->debug),
                  when(news->has_score, news->score.earned_milli),
                  when(news->has_score, news->score.possible_milli),
                  when(news->has_progress, news->progress.earned_milli),
                  when(news->has_progress, news->progress.possible_milli),
                  when(news->stage >= 0, news->stage), go_integer(run_id), go_text(lease)),
        &changed, pool, err);
    return expect_lease(status, changed, run_id, err);
}

static apr_status_t insert_stage(go_db *db, apr_int64_t run_id, int position,
                                 const go_stage_result *result, apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_RUN_STAGE_CREATE,
                     GO_VALUES(go_integer(run_id), go_integer(position), go_text(result->name),
                               go_integer(result->exit_code), go_integer(result->signal),
                               go_integer(result->timed_out), go_integer(result->wall_ms),
                               go_integer(result->cpu_ms), go_integer(result->max_rss_kib),
                               go_text(result->console ? result->console : ""),
                               go_text(result->problem), go_integer(result->is_broken)),
                     NULL, pool, err);
}

/* Is it the stages' fault that there is no grade (see runs.h)? */
static int is_ungradable(const go_run_end *end) {
    int has_failed = end->problem != NULL;
    for (int i = 0; i < end->results->nelts; i++) {
        const go_stage_result *result = &APR_ARRAY_IDX(end->results, i, go_stage_result);
        if (result->is_broken) return 1;
        has_failed |= result->exit_code || result->signal || result->timed_out || result->problem;
    }
    return end->problem || (has_failed && !end->news->has_score);
}

static apr_status_t finish_row(go_db *db, apr_int64_t run_id, const char *lease,
                               const go_run_end *end, apr_time_t now, apr_pool_t *pool,
                               go_error *err) {
    int changed = 0;
    const go_stamp *stamp = &end->stamp;
    apr_status_t status = go_db_run(
        db, GO_SQL_RUN_FINISH,
        GO_VALUES(go_integer(now), go_text(end->problem),
                  go_text(is_ungradable(end) ? UNGRADABLE : GRADED), go_text(stamp->image),
                  go_text(stamp->limits), go_text(stamp->executor), go_text(stamp->oven),
                  go_text(stamp->engine), go_integer(run_id), go_text(lease)),
        &changed, pool, err);
    return expect_lease(status, changed, run_id, err);
}

apr_status_t go_run_finish(go_db *db, apr_int64_t run_id, const char *lease, const go_run_end *end,
                           apr_time_t now, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_run_tell(db, run_id, lease, end->news, pool, err);
    if (!status) status = finish_row(db, run_id, lease, end, now, pool, err);
    for (int i = 0; i < end->results->nelts && !status; i++)
        status = insert_stage(db, run_id, i, &APR_ARRAY_IDX(end->results, i, go_stage_result), pool,
                              err);
    if (!status && end->tests) status = go_results_keep(db, run_id, end->tests, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_ASSIGNMENT_MEASURED,
                           GO_VALUES(go_integer(run_id), go_integer(run_id)), NULL, pool, err);
    if (!status) status = go_counted_after_run(db, run_id, pool, err);
    return go_db_end(db, status, err);
}

static apr_interval_time_t back_off(int attempts) {
    int doublings = attempts - 1 < BACK_OFF_DOUBLINGS ? attempts - 1 : BACK_OFF_DOUBLINGS;
    int seconds = BACK_OFF_SECONDS << doublings;
    return apr_time_from_sec(seconds < BACK_OFF_MAX_SECONDS ? seconds : BACK_OFF_MAX_SECONDS);
}

static apr_status_t release(go_db *db, apr_int64_t run_id, const char *lease, const char *reason,
                            int is_at_once, apr_time_t now, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    int changed = 0;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_select(db, GO_SQL_RUN_LEASED, GO_VALUES(go_integer(run_id), go_text(lease)),
                          &rows, pool, err);
    if (!status && go_rows_next(rows)) {
        int attempts = (int)go_rows_integer(rows, 0, 1);
        apr_time_t start = is_at_once ? now : now + back_off(attempts);
        if (reason && attempts >= GO_RUN_ATTEMPTS)
            status = go_db_run(
                db, GO_SQL_RUN_GIVE_UP,
                GO_VALUES(go_integer(now), go_text(reason), go_integer(run_id), go_text(lease)),
                &changed, pool, err);
        else
            status = go_db_run(db, GO_SQL_RUN_REQUEUE,
                               GO_VALUES(go_integer(start), go_integer(reason ? 0 : 1),
                                         go_text(reason), go_integer(run_id), go_text(lease)),
                               &changed, pool, err);
        if (!status) status = go_counted_after_run(db, run_id, pool, err);
    }
    return go_db_end(db, expect_lease(status, changed, run_id, err), err);
}

apr_status_t go_run_release(go_db *db, apr_int64_t run_id, const char *lease, const char *reason,
                            apr_time_t now, apr_pool_t *pool, go_error *err) {
    return release(db, run_id, lease, reason, !reason, now, pool, err);
}

apr_status_t go_run_pass_on(go_db *db, apr_int64_t run_id, const char *lease, const char *reason,
                            apr_time_t now, apr_pool_t *pool, go_error *err) {
    return release(db, run_id, lease, reason, 1, now, pool, err);
}

/* Releases every (id, lease) of `rows`; one that has changed hands meanwhile is left alone. */
static apr_status_t release_all(go_db *db, go_rows *rows, const char *reason, apr_time_t now,
                                int *count, apr_pool_t *pool, go_error *err) {
    int released = 0;
    while (go_rows_next(rows)) {
        apr_status_t status = go_run_release(db, go_rows_integer(rows, 0, 0), go_rows_text(rows, 1),
                                             reason, now, pool, err);
        if (status && status != GO_ELOST) return status;
        released += status == APR_SUCCESS;
    }
    if (count) *count = released;
    return APR_SUCCESS;
}

apr_status_t go_runs_expire(go_db *db, apr_time_t now, int *count, apr_pool_t *pool,
                            go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUNS_OVERDUE, GO_VALUES(go_integer(now)), &rows, pool, err);
    return status ? status
                  : release_all(db, rows, "The executor that baked it stopped answering.", now,
                                count, pool, err);
}

apr_status_t go_runs_holders(go_db *db, apr_array_header_t **holders, apr_pool_t *pool,
                             go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_RUNS_HOLDERS, GO_NO_VALUES, &rows, pool, err);
    *holders = apr_array_make(pool, 4, sizeof(const char *));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*holders, const char *) = go_rows_text(rows, 0);
    return status;
}

/* The executor is dead: starting anew at once is safe, and its end was no fault of the run's. */
apr_status_t go_runs_release_holder(go_db *db, const char *holder, apr_time_t now, int *count,
                                    apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUNS_OF_HOLDER, GO_VALUES(go_text(holder)), &rows, pool, err);
    return status
               ? status
               : release_all(db, rows, "The executor that baked it died.", now, count, pool, err);
}

apr_status_t go_runs_next_start(go_db *db, apr_time_t now, apr_time_t *start, apr_pool_t *pool,
                                go_error *err) {
    go_rows *rows;
    *start = 0;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUNS_READY, GO_VALUES(go_integer(now)), &rows, pool, err);
    if (status) return status;
    if (go_rows_next(rows)) {
        *start = now;
        return APR_SUCCESS;
    }
    status = go_db_one(db, GO_SQL_RUNS_NEXT_START, GO_NO_VALUES, &rows, "start", pool, err);
    if (!status) *start = go_rows_integer(rows, 0, 0);
    return status;
}

apr_status_t go_runs_count_of_holder(go_db *db, const char *holder, int *count, apr_pool_t *pool,
                                     go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUNS_OF_HOLDER, GO_VALUES(go_text(holder)), &rows, pool, err);
    for (*count = 0; !status && go_rows_next(rows);)
        ++*count;
    return status;
}

static apr_time_t time_of(go_rows *row, int column) {
    return go_rows_integer(row, column, 0);
}

static int is_word(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

static go_run *run_from_row(go_rows *row, apr_pool_t *pool) {
    go_run *run = apr_pcalloc(pool, sizeof(*run));
    run->id = go_rows_integer(row, 0, 0);
    run->submission_id = go_rows_integer(row, 1, 0);
    run->version_number = (int)go_rows_integer(row, 2, 0);
    go_run_state_parse(go_rows_text(row, 3), &run->state);
    run->queued_us = time_of(row, 4);
    run->started_us = time_of(row, 5);
    run->finished_us = time_of(row, 6);
    run->has_score = go_rows_text(row, 7) && go_rows_text(row, 8);
    run->score = (go_score){go_rows_integer(row, 7, 0), go_rows_integer(row, 8, 0)};
    run->has_progress = go_rows_text(row, 9) && go_rows_text(row, 10);
    run->progress = (go_score){go_rows_integer(row, 9, 0), go_rows_integer(row, 10, 0)};
    run->stage = (int)go_rows_integer(row, 11, -1);
    run->attempts = (int)go_rows_integer(row, 12, 0);
    run->revision = go_rows_integer(row, 13, 0);
    run->status = go_rows_text(row, 14);
    run->errors = go_rows_text(row, 15);
    run->debug = go_rows_text(row, 16);
    run->problem = go_rows_text(row, 17);
    run->reason = go_rows_text(row, 18);
    run->precedence = (int)go_rows_integer(row, 19, GO_PRECEDENCE_AWAITED);
    run->ended_by = go_rows_text(row, 20);
    run->is_ungradable = is_word(go_rows_text(row, 21), UNGRADABLE);
    run->course_id = go_rows_integer(row, 22, 0);
    return run;
}

apr_status_t go_run_newest(go_db *db, apr_int64_t submission_id, go_run **result, apr_pool_t *pool,
                           go_error *err) {
    go_rows *row;
    *result = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUN_NEWEST, GO_VALUES(go_integer(submission_id)), &row, pool, err);
    if (!status && go_rows_next(row)) *result = run_from_row(row, pool);
    return status;
}

apr_status_t go_run_find(go_db *db, apr_int64_t run_id, go_run **result, apr_pool_t *pool,
                         go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_RUN_BY_ID, GO_VALUES(go_integer(run_id)), &row,
                                    apr_psprintf(pool, "run %" APR_INT64_T_FMT, run_id), pool, err);
    if (!status) *result = run_from_row(row, pool);
    return status;
}

apr_status_t go_run_standing(go_db *db, apr_int64_t submission_id, int *has_score, go_score *score,
                             apr_pool_t *pool, go_error *err) {
    go_rows *row;
    *has_score = 0;
    *score = (go_score){0, 0};
    apr_status_t status = go_db_select(db, GO_SQL_RUN_STANDING,
                                       GO_VALUES(go_integer(submission_id)), &row, pool, err);
    if (status || !go_rows_next(row)) return status;
    *has_score = go_rows_text(row, 0) && go_rows_text(row, 1);
    *score = (go_score){go_rows_integer(row, 0, 0), go_rows_integer(row, 1, 0)};
    return APR_SUCCESS;
}

apr_status_t go_run_stages(go_db *db, apr_int64_t run_id, apr_array_header_t **results,
                           apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_RUN_STAGES, GO_VALUES(go_integer(run_id)), &rows, pool, err);
    *results = apr_array_make(pool, 4, sizeof(go_stage_result));
    while (!status && go_rows_next(rows)) {
        go_stage_result *result = apr_array_push(*results);
        result->name = go_rows_text(rows, 0);
        result->exit_code = (int)go_rows_integer(rows, 1, 0);
        result->signal = (int)go_rows_integer(rows, 2, 0);
        result->timed_out = (int)go_rows_integer(rows, 3, 0);
        result->wall_ms = go_rows_integer(rows, 4, 0);
        result->cpu_ms = go_rows_integer(rows, 5, 0);
        result->max_rss_kib = go_rows_integer(rows, 6, 0);
        result->console = go_rows_text(rows, 7);
        result->problem = go_rows_text(rows, 8);
    }
    return status;
}

apr_status_t go_run_origin_of(go_db *db, apr_int64_t run_id, go_run_origin **result,
                              apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_RUN_STAMP, GO_VALUES(go_integer(run_id)), &row,
                                    apr_psprintf(pool, "run %" APR_INT64_T_FMT, run_id), pool, err);
    if (status) return status;
    go_run_origin *origin = apr_pcalloc(pool, sizeof(*origin));
    origin->stamp = (go_stamp){.image = go_rows_text(row, 0),
                               .limits = go_rows_text(row, 1),
                               .executor = go_rows_text(row, 2),
                               .oven = go_rows_text(row, 3),
                               .engine = go_rows_text(row, 4)};
    origin->submission_digest = go_rows_text(row, 5);
    origin->version_digest = go_rows_text(row, 6);
    *result = origin;
    return APR_SUCCESS;
}

apr_status_t go_runs_recent(go_db *db, apr_array_header_t **lines, apr_pool_t *pool,
                            go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_RUNS_RECENT, GO_NO_VALUES, &rows, pool, err);
    *lines = apr_array_make(pool, 32, sizeof(go_run_line));
    while (!status && go_rows_next(rows)) {
        go_run_line *line = apr_array_push(*lines);
        memset(line, 0, sizeof(*line));
        line->id = go_rows_integer(rows, 0, 0);
        go_run_state_parse(go_rows_text(rows, 1), &line->state);
        line->queued_us = time_of(rows, 2);
        line->problem = go_rows_text(rows, 6);
        line->course = go_rows_text(rows, 7);
        line->assignment = go_rows_text(rows, 8);
        line->number = (int)go_rows_integer(rows, 9, 0);
        line->username = go_rows_text(rows, 10);
        line->is_ungradable = is_word(go_rows_text(rows, 11), UNGRADABLE);
    }
    return status;
}

apr_status_t go_runs_count(go_db *db, go_run_counts *counts, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status =
        go_db_one(db, GO_SQL_RUNS_BY_STATE, GO_NO_VALUES, &row, "count", pool, err);
    if (!status)
        *counts = (go_run_counts){.queued = (int)go_rows_integer(row, 0, 0),
                                  .running = (int)go_rows_integer(row, 1, 0),
                                  .not_graded = (int)go_rows_integer(row, 2, 0),
                                  .all = go_rows_integer(row, 3, 0)};
    return status;
}
