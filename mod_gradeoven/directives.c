#include "directives.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_user.h>
#include <http_log.h>
#include <ap_mpm.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

APLOG_USE_MODULE(gradeoven);

typedef enum kind {
    PATH,          /* absolute */
    TEXT,          /* one line */
    DATABASE,      /* driver, parameters */
    COUNT,         /* whole number in the range */
    SECONDS,       /* with a unit: 90, 90s, 30min, 12h */
    SECONDS_LIMIT, /* default, and optionally a maximum */
    MEBIBYTES,     /* with a unit: 512M, 2G */
    MEBIBYTES_LIMIT,
    THOUSANDTHS,    /* decimal number, kept times 1000 */
    RATE_LIMIT,     /* 600/min or off; and optionally a second one */
    CHOICE,         /* one of the words of `range`; kept as its place among them, from 0 */
    SWITCH,         /* on|off, and optionally a user */
    ENGINES,        /* repeated, with a setter of its own: model/engine_setting.h */
    RULES,          /* the same: model/retention.h */
    AUTHENTICATION, /* with setters of their own: directives_auth.c */
} kind;

typedef struct directive {
    const char *name;
    kind kind;
    const char *text; /* defaults */
    apr_int64_t number, limit;
    apr_int64_t low, high; /* range of the numbers, in the kind's unit */
    const char *range;     /* the same in words, for the error */
} directive;

static const directive table[GO_D_COUNT] = {
    [GO_D_STATE] = {"GradeOvenState", PATH, .text = "/var/lib/gradeoven"},
    [GO_D_DATABASE] = {"GradeOvenDatabase", DATABASE},
    [GO_D_TEMPLATES] = {"GradeOvenTemplates", PATH, .text = GO_DATA_DIR "/templates"},
    [GO_D_SITE_NAME] = {"GradeOvenSiteName", TEXT, .text = "Grade Oven"},
    [GO_D_MAX_UPLOAD] = {"GradeOvenMaxUpload", MEBIBYTES, NULL, 32, 0, 1, 4096, "1M to 4G"},
    [GO_D_BODY_TIMEOUT] = {"GradeOvenBodyTimeout", SECONDS, NULL, 30, 0, 1, 3600, "1s to 1h"},
    [GO_D_SESSION_IDLE] = {"GradeOvenSessionIdle", SECONDS, NULL, 12 * 3600, 0, 60, 2592000,
                           "60s to 720h"},
    [GO_D_SESSION_MAX] = {"GradeOvenSessionMax", SECONDS, NULL, 7 * 86400, 0, 300, 7776000,
                          "300s to 2160h"},
    /* the words as in model/factor.h and in web/tls.h */
    [GO_D_SECOND_FACTOR] = {"GradeOvenSecondFactor", CHOICE,
                            .range = "off admin instructor staff all"},
    [GO_D_PLAIN_HTTP] = {"GradeOvenPlainHTTP", CHOICE, .range = "redirect refuse allow"},
    [GO_D_PASSWORD_MEMORY] = {"GradeOvenPasswordMemory", MEBIBYTES, NULL, 19, 0, 8, 1024,
                              "8M to 1G"},
    [GO_D_PASSWORD_PASSES] = {"GradeOvenPasswordPasses", COUNT, NULL, 2, 0, 1, 20, "1 to 20"},
    [GO_D_PASSWORD_PARALLEL] = {"GradeOvenPasswordParallel", COUNT, NULL, 4, 0, 1, 64, "1 to 64"},
    [GO_D_RATE_LIMIT] = {"GradeOvenRateLimit", RATE_LIMIT, NULL, 600, 6000, 10, 1000000,
                         "10/min to 1000000/min, or off"},
    [GO_D_EXECUTOR] = {"GradeOvenExecutor", SWITCH, .text = "gradeoven", .number = 1},
    [GO_D_DOCKER] = {"GradeOvenDocker", ENGINES, .text = "unix:///var/run/docker.sock"},
    [GO_D_IMAGE] = {"GradeOvenImage", TEXT, .text = "gradeoven:latest"},
    [GO_D_RUNTIME] = {"GradeOvenRuntime", TEXT},
    [GO_D_PARALLEL] = {"GradeOvenParallel", COUNT, NULL, 2, 0, 1, 64, "1 to 64"},
    [GO_D_WARM] = {"GradeOvenWarm", COUNT, NULL, 2, 0, 0, 64, "0 to 64"},
    [GO_D_STAGE_TIMEOUT] = {"GradeOvenStageTimeout", SECONDS_LIMIT, NULL, 60, 600, 1, 86400,
                            "1s to 24h"},
    [GO_D_MEMORY] = {"GradeOvenMemory", MEBIBYTES_LIMIT, NULL, 512, 1024, 32, 262144,
                     "32M to 256G"},
    [GO_D_DISK] = {"GradeOvenDisk", MEBIBYTES, NULL, 256, 0, 16, 65536, "16M to 64G"},
    [GO_D_PIDS] = {"GradeOvenPids", COUNT, NULL, 256, 0, 32, 32768, "32 to 32768"},
    [GO_D_CPUS] = {"GradeOvenCpus", THOUSANDTHS, NULL, 1000, 0, 100, 256000, "0.1 to 256"},
    [GO_D_RETENTION] = {"GradeOvenRetention", RULES},
    [GO_D_AUTH] = {"GradeOvenAuth", AUTHENTICATION, .number = GO_AUTH_LOCAL},
    [GO_D_AUTH_LABEL] = {"GradeOvenAuthLabel", AUTHENTICATION,
                         .text = "your institution's account"},
    [GO_D_AUTH_USERNAME] = {"GradeOvenAuthUsername", AUTHENTICATION, .text = "",
                            .number = GO_SOURCE_USER},
    [GO_D_AUTH_NAME] = {"GradeOvenAuthName", AUTHENTICATION},
    [GO_D_AUTH_EMAIL] = {"GradeOvenAuthEmail", AUTHENTICATION},
    [GO_D_AUTH_ADMIN] = {"GradeOvenAuthAdmin", AUTHENTICATION},
    [GO_D_AUTH_STRIP] = {"GradeOvenAuthStrip", AUTHENTICATION},
    [GO_D_AUTH_CREATE] = {"GradeOvenAuthCreate", AUTHENTICATION, .number = 1},
    [GO_D_AUTH_LINK] = {"GradeOvenAuthLink", AUTHENTICATION},
    [GO_D_AUTH_LOGOUT] = {"GradeOvenAuthLogout", AUTHENTICATION},
};

