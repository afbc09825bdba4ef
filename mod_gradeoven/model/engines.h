/*
 * What the executors and their engines do: told by each executor every five seconds, for the
 * admin's page, for who waits, and for `gradeovenctl doctor`. Both are forgotten when it leaves.
 * One that was not heard of for GO_SILENT_SECONDS is gone, and after GO_FORGOTTEN_SECONDS not shown
 * any more.
 */
#ifndef GO_MODEL_ENGINES_H
#define GO_MODEL_ENGINES_H

#include "model/db.h"

#include <apr_tables.h>

#define GO_SILENT_SECONDS    20
#define GO_FORGOTTEN_SECONDS 300

/* What an executor says of itself. */
typedef struct go_executor {
    const char *holder;      /* see go_run_claim() */
    int slots, warm, baking; /* runs at once; ovens that wait, and that bake */
    const char *trouble;     /* a sentence; NULL: all is well */
    apr_time_t reported_us;
} go_executor;

apr_status_t go_executor_report(go_db *db, const go_executor *executor, apr_time_t now,
                                apr_pool_t *pool, go_error *err);

typedef struct go_engine_state {
    const char *holder;   /* the executor */
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
