#include "oven/calls.h"

#include "oven/launch.h"
#include "oven/rights.h"
#include "oven/util.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define LOOK_AGAIN_US 5000

void calls_open(struct calls *calls, uid_t base, int landlock_abi) {
    *calls = (struct calls){.base = base, .landlock_abi = landlock_abi};
    for (int i = 0; i < CALLS_MAX; i++)
        calls->call[i] = (struct call){.connection = -1, .failure_fd = -1, .box = -1};
    struct sockaddr_un address;
    socklen_t size = sandbox_address(&address);
    calls->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (calls->listener < 0 || bind(calls->listener, (struct sockaddr *)&address, size) ||
        listen(calls->listener, CALLS_MAX))
        die("the socket for sandbox calls: %s", strerror(errno));
}

static void call_free(struct call *call) {
    close_and_forget(&call->connection);
    free(call->request);
    *call = (struct call){.connection = -1, .failure_fd = -1, .box = -1};
}

void call_refuse(struct call *call, int exit_status, const char *format, ...) {
    struct sandbox_answer answer = {.kind = SANDBOX_FAILED, .status = exit_status};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(answer.text, sizeof answer.text, format, arguments);
    va_end(arguments);
    if (call->connection >= 0) sandbox_send_answer(call->connection, &answer, -1);
    call_free(call);
}

static struct call *free_call(struct calls *calls) {
    for (int i = 0; i < CALLS_MAX; i++)
        if (calls->call[i].state == CALL_FREE) return &calls->call[i];
    return NULL;
}

