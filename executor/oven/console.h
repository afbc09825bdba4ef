/*
 * The console: what a stage's main and its children say on stdout and stderr.
 *
 * The head is sent as it comes; after that the last bytes are kept in a ring, and sent at the end
 * of the stage together with the number of bytes that were left out in between.
 */
#ifndef GO_OVEN_CONSOLE_H
#define GO_OVEN_CONSOLE_H

#include "oven/outbox.h"

#define CONSOLE_HEAD (OVEN_CONSOLE_MAX / 2)
#define CONSOLE_TAIL (OVEN_CONSOLE_MAX - CONSOLE_HEAD)

struct console {
    int fd;                     /* the pipe's reading end, -1 between stages */
    uint64_t total;             /* bytes seen in this stage */
    uint8_t tail[CONSOLE_TAIL]; /* byte number n of what follows the head is at n % CONSOLE_TAIL */
};

/* Makes the pipe; returns its writing end, for the stage. Or -1 and errno. */
int console_begin(struct console *console);

/* Reads once. False when nothing is there now, or nothing will come any more. */
bool console_read(struct console *console, struct outbox *outbox);

/* All writers are dead: reads what is left, sends the tail and closes. */
void console_end(struct console *console, struct outbox *outbox);

#endif
