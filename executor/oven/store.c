#include "oven/store.h"

#include "oven/launch.h"
#include "oven/rights.h"
#include "oven/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * When the container's memory is full of what the writer has written, the writer is killed, but
 * what it wrote remains, and the next page that PID 1 needs would end PID 1 itself. What the writer
 * holds here is free again with its death, and is what PID 1 goes on with. 64 pages: some 30 us.
 */
static volatile char ballast[256 * 1024];
enum { PAGE = 4096 };

static void take_ballast(void) {
    for (size_t at = 0; at < sizeof ballast; at += PAGE)
        ballast[at] = 1;
}

_Noreturn static void writer(uid_t base, int frames, int verdict, const char *name) {
    launch_raise_oom_score(OOM_SCORE_WRITER);
    take_ballast();
    int error =
        rights_become(base + OVEN_UID_GRADER, base + OVEN_UID_UNTRUSTED, base + OVEN_UID_GRADER);
    if (error) die("the writer cannot become the grader: %s", strerror(error));
    store_write(frames, verdict, name);
}

void store_begin(struct store *store, uid_t base, const char *name) {
    int frames[2], verdict[2];
    if (pipe2(frames, O_CLOEXEC) || pipe2(verdict, O_CLOEXEC))
        die("pipe for the writer: %s", strerror(errno));
    pid_t pid = fork();
    if (pid < 0) die("fork of the writer: %s", strerror(errno));
    if (pid == 0) {
        close(frames[1]); /* or the writer would never see the end of its own pipe */
        writer(base, frames[0], verdict[1], name);
    }
    close(frames[0]);
    close(verdict[1]);
    fcntl(frames[1], F_SETFL, O_NONBLOCK);
    *store = (struct store){.writer = pid, .to_writer = frames[1], .from_writer = verdict[0]};
}

bool store_feed(struct store *store, const struct frame *frame) {
    size_t size = OVEN_FRAME_HEADER + frame->size;
    while (store->to_writer >= 0 && store->sent < size) {
        ssize_t sent = write(store->to_writer, frame->raw + store->sent, size - store->sent);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) return false;
        if (sent < 0)
            close_and_forget(&store->to_writer); /* it gave up: the rest is for nobody */
        else
            store->sent += (size_t)sent;
    }
    store->sent = 0;
    if (frame->type == OVEN_END) {
        store->complete = true;
        close_and_forget(&store->to_writer);
    }
    return true;
}

void store_writer_ended(struct store *store, int status) {
    store->writer = 0;
    store->status = status;
    close_and_forget(&store->to_writer);
}

bool store_is_settled(const struct store *store) {
    return store->complete && store->writer == 0;
}

bool store_take_verdict(struct store *store, char *text, size_t size) {
    ssize_t got = read(store->from_writer, text, size - 1);
    text[got > 0 ? got : 0] = '\0';
    close_and_forget(&store->from_writer);
    store->complete = false;
    if (WIFEXITED(store->status) && WEXITSTATUS(store->status) == OVEN_EXIT_BROKEN)
        die("%s", got > 0 ? text : "the writer met a protocol error");
    if (WIFEXITED(store->status) && WEXITSTATUS(store->status) == STORE_WRITER_DONE) return true;
    if (got <= 0)
        snprintf(text, size, "the writer was killed by signal %d: probably out of memory",
                 WTERMSIG(store->status));
    return false;
}