static void accept_call(struct calls *calls) {
    struct call *call = free_call(calls);
    if (!call) return;
    call->connection = accept4(calls->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (call->connection < 0) return;
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t size = sizeof peer;
    getsockopt(call->connection, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    if (peer.uid == calls->base + OVEN_UID_GRADER)
        call->state = CALL_CONNECTED;
    else if (peer.uid == calls->base + OVEN_UID_UNTRUSTED)
        call_refuse(call, 125, "only a trusted stage can use sandbox, and this one is not trusted");
    else
        call_refuse(call, 125, "a sandboxed program cannot use sandbox itself");
}

/* Kills whatever the call has started: the child may still be root on its way to the new uid. */
static void kill_call(const struct calls *calls, const struct call *call) {
    if (call->pid > 0) kill(call->pid, SIGKILL);
    rights_kill_all_of(calls->base + (uid_t)call->box, calls->base);
}

static void end_call(struct calls *calls, struct call *call) {
    if (call->state == CALL_CONNECTED) {
        call_free(call);
    } else if (call->state == CALL_RUNNING) {
        call->state = CALL_ENDING;
        kill_call(calls, call);
    }
}

static void call_readable(struct calls *calls, struct call *call, int64_t now) {
    if (call->state == CALL_CONNECTED) {
        call_start(calls, call, now);
        return;
    }
    char byte;
    ssize_t got = recv(call->connection, &byte, 1, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) close_and_forget(&call->connection);
    end_call(calls, call);
}

void calls_poll(const struct calls *calls, bool stage_runs, struct pollfd *set) {
    bool room = false;
    for (int i = 0; i < CALLS_MAX; i++) {
        const struct call *call = &calls->call[i];
        if (call->state == CALL_FREE) room = true;
        bool listens = call->state == CALL_CONNECTED || call->state == CALL_RUNNING;
        set[i] = (struct pollfd){.fd = listens ? call->connection : -1, .events = POLLIN};
    }
    set[CALLS_MAX] =
        (struct pollfd){.fd = stage_runs && room ? calls->listener : -1, .events = POLLIN};
}

void calls_ready(struct calls *calls, const struct pollfd *set, int64_t now) {
    for (int i = 0; i < CALLS_MAX; i++)
        if (set[i].revents && calls->call[i].connection == set[i].fd)
            call_readable(calls, &calls->call[i], now);
    if (set[CALLS_MAX].revents) accept_call(calls);
}

void calls_note_death(struct calls *calls, const struct death *death, int64_t now) {
    if (boxes_cleaner_ended(&calls->boxes, death->pid, death->status)) return;
    for (int i = 0; i < CALLS_MAX; i++) {
        struct call *call = &calls->call[i];
        if (call->state != CALL_RUNNING && call->state != CALL_ENDING) continue;
        if (death->pid != call->pid && death->uid != calls->base + (uid_t)call->box) continue;
        usage_add(&call->usage, &death->usage);
        if (death->pid != call->pid) continue;
        call->pid = 0;
        call->status = death->status;
        call->ended_us = now;
        end_call(calls, call);
    }
}

static void answer(struct calls *calls, struct call *call) {
    struct launch_failure failure = launch_take_failure(&call->failure_fd);
    boxes_return(&calls->boxes, call->box);
    if (failure.step != LAUNCH_FINE) {
        static const char *const what[] = {
            [LAUNCH_BEFORE] = "cannot hand the files to", [LAUNCH_PREPARE] = "cannot prepare",
            [LAUNCH_IDENTITY] = "cannot take a uid for",  [LAUNCH_RESTRICT] = "cannot restrict",
            [LAUNCH_DIRECTORY] = "no directory for",      [LAUNCH_EXEC] = "cannot execute",
        };
        bool is_exec = failure.step == LAUNCH_EXEC;
        call_refuse(call, is_exec ? (failure.error == ENOENT ? 127 : 126) : 125, "%s %.128s: %s",
                    what[failure.step], call->request->argv[0], strerror(failure.error));
        return;
    }
    struct sandbox_answer result = {
        .kind = SANDBOX_RESULT,
        .status = call->status,
        .timed_out = call->timed_out,
        .wall_us = (uint64_t)(call->ended_us - call->started_us),
        .cpu_us = call->usage.cpu_us,
        .max_rss_kib = call->usage.max_rss_kib,
    };
    if (call->connection >= 0) sandbox_send_answer(call->connection, &result, -1);
    call_free(call);
}

static void clean_up(struct calls *calls, struct call *call) {
    struct collection collection = {
        .took_files = call->request->head.filec > 0,
        .connection = call->request->collect[0] ? call->connection : -1,
        .files = call->request->collect,
        .limit = call->request->head.collect_bytes,
    };
    if (boxes_clean(&calls->boxes, calls->base, call->box, &collection))
        call->state = CALL_CLEANING;
}

/* Something died, or some time went by: is the call's last process gone? */
static void step_ending(struct calls *calls, struct call *call, const bool alive[OVEN_UIDS]) {
    if (call->pid > 0 || alive[call->box])
        kill_call(calls, call);
    else
        clean_up(calls, call);
}

void calls_step(struct calls *calls, int64_t now) {
    bool alive[OVEN_UIDS], asked = false;
    for (int i = 0; i < CALLS_MAX; i++) {
        struct call *call = &calls->call[i];
        if (call->state == CALL_RUNNING && call->deadline_us <= now) {
            call->timed_out = true;
            end_call(calls, call);
        }
        if (call->state == CALL_ENDING) {
            if (!asked) processes_alive(calls->base, alive);
            asked = true;
            step_ending(calls, call, alive);
        }
        if (call->state == CALL_CLEANING && boxes_is_quiet(&calls->boxes, call->box))
            answer(calls, call);
    }
}

int64_t calls_due(const struct calls *calls, int64_t now) {
    int64_t due = NEVER;
    for (int i = 0; i < CALLS_MAX; i++) {
        const struct call *call = &calls->call[i];
        if (call->state == CALL_RUNNING) due = earlier(due, call->deadline_us);
        if (call->state == CALL_ENDING) due = earlier(due, now + LOOK_AGAIN_US);
    }
    return due;
}

void calls_end_all(struct calls *calls) {
    for (int i = 0; i < CALLS_MAX; i++)
        end_call(calls, &calls->call[i]);
    /* Callers who were not served yet are dead; their requests must not run in the next stage. */
    for (int fd; (fd = accept4(calls->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;)
        close(fd);
}

bool calls_are_over(const struct calls *calls) {
    for (int i = 0; i < CALLS_MAX; i++)
        if (calls->call[i].state != CALL_FREE) return false;
    return true;
}
