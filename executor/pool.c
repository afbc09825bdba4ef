#include "pool.h"

#include "log.h"
#include "prune.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include <string.h>

#define SPARE_DELAY_US  (150 * 1000)             /* after the last taking, before a spare is made */
#define MAKING_AT_ONCE  2                        /* more only queue up in the engine */
#define AGE_MAX_US      (600 * APR_USEC_PER_SEC) /* of a warm oven */
#define IDLE_US         (30 * APR_USEC_PER_SEC)  /* without a need, before surplus ovens go */
#define LOOK_US         (10 * APR_USEC_PER_SEC)  /* how often ages are looked at */
#define PREPARED_US     (60 * APR_USEC_PER_SEC)  /* then the image is looked at again */
#define BACK_OFF_US     (250 * 1000)             /* doubling, up to: */
#define BACK_OFF_MAX_US (10 * APR_USEC_PER_SEC)
#define TROUBLE_MAX     1024

struct go_pool {
    apr_pool_t *pool;
    go_pool_spec spec;
    const go_pool_events *events;
    void *baton;
    apr_array_header_t *ovens; /* of go_oven *: all that are not gone */
    apr_pool_t *prepare_pool;
    apr_pool_t *image_pool;
    const go_image *image; /* NULL: the engine is not ready */
    int is_preparing, is_waiting, is_closed;
    apr_pool_t *prune_pool;
    apr_time_t prepared_at, needed_at; /* when an oven was last taken, or waited for */
    apr_interval_time_t back_off_us;
    go_timer *retry, *spare, *look;
    char trouble[TROUBLE_MAX]; /* "" is none */
};

static void fill(go_pool *pool);

static go_oven *oven_at(const go_pool *pool, int i) {
    return APR_ARRAY_IDX(pool->ovens, i, go_oven *);
}

static int is_old(const go_pool *pool, const go_oven *oven) {
    return go_loop_now() - go_oven_warm_since(oven) > pool->spec.times.age_us;
}

static int count(const go_pool *pool, go_oven_state first, go_oven_state last) {
    int found = 0;
    for (int i = 0; i < pool->ovens->nelts; i++) {
        go_oven_state state = go_oven_state_of(oven_at(pool, i));
        found += state >= first && state <= last;
    }
    return found;
}

int go_pool_warm(const go_pool *pool) {
    return count(pool, GO_OVEN_WARM, GO_OVEN_WARM);
}

int go_pool_baking(const go_pool *pool) {
    return count(pool, GO_OVEN_BAKING, GO_OVEN_BAKING);
}

const char *go_pool_trouble(const go_pool *pool) {
    return pool->trouble[0] ? pool->trouble : NULL;
}

/* --- trouble --------------------------------------------------------------------------------- */

/* Starts from the beginning, a little later each time. */
static void back_off(go_pool *pool, const char *why) {
    if (strcmp(pool->trouble, why) != 0) {
        go_log(GO_LOG_ERROR, "engine %s: no oven can be made: %s", pool->spec.address, why);
        apr_cpystrn(pool->trouble, why, sizeof(pool->trouble));
    }
    pool->image = NULL;
    if (go_timer_is_running(pool->retry)) return;
    go_timer_start(pool->retry, pool->back_off_us);
    pool->back_off_us =
        pool->back_off_us * 2 < BACK_OFF_MAX_US ? pool->back_off_us * 2 : BACK_OFF_MAX_US;
}

static void all_is_well(go_pool *pool) {
    if (pool->trouble[0]) {
        go_log(GO_LOG_INFO, "engine %s: ovens can be made again", pool->spec.address);
    }
    pool->trouble[0] = '\0';
    pool->back_off_us = BACK_OFF_US;
}

/* --- preparing the engine -------------------------------------------------------------------- */

int go_pool_knows(const go_pool *pool, const char *container) {
    for (int i = 0; i < pool->ovens->nelts; i++) {
        const char *ours = go_oven_container(oven_at(pool, i));
        /* One that is being created has no name yet: it may be this one. */
        if (!ours || strcmp(ours, container) == 0) return 1;
    }
    return 0;
}

static int is_known(void *baton, const char *container) {
    const go_pool *pool = baton;
    return pool->events->knows(pool->baton, container);
}

static void removes(void *baton, const char *container) {
    go_log(GO_LOG_NOTICE, "removing the container %.12s, which was left over", container);
}

