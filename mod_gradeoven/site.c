#include "site.h"

#include "model/passwords.h"
#include "model/totp.h"
#include "supervisor.h"
#include "web/rate.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_user.h>
#include <ap_mpm.h>
#include <http_log.h>
#include <http_main.h>
#include <unixd.h>

#include <string.h>
#include <unistd.h>

APLOG_USE_MODULE(gradeoven);

/* The sites of this generation by state directory; and by server, for requests. */
static apr_hash_t *sites;
static apr_hash_t *site_by_server;

go_site *go_site_of(const server_rec *server) {
    return apr_hash_get(site_by_server, &server, sizeof(server));
}

static apr_status_t log_error(server_rec *server, const go_error *err) {
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, server, "Grade Oven: %s",
                 go_error_text(err));
    return err->status;
}

/* Reads what the pages are made of; both are parsed here, so that a mistake shows at start. */
static apr_status_t load_pages(go_site *site, apr_pool_t *pool, go_error *err) {
    const char *directory = go_setting_get(site->settings, GO_D_TEMPLATES).text;
    apr_status_t status = go_template_set_load(&site->templates, directory, pool, err);
    if (!status)
        status = go_static_load(&site->statics, apr_pstrcat(pool, directory, "/static", NULL), pool,
                                err);
    if (status && !err->remedy)
        err->remedy = apr_psprintf(pool, "GradeOvenTemplates is %s.", directory);
    return status;
}

static go_site *make_site(const go_settings *settings, apr_pool_t *pool) {
    go_site *site = apr_pcalloc(pool, sizeof(*site));
    site->settings = settings;
    site->name = go_setting_get(settings, GO_D_SITE_NAME).text;
    site->state = go_settings_state(settings, pool);
    site->sessions.idle = apr_time_from_sec(go_setting_get(settings, GO_D_SESSION_IDLE).number);
    site->sessions.absolute = apr_time_from_sec(go_setting_get(settings, GO_D_SESSION_MAX).number);
    site->body_timeout = apr_time_from_sec(go_setting_get(settings, GO_D_BODY_TIMEOUT).number);
    site->max_upload = go_setting_get(settings, GO_D_MAX_UPLOAD).number * 1024 * 1024;
    return site;
}

/* For the executor's user and root alone: the executor runs gradeovenctl with it. */
static apr_status_t write_syncs(const go_site *site, apr_pool_t *pool, go_error *err) {
    go_setting executor = go_setting_get(site->settings, GO_D_EXECUTOR);
    apr_uid_t uid;
    apr_gid_t gid;
    int is_shared = executor.number && geteuid() == 0 &&
                    apr_uid_get(&uid, &gid, executor.text, pool) == APR_SUCCESS;
    return go_sync_settings_write(site->state, site->settings->syncs, is_shared ? (int)gid : -1,
                                  pool, err);
}

/* Who owns the state directory: the executor's user, and the group of httpd's workers. */
static void owners(const go_settings *settings, int *user, int *group, apr_pool_t *pool) {
    go_setting executor = go_setting_get(settings, GO_D_EXECUTOR);
    apr_uid_t uid = ap_unixd_config.user_id;
    apr_gid_t gid;
    if (executor.number) apr_uid_get(&uid, &gid, executor.text, pool);
    *user = (int)uid;
    *group = (int)ap_unixd_config.group_id;
}

/* With both limits off there is nothing to count. */
static apr_status_t make_rates(go_site *site, apr_pool_t *pool, go_error *err) {
    go_setting limit = go_setting_get(site->settings, GO_D_RATE_LIMIT);
    if (!limit.number && !limit.limit) return APR_SUCCESS;
    site->rates = go_rate_table(pool, err);
    return site->rates ? APR_SUCCESS : err->status;
}

