/*
 * Before ovens are made: is this an engine that holds them, and is anything left over?
 *
 * An engine that says of itself that it cannot limit memory, processes or CPU is refused: one fork
 * bomb would take the host. (Others only ignore a limit: see inspection.h.) Containers of our site
 * whose owner lives no more, or that this process does not know, are removed; an oven mostly
 * removes itself, but one that was created and never started does not.
 */
#ifndef GO_EXECUTOR_SWEEP_H
#define GO_EXECUTOR_SWEEP_H

#include "container.h"
#include "engine.h"

typedef struct go_sweep_request {
    const char *site, *owner;                            /* whose containers; who we are */
    int (*is_known)(void *baton, const char *container); /* is it an oven we still use? */
    void (*removes)(void *baton, const char *container); /* for the log */
    void *baton;
} go_sweep_request;

/* `trouble` is NULL when the engine can be used, else a sentence. Called once, from the loop. */
typedef void (*go_sweep_done)(void *baton, const char *trouble);

void go_sweep(go_engine *engine, const go_sweep_request *request, go_sweep_done done,
              apr_pool_t *pool);

#endif