static void prepared(void *baton, const go_image *image, const char *trouble) {
    go_pool *pool = baton;
    pool->is_preparing = 0;
    if (pool->is_closed) return;
    if (trouble) {
        back_off(pool, trouble);
        return;
    }
    int is_new = !pool->image || strcmp(pool->image->name, image->name) != 0;
    apr_pool_clear(pool->image_pool);
    pool->image = go_image_copy(image, pool->image_pool);
    pool->prepared_at = go_loop_now();
    if (is_new) {
        apr_pool_clear(pool->prune_pool);
        go_prune(pool->spec.engine, pool->image->name, pool->spec.times.image_age_us,
                 pool->prune_pool);
    }
    fill(pool);
}

static void prepare(go_pool *pool) {
    go_kitchen_request request = {.site = pool->spec.site,
                                  .owner = pool->spec.owner,
                                  .base = pool->spec.base,
                                  .oven = pool->spec.oven,
                                  .is_known = is_known,
                                  .removes = removes,
                                  .baton = pool};
    apr_pool_clear(pool->prepare_pool);
    pool->is_preparing = 1;
    go_kitchen_prepare(pool->spec.engine, &request, prepared, pool, pool->prepare_pool);
}

static void retry(void *baton) {
    fill(baton);
}

/* --- the ovens ------------------------------------------------------------------------------- */

/* The oven that has been warm longest, or NULL. */
static go_oven *oldest(const go_pool *pool) {
    go_oven *best = NULL;
    for (int i = 0; i < pool->ovens->nelts; i++) {
        go_oven *oven = oven_at(pool, i);
        if (go_oven_state_of(oven) != GO_OVEN_WARM) continue;
        if (!best || go_oven_warm_since(oven) < go_oven_warm_since(best)) best = oven;
    }
    return best;
}

/* What is too old goes when enough others are warm; what is too many, when it is not needed. */
static void retire(go_pool *pool) {
    int is_idle = !pool->is_waiting && go_loop_now() - pool->needed_at > pool->spec.times.idle_us;
    while (go_pool_warm(pool) > pool->spec.warm) {
        go_oven *oven = oldest(pool);
        if (!is_idle && !is_old(pool, oven)) return;
        go_log(GO_LOG_DEBUG, "oven %.12s is not needed any more", go_oven_container(oven));
        go_oven_remove(oven);
    }
}

static void oven_warm(void *baton, go_oven *oven) {
    go_pool *pool = baton;
    all_is_well(pool);
    go_log(GO_LOG_DEBUG, "oven %.12s is warm", go_oven_container(oven));
    retire(pool);
    fill(pool);
    pool->events->ready(pool->baton);
}

static void oven_lost(void *baton, go_oven *oven, const char *why) {
    go_pool *pool = baton;
    if (go_oven_state_of(oven) == GO_OVEN_WARM &&
        go_loop_now() - go_oven_warm_since(oven) > BACK_OFF_MAX_US) {
        /* It was made and did well; another will. Should it not, that one says so. */
        go_log(GO_LOG_WARNING, "a warm oven was lost: %s", why);
        return;
    }
    back_off(pool, why);
}

static void oven_gone(void *baton, go_oven *oven) {
    go_pool *pool = baton;
    for (int i = 0; i < pool->ovens->nelts; i++) {
        if (oven_at(pool, i) != oven) continue;
        go_oven *last = *(go_oven **)apr_array_pop(pool->ovens);
        if (last != oven) APR_ARRAY_IDX(pool->ovens, i, go_oven *) = last;
        break;
    }
    if (pool->is_closed) {
        if (pool->ovens->nelts == 0) pool->events->closed(pool->baton);
        return;
    }
    fill(pool);
}

static const go_oven_events oven_events = {.warm = oven_warm, .lost = oven_lost, .gone = oven_gone};

static void make_oven(go_pool *pool) {
    go_oven_spec spec = {.engine = pool->spec.engine,
                         .image = pool->image,
                         .site = pool->spec.site,
                         .owner = pool->spec.owner,
                         .limits = pool->spec.limits};
    APR_ARRAY_PUSH(pool->ovens, go_oven *) = go_oven_make(&spec, &oven_events, pool, pool->pool);
}

/* --- how many -------------------------------------------------------------------------------- */

/* How many ovens are missing until enough are warm, or on their way. */
static int missing(const go_pool *pool) {
    int have = count(pool, GO_OVEN_CREATING, GO_OVEN_STARTING);
    for (int i = 0; i < pool->ovens->nelts; i++) {
        const go_oven *oven = oven_at(pool, i);
        have += go_oven_state_of(oven) == GO_OVEN_WARM && !is_old(pool, oven);
    }
    int want = pool->spec.warm;
    if (pool->is_waiting) {
        int places = pool->spec.parallel - go_pool_baking(pool);
        if (want < places) want = places;
        if (want < 1) want = 1; /* for the place that becomes free next */
    }
    return want - have;
}

