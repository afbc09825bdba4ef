#include "oven/console.h"

#include "oven/util.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (32 * 1024)

int console_begin(struct console *console) {
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC)) return -1;
    fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK); /* the writing end stays as programs expect it */
    console->fd = pipe_ends[0];
    console->total = 0;
    return pipe_ends[1];
}

static void send_bytes(struct outbox *outbox, uint64_t left_out, const uint8_t *bytes,
                       size_t size) {
    uint8_t head[4];
    put_be32(head, left_out > UINT32_MAX ? UINT32_MAX : (uint32_t)left_out);
    outbox_put(outbox, OVEN_CONSOLE, head, sizeof head, bytes, size);
}

static void keep_in_ring(struct console *console, const uint8_t *bytes, size_t size) {
    for (size_t at = (console->total - CONSOLE_HEAD) % CONSOLE_TAIL; size > 0; at = 0) {
        size_t fits = smaller(size, CONSOLE_TAIL - at);
        memcpy(console->tail + at, bytes, fits);
        console->total += fits;
        bytes += fits;
        size -= fits;
    }
}

bool console_read(struct console *console, struct outbox *outbox) {
    uint8_t bytes[CHUNK];
    ssize_t got = read(console->fd, bytes, sizeof bytes);
    if (got < 0) return errno == EINTR;
    if (got == 0) { /* end of file: main closed its descriptors, or is gone */
        close_and_forget(&console->fd);
        return false;
    }
    size_t live = 0;
    if (console->total < CONSOLE_HEAD) {
        live = smaller((size_t)got, CONSOLE_HEAD - (size_t)console->total);
        send_bytes(outbox, 0, bytes, live);
        console->total += live;
    }
    keep_in_ring(console, bytes + live, (size_t)got - live);
    return true;
}

void console_end(struct console *console, struct outbox *outbox) {
    while (console->fd >= 0 && console_read(console, outbox))
        ;
    close_and_forget(&console->fd);
    if (console->total <= CONSOLE_HEAD) return;
    uint64_t after_head = console->total - CONSOLE_HEAD;
    uint64_t kept = after_head < CONSOLE_TAIL ? after_head : CONSOLE_TAIL;
    uint64_t left_out = after_head - kept;
    for (uint64_t next = left_out; next < after_head; left_out = 0) {
        size_t at = next % CONSOLE_TAIL;
        size_t size = smaller(smaller((size_t)(after_head - next), CONSOLE_TAIL - at), CHUNK);
        send_bytes(outbox, left_out, console->tail + at, size);
        next += size;
    }
}
