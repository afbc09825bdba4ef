/*
 * The site that a command works on: found by --state and --database before the command, or in
 * httpd's own configuration (--httpd-conf), so that an admin says nothing twice.
 */
#ifndef GO_CTL_SITE_H
#define GO_CTL_SITE_H

#include "gradeovenctl/command.h"
#include "gradeovenctl/httpd_conf.h"

#include "model/db.h"
#include "model/state.h"

typedef struct ctl_site {
    apr_pool_t *pool;
    ctl_httpd_conf conf; /* conf.file is NULL where httpd's configuration was not found */
    go_state *state;
    go_db *db;
    go_error err;
} ctl_site;

/* Takes the options before the command off the arguments; a usage error is printed: CTL_USAGE. */
int ctl_site_options(int *argc, const char *const **argv);

/* Finds the site and opens nothing; what is wrong is in site->err. */
apr_status_t ctl_site_find(ctl_site *site, apr_pool_t *pool);

/* Opens the site's store; CTL_OK, or it has said why not. */
int ctl_site_open(ctl_site *site, apr_pool_t *pool);

/* Notes a change of an account or a role that the operator makes, in the change's transaction. */
apr_status_t ctl_site_audit(ctl_site *site, apr_int64_t course_id, const char *action,
                            const char *subject, const char *was, const char *became);

/* Prints site->err; CTL_FAILED. */
int ctl_site_failed(const ctl_site *site);

#endif
