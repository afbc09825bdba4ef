/*
 * Sandbox calls, seen from PID 1.
 *
 *            request            program ends, time over, STOP,      nobody of the uid
 *   CONNECTED ------> RUNNING ------ client or stage gone --> ENDING ---- is alive ----> CLEANING
 *       |                                                                                    |
 *       +--- refused: FAILED is sent --> FREE <------- RESULT or FAILED is sent -------------+
 *
 * The connection's peer must be the grader. Sandboxed programs and untrusted stages are told so and
 * let go. When all slots are taken nobody is accepted any more: callers wait in the backlog.
 */
#ifndef GO_OVEN_CALLS_H
#define GO_OVEN_CALLS_H

#include "oven/boxes.h"
#include "oven/processes.h"
#include "oven/sandbox_wire.h"

#include <poll.h>

#define CALLS_MAX 64 /* at once */

enum call_state { CALL_FREE, CALL_CONNECTED, CALL_RUNNING, CALL_ENDING, CALL_CLEANING };

struct call {
    enum call_state state;
    int connection; /* -1 once the client is gone */
    struct sandbox_request *request;
    int box;
    pid_t pid; /* of the program; 0 once it is reaped */
    int failure_fd;
    int64_t started_us, ended_us, deadline_us;
    int status;
    bool timed_out;
    struct usage usage;
};

struct calls {
    int listener;
    uid_t base;
    int landlock_abi; /* 0: do without */
    struct boxes boxes;
    struct call call[CALLS_MAX];
};

void calls_open(struct calls *calls, uid_t base, int landlock_abi);

/* Fills CALLS_MAX + 1 entries: what the loop shall wait for. */
void calls_poll(const struct calls *calls, bool stage_runs, struct pollfd *set);
void calls_ready(struct calls *calls, const struct pollfd *set, int64_t now);

/* A process has ended: notes it if it belongs to a call. */
void calls_note_death(struct calls *calls, const struct death *death, int64_t now);

/* Moves calls on; due: when to look again even if nothing happens. */
void calls_step(struct calls *calls, int64_t now);
int64_t calls_due(const struct calls *calls, int64_t now);

/* The stage is over: ends every call. Then calls_step() until calls_are_over(). */
void calls_end_all(struct calls *calls);
bool calls_are_over(const struct calls *calls);

/* One call: from its request to a running program, or to a refusal (call_start.c). */
void call_start(struct calls *calls, struct call *call, int64_t now);

/* Tells the client that the program was not run, and frees the call. */
void call_refuse(struct call *call, int exit_status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
