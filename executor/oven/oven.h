/*
 * PID 1 of a grading container: everything it knows, and its loop.
 *
 * One process, one loop, nothing that waits: stdin frames, stdout queue, SIGCHLD, inotify, the
 * console's pipe, the writer's pipe and the sandbox connections are all taken as they come. What
 * could take long (writing files, removing files) is done by children.
 *
 *   main.c        command line                 inbox, outbox  frames in and out
 *   world         places and owners            command        what a frame means
 *   rights        who PID 1 acts as            store          trees: submission and stages
 *   stage         RUN ... STAGE_END            launch         fork ... exec
 *   console       stdout and stderr            watch, output  the files in output/
 *   calls, boxes  sandbox calls                clean, remove  after a call
 *   processes     who is alive                 landlock       the second wall
 *   handover      files for a call             syscalls       the third
 *   names         localhost                    affinity       processors of its own
 *   sandbox_*     the client                   sandbox_wire   between it and PID 1
 *   probe*        what looks at all this for the doctor
 */
#ifndef GO_OVEN_OVEN_H
#define GO_OVEN_OVEN_H

#include "oven/calls.h"
#include "oven/console.h"
#include "oven/inbox.h"
#include "oven/outbox.h"
#include "oven/stage.h"
#include "oven/store.h"
#include "oven/watch.h"

struct oven {
    uid_t base;
    int signals; /* signalfd */
    int names;   /* -1 where there is none */
    struct inbox inbox;
    struct outbox outbox;
    struct store store;
    struct stage stage;
    struct console console;
    struct watch watch;
    struct calls calls;
    struct kitchen kitchen;
    enum oven_state {
        OVEN_IDLE = 1,
        OVEN_STORING = 2,  /* between TREE and END */
        OVEN_SETTLING = 4, /* the writer has heard END and has not ended yet */
        OVEN_GRADING = 8,  /* between RUN and STAGE_END */
    } state;
    bool is_placed;     /* it has processors of its own, or a tree: too late for PROCESSORS */
    bool store_is_full; /* the first frame waits for room in the writer's pipe */
    int64_t heard_us;   /* when the last frame came */
};

/* Obeys the frames that have come, as far as the state allows. */
void commands_obey(struct oven *oven, int64_t now);

/* Runs until the executor closes stdin. */
_Noreturn void oven_run(uid_t base, bool use_landlock);

#endif
