/*
 * Frames from the executor: bytes are taken from stdin as they come and cut into whole frames.
 */
#ifndef GO_OVEN_INBOX_H
#define GO_OVEN_INBOX_H

#include "oven/protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
    uint8_t type;
    uint32_t size;          /* of the payload */
    const uint8_t *payload; /* valid until inbox_drop() */
    const uint8_t *raw;     /* header and payload as they came */
};

struct inbox {
    int fd;
    size_t start, end;
    uint8_t bytes[2 * (OVEN_FRAME_HEADER + OVEN_FRAME_MAX)];
};

/* Reads once, without waiting. False at the end of the stream. */
bool inbox_read(struct inbox *box);

/* There is room for more bytes. */
bool inbox_has_room(const struct inbox *box);

/* The first whole frame, which stays first until it is dropped. A frame over the limit is fatal. */
bool inbox_peek(const struct inbox *box, struct frame *frame);

void inbox_drop(struct inbox *box, const struct frame *frame);

#endif