/* --- reading one value --------------------------------------------------------------------- */

static const char *in_range(cmd_parms *cmd, const directive *d, apr_int64_t value,
                            const char *word) {
    if (value >= d->low && value <= d->high) return NULL;
    return apr_psprintf(cmd->pool, "%s: \"%s\" is out of range; allowed is %s.", d->name, word,
                        d->range);
}

static const char *not_a(cmd_parms *cmd, const directive *d, const char *word, const char *what) {
    return apr_psprintf(cmd->pool, "%s: \"%s\" is not %s; allowed is %s.", d->name, word, what,
                        d->range);
}

static const char *read_count(cmd_parms *cmd, const directive *d, const char *word,
                              apr_int64_t *value) {
    char *end;
    *value = apr_strtoi64(word, &end, 10);
    if (!*word || *end) return not_a(cmd, d, word, "a whole number");
    return in_range(cmd, d, *value, word);
}

static const char *read_seconds(cmd_parms *cmd, const directive *d, const char *word,
                                apr_int64_t *value) {
    apr_interval_time_t time;
    if (!apr_isdigit(*word) || ap_timeout_parameter_parse(word, &time, "s"))
        return not_a(cmd, d, word, "a time such as 90s, 30min or 12h");
    *value = apr_time_sec(time);
    return in_range(cmd, d, *value, word);
}

static const char *read_mebibytes(cmd_parms *cmd, const directive *d, const char *word,
                                  apr_int64_t *value) {
    char *end;
    *value = apr_strtoi64(word, &end, 10);
    int is_number = end != word && *value >= 0 && *value < (APR_INT64_C(1) << 40);
    if (is_number && (!strcasecmp(end, "g") || !strcasecmp(end, "gb")))
        *value *= 1024;
    else if (!is_number || (*end && strcasecmp(end, "m") && strcasecmp(end, "mb")))
        return not_a(cmd, d, word, "a size such as 512M or 2G");
    return in_range(cmd, d, *value, word);
}

static const char *read_thousandths(cmd_parms *cmd, const directive *d, const char *word,
                                    apr_int64_t *value) {
    char *end;
    double number = strtod(word, &end);
    if (end == word || *end || !(number >= 0 && number < 1e9))
        return not_a(cmd, d, word, "a number");
    *value = (apr_int64_t)(number * 1000 + 0.5);
    return in_range(cmd, d, *value, word);
}

