#include "gradeovenctl/grade.h"

#include "claims.h"
#include "kitchen.h"
#include "signals.h"

#include <apr_strings.h>

#include <signal.h>

#define GONE_WAIT_US (5 * APR_USEC_PER_SEC) /* for the container to go; then it goes by itself */

typedef struct baking {
    ctl_grading *grading;
    go_loop *loop;
    go_engine *engine;
    const char *site, *owner;
    apr_pool_t *prepare_pool;
    go_oven *oven; /* NULL before and after */
    go_bake *bake; /* NULL before and after */
    go_timer *give_up;
} baking;

/* --- the run --------------------------------------------------------------------------------- */

static void ended(void *baton, int is_finished, const char *text) {
    baking *self = baton;
    self->grading->is_ended = 1;
    self->grading->is_finished = is_finished;
    self->grading->text = text;
    if (!self->grading->options->is_silent) ctl_grade_report(self->grading);
    self->bake = NULL;
    if (!self->oven) {
        go_loop_stop(self->loop);
        return;
    }
    go_timer_start(self->give_up, GONE_WAIT_US);
}

/* It did not come to a run. */
static void fail(baking *self, const char *why) {
    ended(self, 0, apr_pstrdup(self->grading->pool, why));
}

static void stage_started(void *baton, int stage) {
}

static void said(void *baton, enum oven_file file) {
    baking *self = baton;
    const ctl_grade_options *options = self->grading->options;
    if (file == OVEN_FILE_STATUS && !options->is_json && !options->is_silent) {
        ctl_grade_report_status(self->grading, 0);
    }
}

static void score(void *baton, go_score value) {
    baking *self = baton;
    self->grading->has_score = 1;
    self->grading->score = value;
}

static void progress(void *baton, go_score value) {
    baking *self = baton;
    self->grading->has_progress = 1;
    self->grading->progress = value;
}

static void stage_ended(void *baton, const go_stage_result *result) {
    baking *self = baton;
    APR_ARRAY_PUSH(self->grading->results, go_stage_result) = *result;
}

static void tests(void *baton, const go_results *results) {
    baking *self = baton;
    self->grading->tests = results;
}

static const go_bake_sink sink = {.stage_started = stage_started,
                                  .said = said,
                                  .score = score,
                                  .progress = progress,
                                  .stage_ended = stage_ended,
                                  .tests = tests,
                                  .ended = ended};

/* --- the oven -------------------------------------------------------------------------------- */

static void start(baking *self) {
    self->bake =
        go_bake_start(self->oven, self->grading->job, &sink, self, self->loop, self->grading->pool);
    self->grading->outputs = go_bake_outputs(self->bake);
}

static apr_status_t inspection_cleanup(void *data) {
    json_decref(data);
    return APR_SUCCESS;
}

static void inspected(void *baton, const go_engine_reply *reply) {
    baking *self = baton;
    if (self->grading->is_ended || self->grading->signal) return;
    if (reply->json) {
        self->grading->inspected = json_deep_copy(reply->json);
        apr_pool_cleanup_register(self->grading->pool, self->grading->inspected, inspection_cleanup,
                                  apr_pool_cleanup_null);
    }
    start(self);
}

static void oven_warm(void *baton, go_oven *oven) {
    baking *self = baton;
    if (!self->grading->options->wants_inspection) {
        start(self);
        return;
    }
    go_engine_call call = {
        .method = "GET",
        .path = apr_psprintf(self->prepare_pool, "/containers/%s/json", go_oven_container(oven)),
        .done = inspected,
        .baton = self};
    go_engine_request(self->engine, &call, self->prepare_pool);
}

static void oven_lost(void *baton, go_oven *oven, const char *why) {
    fail(baton, why);
}

static void oven_gone(void *baton, go_oven *oven) {
    baking *self = baton;
    self->oven = NULL;
    self->grading->is_gone = 1;
    if (self->grading->is_ended || self->grading->signal) go_loop_stop(self->loop);
}

static const go_oven_events oven_events = {.warm = oven_warm, .lost = oven_lost, .gone = oven_gone};

/* --- the engine ------------------------------------------------------------------------------ */

static void prepared(void *baton, const go_image *image, const char *trouble) {
    baking *self = baton;
    if (trouble) {
        fail(self, trouble);
        return;
    }
    self->grading->is_podman = go_engine_is_podman(self->engine);
    self->grading->image_base = apr_pstrdup(self->grading->pool, image->base);
    self->grading->oven_digest = apr_pstrdup(self->grading->pool, image->oven_digest);
    go_oven_spec spec = {.engine = self->engine,
                         .image = image,
                         .site = self->site,
                         .owner = self->owner,
                         .limits = self->grading->options->limits};
    self->oven = go_oven_make(&spec, &oven_events, self, self->grading->pool);
}

static int is_known(void *baton, const char *container) {
    return 0; /* asked before there is any */
}

static void removes(void *baton, const char *container) {
}

/* --- signals --------------------------------------------------------------------------------- */

static void stop(void *baton) {
    go_loop_stop(((baking *)baton)->loop);
}

static void caught(void *baton, int number) {
    baking *self = baton;
    if (self->grading->signal) {
        go_loop_stop(self->loop); /* asked twice: the container goes by itself */
        return;
    }
    self->grading->signal = number;
    apr_pool_clear(self->prepare_pool);
    if (self->bake) go_bake_abort(self->bake);
    if (!self->oven) {
        go_loop_stop(self->loop);
        return;
    }
    go_oven_remove(self->oven);
    go_timer_start(self->give_up, GONE_WAIT_US);
}

apr_status_t ctl_grade_bake(ctl_grading *grading, go_error *err) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, 0};
    apr_pool_t *pool = grading->pool;
    const ctl_grade_options *options = grading->options;
    baking *self = apr_pcalloc(pool, sizeof(*self));
    self->grading = grading;
    /* One site of all gradeovenctl here: each sweeps up after those that were killed. */
    self->site = go_place_name("gradeovenctl", pool);
    self->loop = go_loop_make(pool);
    if (!self->loop) return go_error_set(err, GO_EINTERNAL, NULL, "curl cannot be used.");
    apr_pool_create(&self->prepare_pool, pool);
    apr_status_t status =
        go_engine_make(&self->engine, self->loop, options->docker, options->docker_tls, pool, err);
    if (status == APR_SUCCESS) status = go_owner_claim(&self->owner, pool, err);
    if (status == APR_SUCCESS) {
        status = go_signals_watch(self->loop, signals, caught, self, pool, err);
    }
    if (status != APR_SUCCESS) return status;
    self->give_up = go_timer_make(self->loop, stop, self, pool);
    go_kitchen_request request = {.site = self->site,
                                  .owner = self->owner,
                                  .base = options->image,
                                  .oven = options->oven,
                                  .is_known = is_known,
                                  .removes = removes,
                                  .baton = self};
    go_kitchen_prepare(self->engine, &request, prepared, self, self->prepare_pool);
    go_loop_run(self->loop);
    return APR_SUCCESS;
}
