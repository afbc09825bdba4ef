#include "child.h"

#include "log.h"

#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { WORDS_MAX = 16 };

struct go_child {
    pid_t pid;
    int pidfd;
    apr_pool_t *pool; /* of its own */
    go_child_ended ended;
    void *baton;
};

static void ended(void *baton, int events) {
    go_child *child = baton;
    int outcome = 0;
    if (waitpid(child->pid, &outcome, WNOHANG) != child->pid) return;
    const char *failure = NULL;
    if (WIFSIGNALED(outcome))
        failure = apr_psprintf(child->pool, "signal %d", WTERMSIG(outcome));
    else if (WEXITSTATUS(outcome) != 0)
        failure = apr_psprintf(child->pool, "exit status %d", WEXITSTATUS(outcome));
    child->ended(child->baton, failure);
    apr_pool_destroy(child->pool); /* the watch goes with it */
}

static apr_status_t close_pidfd(void *data) {
    close(((go_child *)data)->pidfd);
    return APR_SUCCESS;
}

/* Our blocked signals are not the child's; what it reports is kept elsewhere, errors are logged. */
static int spawn(const char *program, const char *const *arguments, pid_t *pid) {
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
        posix_spawn(pid, program, &actions, &attributes, (char *const *)arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

static int start(const go_configuration *c, const char *const *words, pid_t *pid) {
    const char *arguments[WORDS_MAX] = {"gradeovenctl", "--state", c->state};
    int count = 3;
    if (c->driver && c->params) {
        arguments[count++] = "--database";
        arguments[count++] = c->driver;
        arguments[count++] = c->params;
    }
    while (*words && count < WORDS_MAX - 1)
        arguments[count++] = *words++;
    return spawn(c->ctl, arguments, pid);
}

go_child *go_child_start(const go_configuration *configuration, go_loop *loop,
                         const char *const *words, go_child_ended when_ended, void *baton,
                         apr_pool_t *pool) {
    pid_t pid = 0;
    apr_pool_t *own;
    int failure = start(configuration, words, &pid);
    if (failure) {
        go_log(GO_LOG_ERROR, "%s: %s", configuration->ctl, strerror(failure));
        return NULL;
    }
    apr_pool_create(&own, pool);
    go_child *child = apr_pcalloc(own, sizeof(*child));
    *child = (go_child){
        .pid = pid, .pidfd = pidfd_open(pid, 0), .pool = own, .ended = when_ended, .baton = baton};
    apr_pool_cleanup_register(own, child, close_pidfd, apr_pool_cleanup_null);
    go_watch *watch = go_watch_make(loop, child->pidfd, ended, child, own);
    go_watch_want(watch, GO_WATCH_READ);
    return child;
}

void go_child_stop(const go_child *child) {
    kill(child->pid, SIGTERM);
}