/* A default and, where given, a maximum that is not below it. */
static const char *read_limited(cmd_parms *cmd, const directive *d, go_setting *setting,
                                const char *one, const char *two,
                                const char *(*read)(cmd_parms *, const directive *, const char *,
                                                    apr_int64_t *)) {
    const char *problem = read(cmd, d, one, &setting->number);
    setting->limit = setting->number > d->limit ? setting->number : d->limit;
    if (!problem && two) problem = read(cmd, d, two, &setting->limit);
    if (!problem && setting->limit < setting->number)
        problem = apr_psprintf(cmd->pool, "%s: the maximum \"%s\" is below the default \"%s\".",
                               d->name, two, one);
    return problem;
}

static const char *read_choice(cmd_parms *cmd, const directive *d, const char *word,
                               apr_int64_t *value) {
    char *rest = apr_pstrdup(cmd->temp_pool, d->range), *state = NULL;
    *value = 0;
    for (const char *one = apr_strtok(rest, " ", &state); one;
         one = apr_strtok(NULL, " ", &state)) {
        if (strcasecmp(one, word) == 0) return NULL;
        ++*value;
    }
    return apr_psprintf(cmd->pool, "%s: \"%s\" is none of: %s.", d->name, word, d->range);
}

static const char *read_rate(cmd_parms *cmd, const directive *d, const char *word,
                             apr_int64_t *value) {
    char *end;
    *value = 0; /* no limit */
    if (!strcasecmp(word, "off")) return NULL;
    *value = apr_strtoi64(word, &end, 10);
    if (!apr_isdigit(*word) || strcasecmp(end, "/min")) return not_a(cmd, d, word, "a rate");
    return in_range(cmd, d, *value, word);
}

/* Of programs and of browsers, who get ten times as many where it is not said. */
static const char *read_rates(cmd_parms *cmd, const directive *d, go_setting *setting,
                              const char *one, const char *two) {
    const char *problem = read_rate(cmd, d, one, &setting->number);
    if (problem) return problem;
    setting->limit = setting->number * 10 > d->high ? d->high : setting->number * 10;
    return two ? read_rate(cmd, d, two, &setting->limit) : NULL;
}

static const char *read_switch(cmd_parms *cmd, const directive *d, go_setting *setting,
                               const char *one, const char *two) {
    if (!strcasecmp(one, "on"))
        setting->number = 1;
    else if (!strcasecmp(one, "off"))
        setting->number = 0;
    else
        return apr_psprintf(cmd->pool, "%s: \"%s\" is not \"on\" or \"off\".", d->name, one);
    setting->text = two ? two : d->text;
    return NULL;
}

static const char *read_path(cmd_parms *cmd, const directive *d, go_setting *setting,
                             const char *one) {
    setting->text = ap_server_root_relative(cmd->pool, one);
    if (setting->text && *setting->text == '/') return NULL;
    return apr_psprintf(cmd->pool, "%s: \"%s\" is not a path.", d->name, one);
}

/* The setter of all directives; `info` is the line of the table. */
static const char *set(cmd_parms *cmd, void *ignored, const char *one, const char *two) {
    const directive *d = cmd->info;
    const char *problem = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT | NOT_IN_HTACCESS);
    if (problem) return problem;
    go_settings *settings = ap_get_module_config(cmd->server->module_config, &gradeoven_module);
    go_setting *setting = &settings->values[d - table];
    setting->is_set = 1;
    if (two && d->kind != DATABASE && d->kind != SECONDS_LIMIT && d->kind != MEBIBYTES_LIMIT &&
        d->kind != RATE_LIMIT && d->kind != SWITCH)
        return apr_psprintf(cmd->pool, "%s takes one argument.", d->name);
    switch (d->kind) {
    case PATH:
        return read_path(cmd, d, setting, one);
    case TEXT:
        setting->text = one;
        return *one ? NULL : apr_psprintf(cmd->pool, "%s: the argument is empty.", d->name);
    case DATABASE:
        setting->text = one;
        setting->more = two;
        return two ? NULL
                   : apr_psprintf(cmd->pool,
                                  "%s takes a driver of APR's dbd and its parameters, "
                                  "such as: sqlite3 /var/lib/gradeoven/gradeoven.db",
                                  d->name);
    case COUNT:
        return read_count(cmd, d, one, &setting->number);
    case SECONDS:
        return read_seconds(cmd, d, one, &setting->number);
    case SECONDS_LIMIT:
        return read_limited(cmd, d, setting, one, two, read_seconds);
    case MEBIBYTES:
        return read_mebibytes(cmd, d, one, &setting->number);
    case MEBIBYTES_LIMIT:
        return read_limited(cmd, d, setting, one, two, read_mebibytes);
    case THOUSANDTHS:
        return read_thousandths(cmd, d, one, &setting->number);
    case CHOICE:
        return read_choice(cmd, d, one, &setting->number);
    case RATE_LIMIT:
        return read_rates(cmd, d, setting, one, two);
    case SWITCH:
        return read_switch(cmd, d, setting, one, two);
    case ENGINES:
    case RULES:
    case AUTHENTICATION:
        break;
    }
    return "unknown kind of directive";
}

