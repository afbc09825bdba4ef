/*
 * What httpd's configuration says about a site, as far as gradeovenctl asks for it.
 *
 * This is no parser of httpd's language: sections, conditions and variables are not understood,
 * only lines that begin with a directive's name, Include and IncludeOptional among them. The last
 * line of a name counts; of GradeOvenDocker all do, of whichever virtual host. What that cannot
 * tell apart (two sites) is left to --state.
 */
#ifndef GO_CTL_HTTPD_CONF_H
#define GO_CTL_HTTPD_CONF_H

#include "model/engine_setting.h"
#include "model/error.h"

#include <apr_tables.h>

typedef struct ctl_httpd_conf {
    const char *file;        /* NULL: there is none; all below is NULL and 0 then */
    int has_module, has_ssl; /* LoadModule gradeoven_module, ssl_module */
    int is_mounted;          /* SetHandler gradeoven */
    int is_tls;              /* SSLEngine on */
    int has_remote_auth;     /* GradeOvenAuth remote or both */
    int protects_sso;        /* a section of a path in which "login/sso" stands has a Require */
    const char *state;       /* a path */
    const char *driver, *params;
    apr_array_header_t *docker; /* of go_engine_setting: each address once */
    const char *docker_problem; /* what is wrong with one of these lines, or NULL */
    /* The first two words of a directive; NULL: not there. */
    const char *image[2], *runtime[2], *memory[2], *disk[2], *pids[2], *cpus[2], *parallel[2],
        *executor[2];
} ctl_httpd_conf;

/* Never fails for a file that is not there: then nothing is found. Several states: GO_EMULTIPLE. */
apr_status_t ctl_httpd_conf_read(ctl_httpd_conf *conf, const char *file, apr_pool_t *pool,
                                 go_error *err);

/* Is there an executor? Not with "GradeOvenExecutor off". */
int ctl_httpd_conf_grades(const ctl_httpd_conf *conf);

/* "64"; "512M" or "2G" as MiB; "1.5" as thousandths. `otherwise` for NULL and what is no number. */
int ctl_httpd_conf_number(const char *word, int otherwise);
int ctl_httpd_conf_thousandths(const char *word, int otherwise);

#endif