static apr_status_t start_site(go_site *site, server_rec *server, apr_pool_t *pool) {
    go_error err = GO_ERROR_INIT(pool);
    int user, group;
    owners(site->settings, &user, &group, pool);
    apr_status_t status = load_pages(site, pool, &err);
    if (!status) status = make_rates(site, pool, &err);
    if (!status) status = go_state_prepare(site->state, user, group, pool, &err);
    if (!status) status = write_syncs(site, pool, &err);
    if (!status && go_setting_get(site->settings, GO_D_EXECUTOR).number)
        status = go_supervisor_start(site, server, pool, &err);
    return status ? log_error(server, &err) : APR_SUCCESS;
}

/* Two virtual hosts may share a state directory, but there is one executor for it. */
static apr_status_t refuse_differences(const go_site *site, const go_settings *settings,
                                       server_rec *server, apr_pool_t *pool) {
    int differs = site->settings->syncs != settings->syncs ||
                  site->settings->retention != settings->retention;
    for (int i = GO_D_DATABASE; i < GO_D_COUNT && !differs; i++) {
        go_setting a = go_setting_get(site->settings, i), b = go_setting_get(settings, i);
        if (i == GO_D_SITE_NAME || i == GO_D_TEMPLATES) continue;
        /* how people log in may differ: client certificates want a virtual host of their own */
        if (i >= GO_D_AUTH && i <= GO_D_AUTH_LOGOUT) continue;
        differs = a.number != b.number || a.limit != b.limit ||
                  strcmp(a.text ? a.text : "", b.text ? b.text : "") ||
                  strcmp(a.more ? a.more : "", b.more ? b.more : "");
    }
    if (!differs) return APR_SUCCESS;
    go_error err = GO_ERROR_INIT(pool);
    go_error_set(&err, GO_EINVALID, "Give each site a GradeOvenState of its own, or set it once.",
                 "Two virtual hosts share GradeOvenState \"%s\" but differ in another Grade Oven "
                 "directive.",
                 site->state->directory);
    return log_error(server, &err);
}

apr_status_t go_sites_check(apr_pool_t *pconf, server_rec *main_server) {
    int problems = 0;
    for (server_rec *server = main_server; server; server = server->next) {
        const go_settings *settings = go_settings_of(server);
        if (!settings->mounts) continue;
        go_error err = GO_ERROR_INIT(pconf);
        go_site *site = make_site(settings, pconf);
        problems += go_settings_check(settings, server, pconf);
        if (load_pages(site, pconf, &err)) {
            log_error(server, &err);
            problems++;
        }
    }
    return problems ? APR_EGENERAL : APR_SUCCESS;
}

/* Hashing is the process's: of virtual hosts that differ the larger values hold for all. */
static void configure_passwords(server_rec *main_server) {
    static const go_directive_name names[] = {GO_D_PASSWORD_MEMORY, GO_D_PASSWORD_PASSES,
                                              GO_D_PASSWORD_PARALLEL};
    int most[3] = {0}, is_any = 0;
    for (server_rec *server = main_server; server; server = server->next) {
        const go_settings *settings = go_settings_of(server);
        is_any |= settings->mounts != NULL;
        for (int i = 0; i < 3 && settings->mounts; i++) {
            int value = (int)go_setting_get(settings, names[i]).number;
            if (value > most[i]) most[i] = value;
        }
    }
    if (is_any) go_passwords_configure(most[0], most[1], most[2]);
}

apr_status_t go_sites_start(apr_pool_t *pconf, server_rec *main_server) {
    apr_status_t status = go_db_start(pconf);
    configure_passwords(main_server);
    if (!status) status = go_totp_start();
    if (!status) status = go_passwords_start(pconf);
    if (status) return status;
    sites = apr_hash_make(pconf);
    site_by_server = apr_hash_make(pconf);
    for (server_rec *server = main_server; server && !status; server = server->next) {
        const go_settings *settings = go_settings_of(server);
        if (!settings->mounts) continue;
        const char *directory = go_setting_get(settings, GO_D_STATE).text;
        go_site *site = apr_hash_get(sites, directory, APR_HASH_KEY_STRING);
        if (site) {
            status = refuse_differences(site, settings, server, pconf);
        } else {
            site = make_site(settings, pconf);
            status = start_site(site, server, pconf);
            apr_hash_set(sites, directory, APR_HASH_KEY_STRING, site);
        }
        apr_hash_set(site_by_server, apr_pmemdup(pconf, &server, sizeof(server)), sizeof(server),
                     site);
    }
    return status;
}

