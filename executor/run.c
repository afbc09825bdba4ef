#include "run.h"

#include "log.h"
#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

#define NEWS_US  (200 * 1000)           /* between two writes; the first is written at once */
#define DEBUG_US (2 * APR_USEC_PER_SEC) /* the debugging log may be a MiB: seldom */
#define RENEW_US (10 * APR_USEC_PER_SEC)
#define AGAIN_US APR_USEC_PER_SEC

struct go_active_run {
    apr_pool_t *pool;
    const go_run_keeper *keeper;
    go_claim *claim;
    go_job job;
    go_bake *bake;
    apr_time_t started;
    go_timer *news_timer, *renew_timer, *again_timer;
    /* what is not told yet */
    int has_said[OVEN_FILE_COUNT];
    apr_time_t told;     /* when the last news were written; 0: none yet */
    apr_time_t news_due; /* while news_timer runs */
    apr_time_t debug_told;
    int stage, stage_is_news;
    /* what is known */
    int has_score, has_progress;
    go_score score, progress;
    apr_array_header_t *results; /* of go_stage_result */
    const go_results *tests;
    const char *problem;
    go_stamp stamp;
};

static void note(const go_active_run *run, go_log_level level, const char *what) {
    const go_claim *claim = run->claim;
    go_log(level, "run=%" APR_INT64_T_FMT " user=%s course=%s assignment=%s: %s", claim->run_id,
           claim->username, claim->course, claim->assignment, what);
}

/* --- the end --------------------------------------------------------------------------------- */

static void destroy(go_active_run *run) {
    apr_pool_destroy(run->pool);
}

static void leave(go_active_run *run) {
    run->keeper->ended(run->keeper->baton, run);
    destroy(run);
}

/* The lease is somebody else's. */
static void lose(go_active_run *run) {
    go_bake_abort(run->bake);
    leave(run);
}

void go_run_abandon(go_active_run *run) {
    go_bake_abort(run->bake);
    go_queue_release(run->keeper->queue, run->claim, NULL);
    note(run, GO_LOG_INFO, "given back");
    destroy(run);
}

/* --- news ------------------------------------------------------------------------------------ */

/* What was said since the last time; `is_all`: all there is, for the end. */
static go_run_news gather_news(go_active_run *run, int is_all, apr_pool_t *pool) {
    const go_outputs *outputs = go_bake_outputs(run->bake);
    go_run_news news = {.stage = run->stage_is_news ? run->stage : -1};
    if (is_all || run->has_said[OVEN_FILE_STATUS]) {
        news.status = go_outputs_text(outputs, OVEN_FILE_STATUS, pool);
    }
    if (is_all || run->has_said[OVEN_FILE_ERRORS]) {
        news.errors = go_outputs_text(outputs, OVEN_FILE_ERRORS, pool);
    }
    int is_debug_due = go_loop_now() - run->debug_told >= DEBUG_US;
    if (is_all || (run->has_said[OVEN_FILE_DEBUG] && is_debug_due)) {
        news.debug = go_outputs_text(outputs, OVEN_FILE_DEBUG, pool);
        run->debug_told = go_loop_now();
        run->has_said[OVEN_FILE_DEBUG] = 0;
    }
    run->has_said[OVEN_FILE_STATUS] = run->has_said[OVEN_FILE_ERRORS] = 0;
    run->stage_is_news = 0;
    news.has_score = run->has_score;
    news.score = run->score;
    news.has_progress = run->has_progress;
    news.progress = run->progress;
    return news;
}

/* From the timer, so that what came with it is told with it, and the bake is not in the middle. */
static void tell_by(go_active_run *run, apr_time_t due) {
    apr_time_t now = go_loop_now();
    if (go_timer_is_running(run->news_timer) && run->news_due <= due) return;
    run->news_due = due;
    go_timer_start(run->news_timer, due > now ? due - now : 0);
}

static void tell_news(void *baton) {
    go_active_run *run = baton;
    apr_pool_t *pool;
    apr_pool_create(&pool, run->pool);
    go_run_news news = gather_news(run, 0, pool);
    run->told = go_loop_now();
    /* A write that fails is not repeated: the next news, or the end, say it again. */
    int is_lost = go_queue_tell(run->keeper->queue, run->claim, &news) == GO_QUEUE_NOT_OURS;
    apr_pool_destroy(pool);
    if (is_lost) {
        lose(run);
    } else if (run->has_said[OVEN_FILE_DEBUG]) {
        tell_by(run, run->told + DEBUG_US);
    }
}

/* A line for the person who waits. The first goes out at once, and so does one after a pause. */
static void has_news(go_active_run *run) {
    tell_by(run, run->told + NEWS_US);
}

static void renew(void *baton) {
    go_active_run *run = baton;
    go_queue_answer answer = go_queue_renew(run->keeper->queue, run->claim);
    if (answer == GO_QUEUE_NOT_OURS) {
        lose(run);
        return;
    }
    go_timer_start(run->renew_timer, answer == GO_QUEUE_DONE ? RENEW_US : AGAIN_US);
}

