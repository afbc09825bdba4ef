/*
 * Old images of ours: every rebuilt base and every new version of Grade Oven leaves one behind.
 *
 * Removed are those that are labelled and named as ours, older than `age_us`, not the present one,
 * and used by no container (the engine itself refuses those). The age is there because a host may
 * serve other sites, whose present image this one does not know; should one of theirs go all the
 * same, their next look at the engine makes it again.
 */
#ifndef GO_EXECUTOR_PRUNE_H
#define GO_EXECUTOR_PRUNE_H

#include "engine.h"

#define GO_PRUNE_AGE_US (7 * 86400 * APR_USEC_PER_SEC)

/* Starts; what fails is tried at another time. Ends with `pool`, which should be one of its own. */
void go_prune(go_engine *engine, const char *present, apr_interval_time_t age_us, apr_pool_t *pool);

#endif