static const char *add_engine(cmd_parms *cmd, void *ignored, int argc, char *const argv[]) {
    const char *problem = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT | NOT_IN_HTACCESS);
    if (problem) return problem;
    go_settings *settings = ap_get_module_config(cmd->server->module_config, &gradeoven_module);
    if (!settings->engines)
        settings->engines = apr_array_make(cmd->pool, 2, sizeof(go_engine_setting));
    settings->values[GO_D_DOCKER].is_set = 1;
    return go_engine_setting_add(settings->engines, argc, argv, cmd->pool);
}

static const char *add_rule(cmd_parms *cmd, void *ignored, const char *course, const char *period) {
    go_retention_rule rule;
    const char *problem = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT | NOT_IN_HTACCESS);
    if (problem) return problem;
    problem = go_retention_parse(&rule, course, period, cmd->pool);
    if (problem) return apr_pstrcat(cmd->pool, "GradeOvenRetention: ", problem, NULL);
    go_settings *settings = ap_get_module_config(cmd->server->module_config, &gradeoven_module);
    if (!settings->retention)
        settings->retention = apr_array_make(cmd->pool, 2, sizeof(go_retention_rule));
    for (int i = 0; i < settings->retention->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(settings->retention, i, go_retention_rule).course, rule.course))
            return apr_psprintf(cmd->pool, "GradeOvenRetention %s stands here twice; remove one.",
                                rule.course);
    settings->values[GO_D_RETENTION].is_set = 1;
    APR_ARRAY_PUSH(settings->retention, go_retention_rule) = rule;
    return NULL;
}

/*
 * SetHandler is the core's, and stays so; httpd tells every module that lists a directive, and this
 * is how we learn the path of the Location that the site is mounted at.
 */
static const char *note_mount(cmd_parms *cmd, void *config, const char *arguments) {
    go_mount *mount = config;
    go_settings *settings = ap_get_module_config(cmd->server->module_config, &gradeoven_module);
    const char *handler = ap_getword_conf(cmd->temp_pool, &arguments);
    mount->is_set = 1;
    mount->path = NULL;
    if (strcmp(handler, "gradeoven")) return NULL;
    const ap_directive_t *section = cmd->directive->parent;
    if (!section || strcasecmp(section->directive, "<Location") || !cmd->path || *cmd->path != '/')
        return "\"SetHandler gradeoven\" belongs into a plain <Location \"/path\"> section: the "
               "path is where the site is mounted.";
    apr_size_t length = strlen(cmd->path);
    while (length && cmd->path[length - 1] == '/')
        length--;
    mount->path = apr_pstrmemdup(cmd->pool, cmd->path, length);
    if (!settings->mounts) settings->mounts = apr_array_make(cmd->pool, 1, sizeof(char *));
    APR_ARRAY_PUSH(settings->mounts, const char *) = mount->path;
    return NULL;
}

#define AUTH(name, text, help)                                                                     \
    AP_INIT_TAKE123(text, go_auth_set, (void *)(intptr_t)(name), RSRC_CONF, help)
#define DIRECTIVE(name, text, help) AP_INIT_TAKE12(text, set, (void *)&table[name], RSRC_CONF, help)

