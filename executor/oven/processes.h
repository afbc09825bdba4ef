/*
 * Who is alive, and who has died.
 *
 * Ending a call or a stage is exact because of three facts together: rights_kill_all_of() signals
 * every process of a uid at once; whoever loses its parent becomes a child of PID 1, which reaps
 * it; and /proc shows in the end that no process of the uid is left.
 */
#ifndef GO_OVEN_PROCESSES_H
#define GO_OVEN_PROCESSES_H

#include "oven/protocol.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Resources of the dead. */
struct usage {
    uint64_t cpu_us;      /* user and system */
    uint64_t max_rss_kib; /* of the largest process */
};

struct death {
    pid_t pid;
    uid_t uid;          /* real */
    int status;         /* as of waitpid */
    struct usage usage; /* with that of the children it has reaped itself */
};

/* Reaps one child that has ended. False if there is none. */
bool processes_reap(struct death *death);

/* Marks for each of the oven's uids (by index) whether a process has it as any of its uids. */
void processes_alive(uid_t base, bool alive[OVEN_UIDS]);

void usage_add(struct usage *sum, const struct usage *more);

#endif
