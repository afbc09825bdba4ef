#include "gradeovenctl/site.h"

#include "model/audit.h"
#include "model/passwords.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *given_state, *given_driver, *given_params, *given_conf;

/* Where httpd's configuration usually is: Debian, Red Hat, built from source. */
static const char *const usual_confs[] = {"/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf",
                                          "/usr/local/apache2/conf/httpd.conf"};

int ctl_site_options(int *argc, const char *const **argv) {
    while (*argc > 0 && !strncmp(**argv, "--", 2) && strcmp(**argv, "--help")) {
        const char *name = **argv;
        int takes = strcmp(name, "--database") == 0 ? 2 : 1;
        if (*argc <= takes) return ctl_fail("%s needs a value", name), CTL_USAGE;
        if (!strcmp(name, "--state"))
            given_state = (*argv)[1];
        else if (!strcmp(name, "--httpd-conf"))
            given_conf = (*argv)[1];
        else if (!strcmp(name, "--database"))
            given_driver = (*argv)[1], given_params = (*argv)[2];
        else
            return ctl_fail("%s: unknown; before a command only --state DIR, --database DRIVER "
                            "PARAMS and --httpd-conf FILE are allowed",
                            name),
                   CTL_USAGE;
        *argv += takes + 1;
        *argc -= takes + 1;
    }
    return CTL_OK;
}

/* What is given is believed; httpd's configuration says the rest, and is read in any case. */
apr_status_t ctl_site_find(ctl_site *site, apr_pool_t *pool) {
    const char *directory = given_state, *driver = given_driver, *params = given_params;
    const char *file = given_conf;
    *site = (ctl_site){.pool = pool, .err = GO_ERROR_INIT(pool)};
    for (size_t i = 0; !file && i < sizeof(usual_confs) / sizeof(*usual_confs); i++)
        if (access(usual_confs[i], R_OK) == 0) file = usual_confs[i];
    apr_status_t status =
        file ? ctl_httpd_conf_read(&site->conf, file, pool, &site->err) : APR_SUCCESS;
    if (status && !directory) return status;
    if (!directory) {
        directory = site->conf.state ? site->conf.state : "/var/lib/gradeoven";
        if (!driver) driver = site->conf.driver, params = site->conf.params;
    }
    struct stat info;
    if (stat(directory, &info))
        return go_error_system(&site->err, APR_FROM_OS_ERROR(errno),
                               "Start httpd once with Grade Oven, or name it: --state DIR.",
                               "The state directory \"%s\" cannot be used", directory);
    site->state = go_state_paths(directory, driver, params, pool);
    return APR_SUCCESS;
}

int ctl_site_open(ctl_site *site, apr_pool_t *pool) {
    umask(0007); /* what we make is for httpd's workers and the executor too */
    apr_status_t status = go_db_start(pool);
    if (!status) status = go_passwords_start(pool);
    if (status) return ctl_fail("APR or libsodium could not be started"), CTL_FAILED;
    status = ctl_site_find(site, pool);
    if (!status) status = go_db_migrate(site->state->driver, site->state->params, pool, &site->err);
    if (!status)
        status = go_db_open(&site->db, site->state->driver, site->state->params, GO_DURABLE, pool,
                            &site->err);
    return status ? ctl_site_failed(site) : CTL_OK;
}

int ctl_site_failed(const ctl_site *site) {
    return ctl_fail("%s", go_error_text(&site->err));
}

apr_status_t ctl_site_audit(ctl_site *site, apr_int64_t course_id, const char *action,
                            const char *subject, const char *was, const char *became) {
    go_audit_entry entry = {.at_us = apr_time_now(),
                            .actor = "*gradeovenctl",
                            .course_id = course_id,
                            .action = action,
                            .subject = subject,
                            .was = was,
                            .became = became};
    return go_audit_add(site->db, &entry, site->pool, &site->err);
}
