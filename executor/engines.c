#include "engines.h"

#include "model/engines.h"

#include <apr_strings.h>

typedef struct line {
    const go_endpoint *endpoint;
    go_pool *pool;
} line;

struct go_engines {
    apr_array_header_t *lines; /* of line */
    const go_pool_events *events;
    void *baton;
    int open; /* pools that are not closed yet */
};

static line *line_at(const go_engines *engines, int i) {
    return &APR_ARRAY_IDX(engines->lines, i, line);
}

/* --- what the pools say ---------------------------------------------------------------------- */

static void ready(void *baton) {
    go_engines *engines = baton;
    engines->events->ready(engines->baton);
}

static void closed(void *baton) {
    go_engines *engines = baton;
    if (--engines->open == 0) engines->events->closed(engines->baton);
}

/* Two endpoints may lead to one engine: each sees the other's containers. */
static int knows(void *baton, const char *container) {
    const go_engines *engines = baton;
    for (int i = 0; i < engines->lines->nelts; i++) {
        if (go_pool_knows(line_at(engines, i)->pool, container)) return 1;
    }
    return 0;
}

static const go_pool_events pool_events = {.ready = ready, .closed = closed, .knows = knows};

/* --- what is asked of them ------------------------------------------------------------------- */

/* Is `one` less loaded than `other`? Shares of the slots, compared without fractions. */
static int is_freer(const line *one, const line *other) {
    int here = go_pool_baking(one->pool) * other->endpoint->slots;
    int there = go_pool_baking(other->pool) * one->endpoint->slots;
    if (here != there) return here < there;
    return go_pool_warm(one->pool) > go_pool_warm(other->pool);
}

static line *freest(const go_engines *engines) {
    line *best = NULL;
    for (int i = 0; i < engines->lines->nelts; i++) {
        line *one = line_at(engines, i);
        if (go_pool_can_take(one->pool) && (!best || is_freer(one, best))) best = one;
    }
    return best;
}

int go_engines_can_take(const go_engines *engines) {
    return freest(engines) != NULL;
}

go_oven *go_engines_take(go_engines *engines) {
    line *best = freest(engines);
    return best ? go_pool_take(best->pool) : NULL;
}

void go_engines_demand(go_engines *engines, int is_waiting) {
    for (int i = 0; i < engines->lines->nelts; i++) {
        go_pool_demand(line_at(engines, i)->pool, is_waiting);
    }
}

void go_engines_drain(go_engines *engines) {
    for (int i = 0; i < engines->lines->nelts; i++) {
        go_pool_drain(line_at(engines, i)->pool);
    }
}

void go_engines_close(go_engines *engines) {
    for (int i = 0; i < engines->lines->nelts; i++) {
        go_pool_close(line_at(engines, i)->pool);
    }
}

apr_array_header_t *go_engines_states(const go_engines *engines, apr_pool_t *pool) {
    apr_array_header_t *states =
        apr_array_make(pool, engines->lines->nelts, sizeof(go_engine_state));
    for (int i = 0; i < engines->lines->nelts; i++) {
        const line *one = line_at(engines, i);
        APR_ARRAY_PUSH(states, go_engine_state) =
            (go_engine_state){.endpoint = one->endpoint->address,
                              .slots = one->endpoint->slots,
                              .warm = go_pool_warm(one->pool),
                              .baking = go_pool_baking(one->pool),
                              .trouble = go_pool_trouble(one->pool)};
    }
    return states;
}

/* --- the beginning --------------------------------------------------------------------------- */

apr_status_t go_engines_make(go_engines **out, const apr_array_header_t *endpoints,
                             const go_pool_spec *common, const go_pool_events *events, void *baton,
                             apr_pool_t *pool, go_error *err) {
    go_engines *engines = apr_pcalloc(pool, sizeof(*engines));
    engines->events = events;
    engines->baton = baton;
    engines->open = endpoints->nelts;
    engines->lines = apr_array_make(pool, endpoints->nelts, sizeof(line));
    for (int i = 0; i < endpoints->nelts; i++) {
        const go_endpoint *endpoint = &APR_ARRAY_IDX(endpoints, i, go_endpoint);
        go_pool_spec spec = *common;
        spec.address = endpoint->address;
        spec.parallel = endpoint->slots;
        spec.warm = endpoint->warm;
        apr_status_t status = go_engine_make(&spec.engine, spec.loop, endpoint->address,
                                             endpoint->tls_directory, pool, err);
        if (status != APR_SUCCESS) return status;
        APR_ARRAY_PUSH(engines->lines, line) =
            (line){endpoint, go_pool_make(&spec, &pool_events, engines, pool)};
    }
    *out = engines;
    return APR_SUCCESS;
}