const command_rec go_commands[] = {
    DIRECTIVE(GO_D_STATE, "GradeOvenState", "directory of the site's data"),
    DIRECTIVE(GO_D_DATABASE, "GradeOvenDatabase", "driver of APR's dbd and its parameters"),
    DIRECTIVE(GO_D_TEMPLATES, "GradeOvenTemplates", "directory of the pages' templates"),
    DIRECTIVE(GO_D_SITE_NAME, "GradeOvenSiteName", "name of the site on its pages"),
    DIRECTIVE(GO_D_MAX_UPLOAD, "GradeOvenMaxUpload", "largest upload, packed and unpacked"),
    DIRECTIVE(GO_D_BODY_TIMEOUT, "GradeOvenBodyTimeout",
              "time in which a form or an upload must come, beside a second for each KiB"),
    DIRECTIVE(GO_D_SESSION_IDLE, "GradeOvenSessionIdle",
              "time without a request that ends a login"),
    DIRECTIVE(GO_D_SESSION_MAX, "GradeOvenSessionMax", "time that ends a login in any case"),
    DIRECTIVE(GO_D_SECOND_FACTOR, "GradeOvenSecondFactor", "who must have a second factor"),
    DIRECTIVE(GO_D_PLAIN_HTTP, "GradeOvenPlainHTTP", "what becomes of requests without TLS"),
    DIRECTIVE(GO_D_PASSWORD_MEMORY, "GradeOvenPasswordMemory", "memory of a password's hash"),
    DIRECTIVE(GO_D_PASSWORD_PASSES, "GradeOvenPasswordPasses", "passes of a password's hash"),
    DIRECTIVE(GO_D_PASSWORD_PARALLEL, "GradeOvenPasswordParallel",
              "how many passwords a process hashes at once"),
    DIRECTIVE(GO_D_RATE_LIMIT, "GradeOvenRateLimit",
              "requests a minute: of a token's user, of a browser's"),
    DIRECTIVE(GO_D_EXECUTOR, "GradeOvenExecutor", "on or off, and the user the executor runs as"),
    AP_INIT_TAKE_ARGV("GradeOvenDocker", add_engine, NULL, RSRC_CONF,
                      "an engine that grades: address, and slots=, warm=, tls= for it"),
    AP_INIT_RAW_ARGS("<GradeOvenSync", go_sync_section, NULL, RSRC_CONF,
                     "a course's roster and grades in the institution's database"),
    DIRECTIVE(GO_D_IMAGE, "GradeOvenImage", "image that submissions are graded in"),
    DIRECTIVE(GO_D_RUNTIME, "GradeOvenRuntime", "which of the engine's runtimes runs containers"),
    DIRECTIVE(GO_D_PARALLEL, "GradeOvenParallel", "how many runs are graded at once"),
    DIRECTIVE(GO_D_WARM, "GradeOvenWarm", "how many containers wait, started, for the next run"),
    DIRECTIVE(GO_D_STAGE_TIMEOUT, "GradeOvenStageTimeout",
              "wall time of a stage: default, maximum"),
    DIRECTIVE(GO_D_MEMORY, "GradeOvenMemory", "memory of a stage: default, maximum"),
    DIRECTIVE(GO_D_DISK, "GradeOvenDisk", "space for the files of a run"),
    DIRECTIVE(GO_D_PIDS, "GradeOvenPids", "processes and threads of a run"),
    DIRECTIVE(GO_D_CPUS, "GradeOvenCpus", "processors a run may keep busy"),
    AP_INIT_TAKE2("GradeOvenRetention", add_rule, NULL, RSRC_CONF,
                  "a course, or *, and how long its work is kept after its end"),
    AUTH(GO_D_AUTH, "GradeOvenAuth", "who says who somebody is: local, remote (httpd) or both"),
    AUTH(GO_D_AUTH_LABEL, "GradeOvenAuthLabel", "what one logs in with, on the button"),
    AUTH(GO_D_AUTH_USERNAME, "GradeOvenAuthUsername", "user, env:NAME or header:NAME"),
    AUTH(GO_D_AUTH_NAME, "GradeOvenAuthName", "where the display name is told"),
    AUTH(GO_D_AUTH_EMAIL, "GradeOvenAuthEmail", "where the e-mail address is told"),
    AUTH(GO_D_AUTH_ADMIN, "GradeOvenAuthAdmin", "where it is told who is an admin, and how"),
    AUTH(GO_D_AUTH_STRIP, "GradeOvenAuthStrip", "the realm that all names end with"),
    AUTH(GO_D_AUTH_CREATE, "GradeOvenAuthCreate", "whether who has no account gets one"),
    AUTH(GO_D_AUTH_LINK, "GradeOvenAuthLink", "whether accounts with a password are taken over"),
    AUTH(GO_D_AUTH_LOGOUT, "GradeOvenAuthLogout", "where one goes after the logout"),
    AP_INIT_RAW_ARGS("SetHandler", note_mount, NULL, OR_FILEINFO, "mounts the site (see core)"),
    {NULL},
};

