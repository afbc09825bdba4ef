/*
 * A stage: from RUN to STAGE_END.
 *
 *   RUN          main ends, or time over               everybody is dead      boxes are clean
 *   -----> RUNNING --------------------------> ENDING ----------------> CLEANING -------->
 * STAGE_END
 *
 * ENDING kills every process of the grader, of the untrusted uid and of all sandbox calls, and does
 * not go on before /proc shows none of them. Only then are the outputs read for the last time, so
 * nobody can write after STAGE_END. If the dead do not leave within a minute, the oven gives up.
 */
#ifndef GO_OVEN_STAGE_H
#define GO_OVEN_STAGE_H

#include "oven/calls.h"
#include "oven/console.h"
#include "oven/inbox.h"
#include "oven/watch.h"

enum stage_state { STAGE_NONE, STAGE_RUNNING, STAGE_ENDING, STAGE_CLEANING };

struct stage {
    enum stage_state state;
    bool trusted;
    pid_t main; /* 0 once it is reaped */
    int failure_fd;
    int64_t started_us, ended_us, deadline_us, give_up_us;
    int status;
    int start_error; /* errno of a main that could not be started */
    bool timed_out;
    struct usage usage;
};

/* What a stage works with. */
struct kitchen {
    uid_t base;
    struct outbox *outbox;
    struct console *console;
    struct watch *watch;
    struct calls *calls;
};

/* Begins a stage as the RUN frame says. False if the frame is malformed. */
bool stage_run(struct stage *stage, const struct kitchen *kitchen, const struct frame *run,
               int64_t now);

/* A process has ended: counts it, and notes if it was main. */
void stage_note_death(struct stage *stage, const struct kitchen *kitchen, const struct death *death,
                      int64_t now);

/* Moves the stage on; due: when to look again even if nothing happens. */
void stage_step(struct stage *stage, const struct kitchen *kitchen, int64_t now);
int64_t stage_due(const struct stage *stage, int64_t now);

#endif
