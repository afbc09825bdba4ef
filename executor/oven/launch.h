/*
 * From fork to exec: how a stage's main and a sandboxed program start.
 *
 * Everything between the two happens in one order that matters: what needs root's file-system
 * identity (oom_score_adj), then descriptors, limits, the new identity, Landlock, the system calls
 * that are left, the directory, exec. A step that fails is reported through a close-on-exec pipe;
 * an empty pipe means that exec succeeded.
 */
#ifndef GO_OVEN_LAUNCH_H
#define GO_OVEN_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/* Who goes first when memory is short: students' programs, then stages, never PID 1. */
#define OOM_SCORE_STAGE   500
#define OOM_SCORE_WRITER  1000
#define OOM_SCORE_SANDBOX 1000

struct launch_limit {
    __rlimit_resource_t resource;
    rlim_t value;
};

struct launch {
    int in, out, err; /* become 0, 1 and 2; in = -1: /dev/null */
    uid_t uid;
    gid_t gid, group; /* group = gid: no further one */
    mode_t umask;
    int oom_score;
    const struct launch_limit *limits;
    size_t limit_count;
    int (*before)(void *); /* in the child, still with PID 1's identity; may be NULL; 0 or errno */
    int (*restrict_)(void *); /* in the child, as the new uid; may be NULL; 0 or errno */
    void *context;
    const char *directory,
        *other_directory; /* the first one that can be entered; other may be NULL */
    const char *program;  /* searched in WORLD_PATH if it has no '/' */
    char *const *argv, *const *env;
};

enum launch_step {
    LAUNCH_FINE,
    LAUNCH_BEFORE,
    LAUNCH_PREPARE,
    LAUNCH_IDENTITY,
    LAUNCH_RESTRICT,
    LAUNCH_DIRECTORY,
    LAUNCH_EXEC,
};

struct launch_failure {
    enum launch_step step;
    int error; /* errno */
};

/* Returns the child's pid and the pipe to ask for its failure, or -1 and errno. */
pid_t launch(const struct launch *launch, int *failure_fd);

/* Once the child has ended: did it fail to start? Closes the descriptor. */
struct launch_failure launch_take_failure(int *failure_fd);

/* For a child: takes root's file-system identity and raises its own oom_score_adj. */
void launch_raise_oom_score(int score);

#endif
