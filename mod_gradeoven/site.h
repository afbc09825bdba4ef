/*
 * A site: one state directory, with the pages over it. Virtual hosts that name the same
 * GradeOvenState share a site; each other state directory is a site of its own, with its own
 * executor.
 *
 * Made in httpd's parent when it starts or restarts; the workers inherit the parsed templates and
 * the static files, and each worker process opens its own connections to the database.
 */
#ifndef GO_SITE_H
#define GO_SITE_H

#include "directives.h"
#include "model/rates.h"
#include "model/sessions.h"
#include "web/static.h"
#include "web/template.h"

#include <apr_reslist.h>

typedef struct go_site {
    const char *name;
    const go_settings *settings;
    go_state *state;
    go_template_set *templates;
    go_static *statics;
    go_session_limits sessions;
    apr_off_t max_upload; /* bytes */
    apr_interval_time_t body_timeout;
    go_rates *rates;            /* shared by the workers; NULL: no limits */
    apr_reslist_t *connections; /* of go_db, in a worker */
    int is_leaving;             /* the worker process ends: its pools close the connections */
} go_site;

/* The site of a server, or NULL when nothing of ours is mounted there. */
go_site *go_site_of(const server_rec *server);

/* In the parent: makes all sites (post_config). Logs and answers an error when one cannot start. */
apr_status_t go_sites_start(apr_pool_t *pconf, server_rec *main_server);

/* In the parent: what configtest can find wrong without changing anything. */
apr_status_t go_sites_check(apr_pool_t *pconf, server_rec *main_server);

/* In a worker process: prepares the connections to the databases. */
void go_sites_child(apr_pool_t *pchild, server_rec *main_server);

/* A connection for as long as `pool` lives (a request's). */
apr_status_t go_site_connect(go_site *site, go_db **db, apr_pool_t *pool, go_error *err);

#endif
