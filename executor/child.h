/*
 * A gradeovenctl of our own: what takes long, or talks to others, runs in a child and not in the
 * executor's loop. What came of it stands in the store, and its errors in the log.
 */
#ifndef GO_EXECUTOR_CHILD_H
#define GO_EXECUTOR_CHILD_H

#include "configuration.h"
#include "loop.h"

typedef struct go_child go_child;

/* It has ended: `failure` is NULL, or how ("exit status 1"). The child is gone when this returns.
 */
typedef void (*go_child_ended)(void *baton, const char *failure);

/*
 * Starts `gradeovenctl --state ... WORDS` (ended by NULL, 8 at most). NULL when it cannot be, which
 * is logged. `pool` must live until it has ended, or we have.
 */
go_child *go_child_start(const go_configuration *configuration, go_loop *loop,
                         const char *const *words, go_child_ended ended, void *baton,
                         apr_pool_t *pool);

/* Ends it: its transactions are rolled back. */
void go_child_stop(const go_child *child);

#endif
