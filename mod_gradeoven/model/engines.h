/*
 * What the engines of the executors do: for the admin's page, told by each executor every few
 * seconds and forgotten when it leaves. A row that was not told for a minute is of an executor that
 * died.
 */
#ifndef GO_MODEL_ENGINES_H
#define GO_MODEL_ENGINES_H

#include "model/db.h"

#include <apr_tables.h>

typedef struct go_engine_state {
    const char *holder;   /* the executor; see go_run_claim() */
    const char *endpoint; /* the engine's address */
    int slots, warm, baking;
    const char *trouble;    /* a sentence: why no oven can be made there; NULL: all is well */
    apr_time_t reported_us; /* when it was told */
} go_engine_state;

/* Replaces what was known of `holder`'s engines by `states` (go_engine_state), in one transaction.
 */
apr_status_t go_engines_report(go_db *db, const char *holder, const apr_array_header_t *states,
                               apr_time_t now, apr_pool_t *pool, go_error *err);

/* All that is known, in `pool`, by executor (the newest first) and endpoint. */
apr_status_t go_engines_list(go_db *db, apr_array_header_t **states, apr_pool_t *pool,
                             go_error *err);

/* An executor leaves: it and its engines are forgotten at once. */
apr_status_t go_executor_leave(go_db *db, const char *holder, apr_pool_t *pool, go_error *err);

#endif
