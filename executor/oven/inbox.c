#include "oven/inbox.h"

#include "oven/util.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool inbox_has_room(const struct inbox *box) {
    return box->end - box->start < sizeof box->bytes;
}

bool inbox_read(struct inbox *box) {
    if (box->start > 0) {
        memmove(box->bytes, box->bytes + box->start, box->end - box->start);
        box->end -= box->start;
        box->start = 0;
    }
    ssize_t got = read(box->fd, box->bytes + box->end, sizeof box->bytes - box->end);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got < 0) die("stdin: %s", strerror(errno));
    box->end += (size_t)got;
    return got > 0;
}

bool inbox_peek(const struct inbox *box, struct frame *frame) {
    size_t have = box->end - box->start;
    if (have < OVEN_FRAME_HEADER) return false;
    frame->raw = box->bytes + box->start;
    frame->type = frame->raw[0];
    frame->size = get_be32(frame->raw + 1);
    frame->payload = frame->raw + OVEN_FRAME_HEADER;
    if (frame->size > OVEN_FRAME_MAX)
        die("protocol error: frame 0x%02x announces %u bytes", frame->type, frame->size);
    return have - OVEN_FRAME_HEADER >= frame->size;
}

void inbox_drop(struct inbox *box, const struct frame *frame) {
    box->start += OVEN_FRAME_HEADER + frame->size;
}
