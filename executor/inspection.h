/*
 * Does an engine keep to what it was asked for?
 *
 * Engines take a limit that they cannot enforce, and say so somewhere else: in what they tell of
 * themselves (Docker without a cgroup controller), in the warnings of "create", or only by leaving
 * it out of the container they made (rootless Podman on cgroup v1). A student's program must not
 * run where a limit is missing, so all three are read, the last two for every oven before it is
 * started. What is missing is named, for whoever set the engine up.
 *
 * All of these answer NULL when all is well, or a sentence in `pool`.
 */
#ifndef GO_EXECUTOR_INSPECTION_H
#define GO_EXECUTOR_INSPECTION_H

#include <apr_pools.h>
#include <jansson.h>

/* By the engine's answer to "info". */
const char *go_inspection_of_engine(const json_t *info, apr_pool_t *pool);

/* By its answer to "create": warnings that a limit was discarded. */
const char *go_inspection_of_answer(const json_t *created, apr_pool_t *pool);

/* By the container: what was asked for (the body of "create") against what "inspect" tells. */
const char *go_inspection_of_container(const json_t *asked, const json_t *inspected,
                                       apr_pool_t *pool);

#endif
