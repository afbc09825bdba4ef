/*
 * The beginning of a stage: the RUN frame is read, the outputs are made ready, main is launched.
 */
#include "oven/stage.h"

#include "oven/beneath.h"
#include "oven/launch.h"
#include "oven/util.h"
#include "oven/world.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define RUN_HEAD 5   /* u8 flags, u32 timeout */
#define ENV_MAX  128 /* variables RUN may add */
#define OWN_ENV  5

/* One of the two kinds of a stage. */
struct rank {
    unsigned uid, gid; /* indices */
    const char *home;
};
static const struct rank grader = {OVEN_UID_GRADER, OVEN_UID_GRADER, WORLD_SANDBOX "/0"};
static const struct rank untrusted = {OVEN_UID_UNTRUSTED, OVEN_UID_UNTRUSTED, WORLD_SANDBOX "/1"};

/* Cuts the texts that follow the head into list. False unless each ends with a NUL and all fit. */
static bool cut_texts(const struct frame *run, const char **list, size_t list_max, size_t *count) {
    const char *at = (const char *)run->payload + RUN_HEAD;
    const char *end = (const char *)run->payload + run->size;
    if (at >= end || end[-1] != '\0') return false;
    for (*count = 0; at < end; at += strlen(at) + 1) {
        if (*count == list_max) return false;
        list[(*count)++] = at;
    }
    return true;
}

/* A main in submission/ would be a student's, and run as the grader. */
static bool is_stage_name(const char *name) {
    return beneath_is_name(name) && strcmp(name, WORLD_SUBMISSION) && strcmp(name, WORLD_OUTPUT);
}

static int open_to_group(const char *path, const struct stat *found, int type, struct FTW *where) {
    (void)where;
    if (type == FTW_D) return chmod(path, 02770) ? -1 : 0;
    return chmod(path, (found->st_mode & 0770) | 0060) ? -1 : 0;
}

/* An untrusted stage may change its own directory. PID 1 has just stored it, so nobody else is in
 * it; this runs in main's child while that still has the grader's file-system identity. */
static int give_directory(void *context) {
    return nftw(context, open_to_group, 16, FTW_PHYS) ? errno : 0;
}

static void launch_main(struct stage *stage, const struct kitchen *kitchen, const char *name,
                        const char *const *added, size_t added_count) {
    const struct rank *rank = stage->trusted ? &grader : &untrusted;
    char directory[BENEATH_PATH_MAX], program[BENEATH_PATH_MAX], home[64], temporary[64];
    snprintf(directory, sizeof directory, WORLD_OVEN "/%s", name);
    snprintf(program, sizeof program, WORLD_OVEN "/%s/main", name);
    snprintf(home, sizeof home, "HOME=%s", rank->home);
    snprintf(temporary, sizeof temporary, "TMPDIR=%s", rank->home); /* /tmp is everybody's */
    const char *env[OWN_ENV + ENV_MAX + 1] = {"PATH=" WORLD_PATH, "LANG=" WORLD_LANG, home,
                                              temporary};
    memcpy(env + OWN_ENV - 1, added, added_count * sizeof *added);
    CLEANUP_FD int console = console_begin(kitchen->console);
    struct launch main = {
        .in = -1,
        .out = console,
        .err = console,
        .uid = kitchen->base + rank->uid,
        .gid = kitchen->base + rank->gid,
        .group = kitchen->base + OVEN_UID_UNTRUSTED, /* the group of submission/ and output/ */
        .umask = 002,
        .oom_score = OOM_SCORE_STAGE,
        .limits = &(struct launch_limit){RLIMIT_CORE, 0},
        .limit_count = 1,
        .before = stage->trusted ? NULL : give_directory,
        .context = directory,
        .directory = WORLD_OVEN "/" WORLD_SUBMISSION,
        .program = program,
        .argv = (char *[]){program, NULL},
        .env = (char *const *)env,
    };
    stage->main = console < 0 ? -1 : launch(&main, &stage->failure_fd);
}

bool stage_run(struct stage *stage, const struct kitchen *kitchen, const struct frame *run,
               int64_t now) {
    const char *texts[1 + ENV_MAX];
    size_t count;
    if (!cut_texts(run, texts, 1 + ENV_MAX, &count) || !is_stage_name(texts[0])) return false;
    uint32_t timeout_ms = get_be32(run->payload + 1);
    *stage = (struct stage){
        .state = STAGE_RUNNING,
        .trusted = run->payload[0] & OVEN_RUN_TRUSTED,
        .failure_fd = -1,
        .started_us = now,
        .deadline_us = timeout_ms ? now + (int64_t)timeout_ms * 1000 : NEVER,
    };
    watch_begin_stage(kitchen->watch, stage->trusted);
    launch_main(stage, kitchen, texts[0], texts + 1, count - 1);
    if (stage->main < 0) { /* ends at the next step, as if main had failed at once */
        stage->main = 0;
        stage->start_error = errno;
        stage->status = W_EXITCODE(126, 0);
        stage->deadline_us = NEVER;
        stage->ended_us = now;
        stage->give_up_us = now + 1000000;
        stage->state = STAGE_ENDING;
    }
    return true;
}
