/*
 * The doorbell: a unix datagram socket in the state directory. Any datagram means "look at the
 * queue"; what is in it does not matter, and none that is lost matters either.
 */
#ifndef GO_EXECUTOR_DOORBELL_H
#define GO_EXECUTOR_DOORBELL_H

#include "loop.h"
#include "model/error.h"

/*
 * Binds it (in place of a predecessor's), for owner and group, and calls `rung` once for all that
 * has come meanwhile. It is not unlinked at the end: a successor's may lie there by then.
 */
apr_status_t go_doorbell_hang(go_loop *loop, const char *path, void (*rung)(void *baton),
                              void *baton, apr_pool_t *pool, go_error *err);

#endif
