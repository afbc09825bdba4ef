/*
 * The site that a command works on: found by --state and --database before the command, or in
 * httpd's own configuration (--httpd-conf), so that an admin says nothing twice.
 */
#ifndef GO_CTL_SITE_H
#define GO_CTL_SITE_H

#include "gradeovenctl/command.h"

#include "model/db.h"
#include "model/state.h"

typedef struct ctl_site {
    apr_pool_t *pool;
    go_state *state;
    go_db *db;
    go_error err;
} ctl_site;

/* Takes the options before the command off the arguments; a usage error is printed: CTL_USAGE. */
int ctl_site_options(int *argc, const char *const **argv);

/* Opens the site's store; CTL_OK, or it has said why not. */
int ctl_site_open(ctl_site *site, apr_pool_t *pool);

/* Prints site->err; CTL_FAILED. */
int ctl_site_failed(const ctl_site *site);

/*
 * Finds GradeOvenState and GradeOvenDatabase in a configuration of httpd, following Include and
 * IncludeOptional. *state NULL: there is none. Several different states are GO_EMULTIPLE.
 */
apr_status_t ctl_httpd_conf_read(const char *file, const char **state, const char **driver,
                                 const char **params, apr_pool_t *pool, go_error *err);

#endif
