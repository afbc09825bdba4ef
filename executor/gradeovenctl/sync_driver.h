/*
 * The institution's database, as gradeovenctl sees it: behind a child process, because libdbi's
 * drivers abort on some legal SQL (SQLite's frees twice where it meets cast(... AS ...)), and what
 * an administrator wrote must not take the tool along, nor leave it not knowing what was done.
 */
#ifndef GO_CTL_SYNC_DRIVER_H
#define GO_CTL_SYNC_DRIVER_H

#include "model/sync.h"

typedef struct ctl_driver ctl_driver;

/*
 * Forks the child, before this process opens any database; it ends with `pool`, and what it has not
 * committed is undone.
 */
apr_status_t ctl_driver_start(ctl_driver **driver, const go_sync_setting *setting, apr_pool_t *pool,
                              go_error *err);

/* Reads the password and connects. */
apr_status_t ctl_driver_connect(ctl_driver *driver, go_error *err);

apr_status_t ctl_driver_begin(ctl_driver *driver, go_error *err);
apr_status_t ctl_driver_commit(ctl_driver *driver, go_error *err);
void ctl_driver_rollback(ctl_driver *driver);

/* The rows of the Roster statement, the columns' names first: array of array of const char *. */
apr_status_t ctl_driver_roster(ctl_driver *driver, apr_array_header_t **rows, apr_pool_t *pool,
                               go_error *err);

/* Executes the Grade statement; *changed is the number of rows that the database changed. */
apr_status_t ctl_driver_grade(ctl_driver *driver, const go_sync_grade *grade, int *changed,
                              apr_pool_t *pool, go_error *err);

/* In the child: serves until `fd` closes. sync_child.c. */
_Noreturn void ctl_driver_serve(int fd, const go_sync_setting *setting, apr_pool_t *pool);

#endif