void go_run_check(go_active_run *run) {
    renew(run);
}

/* --- the bake -------------------------------------------------------------------------------- */

static void stage_started(void *baton, int stage) {
    go_active_run *run = baton;
    run->stage = stage;
    run->stage_is_news = 1;
    /* Alone it is not worth a write, after which the stage's first line would have to wait. */
    tell_by(run, go_loop_now() + NEWS_US);
}

static void said(void *baton, enum oven_file file) {
    go_active_run *run = baton;
    run->has_said[file] = 1;
    has_news(run);
}

static void score(void *baton, go_score value) {
    go_active_run *run = baton;
    run->has_score = 1;
    run->score = value;
    has_news(run);
}

static void progress(void *baton, go_score value) {
    go_active_run *run = baton;
    run->has_progress = 1;
    run->progress = value;
    has_news(run);
}

static void stage_ended(void *baton, const go_stage_result *result) {
    go_active_run *run = baton;
    APR_ARRAY_PUSH(run->results, go_stage_result) = *result;
    /* The end comes next, and tells all there is. */
    if (run->results->nelts == run->claim->stages->nelts) go_timer_stop(run->news_timer);
}

static void tests(void *baton, const go_results *results) {
    go_active_run *run = baton;
    run->tests = results;
}

/* Stores the results; a database that fails is asked again, under the lease as it was. */
static void finish(void *baton) {
    go_active_run *run = baton;
    apr_pool_t *pool;
    apr_pool_create(&pool, run->pool);
    go_run_news news = gather_news(run, 1, pool);
    const go_run_end end = {.news = &news,
                            .results = run->results,
                            .tests = run->tests,
                            .problem = run->problem,
                            .stamp = run->stamp};
    go_queue_answer answer = go_queue_finish(run->keeper->queue, run->claim, &end);
    apr_pool_destroy(pool);
    if (answer == GO_QUEUE_TRY_LATER) {
        go_timer_start(run->again_timer, AGAIN_US);
        return;
    }
    if (answer == GO_QUEUE_REFUSED) {
        go_queue_release(
            run->keeper->queue, run->claim,
            "Its results were refused by the database; the log of httpd has the reason.");
    }
    if (answer == GO_QUEUE_DONE) {
        note(run, GO_LOG_INFO,
             apr_psprintf(run->pool, "finished, %s%s%s in %d ms",
                          run->has_score ? go_score_format(run->pool, run->score) : "no score",
                          run->problem ? ", " : "", run->problem ? run->problem : "",
                          (int)((go_loop_now() - run->started) / 1000)));
    }
    leave(run);
}

static void ended(void *baton, int is_finished, const char *text) {
    go_active_run *run = baton;
    go_timer_stop(run->news_timer);
    if (is_finished) {
        run->problem = text;
        finish(run);
        return;
    }
    note(run, GO_LOG_WARNING, text);
    if (go_bake_engine_is_lost(run->bake)) {
        go_queue_pass_on(run->keeper->queue, run->claim, text);
    } else {
        go_queue_release(run->keeper->queue, run->claim, text);
    }
    leave(run);
}

static const go_bake_sink sink = {.stage_started = stage_started,
                                  .said = said,
                                  .score = score,
                                  .progress = progress,
                                  .stage_ended = stage_ended,
                                  .tests = tests,
                                  .ended = ended};

/* The oven is gone when the run has ended, so this is noted at its beginning. */
static go_stamp stamp_of(const go_oven *oven, apr_pool_t *pool) {
    const go_oven_spec *spec = go_oven_spec_of(oven);
    return (go_stamp){.image = apr_pstrdup(pool, spec->image->base),
                      .limits = go_container_limits_text(&spec->limits, pool),
                      .executor = GO_VERSION,
                      .oven = apr_pstrdup(pool, spec->image->oven_digest),
                      .engine = apr_pstrdup(pool, go_engine_endpoint(spec->engine))};
}

go_active_run *go_run_start(const go_run_keeper *keeper, go_oven *oven, go_claim *claim,
                            apr_pool_t *pool) {
    go_active_run *run = apr_pcalloc(pool, sizeof(*run));
    run->pool = pool;
    run->keeper = keeper;
    run->claim = claim;
    run->started = go_loop_now();
    run->stamp = stamp_of(oven, pool);
    run->results = apr_array_make(pool, claim->stages->nelts, sizeof(go_stage_result));
    run->news_timer = go_timer_make(keeper->loop, tell_news, run, pool);
    run->renew_timer = go_timer_make(keeper->loop, renew, run, pool);
    run->again_timer = go_timer_make(keeper->loop, finish, run, pool);
    go_timer_start(run->renew_timer, RENEW_US);
    run->job = go_job_of_claim(claim, keeper->limits);
    run->bake = go_bake_start(oven, &run->job, &sink, run, keeper->loop, pool);
    return run;
}
