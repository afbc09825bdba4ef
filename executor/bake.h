/*
 * One run in one warm oven: the submission goes in, then stage after stage goes in and runs, and
 * what the stages say comes out, as calls of a sink. This is the whole of grading; where the job
 * comes from and where the results go is the caller's (the queue, or gradeovenctl).
 *
 *   send submission ──> stored ──┬──> limit memory ──> send stage ──> stored ──> run ──> stage end
 *                                └──────────────── next stage ────────────────────────────┘
 *
 * What a stage does wrong (a malformed score, too much output, a full disk) is its `problem`, for
 * staff, and the run is finished all the same. What the machinery does wrong (the oven died, spoke
 * nonsense or nothing, a file could not be read) makes the run fail, so that the caller tries
 * again.
 */
#ifndef GO_EXECUTOR_BAKE_H
#define GO_EXECUTOR_BAKE_H

#include "oven.h"
#include "outputs.h"
#include "model/runs.h"
#include "model/score.h"
#include "model/tree.h"

#define GO_BAKE_SILENCE_SECONDS 30 /* more than a stage's time, before an oven counts as dead */

typedef struct go_job {
    const char *username, *course, *assignment; /* what the stages are told */
    int attempt;
    int memory_mb; /* what the oven was made with */
    const go_tree *submission;
    const apr_array_header_t *stages; /* of go_stage, complete with limits */
    const apr_array_header_t *trees;  /* of go_tree *, one for each stage */
} go_job;

/* The job of a claimed run; the stages' memory is cut to what the limits allow now. */
go_job go_job_of_claim(const go_claim *claim, const go_container_limits *limits);

/* Texts and results live until the bake's pool ends. */
typedef struct go_bake_sink {
    void (*stage_started)(void *baton, int stage);
    /* `status`, `errors` or `debug` has changed: see go_bake_outputs(). */
    void (*said)(void *baton, enum oven_file file);
    /* A valid score or progress of a stage that may say it; the last one counts. */
    void (*score)(void *baton, go_score score);
    void (*progress)(void *baton, go_score progress);
    void (*stage_ended)(void *baton, const go_stage_result *result);
    /*
     * Of a finished run, just before its end, if there are any; when no stage wrote a score, the
     * one that follows from them is told next.
     */
    void (*tests)(void *baton, const go_results *tests);
    /*
     * Once, last, from the loop: the pool may be destroyed. Finished: `text` is a problem for staff
     * (it could not be graded further), or NULL. Failed: why.
     */
    void (*ended)(void *baton, int is_finished, const char *text);
} go_bake_sink;

typedef struct go_bake go_bake;

/*
 * Takes over a warm oven, which is removed when the run has ended, and bakes `job`, which must live
 * as long as `pool`.
 */
go_bake *go_bake_start(go_oven *oven, const go_job *job, const go_bake_sink *sink, void *baton,
                       go_loop *loop, apr_pool_t *pool);

/* What was said so far. */
const go_outputs *go_bake_outputs(const go_bake *bake);

/* It failed because the engine went away: as good as never begun. */
int go_bake_engine_is_lost(const go_bake *bake);

/* Ends it now, oven included; the sink hears nothing more. Call it before destroying the pool. */
void go_bake_abort(go_bake *bake);

#endif
