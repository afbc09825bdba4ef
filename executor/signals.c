#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

typedef struct signals {
    int fd;
    void (*caught)(void *baton, int number);
    void *baton;
} signals;

static apr_status_t signals_cleanup(void *data) {
    close(((signals *)data)->fd);
    return APR_SUCCESS;
}

static void signals_ready(void *baton, int events) {
    signals *self = baton;
    struct signalfd_siginfo info;
    if (read(self->fd, &info, sizeof(info)) == sizeof(info)) {
        self->caught(self->baton, (int)info.ssi_signo);
    }
}

apr_status_t go_signals_watch(go_loop *loop, const int *numbers,
                              void (*caught)(void *baton, int number), void *baton,
                              apr_pool_t *pool, go_error *err) {
    sigset_t set;
    signals *self = apr_pcalloc(pool, sizeof(*self));
    sigemptyset(&set);
    for (; *numbers; numbers++) {
        sigaddset(&set, *numbers);
    }
    signal(SIGPIPE, SIG_IGN);
    self->caught = caught;
    self->baton = baton;
    self->fd =
        sigprocmask(SIG_BLOCK, &set, NULL) ? -1 : signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (self->fd < 0) return go_error_system(err, errno, NULL, "Signals cannot be watched");
    apr_pool_cleanup_register(pool, self, signals_cleanup, apr_pool_cleanup_null);
    go_watch_make(loop, self->fd, signals_ready, self, pool);
    return APR_SUCCESS;
}
