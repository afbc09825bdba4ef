#include "oven/oven.h"

#include "oven/affinity.h"
#include "oven/landlock.h"
#include "oven/names.h"
#include "oven/rights.h"
#include "oven/syscalls.h"
#include "oven/util.h"
#include "oven/world.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

#ifndef GO_VERSION
#define GO_VERSION "unknown"
#endif
#define STAGE_CONSOLE_READS 4 /* of 32 KiB, before others have their turn */

enum source {
    STDIN,
    STDOUT,
    SIGNALS,
    INOTIFY,
    CONSOLE,
    WRITER,
    NAMES,
    CALLS,
    SOURCES = CALLS + CALLS_MAX + 1
};

static int open_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0) die("signalfd: %s", strerror(errno));
    return fd;
}

static void read_signals(struct oven *oven) {
    for (struct signalfd_siginfo info; read(oven->signals, &info, sizeof info) == sizeof info;)
        if (info.ssi_signo != SIGCHLD && info.ssi_pid == 0)
            _exit(0); /* docker stop, from outside */
}

/* Asked every time round: SIGCHLDs merge, and reaping nobody costs one system call. */
static void reap(struct oven *oven, int64_t now) {
    for (struct death death; processes_reap(&death);) {
        if (death.pid == oven->store.writer) {
            store_writer_ended(&oven->store, death.status);
            continue;
        }
        calls_note_death(&oven->calls, &death, now);
        stage_note_death(&oven->stage, &oven->kitchen, &death, now);
    }
}

/* True if the oven has become idle, so that frames that waited can be obeyed. */
static bool settle_store(struct oven *oven) {
    char why[600];
    if (oven->state != OVEN_SETTLING || !store_is_settled(&oven->store)) return false;
    if (store_take_verdict(&oven->store, why, sizeof why))
        outbox_put(&oven->outbox, OVEN_STORED, NULL, 0, NULL, 0);
    else
        outbox_put(&oven->outbox, OVEN_BROKEN, NULL, 0, why, strlen(why));
    oven->state = OVEN_IDLE;
    return true;
}

/* All that follows from what has come in or from the time. */
static void step(struct oven *oven, int64_t now) {
    reap(oven, now);
    calls_step(&oven->calls, now);
    stage_step(&oven->stage, &oven->kitchen, now);
    if (oven->state == OVEN_GRADING && oven->stage.state == STAGE_NONE) oven->state = OVEN_IDLE;
    if (oven->state == OVEN_GRADING) watch_step(&oven->watch, &oven->outbox, now);
    do
        commands_obey(oven, now);
    while (settle_store(oven)); /* a writer that died early is settled as soon as END comes */
    outbox_flush(&oven->outbox);
    if (now - oven->heard_us > OVEN_SILENCE_SECONDS * 1000000LL)
        die("nothing was heard from the executor for %d seconds", OVEN_SILENCE_SECONDS);
}

static void fill_sources(const struct oven *oven, struct pollfd set[SOURCES]) {
    bool grading = oven->state == OVEN_GRADING;
    bool wants_input = !oven->store_is_full && inbox_has_room(&oven->inbox);
    /* Without events poll still reports that the executor has hung up. */
    set[STDIN] = (struct pollfd){oven->inbox.fd, wants_input ? POLLIN : 0, 0};
    set[STDOUT] =
        (struct pollfd){outbox_is_empty(&oven->outbox) ? -1 : oven->outbox.fd, POLLOUT, 0};
    set[SIGNALS] = (struct pollfd){oven->signals, POLLIN, 0};
    set[INOTIFY] = (struct pollfd){oven->watch.inotify, POLLIN, 0};
    set[CONSOLE] = (struct pollfd){grading ? oven->console.fd : -1, POLLIN, 0};
    set[WRITER] = (struct pollfd){oven->store_is_full ? oven->store.to_writer : -1, POLLOUT, 0};
    set[NAMES] = (struct pollfd){oven->names, POLLIN, 0};
    calls_poll(&oven->calls, oven->stage.state == STAGE_RUNNING, set + CALLS);
}

static void wait_for(struct oven *oven, struct pollfd set[SOURCES], int64_t now) {
    int64_t due = oven->heard_us + OVEN_SILENCE_SECONDS * 1000000LL + 1000;
    due = earlier(due, calls_due(&oven->calls, now));
    due = earlier(due, stage_due(&oven->stage, now));
    if (oven->state == OVEN_GRADING) due = earlier(due, watch_due(&oven->watch, &oven->outbox));
    int64_t rest = due > now ? due - now : 0;
    struct timespec timeout = {rest / 1000000, rest % 1000000 * 1000};
    if (ppoll(set, SOURCES, &timeout, NULL) < 0 && errno != EINTR) die("poll: %s", strerror(errno));
}

static void take_in(struct oven *oven, const struct pollfd set[SOURCES], int64_t now) {
    if (set[STDIN].revents & (POLLHUP | POLLERR)) _exit(0); /* at once, even in mid-stage */
    if ((set[STDIN].revents & POLLIN) && !inbox_read(&oven->inbox)) _exit(0);
    if (set[STDOUT].revents & POLLERR) _exit(0);
    if (set[SIGNALS].revents) read_signals(oven);
    if (set[NAMES].revents) names_answer(oven->names);
    if (set[INOTIFY].revents) watch_read_events(&oven->watch);
    for (int i = 0; set[CONSOLE].revents && i < STAGE_CONSOLE_READS && oven->console.fd >= 0; i++)
        if (!console_read(&oven->console, &oven->outbox)) break;
    if (oven->store_is_full && (set[WRITER].revents || oven->store.to_writer < 0))
        oven->store_is_full = false;
    calls_ready(&oven->calls, set + CALLS, now);
}

static void say_hello(struct oven *oven, int abi) {
    uint8_t head[12];
    put_be32(head, OVEN_PROTOCOL_VERSION);
    put_be32(head + 4, (uint32_t)abi);
    put_be32(head + 8, affinity_count());
    outbox_put(&oven->outbox, OVEN_HELLO, head, sizeof head, GO_VERSION, strlen(GO_VERSION));
}

_Noreturn void oven_run(uid_t base, bool use_landlock) {
    static struct oven oven; /* large, and everything in it starts as zero */
    int abi = use_landlock ? landlock_abi() : 0;
    /* before there is any child, so that there is none without it */
    int error = syscalls_restrict();
    if (error) die("system calls cannot be filtered: %s", strerror(error));
    world_build(base);
    oven.base = base;
    oven.state = OVEN_IDLE;
    oven.signals = open_signals();
    oven.names = names_open();
    oven.inbox.fd = STDIN_FILENO;
    oven.console.fd = oven.store.to_writer = oven.store.from_writer = oven.stage.failure_fd = -1;
    outbox_open(&oven.outbox, STDOUT_FILENO);
    watch_init(&oven.watch, base);
    calls_open(&oven.calls, base, abi);
    oven.kitchen = (struct kitchen){base, &oven.outbox, &oven.console, &oven.watch, &oven.calls};
    oven.heard_us = now_us();
    say_hello(&oven, abi);
    for (;;) {
        struct pollfd set[SOURCES];
        int64_t now = now_us();
        step(&oven, now);
        fill_sources(&oven, set);
        wait_for(&oven, set, now);
        take_in(&oven, set, now_us());
    }
}