/* --- connections of a worker process -------------------------------------------------------- */

/* A connection and the pool that closes it. */
typedef struct connection {
    go_db *db;
    apr_pool_t *pool;
} connection;

static apr_status_t open_connection(void **resource, void *params, apr_pool_t *parent) {
    const go_site *site = params;
    apr_pool_t *pool;
    apr_pool_create(&pool, parent);
    go_error err = GO_ERROR_INIT(pool);
    connection *c = apr_pcalloc(pool, sizeof(*c));
    c->pool = pool;
    apr_status_t status =
        go_db_open(&c->db, site->state->driver, site->state->params, GO_DURABLE, pool, &err);
    if (status) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, ap_server_conf, "Grade Oven: %s",
                     go_error_text(&err));
        apr_pool_destroy(pool);
        return status;
    }
    *resource = c;
    return APR_SUCCESS;
}

/*
 * When the process ends, the connections' pools are destroyed as children of pchild, before the
 * list is cleaned up and calls this: they must not be destroyed once more.
 */
static apr_status_t close_connection(void *resource, void *params, apr_pool_t *parent) {
    const go_site *site = params;
    if (!site->is_leaving) apr_pool_destroy(((connection *)resource)->pool);
    return APR_SUCCESS;
}

static apr_status_t note_leaving(void *data) {
    ((go_site *)data)->is_leaving = 1;
    return APR_SUCCESS;
}

/* Where the executor, gradeovenctl and the pages find them. */
static void store_rules(go_site *site, server_rec *server, apr_pool_t *parent) {
    apr_pool_t *pool;
    go_db *db = NULL;
    apr_pool_create(&pool, parent);
    go_error err = GO_ERROR_INIT(pool);
    apr_status_t status = go_site_connect(site, &db, pool, &err);
    if (!status) status = go_retention_store(db, site->settings->retention, pool, &err);
    if (status) log_error(server, &err);
    apr_pool_destroy(pool);
}

void go_sites_child(apr_pool_t *pchild, server_rec *main_server) {
    int threads = 1;
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    if (threads < 1) threads = 1;
    go_passwords_start(pchild);
    if (!sites) return;
    for (apr_hash_index_t *at = apr_hash_first(pchild, sites); at; at = apr_hash_next(at)) {
        go_site *site = apr_hash_this_val(at);
        apr_pool_pre_cleanup_register(pchild, site, note_leaving);
        go_state_sweep(site->state, pchild); /* our predecessor may have been killed */
        apr_status_t status = apr_reslist_create(&site->connections, 0, threads < 4 ? threads : 4,
                                                 threads, apr_time_from_sec(300), open_connection,
                                                 close_connection, site, pchild);
        if (status)
            ap_log_error(APLOG_MARK, APLOG_CRIT, status, main_server,
                         "Grade Oven: no room for connections to the database");
        else
            apr_reslist_timeout_set(site->connections, apr_time_from_sec(10));
        if (!status) store_rules(site, main_server, pchild);
    }
}

typedef struct borrowed {
    apr_reslist_t *connections;
    connection *connection;
} borrowed;

static apr_status_t give_back(void *data) {
    borrowed *loan = data;
    go_db_settle(loan->connection->db);
    return apr_reslist_release(loan->connections, loan->connection);
}

apr_status_t go_site_connect(go_site *site, go_db **db, apr_pool_t *pool, go_error *err) {
    void *resource;
    apr_status_t status =
        site->connections ? apr_reslist_acquire(site->connections, &resource) : APR_EGENERAL;
    if (status)
        return go_error_set(err, GO_EBUSY, "The error log of httpd has the reason.",
                            "The site's database cannot be reached.");
    borrowed *loan = apr_palloc(pool, sizeof(*loan));
    *loan = (borrowed){site->connections, resource};
    apr_pool_cleanup_register(pool, loan, give_back, apr_pool_cleanup_null);
    *db = loan->connection->db;
    return APR_SUCCESS;
}