/* Makes what is missing and may be made now. */
static void fill(go_pool *pool) {
    int make = missing(pool);
    if (pool->is_closed || go_timer_is_running(pool->retry)) return;
    /* Also when nothing is missing: what was left over and could not be removed is tried again. */
    int is_stale = go_loop_now() - pool->prepared_at > PREPARED_US;
    if ((!pool->image || is_stale) && !pool->is_preparing) prepare(pool);
    if (!pool->image || make <= 0) return;
    int is_quiet = !go_timer_is_running(pool->spare);
    int at_once = pool->is_waiting ? MAKING_AT_ONCE : is_quiet ? 1 : 0;
    at_once -= count(pool, GO_OVEN_CREATING, GO_OVEN_STARTING);
    /* Those that the engine is slow to remove count too: they still use the host. */
    int room = pool->spec.parallel + pool->spec.warm + MAKING_AT_ONCE - pool->ovens->nelts;
    if (make > at_once) make = at_once;
    if (make > room) make = room;
    for (; make > 0; make--) {
        make_oven(pool);
    }
}

static void look(void *baton) {
    go_pool *pool = baton;
    apr_interval_time_t soon = LOOK_US;
    if (soon > pool->spec.times.age_us) soon = pool->spec.times.age_us;
    if (soon > pool->spec.times.idle_us) soon = pool->spec.times.idle_us;
    go_timer_start(pool->look, soon);
    retire(pool);
    fill(pool);
}

int go_pool_can_take(const go_pool *pool) {
    return !pool->is_closed && go_pool_warm(pool) > 0 && go_pool_baking(pool) < pool->spec.parallel;
}

go_oven *go_pool_take(go_pool *pool) {
    if (!go_pool_can_take(pool)) return NULL;
    pool->needed_at = go_loop_now();
    go_timer_start(pool->spare, SPARE_DELAY_US);
    return oldest(pool);
}

void go_pool_demand(go_pool *pool, int is_waiting) {
    if (pool->is_waiting || is_waiting) pool->needed_at = go_loop_now();
    pool->is_waiting = is_waiting;
    fill(pool);
}

void go_pool_drain(go_pool *pool) {
    if (pool->is_closed) return;
    pool->is_closed = 1;
    apr_pool_clear(pool->prepare_pool);
    apr_pool_clear(pool->prune_pool);
    go_timer_stop(pool->retry);
    go_timer_stop(pool->spare);
    go_timer_stop(pool->look);
    for (int i = 0; i < pool->ovens->nelts; i++) {
        if (go_oven_state_of(oven_at(pool, i)) != GO_OVEN_BAKING) {
            go_oven_remove(oven_at(pool, i));
        }
    }
    if (pool->ovens->nelts == 0) pool->events->closed(pool->baton);
}

void go_pool_close(go_pool *pool) {
    go_pool_drain(pool);
    for (int i = 0; i < pool->ovens->nelts; i++) {
        go_oven_remove(oven_at(pool, i));
    }
}

go_pool *go_pool_make(const go_pool_spec *spec, const go_pool_events *events, void *baton,
                      apr_pool_t *apr_pool) {
    go_pool *pool = apr_pcalloc(apr_pool, sizeof(*pool));
    pool->pool = apr_pool;
    pool->spec = *spec;
    pool->events = events;
    pool->baton = baton;
    pool->back_off_us = BACK_OFF_US;
    go_pool_times *times = &pool->spec.times;
    if (!times->age_us) times->age_us = AGE_MAX_US;
    if (!times->idle_us) times->idle_us = IDLE_US;
    if (!times->image_age_us) times->image_age_us = GO_PRUNE_AGE_US;
    pool->ovens = apr_array_make(apr_pool, 16, sizeof(go_oven *));
    apr_pool_create(&pool->prepare_pool, apr_pool);
    apr_pool_create(&pool->image_pool, apr_pool);
    apr_pool_create(&pool->prune_pool, apr_pool);
    pool->retry = go_timer_make(spec->loop, retry, pool, apr_pool);
    pool->spare = go_timer_make(spec->loop, retry, pool, apr_pool);
    pool->look = go_timer_make(spec->loop, look, pool, apr_pool);
    go_timer_start(pool->look, 0);
    return pool;
}
