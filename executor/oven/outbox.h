/*
 * Frames on their way to the executor.
 *
 * PID 1 never waits for its stdout: frames queue here and leave when the pipe takes them. The queue
 * is bounded by its users: while it is busy, nobody reads more of the watched files, so that a slow
 * executor sees fewer, larger steps instead of an ever longer queue. Console output and the last
 * state of the files have limits of their own and may always be queued.
 */
#ifndef GO_OVEN_OUTBOX_H
#define GO_OVEN_OUTBOX_H

#include "oven/protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbox {
    int fd;
    uint8_t *bytes;
    size_t start, end, capacity; /* what waits is [start, end) */
};

void outbox_open(struct outbox *box, int fd);

/* Queues one frame whose payload is `head` and then `body`. Together within OVEN_FRAME_MAX. */
void outbox_put(struct outbox *box, enum oven_report type, const void *head, size_t head_size,
                const void *body, size_t body_size);

/* Writes what the pipe takes now. Exits when nobody reads the pipe any more. */
void outbox_flush(struct outbox *box);

bool outbox_is_empty(const struct outbox *box);
bool outbox_is_busy(const struct outbox *box);

#endif
