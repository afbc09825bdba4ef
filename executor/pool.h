/*
 * The ovens that wait: enough of them warm that a run starts at once, never more than the host
 * should bear.
 *
 * The pool makes an oven when fewer are warm (or on their way) than are wanted: `warm` of them, or
 * as many as runs wait. What is made for a run that waits is made at once; a spare only after
 * things have been quiet for a moment, since making one costs as much CPU as a small run. An oven
 * that has been warm too long is replaced, not missed: the new one comes before the old one goes.
 * What a burst has left over goes when nothing was needed for a while.
 * Once a minute the engine is looked at and swept, also when nothing is missing.
 * When the engine fails, the pool tries again after 0.25 s, doubling to 10 s, each time from the
 * beginning (look at the engine, sweep, image), and keeps the reason.
 */
#ifndef GO_EXECUTOR_POOL_H
#define GO_EXECUTOR_POOL_H

#include "kitchen.h"
#include "oven.h"

typedef struct go_pool go_pool;

/* How long things last; of each, 0 is the usual. */
typedef struct go_pool_times {
    apr_interval_time_t age_us;       /* of a warm oven, then it is replaced; 10 minutes */
    apr_interval_time_t idle_us;      /* without a need, then surplus ovens go; 30 seconds */
    apr_interval_time_t image_age_us; /* of unused images of ours; GO_PRUNE_AGE_US */
} go_pool_times;

typedef struct go_pool_spec {
    go_engine *engine;
    const char *address; /* of the engine, for the log */
    go_loop *loop;
    const char *site, *owner, *base, *oven; /* as in kitchen.h */
    go_container_limits limits;
    int parallel; /* runs at once, at least 1 */
    int warm;     /* spares, 0 or more */
    go_pool_times times;
} go_pool_spec;

/* Each has the baton, of which a pool knows nothing more. */
typedef struct go_pool_events {
    /* An oven has become warm: look at the queue. */
    void (*ready)(void *baton);
    /* Nothing is left after go_pool_drain() or go_pool_close(). */
    void (*closed)(void *baton);
    /* Is this one of our containers, of whichever pool? See go_pool_knows(). */
    int (*knows)(void *baton, const char *container);
} go_pool_events;

/* Starts to fill. `spec` is copied as it is: its texts must outlive `pool`. */
go_pool *go_pool_make(const go_pool_spec *spec, const go_pool_events *events, void *baton,
                      apr_pool_t *pool);

/*
 * A warm oven, to bake in at once; or NULL: none is warm, or `parallel` are baking. The bake
 * removes it at its end; the pool hears of that.
 */
go_oven *go_pool_take(go_pool *pool);
/* Would go_pool_take() give one? */
int go_pool_can_take(const go_pool *pool);

/* Do runs wait for an oven? Keep saying so as it changes. */
void go_pool_demand(go_pool *pool, int is_waiting);

/* Makes no more, and removes all but those that bake: these may end first. Then `closed`. */
void go_pool_drain(go_pool *pool);
/* Makes no more, and removes all. */
void go_pool_close(go_pool *pool);

/* May this container be an oven of this pool? One that is being created may be any. */
int go_pool_knows(const go_pool *pool, const char *container);

/* For the status: how many are warm, and baking; why there is trouble, or NULL. */
int go_pool_warm(const go_pool *pool);
int go_pool_baking(const go_pool *pool);
const char *go_pool_trouble(const go_pool *pool);

#endif
