/*
 * The state directory: everything of one site that is not in its database.
 *
 *     STATE/gradeoven.db       the database, when it is SQLite in its default place
 *     STATE/objects/ab/cd...   the files of submissions and assignments, named by SHA-256
 *     STATE/tmp/               uploads on their way, each in a directory locked by its process
 *     STATE/receipt.key        what receipts are signed with (signing.h), for httpd's workers alone
 *     STATE/secrets.key        what secrets in the database are sealed with (seal.h), for them too
 *     STATE/run/doorbell       socket of the executor: "there is work"
 *
 * Two users write here: httpd's workers and the executor. They share a group; directories are
 * set-group-id, so what either makes the other can use. Nobody else may look in.
 */
#ifndef GO_MODEL_STATE_H
#define GO_MODEL_STATE_H

#include "model/error.h"

typedef struct go_state {
    const char *directory, *objects, *tmp, *doorbell;
    const char *driver, *params; /* of the database, for go_db_open */
} go_state;

/* The paths of a state directory. `driver` and `params` may be NULL: SQLite in it. */
go_state *go_state_paths(const char *directory, const char *driver, const char *params,
                         apr_pool_t *pool);

/*
 * Makes what is missing, gives it to `user` and `group` when this process is root (-1: leave),
 * migrates the database, and sweeps.
 */
apr_status_t go_state_prepare(const go_state *state, int user, int group, apr_pool_t *pool,
                              go_error *err);

/*
 * Removes the workspaces of processes that were killed: those that nobody has locked. As far as
 * this user may: a worker's are swept by the next worker.
 */
void go_state_sweep(const go_state *state, apr_pool_t *pool);

/* Tells the executor to look at the queue. Nobody there is no error: the queue itself is stored. */
void go_state_ring(const go_state *state);

/* A new directory below tmp, for one upload; it goes with all in it when `pool` does. */
apr_status_t go_state_workspace(const go_state *state, const char **directory, apr_pool_t *pool,
                                go_error *err);

#endif
