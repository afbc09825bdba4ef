/*
 * Signals as events of the loop: they are blocked, and read from a signalfd.
 *
 * Block them before the first thread or child is made; a child unblocks what it needs.
 */
#ifndef GO_EXECUTOR_SIGNALS_H
#define GO_EXECUTOR_SIGNALS_H

#include "loop.h"
#include "model/error.h"

/*
 * Blocks the signals of the list (ended by 0) and calls `caught` for each that comes. SIGPIPE is
 * ignored from here on: writing to a closed connection is an ordinary error.
 */
apr_status_t go_signals_watch(go_loop *loop, const int *signals,
                              void (*caught)(void *baton, int number), void *baton,
                              apr_pool_t *pool, go_error *err);

#endif
