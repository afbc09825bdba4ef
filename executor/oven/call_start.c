/*
 * The beginning of a sandbox call: the request is read, a box is taken, the program is launched.
 */
#include "oven/calls.h"

#include "oven/beneath.h"
#include "oven/handover.h"
#include "oven/landlock.h"
#include "oven/launch.h"
#include "oven/modes.h"
#include "oven/util.h"
#include "oven/world.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define OPEN_FILES 4096
#define ENV_MAX    128 /* of a variable that PID 1 sets */
#define OWN_ENV    5   /* of these variables */

struct enclosure {
    uid_t base;
    unsigned box;
    int landlock_abi;
    const char *home, *files;
    bool allow_tcp;
    char *const *names; /* of the files to hand over, and the files */
    const int *fds;
};

static int hand_over(void *context) {
    const struct enclosure *enclosure = context;
    return handover_give(enclosure->base, enclosure->box, enclosure->names, enclosure->fds);
}

static int enclose(void *context) {
    const struct enclosure *enclosure = context;
    /* The scratch directory is as it was made, whatever the last program of a --dir did to it. */
    if (chmod(enclosure->home, 0700)) return errno;
    if (enclosure->landlock_abi == 0) return 0;
    return landlock_enclose(enclosure->landlock_abi, enclosure->home, enclosure->files,
                            enclosure->allow_tcp);
}

/*
 * PID 1 watches the clock; the limit on CPU time is there for the case that PID 1 itself gets none.
 * It counts the threads of a process together, so it is scaled by what they could use at once.
 */
static rlim_t cpu_seconds(uint64_t time_ms) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (time_ms == SANDBOX_NO_LIMIT) return RLIM_INFINITY;
    return (time_ms / 1000 + 2) * (rlim_t)(processors > 0 ? processors : 1);
}

static rlim_t or_infinity(uint64_t bytes) {
    return bytes == SANDBOX_NO_LIMIT ? RLIM_INFINITY : (rlim_t)bytes;
}

static bool is_given(char *const *env, const char *variable) {
    size_t name = strcspn(variable, "=") + 1;
    for (; *env; env++)
        if (!strncmp(*env, variable, name)) return true;
    return false;
}

/* What --env gave, and PATH, LANG, HOME, TMPDIR and SANDBOX_FILES where it did not. Points into the
 * request and into `own`. */
static char **environment(const struct sandbox_request *request, char own[OWN_ENV][ENV_MAX],
                          const char *home, const char *files) {
    uint32_t count = request->head.envc;
    int own_count = request->head.filec > 0 ? OWN_ENV : OWN_ENV - 1;
    char **env = allocate(count + OWN_ENV + 1, sizeof *env);
    memcpy(env, request->env, count * sizeof *env);
    snprintf(own[0], ENV_MAX, "PATH=%s", WORLD_PATH);
    snprintf(own[1], ENV_MAX, "LANG=%s", WORLD_LANG);
    snprintf(own[2], ENV_MAX, "HOME=%s", home);
    snprintf(own[3], ENV_MAX, "TMPDIR=%s", home);
    snprintf(own[4], ENV_MAX, "SANDBOX_FILES=%s", files);
    for (int i = 0; i < own_count; i++)
        if (!is_given(request->env, own[i])) env[count++] = own[i];
    return env;
}

static void launch_program(struct calls *calls, struct call *call, const int fds[SANDBOX_FDS_MAX]) {
    const struct sandbox_request *request = call->request;
    char home[WORLD_HOME_MAX], files[WORLD_HOME_MAX];
    world_home(home, (unsigned)call->box);
    handover_directory(files, (unsigned)call->box);
    uid_t uid = calls->base + (uid_t)call->box;
    struct enclosure enclosure = {
        .base = calls->base,
        .box = (unsigned)call->box,
        .landlock_abi = calls->landlock_abi,
        .home = home,
        .files = files,
        .allow_tcp = (request->head.flags & SANDBOX_ALLOW_TCP) != 0,
        .names = request->files,
        .fds = fds + SANDBOX_FDS,
    };
    const struct launch_limit limits[] = {
        {RLIMIT_CORE, 0},
        {RLIMIT_NOFILE, OPEN_FILES},
        {RLIMIT_NPROC, request->head.processes},
        {RLIMIT_CPU, cpu_seconds(request->head.time_ms)},
        {RLIMIT_AS, or_infinity(request->head.memory_bytes)},
        {RLIMIT_FSIZE, or_infinity(request->head.file_size_bytes)},
    };
    char own[OWN_ENV][ENV_MAX];
    CLEANUP_FREE char **env = environment(request, own, home, files);
    struct launch program = {
        .in = fds[0],
        .out = fds[1],
        .err = fds[2],
        .uid = uid,
        .gid = uid,
        .group = uid,
        .umask = 022,
        .oom_score = OOM_SCORE_SANDBOX,
        .limits = limits,
        .limit_count = sizeof limits / sizeof *limits,
        .before = request->head.filec > 0 ? hand_over : NULL,
        .restrict_ = enclose,
        .context = &enclosure,
        .directory = request->dir[0] ? home : request->cwd,
        .other_directory = home,
        .program = request->argv[0],
        .argv = request->argv,
        .env = env,
    };
    call->pid = launch(&program, &call->failure_fd);
}

/* As many descriptors as the request speaks of, and names for them that stay in their directory? */
static bool is_sound(const struct sandbox_request *request, size_t fd_count) {
    if (fd_count != SANDBOX_FDS + request->head.filec) return false;
    for (size_t i = 0; request->files[i]; i++)
        if (!beneath_is_name(request->files[i])) return false;
    return strlen(request->dir) <= BOX_NAME_MAX;
}

/* False: the call was refused. */
static bool take_request(struct call *call, const uint8_t *packet, ssize_t size, size_t fd_count) {
    if (size > 0) call->request = sandbox_unpack(packet, (size_t)size);
    if (call->request && is_sound(call->request, fd_count)) return true;
    call_refuse(call, 125, "the request could not be understood");
    return false;
}

static void start_with(struct calls *calls, struct call *call, const int fds[SANDBOX_FDS_MAX],
                       int64_t now) {
    const char *why = NULL;
    call->box = boxes_take(&calls->boxes, call->request->dir, &why);
    if (call->box < 0) {
        call_refuse(call, 125, "%s", why);
        return;
    }
    modes_put_back(calls->base);
    launch_program(calls, call, fds);
    if (call->pid < 0) {
        int error = errno;
        boxes_return(&calls->boxes, call->box);
        call_refuse(call, 125, "no new process: %s", strerror(error));
        return;
    }
    uint64_t time_ms = call->request->head.time_ms;
    call->state = CALL_RUNNING;
    call->started_us = call->ended_us = now;
    call->deadline_us = time_ms >= NEVER / 2000 ? NEVER : now + (int64_t)time_ms * 1000;
}

void call_start(struct calls *calls, struct call *call, int64_t now) {
    static uint8_t packet[SANDBOX_REQUEST_MAX];
    int fds[SANDBOX_FDS_MAX];
    size_t fd_count;
    ssize_t size = sandbox_receive(call->connection, packet, sizeof packet, fds, &fd_count, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (take_request(call, packet, size, fd_count)) start_with(calls, call, fds, now);
    for (size_t i = 0; i < fd_count; i++)
        close(fds[i]);
}
