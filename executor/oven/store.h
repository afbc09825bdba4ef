/*
 * Storing trees: the submission and the stages' directories.
 *
 * PID 1 may not write on behalf of others and must not die of a full tmpfs, so for each tree it
 * forks a writer: uid grader, first to go when memory is short. Frames pass through PID 1 unread
 * (the writer checks them) into a pipe; when that is full, PID 1 leaves the frame in its inbox and
 * goes on with everything else. The writer ends at END with a verdict in its exit status and, when
 * the tree could not be stored, the reason as text in a second pipe.
 */
#ifndef GO_OVEN_STORE_H
#define GO_OVEN_STORE_H

#include "oven/inbox.h"

#include <stdbool.h>
#include <sys/types.h>

struct store {
    pid_t writer;  /* 0: none runs */
    int to_writer; /* -1 when it has heard enough */
    int from_writer;
    size_t sent;   /* of the present frame */
    bool complete; /* END was passed on */
    int status;    /* of the writer, when it has ended */
};

enum { STORE_WRITER_DONE = 0, STORE_WRITER_BROKEN = 1 }; /* and OVEN_EXIT_BROKEN */

void store_begin(struct store *store, uid_t base, const char *name);

/* Passes a frame on. False if the pipe was full first: call again with the same frame. */
bool store_feed(struct store *store, const struct frame *frame);

/* For the reaper: the writer has ended with this wait status. */
void store_writer_ended(struct store *store, int status);

/* END has come and the writer is gone. */
bool store_is_settled(const struct store *store);

/* Takes the verdict: true if stored, else the reason is put into text. Fatal after a protocol
 * error. */
bool store_take_verdict(struct store *store, char *text, size_t size);

/* What the writer does, with its file-system identity already taken. Does not return. */
_Noreturn void store_write(int frames, int verdict, const char *name);

#endif
