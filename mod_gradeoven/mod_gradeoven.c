/*
 * mod_gradeoven: the autograder inside httpd. This file is the map of all that httpd calls; the
 * work is done in the files named here.
 */
#include "directives.h"
#include "provider.h"
#include "site.h"
#include "supervisor.h"
#include "web/handler.h"
#include "web/problem.h"

#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mpm_common.h>

/* `apachectl configtest`, and every start: what is wrong is said before anything is touched. */
static int check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s) {
    return go_sites_check(pconf, s) ? HTTP_INTERNAL_SERVER_ERROR : OK;
}

/* Once for each start or restart, in the parent, as root: the sites and their executors. */
static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s) {
    /* httpd reads its configuration twice when it starts; the first time is only to see it */
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) return OK;
    return go_sites_start(pconf, s) ? HTTP_INTERNAL_SERVER_ERROR : OK;
}

/* In each worker process: its connections to the databases. */
static void child_init(apr_pool_t *pchild, server_rec *s) {
    go_sites_child(pchild, s);
}

/* Every ten seconds or so, in the parent: nothing that should run is missing. */
static int monitor(apr_pool_t *pool, server_rec *s) {
    go_supervisor_watch();
    return DECLINED;
}

static void register_hooks(apr_pool_t *pool) {
    ap_hook_check_config(check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_monitor(monitor, NULL, NULL, APR_HOOK_MIDDLE);
    /* first: no alias or document root has a say below a mount */
    ap_hook_translate_name(go_translate_name, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_map_to_storage(go_map_to_storage, NULL, NULL, APR_HOOK_FIRST);
    /* "AuthType GradeOven" of other things than the site: who it is, and what they may */
    ap_hook_check_authn(go_provider_check, NULL, NULL, APR_HOOK_MIDDLE, AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_note_auth_failure(go_provider_challenge, NULL, NULL, APR_HOOK_MIDDLE);
    go_provider_register(pool);
    ap_hook_handler(go_handler, NULL, NULL, APR_HOOK_MIDDLE);
    /* what httpd itself refuses below a mount, for who asked for JSON */
    go_problem_filter_register();
    ap_hook_insert_error_filter(go_problem_filter_insert, NULL, NULL, APR_HOOK_LAST);
}

AP_DECLARE_MODULE(gradeoven) = {
    STANDARD20_MODULE_STUFF, go_mount_create,    /* per <Location>: where the site is */
    go_mount_merge,          go_settings_create, /* per server: the directives */
    go_settings_merge,       go_commands,        register_hooks, AP_MODULE_FLAG_NONE,
};
