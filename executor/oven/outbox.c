#include "oven/outbox.h"

#include "oven/util.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define OUTBOX_BUSY (256 * 1024)

void outbox_open(struct outbox *box, int fd) {
    *box = (struct outbox){.fd = fd};
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK)) die("stdout: %s", strerror(errno));
}

static void make_room(struct outbox *box, size_t size) {
    if (box->start > 0) {
        memmove(box->bytes, box->bytes + box->start, box->end - box->start);
        box->end -= box->start;
        box->start = 0;
    }
    if (box->end + size <= box->capacity) return;
    box->capacity = (box->end + size) * 2;
    box->bytes = realloc(box->bytes, box->capacity);
    if (!box->bytes) die("out of memory for %zu bytes of output", box->capacity);
}

void outbox_put(struct outbox *box, enum oven_report type, const void *head, size_t head_size,
                const void *body, size_t body_size) {
    size_t payload = head_size + body_size;
    if (payload > OVEN_FRAME_MAX) die("a frame of %zu bytes", payload);
    if (box->end + OVEN_FRAME_HEADER + payload > box->capacity)
        make_room(box, OVEN_FRAME_HEADER + payload);
    uint8_t *at = box->bytes + box->end;
    at[0] = (uint8_t)type;
    put_be32(at + 1, (uint32_t)payload);
    if (head_size) memcpy(at + OVEN_FRAME_HEADER, head, head_size);
    if (body_size) memcpy(at + OVEN_FRAME_HEADER + head_size, body, body_size);
    box->end += OVEN_FRAME_HEADER + payload;
}

void outbox_flush(struct outbox *box) {
    while (box->start < box->end) {
        ssize_t sent = write(box->fd, box->bytes + box->start, box->end - box->start);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) return;
        if (sent < 0) die("stdout: %s", strerror(errno));
        box->start += (size_t)sent;
    }
    box->start = box->end = 0;
}

bool outbox_is_empty(const struct outbox *box) {
    return box->start == box->end;
}

bool outbox_is_busy(const struct outbox *box) {
    return box->end - box->start > OUTBOX_BUSY;
}
