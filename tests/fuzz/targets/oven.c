/* What PID 1 of an oven reads: frames of the executor, and requests of `sandbox`. */
#include "fuzz/fuzz.h"

#include "oven/inbox.h"
#include "oven/sandbox_wire.h"
#include "oven/util.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The oven's own util.c ends the process here; the drivers would take that for a finding. */
static jmp_buf over;
_Noreturn void die(const char *format, ...) {
    longjmp(over, 1);
}

static void read_frames(const uint8_t *bytes, size_t length) {
    static struct inbox box;
    struct frame frame;
    size_t put = length < sizeof box.bytes ? length : sizeof box.bytes;
    box.start = 0;
    box.end = put;
    memcpy(box.bytes, bytes, put);
    if (setjmp(over)) return;
    while (inbox_peek(&box, &frame)) {
        MUST(frame.size <= OVEN_FRAME_MAX);
        MUST(frame.payload + frame.size <= box.bytes + box.end);
        inbox_drop(&box, &frame);
    }
}

static void read_request(const uint8_t *bytes, size_t length) {
    if (length > SANDBOX_REQUEST_MAX) return;
    struct sandbox_request *request = sandbox_unpack(bytes, length);
    if (!request) return;
    static uint8_t packet[SANDBOX_REQUEST_MAX];
    MUST(request->argv[0] && request->cwd && request->dir);
    MUST(sandbox_pack(request, packet) == length && !memcmp(packet, bytes, length));
    free(request);
}

FUZZ_TARGET(oven) {
    apr_pool_t *pool = fuzz_pool();
    read_frames(bytes, length);
    read_request(bytes, length);
    return fuzz_done(pool);
}
