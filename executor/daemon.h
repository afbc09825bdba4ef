/*
 * The executor as a daemon: queue, pool and runs, brought together.
 *
 * It looks at the queue when the doorbell rings, an oven becomes warm, a run ends, a run's back-off
 * is over, and every few seconds anyway. It claims a run only when an oven waits for it, so a run
 * is never held by an executor that cannot bake it.
 *
 *     serving ── SIGUSR1, parent dead ──> draining: claims nothing more, lets its runs end
 *        └────────── SIGTERM ────────────────┴──────> leaving: gives its runs back, removes ovens
 */
#ifndef GO_EXECUTOR_DAEMON_H
#define GO_EXECUTOR_DAEMON_H

#include "configuration.h"

/* Serves until it is told to leave, and all is cleared up. An error says why it cannot serve. */
apr_status_t go_daemon_run(const go_configuration *configuration, apr_pool_t *pool, go_error *err);

#endif
