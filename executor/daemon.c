#include "daemon.h"

#include "claims.h"
#include "doorbell.h"
#include "engines.h"
#include "run.h"
#include "signals.h"
#include "syncs.h"

#include <apr_strings.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define LOOK_US  (5 * APR_USEC_PER_SEC) /* the safety look */
#define LEAVE_US (2500 * 1000)          /* for the ovens to go, when we leave */

enum daemon_state { SERVING, DRAINING, LEAVING };

typedef struct daemon_self {
    const go_configuration *configuration;
    apr_pool_t *pool;
    go_loop *loop;
    go_queue *queue;
    go_engines *ovens;
    go_syncs *syncs;
    go_run_keeper keeper;
    apr_array_header_t *runs; /* of go_active_run * */
    enum daemon_state state;
    int is_closed; /* all pools are */
    go_timer *tick, *wake, *give_up;
} daemon_self;

/*
 * Serving is over when the last oven and the last run are. An engine that does not answer keeps its
 * ovens for ever; they go by themselves, so without runs nobody waits long for them.
 */
static void leave_if_done(daemon_self *self) {
    if (self->state == SERVING || self->runs->nelts > 0) return;
    if (self->is_closed) {
        go_loop_stop(self->loop);
    } else if (!go_timer_is_running(self->give_up)) {
        go_timer_start(self->give_up, LEAVE_US);
    }
}

/* Claims as many runs as ovens wait for; tells the pool whether more are wanted. */
static void look(void *baton) {
    daemon_self *self = baton;
    if (self->state != SERVING) return;
    while (go_engines_can_take(self->ovens)) {
        apr_pool_t *pool;
        apr_pool_create(&pool, self->pool);
        go_claim *claim = go_queue_claim(self->queue, pool);
        if (!claim) {
            apr_pool_destroy(pool);
            break;
        }
        APR_ARRAY_PUSH(self->runs, go_active_run *) =
            go_run_start(&self->keeper, go_engines_take(self->ovens), claim, pool);
    }
    apr_interval_time_t next = go_queue_next(self->queue);
    go_engines_demand(self->ovens, next == 0);
    if (next > 0) go_timer_start(self->wake, next);
}

static void run_ended(void *baton, go_active_run *run) {
    daemon_self *self = baton;
    for (int i = 0; i < self->runs->nelts; i++) {
        if (APR_ARRAY_IDX(self->runs, i, go_active_run *) != run) continue;
        go_active_run *last = *(go_active_run **)apr_array_pop(self->runs);
        if (last != run) APR_ARRAY_IDX(self->runs, i, go_active_run *) = last;
        break;
    }
    if (self->state == SERVING) go_timer_start(self->wake, 0);
    leave_if_done(self);
}

static void pool_closed(void *baton) {
    daemon_self *self = baton;
    self->is_closed = 1;
    leave_if_done(self);
}

static const go_pool_events pool_events = {.ready = look, .closed = pool_closed};

/* Are they all still ours? Those that are not end here. */
static void check_runs(daemon_self *self) {
    /* From the end: one that is lost leaves the array. */
    for (int i = self->runs->nelts - 1; i >= 0; i--) {
        if (i < self->runs->nelts) go_run_check(APR_ARRAY_IDX(self->runs, i, go_active_run *));
    }
}

/* Somebody has queued or cancelled runs. */
static void rung(void *baton) {
    daemon_self *self = baton;
    if (!go_queue_holds(self->queue, self->runs->nelts)) check_runs(self);
    look(self);
}

static void tick(void *baton) {
    daemon_self *self = baton;
    go_timer_start(self->tick, LOOK_US);
    apr_pool_t *pool;
    apr_pool_create(&pool, self->pool);
    go_queue_report(self->queue, go_engines_states(self->ovens, pool));
    apr_pool_destroy(pool);
    if (self->state != SERVING) return;
    /* First: after a full disk, or when this process was stopped, our own leases may be over. */
    check_runs(self);
    go_queue_tidy(self->queue);
    look(self);
    go_syncs_look(self->syncs);
}

