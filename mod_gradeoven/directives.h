/*
 * Directives: one table (directives.c) with a line for each: name, kind, default, range, help. From
 * it come httpd's command table, the checks that fail `apachectl configtest`, the settings that the
 * rest of the module reads, and the list that `GRADEOVEN_DIRECTIVES=1` in tests compares with the
 * documentation.
 *
 * All directives stand in the server context: in a virtual host, or outside all of them as what the
 * virtual hosts inherit.
 */
#ifndef GO_DIRECTIVES_H
#define GO_DIRECTIVES_H

#include "model/stages.h"
#include "model/state.h"
#include "model/engine_setting.h"
#include "model/retention.h"
#include "model/sync_setting.h"

#include <httpd.h>
#include <http_config.h>

typedef enum go_directive_name {
    GO_D_STATE,
    GO_D_DATABASE,
    GO_D_TEMPLATES,
    GO_D_SITE_NAME,
    GO_D_MAX_UPLOAD,
    GO_D_BODY_TIMEOUT,
    GO_D_SESSION_IDLE,
    GO_D_SESSION_MAX,
    GO_D_SECOND_FACTOR,
    GO_D_PLAIN_HTTP,
    GO_D_PASSWORD_MEMORY,
    GO_D_PASSWORD_PASSES,
    GO_D_PASSWORD_PARALLEL,
    GO_D_RATE_LIMIT,
    GO_D_EXECUTOR,
    GO_D_DOCKER,
    GO_D_IMAGE,
    GO_D_RUNTIME,
    GO_D_PARALLEL,
    GO_D_WARM,
    GO_D_STAGE_TIMEOUT,
    GO_D_MEMORY,
    GO_D_DISK,
    GO_D_PIDS,
    GO_D_CPUS,
    GO_D_RETENTION,
    GO_D_AUTH, /* from here to GO_D_AUTH_LOGOUT: directives_auth.c */
    GO_D_AUTH_LABEL,
    GO_D_AUTH_USERNAME,
    GO_D_AUTH_NAME,
    GO_D_AUTH_EMAIL,
    GO_D_AUTH_ADMIN,
    GO_D_AUTH_STRIP,
    GO_D_AUTH_CREATE,
    GO_D_AUTH_LINK,
    GO_D_AUTH_LOGOUT,
    GO_D_COUNT
} go_directive_name;

/* Who says who somebody is: the number of GO_D_AUTH. */
typedef enum go_auth_mode {
    GO_AUTH_LOCAL,  /* passwords of ours */
    GO_AUTH_REMOTE, /* httpd's own authentication */
    GO_AUTH_BOTH
} go_auth_mode;

/* Where httpd's authentication tells something: the number of GO_D_AUTH_USERNAME, _NAME, _EMAIL and
   _ADMIN, whose text is the name there. Of _ADMIN `more` is the value that makes an admin, and
   `limit` the character between several values, or 0. */
typedef enum go_auth_source {
    GO_SOURCE_NONE,
    GO_SOURCE_USER,  /* r->user */
    GO_SOURCE_ENV,   /* r->subprocess_env */
    GO_SOURCE_HEADER /* r->headers_in */
} go_auth_source;

/* One value; which members count depends on the directive's kind. */
typedef struct go_setting {
    int is_set;
    const char *text;
    const char *more; /* of directives that take a second word */
    apr_int64_t number;
    apr_int64_t limit; /* of directives that take a default and a maximum */
} go_setting;

typedef struct go_settings {
    go_setting values[GO_D_COUNT];
    apr_array_header_t *engines;   /* of go_engine_setting; NULL: no GradeOvenDocker */
    apr_array_header_t *syncs;     /* of go_sync_setting *; NULL: no GradeOvenSync */
    apr_array_header_t *retention; /* of go_retention_rule; NULL: no GradeOvenRetention */
    apr_array_header_t *mounts;    /* of const char *, as in go_mount; NULL: nothing of ours */
} go_settings;

/* Where in the address space the site is: of a <Location>. */
typedef struct go_mount {
    const char *path; /* "" for "/", else "/sub"; NULL: not ours */
    int is_set;
} go_mount;

extern const command_rec go_commands[];
extern module AP_MODULE_DECLARE_DATA gradeoven_module;

void *go_settings_create(apr_pool_t *pool, server_rec *server);
void *go_settings_merge(apr_pool_t *pool, void *base, void *add);
void *go_mount_create(apr_pool_t *pool, char *path);
void *go_mount_merge(apr_pool_t *pool, void *base, void *add);

/* The setter of <GradeOvenSync COURSE>. */
const char *go_sync_section(cmd_parms *cmd, void *ignored, const char *arguments);

/* The setter of GradeOvenAuth and all that begin so; cmd->info is the go_directive_name. */
const char *go_auth_set(cmd_parms *cmd, void *ignored, const char *one, const char *two,
                        const char *three);

/* Warns of what has no effect. */
void go_auth_check(const go_settings *settings, server_rec *server);

/* The settings of a server, and one of them with its default filled in. */
const go_settings *go_settings_of(const server_rec *server);
go_setting go_setting_get(const go_settings *settings, go_directive_name name);

/* Checks what only makes sense together or against this machine; for the check_config hook. Logs
   every problem with its remedy; the number of problems is returned. */
int go_settings_check(const go_settings *settings, server_rec *server, apr_pool_t *pool);

/* The limits of stages that follow from GradeOvenStageTimeout and GradeOvenMemory. */
go_stages_limits go_settings_stages(const go_settings *settings);

/* The engines (go_engine_setting), complete with what was not said; in `pool`. */
apr_array_header_t *go_settings_engines(const go_settings *settings, apr_pool_t *pool);

/* The state directory's paths. */
go_state *go_settings_state(const go_settings *settings, apr_pool_t *pool);

#endif
