/*
 * The supervisor: httpd's parent starts a site's executor, and starts it again when it dies.
 *
 * The executor is forked and executed as its own user, in the groups of that user (docker) and of
 * httpd's workers. It reads its configuration, one JSON document, from descriptor 3. It is httpd's
 * child, so that:
 *   - when it dies, httpd tells us (apr_proc_other_child_register) and we start another, after a
 *     pause that doubles while it keeps dying young;
 *   - on a restart of httpd it is told to finish what it bakes and then to leave (SIGUSR1), while
 *     its successor claims new runs;
 *   - when httpd stops it is told to leave at once (SIGTERM): its runs go back to the queue;
 *   - when httpd's parent is killed, the kernel tells it (it asks for that itself).
 */
#ifndef GO_SUPERVISOR_H
#define GO_SUPERVISOR_H

#include "site.h"

/* Starts the executor of a site; it is stopped when `pool` (httpd's pconf) goes. */
apr_status_t go_supervisor_start(const go_site *site, server_rec *server, apr_pool_t *pool,
                                 go_error *err);

/* Every few seconds in the parent: starts an executor that could not be started when it died. */
void go_supervisor_watch(void);

#endif
