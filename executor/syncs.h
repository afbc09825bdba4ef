/*
 * Courses that are synchronised with the institution's database on a schedule: when one is due,
 * `gradeovenctl sync COURSE --apply` is started as a child, which talks to that database and notes
 * what came of it. Never two at once for a course: not by us, nor beside one by hand, which
 * gradeovenctl itself sees to.
 *
 * And once a day, in the same way, `gradeovenctl privacy retention --apply`.
 */
#ifndef GO_EXECUTOR_SYNCS_H
#define GO_EXECUTOR_SYNCS_H

#include "configuration.h"
#include "loop.h"
#include "queue.h"

typedef struct go_syncs go_syncs;

/* Nothing begins before go_syncs_look(). Lives in `pool`. */
go_syncs *go_syncs_make(const go_configuration *configuration, go_loop *loop, go_queue *queue,
                        apr_pool_t *pool);

/* Starts what is due. To be called every few seconds; it looks every half minute. */
void go_syncs_look(go_syncs *syncs);

/* Ends those that run: their transactions are rolled back. */
void go_syncs_stop(go_syncs *syncs);

#endif
