#include "supervisor.h"

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <http_log.h>
#include <http_core.h>
#include <ap_mpm.h>
#include <jansson.h>
#include <unixd.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

APLOG_USE_MODULE(gradeoven);

enum {
    CONFIGURATION_FD = 3,
    YOUNG_SECONDS = 10, /* dying before that age makes the next pause longer */
    LONGEST_PAUSE_SECONDS = 32,
};

typedef struct supervised {
    apr_pool_t *pool;
    server_rec *server;
    const char *configuration;
    const char *user;
    uid_t uid;
    gid_t gid; /* of httpd's workers */
    gid_t own; /* the user's own group: of files that are for the executor and not for workers */
    apr_proc_t process;
    apr_time_t started;
    int pause_seconds;
    struct supervised *next;
} supervised;

/* Those of this generation; a process that is 0 should be there and is not. */
static supervised *generation;

static void maintain(int reason, void *data, int status);

static json_t *describe_engines(const go_settings *settings, apr_pool_t *pool) {
    json_t *list = json_array();
    const apr_array_header_t *engines = go_settings_engines(settings, pool);
    for (int i = 0; i < engines->nelts; i++) {
        const go_engine_setting *engine = &APR_ARRAY_IDX(engines, i, go_engine_setting);
        json_t *json = json_pack("{s:s, s:i, s:i}", "docker", engine->endpoint, "slots",
                                 engine->slots, "warm", engine->warm);
        if (json && engine->tls_directory)
            json_object_set_new(json, "docker_tls", json_string(engine->tls_directory));
        if (json_array_append_new(list, json)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* What it begins by itself: gradeovenctl knows the rest. */
static json_t *describe_syncs(const apr_array_header_t *syncs) {
    json_t *list = json_array();
    for (int i = 0; syncs && i < syncs->nelts; i++) {
        const go_sync_setting *sync = APR_ARRAY_IDX(syncs, i, const go_sync_setting *);
        if (sync->schedule_text)
            json_array_append_new(list, json_pack("{s:s, s:s}", "course", sync->course, "schedule",
                                                  sync->schedule_text));
    }
    return list;
}

/* Everything the executor must know; the counterpart is in executor/configuration.c. */
static const char *describe(const go_site *site, apr_pool_t *pool) {
    const go_settings *s = site->settings;
    json_t *all =
        json_pack("{s:s, s:{s:s, s:s}, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
                  "state", site->state->directory, "database", "driver", site->state->driver,
                  "params", site->state->params, "engines", describe_engines(s, pool), "image",
                  go_setting_get(s, GO_D_IMAGE).text, "oven", GO_LIBEXEC_DIR "/oven", "parallel",
                  (json_int_t)go_setting_get(s, GO_D_PARALLEL).number, "warm",
                  (json_int_t)go_setting_get(s, GO_D_WARM).number, "stage_timeout_seconds",
                  (json_int_t)go_setting_get(s, GO_D_STAGE_TIMEOUT).number, "memory_mb",
                  (json_int_t)go_setting_get(s, GO_D_MEMORY).number, "memory_max_mb",
                  (json_int_t)go_setting_get(s, GO_D_MEMORY).limit, "disk_mb",
                  (json_int_t)go_setting_get(s, GO_D_DISK).number, "pids",
                  (json_int_t)go_setting_get(s, GO_D_PIDS).number, "cpus_milli",
                  (json_int_t)go_setting_get(s, GO_D_CPUS).number);
    if (!all) return NULL;
    /* whom the executor must not outlive; by the time that it asks, its parent may be another */
    json_object_set_new(all, "parent", json_integer(getpid()));
    json_object_set_new(all, "gradeovenctl", json_string(GO_SBIN_DIR "/gradeovenctl"));
    json_object_set_new(all, "sync", describe_syncs(s->syncs));
    go_setting runtime = go_setting_get(s, GO_D_RUNTIME);
    if (runtime.text) json_object_set_new(all, "runtime", json_string(runtime.text));
    char *text = json_dumps(all, JSON_COMPACT);
    const char *copy = apr_pstrdup(pool, text);
    free(text);
    json_decref(all);
    return copy;
}

static void become_user(const supervised *s) {
    if (geteuid() != 0) return;
    if (setgid(s->gid) || initgroups(s->user, s->own) || setuid(s->uid)) {
        static const char message[] = "gradeoven executor: cannot become its user\n";
        ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);
        (void)ignored;
        _exit(111);
    }
}

/* In the child: from here on nothing of httpd is left but the error log as standard error. */
static _Noreturn void run_executor(const supervised *s, int configuration) {
    static char *const environment[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                        (char *)"LANG=C.UTF-8", NULL};
    static char *const arguments[] = {(char *)"gradeoven-executor", NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    if (s->pause_seconds) sleep((unsigned)s->pause_seconds);
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(configuration, CONFIGURATION_FD);
    close_range(CONFIGURATION_FD + 1, ~0U, 0);
    umask(0007);
    become_user(s);
    setsid();
    execve(GO_LIBEXEC_DIR "/executor", arguments, environment);
    static const char message[] = "gradeoven executor: " GO_LIBEXEC_DIR "/executor cannot be run\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);
    (void)ignored;
    _exit(111);
}

static apr_status_t launch(supervised *s) {
    int ends[2];
    apr_size_t length = strlen(s->configuration);
    if (pipe2(ends, O_CLOEXEC)) return APR_FROM_OS_ERROR(errno);
    /* the pipe holds 64 KiB, far more than a configuration: this does not wait for a reader */
    if (write(ends[1], s->configuration, length) != (ssize_t)length) {
        close(ends[0]), close(ends[1]);
        return APR_ENOSPC;
    }
    close(ends[1]);
    pid_t pid = fork();
    if (pid == 0) run_executor(s, ends[0]);
    close(ends[0]);
    if (pid < 0) return APR_FROM_OS_ERROR(errno);
    s->process.pid = pid;
    s->started = apr_time_now();
    apr_proc_other_child_register(&s->process, maintain, s, NULL, s->pool);
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, s->server, "Grade Oven: executor started, pid %d",
                 (int)pid);
    return APR_SUCCESS;
}

/* httpd calls this in the parent when the executor has died (or is about to be forgotten). */
static void maintain(int reason, void *data, int status) {
    supervised *s = data;
    if (reason != APR_OC_REASON_DEATH && reason != APR_OC_REASON_LOST) return;
    apr_proc_other_child_unregister(s);
    s->process.pid = 0;
    int state = AP_MPMQ_RUNNING;
    ap_mpm_query(AP_MPMQ_MPM_STATE, &state);
    if (state == AP_MPMQ_STOPPING) return;
    int was_young =
        apr_time_now() - s->started < apr_time_from_sec(YOUNG_SECONDS + s->pause_seconds);
    if (!was_young)
        s->pause_seconds = 0;
    else if (s->pause_seconds < LONGEST_PAUSE_SECONDS)
        s->pause_seconds = s->pause_seconds ? s->pause_seconds * 2 : 1;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, s->server,
                 "Grade Oven: the executor died (%s %d); another starts in %d s",
                 WIFSIGNALED(status) ? "signal" : "exit status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), s->pause_seconds);
    if (launch(s))
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s->server,
                     "Grade Oven: no executor could be started");
}

/* The configuration goes: httpd restarts (let it finish its runs) or stops (let it leave). */
static apr_status_t dismiss(void *data) {
    supervised *s = data;
    if (s->process.pid <= 0) return APR_SUCCESS;
    int state = ap_state_query(AP_SQ_MAIN_STATE);
    kill(s->process.pid, state == AP_SQ_MS_EXITING ? SIGTERM : SIGUSR1);
    s->process.pid = 0;
    return APR_SUCCESS;
}

static apr_status_t forget_all(void *ignored) {
    generation = NULL;
    return APR_SUCCESS;
}

void go_supervisor_watch(void) {
    for (supervised *s = generation; s; s = s->next)
        if (s->process.pid == 0 && launch(s) == APR_SUCCESS)
            ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, s->server,
                         "Grade Oven: the missing executor could be started");
}

apr_status_t go_supervisor_start(const go_site *site, server_rec *server, apr_pool_t *pool,
                                 go_error *err) {
    supervised *s = apr_pcalloc(pool, sizeof(*s));
    s->pool = pool;
    s->server = server;
    s->user = go_setting_get(site->settings, GO_D_EXECUTOR).text;
    s->gid = ap_unixd_config.group_id;
    const struct passwd *entry = getpwnam(s->user);
    s->uid = entry ? entry->pw_uid : geteuid();
    s->own = entry ? entry->pw_gid : s->gid;
    s->configuration = describe(site, pool);
    if (!s->configuration)
        return go_error_set(err, GO_EINVALID, "Use UTF-8 in httpd.conf.",
                            "A Grade Oven directive is not valid UTF-8.");
    apr_status_t status = launch(s);
    if (status) return go_error_system(err, status, NULL, "The executor could not be started");
    /* a pre-cleanup, as registered children are forgotten when the pool's cleanups run */
    apr_pool_pre_cleanup_register(pool, s, dismiss);
    apr_pool_pre_cleanup_register(pool, NULL, forget_all);
    s->next = generation;
    generation = s;
    return APR_SUCCESS;
}
