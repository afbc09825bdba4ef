/*
 * The store as the executor uses it: the only file that touches the database.
 *
 * Two connections: one whose commits are on the disk when they return (results), one that may lose
 * its last commits in a power cut (claims, leases, what a run says while it runs). Calls wait for
 * the database, so each is short; failures are logged here, and the caller only decides what
 * becomes of the run.
 */
#ifndef GO_EXECUTOR_QUEUE_H
#define GO_EXECUTOR_QUEUE_H

#include "model/runs.h"
#include "model/state.h"

typedef struct go_queue go_queue;

/* Opens the connections. `owner` is our claimed name (claims.h). */
apr_status_t go_queue_open(go_queue **queue, const go_state *state, const char *owner,
                           apr_pool_t *pool, go_error *err);

/* The run whose turn it is, leased to us, in `pool`; NULL when there is none, or on failure. */
go_claim *go_queue_claim(go_queue *queue, apr_pool_t *pool);

/*
 * When does the next queued run want to start: microseconds from now, 0 for "it waits", or -1 for
 * none.
 */
apr_interval_time_t go_queue_next(go_queue *queue);

/* How it ended for a run that we hold. */
typedef enum go_queue_answer {
    GO_QUEUE_DONE,
    GO_QUEUE_NOT_OURS,  /* the lease is lost: the run is somebody else's now */
    GO_QUEUE_TRY_LATER, /* the database failed */
    GO_QUEUE_REFUSED,   /* a constraint of the database is against it, and will stay so */
} go_queue_answer;

go_queue_answer go_queue_renew(go_queue *queue, const go_claim *claim);
go_queue_answer go_queue_tell(go_queue *queue, const go_claim *claim, const go_run_news *news);
go_queue_answer go_queue_finish(go_queue *queue, const go_claim *claim, const go_run_end *end);
/* `reason` NULL: we leave, which costs the run no attempt. */
go_queue_answer go_queue_release(go_queue *queue, const go_claim *claim, const char *reason);
/* Its engine went away: another one may take it at once. */
go_queue_answer go_queue_pass_on(go_queue *queue, const go_claim *claim, const char *reason);

/* Queues again what dead executors of this host held, and all leases that are over. */
void go_queue_tidy(go_queue *queue);

/* Do we hold as many runs as we bake? Fewer: one was cancelled. When in doubt: yes. */
int go_queue_holds(go_queue *queue, int baking);

/*
 * When the last scheduled exchange of a course with the institution's database began (0: none did),
 * and its zone, in `pool`. 0 on failure, or when there is no such course.
 */
int go_queue_sync_start(go_queue *queue, const char *course, const char **zone, apr_time_t *last_us,
                        apr_pool_t *pool);

/* For the admin's page: `engines` is an array of go_engine_state. */
void go_queue_report(go_queue *queue, const apr_array_header_t *engines);
/* We leave: the admin's page forgets us. */
void go_queue_leave(go_queue *queue);

#endif
