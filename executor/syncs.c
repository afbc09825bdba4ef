#include "syncs.h"

#include "log.h"
#include "model/sync_setting.h"

#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_US  (30 * APR_USEC_PER_SEC)
#define AGAIN_US (600 * APR_USEC_PER_SEC) /* after a course was not found, which is logged */

extern char **environ;

typedef struct course_sync {
    go_syncs *all;
    const char *course;
    go_sync_schedule schedule;
    apr_time_t started_us; /* by us; 0: not yet */
    apr_time_t next_us;    /* we do not look before */
    pid_t pid;             /* 0: does not run */
    int pidfd;
    apr_pool_t *pool; /* of the child that runs */
} course_sync;

struct go_syncs {
    const go_configuration *configuration;
    go_loop *loop;
    go_queue *queue;
    apr_pool_t *pool;
    apr_array_header_t *list; /* of course_sync * */
    apr_time_t since_us, looked_us;
};

go_syncs *go_syncs_make(const go_configuration *configuration, go_loop *loop, go_queue *queue,
                        apr_pool_t *pool) {
    go_syncs *all = apr_pcalloc(pool, sizeof(*all));
    *all = (go_syncs){.configuration = configuration,
                      .loop = loop,
                      .queue = queue,
                      .pool = pool,
                      .list = apr_array_make(pool, 4, sizeof(course_sync *)),
                      .since_us = apr_time_now()};
    for (int i = 0; i < configuration->syncs->nelts; i++) {
        const go_sync_plan *plan = &APR_ARRAY_IDX(configuration->syncs, i, go_sync_plan);
        course_sync *one = apr_pcalloc(pool, sizeof(*one));
        one->all = all;
        one->course = plan->course;
        const char *problem = go_sync_schedule_parse(&one->schedule, plan->schedule, pool);
        if (problem)
            go_log(GO_LOG_ERROR, "%s", problem);
        else
            APR_ARRAY_PUSH(all->list, course_sync *) = one;
    }
    return all;
}

/* The child has ended; the result itself stands in the database. */
static void ended(void *baton, int events) {
    course_sync *one = baton;
    int outcome = 0;
    if (waitpid(one->pid, &outcome, WNOHANG) != one->pid) return;
    if (WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0)
        go_log(GO_LOG_INFO, "course %s was synchronised", one->course);
    else
        go_log(GO_LOG_WARNING, "course %s could not be synchronised (%s %d)", one->course,
               WIFSIGNALED(outcome) ? "signal" : "exit status",
               WIFSIGNALED(outcome) ? WTERMSIG(outcome) : WEXITSTATUS(outcome));
    one->pid = 0;
    apr_pool_destroy(one->pool); /* the watch goes with it */
}

static apr_status_t close_pidfd(void *data) {
    close(((course_sync *)data)->pidfd);
    return APR_SUCCESS;
}

/* Our blocked signals are not the child's; what it reports is kept elsewhere, errors are logged. */
static int spawn(const course_sync *one, pid_t *pid) {
    const go_configuration *c = one->all->configuration;
    const char *const arguments[] = {"gradeovenctl", "--state",   c->state, "--database",
                                     c->driver,      c->params,   "sync",   "--apply",
                                     "--scheduled",  one->course, NULL};
    const char *const short_arguments[] = {"gradeovenctl", "--state",     c->state,    "sync",
                                           "--apply",      "--scheduled", one->course, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    int failure =
        posix_spawn(pid, c->ctl, &actions, &attributes,
                    (char *const *)(c->driver && c->params ? arguments : short_arguments), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

static void start(course_sync *one) {
    pid_t pid = 0;
    one->started_us = apr_time_now();
    int failure = spawn(one, &pid);
    if (failure) {
        go_log(GO_LOG_ERROR, "course %s cannot be synchronised: %s: %s", one->course,
               one->all->configuration->ctl, strerror(failure));
        return;
    }
    one->pid = pid;
    one->pidfd = pidfd_open(pid, 0);
    apr_pool_create(&one->pool, one->all->pool);
    apr_pool_cleanup_register(one->pool, one, close_pidfd, apr_pool_cleanup_null);
    go_watch *watch = go_watch_make(one->all->loop, one->pidfd, ended, one, one->pool);
    go_watch_want(watch, GO_WATCH_READ);
    go_log(GO_LOG_INFO, "course %s is synchronised", one->course);
}

void go_syncs_look(go_syncs *all) {
    apr_time_t now = apr_time_now();
    if (all->looked_us && now >= all->looked_us && now - all->looked_us < LOOK_US) return;
    all->looked_us = now;
    for (int i = 0; i < all->list->nelts; i++) {
        course_sync *one = APR_ARRAY_IDX(all->list, i, course_sync *);
        apr_pool_t *pool;
        const char *zone;
        apr_time_t last;
        if (one->pid || (now < one->next_us && one->next_us - now < AGAIN_US)) continue;
        apr_pool_create(&pool, all->pool);
        if (go_queue_sync_start(all->queue, one->course, &zone, &last, pool)) {
            if (one->started_us > last) last = one->started_us;
            if (go_sync_is_due(&one->schedule, zone, last, all->since_us, now, pool)) start(one);
        } else {
            one->next_us = now + AGAIN_US - 1;
        }
        apr_pool_destroy(pool);
    }
}

void go_syncs_stop(go_syncs *all) {
    for (int i = 0; i < all->list->nelts; i++) {
        const course_sync *one = APR_ARRAY_IDX(all->list, i, const course_sync *);
        if (one->pid) kill(one->pid, SIGTERM);
    }
}
