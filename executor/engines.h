/*
 * All engines of one executor: where ovens come from, whichever machine they are on.
 *
 * Each engine has a pool of its own (pool.h), with its own number of slots. A run is baked by the
 * least loaded engine that has a warm oven, in shares of its slots. An engine that fails keeps its
 * trouble, and its attempts to come back, to itself: it has no warm oven, so it is passed over.
 */
#ifndef GO_EXECUTOR_ENGINES_H
#define GO_EXECUTOR_ENGINES_H

#include "pool.h"

#include <apr_tables.h>

typedef struct go_engines go_engines;

/* One that is configured. */
typedef struct go_endpoint {
    const char *address;       /* as in go_engine_make() */
    const char *tls_directory; /* or NULL */
    int slots;                 /* runs at once, at least 1 */
    int warm;                  /* spares, 0 or more */
} go_endpoint;

/*
 * Starts to fill the pools of `endpoints` (go_endpoint; at least one). `common` is what all of them
 * share; its engine, address, parallel and warm are not read. `events` is told `ready` by each, and
 * `closed` when the last of them is; it needs no `knows`. GO_EINVALID names an address that is
 * none.
 */
apr_status_t go_engines_make(go_engines **engines, const apr_array_header_t *endpoints,
                             const go_pool_spec *common, const go_pool_events *events, void *baton,
                             apr_pool_t *pool, go_error *err);

/* As the functions of pool.h, over all engines. */
int go_engines_can_take(const go_engines *engines);
go_oven *go_engines_take(go_engines *engines);
void go_engines_demand(go_engines *engines, int is_waiting);
void go_engines_drain(go_engines *engines);
void go_engines_close(go_engines *engines);

/* For the status: an array of go_engine_state (model/engines.h) in `pool`, without times. */
apr_array_header_t *go_engines_states(const go_engines *engines, apr_pool_t *pool);

#endif
