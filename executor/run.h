/*
 * A claimed run on its way: the bake, its lease, and what it says, written to the store: the first
 * line at once, what follows in small batches (at most one in 200 ms). Whatever happens, it ends in
 * one of four ways, and only one writes a result:
 *   finished    the results are stored, once, durably; again and again while the database fails
 *   released    the oven or the engine failed, or we leave: queued again
 *   lost        the lease is somebody else's: nothing is written
 */
#ifndef GO_EXECUTOR_RUN_H
#define GO_EXECUTOR_RUN_H

#include "bake.h"
#include "queue.h"

typedef struct go_active_run go_active_run;

typedef struct go_run_keeper {
    go_queue *queue;
    go_loop *loop;
    const go_container_limits *limits; /* what the ovens are made with */
    /* It has ended; the run and its pool are gone after this. From the loop. */
    void (*ended)(void *baton, go_active_run *run);
    void *baton;
} go_run_keeper;

/*
 * Bakes `claim` in a warm oven. Takes over `pool`, in which the claim lives, and destroys it after
 * `ended`. `keeper` is kept as a pointer.
 */
go_active_run *go_run_start(const go_run_keeper *keeper, go_oven *oven, go_claim *claim,
                            apr_pool_t *pool);

/* Is it still ours? Ends it when it was cancelled. Only after this the caller may look again. */
void go_run_check(go_active_run *run);

/* We leave: gives the run back and destroys it, without `ended`. */
void go_run_abandon(go_active_run *run);

#endif