/* --- the end --------------------------------------------------------------------------------- */

static void drain(daemon_self *self) {
    if (self->state != SERVING) return;
    go_log(GO_LOG_NOTICE, "finishing %d runs before leaving", self->runs->nelts);
    self->state = DRAINING;
    go_engines_drain(self->ovens);
    leave_if_done(self);
}

static void give_up(void *baton) {
    daemon_self *self = baton;
    go_log(GO_LOG_WARNING, "leaving before all containers are gone; they go by themselves");
    go_loop_stop(self->loop);
}

static void leave(daemon_self *self) {
    if (self->state == LEAVING) return;
    go_log(GO_LOG_NOTICE, "leaving, %d runs are queued again", self->runs->nelts);
    self->state = LEAVING;
    for (int i = 0; i < self->runs->nelts; i++) {
        go_run_abandon(APR_ARRAY_IDX(self->runs, i, go_active_run *));
    }
    apr_array_clear(self->runs);
    go_engines_close(self->ovens);
    go_syncs_stop(self->syncs);
    leave_if_done(self);
}

static void caught(void *baton, int number) {
    if (number == SIGUSR1) {
        drain(baton);
    } else {
        leave(baton);
    }
}

/* --- the beginning --------------------------------------------------------------------------- */

/* The kernel sends SIGUSR1 when the parent dies; it may have died before we could ask for that. */
static void watch_parent(daemon_self *self) {
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    if (getppid() != self->configuration->parent) kill(getpid(), SIGUSR1);
}

static apr_status_t open_all(daemon_self *self, go_pool_spec *spec, go_error *err) {
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, 0};
    const go_configuration *c = self->configuration;
    apr_pool_t *pool = self->pool;
    const go_state *state = go_state_paths(c->state, c->driver, c->params, pool);
    apr_status_t status = go_signals_watch(self->loop, signals, caught, self, pool, err);
    if (status != APR_SUCCESS) return status;
    watch_parent(self);
    status = go_owner_claim(&spec->owner, pool, err);
    if (status != APR_SUCCESS) return status;
    status = go_queue_open(&self->queue, state, spec->owner, pool, err);
    if (status != APR_SUCCESS) return status;
    return go_doorbell_hang(self->loop, state->doorbell, rung, self, pool, err);
}

apr_status_t go_daemon_run(const go_configuration *configuration, apr_pool_t *pool, go_error *err) {
    daemon_self *self = apr_pcalloc(pool, sizeof(*self));
    self->configuration = configuration;
    self->pool = pool;
    self->runs = apr_array_make(pool, configuration->parallel, sizeof(go_active_run *));
    self->loop = go_loop_make(pool);
    if (!self->loop) return go_error_set(err, GO_EINTERNAL, NULL, "curl cannot be used.");
    go_pool_spec spec = {.loop = self->loop,
                         .site = configuration->site,
                         .base = configuration->image,
                         .oven = configuration->oven,
                         .limits = configuration->limits,
                         .times = configuration->times};
    apr_status_t status = open_all(self, &spec, err);
    if (status != APR_SUCCESS) return status;
    self->keeper = (go_run_keeper){.queue = self->queue,
                                   .loop = self->loop,
                                   .limits = &configuration->limits,
                                   .ended = run_ended,
                                   .baton = self};
    self->syncs = go_syncs_make(configuration, self->loop, self->queue, pool);
    self->tick = go_timer_make(self->loop, tick, self, pool);
    self->wake = go_timer_make(self->loop, look, self, pool);
    self->give_up = go_timer_make(self->loop, give_up, self, pool);
    status =
        go_engines_make(&self->ovens, configuration->engines, &spec, &pool_events, self, pool, err);
    if (status != APR_SUCCESS) return status;
    go_timer_start(self->tick, 0);
    go_loop_run(self->loop);
    go_queue_leave(self->queue);
    return APR_SUCCESS;
}
