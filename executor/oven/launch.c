#include "oven/launch.h"

#include "oven/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#define CLOSE_ON_EXEC_RANGE (1U << 2) /* CLOSE_RANGE_CLOEXEC */

void launch_raise_oom_score(int score) {
    rights_files_as(0, 0); /* /proc/self is root's as long as this process is not dumpable */
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return; /* a kernel without OOM scores has no order to break */
    dprintf(fd, "%d", score);
    close(fd);
}

/* Signals: PID 1 blocks and ignores some; a program starts with all of them as they should be. */
static void reset_signals(void) {
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int arrange_descriptors(const struct launch *launch) {
    int in = launch->in >= 0 ? launch->in : open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (in < 0 || dup2(in, 0) < 0 || dup2(launch->out, 1) < 0 || dup2(launch->err, 2) < 0)
        return errno;
    /* Everything is opened close-on-exec anyway; where the kernel can, make sure. */
    syscall(SYS_close_range, 3U, ~0U, CLOSE_ON_EXEC_RANGE);
    return 0;
}

static int set_limits(const struct launch *launch) {
    for (size_t i = 0; i < launch->limit_count; i++) {
        const struct launch_limit *limit = &launch->limits[i];
        struct rlimit now;
        if (getrlimit(limit->resource, &now)) return errno;
        /* Raising a hard limit takes CAP_SYS_RESOURCE, which PID 1 lacks. */
        rlim_t value = limit->value < now.rlim_max ? limit->value : now.rlim_max;
        if (setrlimit(limit->resource, &(struct rlimit){value, value})) return errno;
    }
    return 0;
}

static struct launch_failure start(const struct launch *launch) {
    int error;
    setsid();
    if (launch->before && (error = launch->before(launch->context)))
        return (struct launch_failure){LAUNCH_BEFORE, error};
    launch_raise_oom_score(launch->oom_score);
    reset_signals();
    if ((error = arrange_descriptors(launch)) || (error = set_limits(launch)))
        return (struct launch_failure){LAUNCH_PREPARE, error};
    if ((error = rights_become(launch->uid, launch->gid, launch->group)))
        return (struct launch_failure){LAUNCH_IDENTITY, error};
    umask(launch->umask);
    if (launch->restrict_ && (error = launch->restrict_(launch->context)))
        return (struct launch_failure){LAUNCH_RESTRICT, error};
    if (chdir(launch->directory) && (!launch->other_directory || chdir(launch->other_directory)))
        return (struct launch_failure){LAUNCH_DIRECTORY, errno};
    environ = (char **)launch->env; /* execvp searches the PATH of this environment */
    if (strchr(launch->program, '/'))
        execve(launch->program, launch->argv, launch->env); /* no /bin/sh for what is no program */
    else
        execvp(launch->program, launch->argv);
    return (struct launch_failure){LAUNCH_EXEC, errno};
}

pid_t launch(const struct launch *launch, int *failure_fd) {
    int failure[2];
    if (pipe2(failure, O_CLOEXEC | O_NONBLOCK)) return -1;
    pid_t pid = fork();
    if (pid == 0) {
        struct launch_failure why = start(launch);
        ssize_t ignored = write(failure[1], &why, sizeof why);
        (void)ignored; /* without it PID 1 still sees the exit status */
        _exit(why.step == LAUNCH_EXEC && why.error == ENOENT ? 127 : 126);
    }
    int error = errno;
    close(failure[1]);
    if (pid < 0) close(failure[0]);
    *failure_fd = pid < 0 ? -1 : failure[0];
    errno = error;
    return pid;
}

struct launch_failure launch_take_failure(int *failure_fd) {
    struct launch_failure why = {LAUNCH_FINE, 0};
    if (*failure_fd >= 0 && read(*failure_fd, &why, sizeof why) != sizeof why)
        why = (struct launch_failure){LAUNCH_FINE, 0};
    if (*failure_fd >= 0) close(*failure_fd);
    *failure_fd = -1;
    return why;
}