/* --- the settings of a server -------------------------------------------------------------- */

void *go_settings_create(apr_pool_t *pool, server_rec *server) {
    return apr_pcalloc(pool, sizeof(go_settings));
}

void *go_settings_merge(apr_pool_t *pool, void *base_config, void *add_config) {
    const go_settings *base = base_config, *add = add_config;
    go_settings *merged = apr_pmemdup(pool, add, sizeof(*add));
    for (int i = 0; i < GO_D_COUNT; i++)
        if (!add->values[i].is_set) merged->values[i] = base->values[i];
    if (!add->engines) merged->engines = base->engines;
    if (!add->syncs) merged->syncs = base->syncs;
    if (!add->retention) merged->retention = base->retention;
    if (!add->mounts) merged->mounts = base->mounts;
    return merged;
}

void *go_mount_create(apr_pool_t *pool, char *path) {
    return apr_pcalloc(pool, sizeof(go_mount));
}

void *go_mount_merge(apr_pool_t *pool, void *base, void *add) {
    return ((go_mount *)add)->is_set ? add : base;
}

const go_settings *go_settings_of(const server_rec *server) {
    return ap_get_module_config(server->module_config, &gradeoven_module);
}

go_setting go_setting_get(const go_settings *settings, go_directive_name name) {
    if (settings->values[name].is_set) return settings->values[name];
    return (go_setting){
        .text = table[name].text, .number = table[name].number, .limit = table[name].limit};
}

go_stages_limits go_settings_stages(const go_settings *settings) {
    go_setting timeout = go_setting_get(settings, GO_D_STAGE_TIMEOUT);
    go_setting memory = go_setting_get(settings, GO_D_MEMORY);
    return (go_stages_limits){.default_timeout_seconds = (int)timeout.number,
                              .max_timeout_seconds = (int)timeout.limit,
                              .default_memory_mb = (int)memory.number,
                              .max_memory_mb = (int)memory.limit,
                              .max_stages = 64};
}

apr_array_header_t *go_settings_engines(const go_settings *settings, apr_pool_t *pool) {
    go_engine_setting single = {
        .endpoint = go_setting_get(settings, GO_D_DOCKER).text, .slots = -1, .warm = -1};
    apr_array_header_t *engines = settings->engines
                                      ? apr_array_copy(pool, settings->engines)
                                      : apr_array_make(pool, 1, sizeof(go_engine_setting));
    if (!engines->nelts) APR_ARRAY_PUSH(engines, go_engine_setting) = single;
    for (int i = 0; i < engines->nelts; i++) {
        go_engine_setting *engine = &APR_ARRAY_IDX(engines, i, go_engine_setting);
        if (engine->slots < 0) engine->slots = (int)go_setting_get(settings, GO_D_PARALLEL).number;
        if (engine->warm < 0) engine->warm = (int)go_setting_get(settings, GO_D_WARM).number;
    }
    return engines;
}

go_state *go_settings_state(const go_settings *settings, apr_pool_t *pool) {
    go_setting database = go_setting_get(settings, GO_D_DATABASE);
    return go_state_paths(go_setting_get(settings, GO_D_STATE).text, database.text, database.more,
                          pool);
}

int go_settings_check(const go_settings *settings, server_rec *server, apr_pool_t *pool) {
    int problems = 0;
    go_setting executor = go_setting_get(settings, GO_D_EXECUTOR);
    apr_uid_t uid;
    apr_gid_t gid;
    if (executor.number && geteuid() == 0 &&
        apr_uid_get(&uid, &gid, executor.text, pool) != APR_SUCCESS) {
        ap_log_error(
            APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, server,
            "GradeOvenExecutor: there is no user \"%s\". Make it, in the group that may use "
            "Docker: adduser --system --group %s && adduser %s docker. Or name another "
            "user: GradeOvenExecutor on NAME",
            executor.text, executor.text, executor.text);
        problems++;
    }
    if (go_setting_get(settings, GO_D_SESSION_IDLE).number >
        go_setting_get(settings, GO_D_SESSION_MAX).number) {
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, server,
                     "GradeOvenSessionIdle is longer than GradeOvenSessionMax, which ends every "
                     "session. Make the first smaller or the second larger.");
        problems++;
    }
    go_auth_check(settings, server);
    return problems;
}
