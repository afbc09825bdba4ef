/*
 * What the program writes, passed on up to a limit.
 *
 * Nothing here waits for one stream while another could go on: a reader of our stdout that does not
 * read our stderr stops only the latter, as it would stop the program itself. The descriptors we
 * write to are shared with the stage, so they stay blocking; poll says when PIPE_BUF bytes fit.
 */
#include "oven/sandbox.h"

#include "oven/util.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (64 * 1024)

struct stream {
    int from, to;
    size_t at_once; /* bytes that a write may have without blocking */
    size_t start, end;
    uint8_t bytes[CHUNK];
};

struct relay {
    int connection;
    bool answered;
    int lost;      /* errno of a write to our own output: the rest is thrown away */
    uint64_t room; /* bytes of output that are still allowed */
    struct stream streams[2];
    const struct sandbox_options *options;
    struct sandbox_outcome *outcome;
};

static bool has_bytes(const struct stream *stream) {
    return stream->start < stream->end;
}

static void end_call(const struct relay *relay) {
    char stop = SANDBOX_STOP;
    sandbox_send(relay->connection, &stop, 1, NULL, 0, MSG_DONTWAIT);
}

static void count_output(struct relay *relay, struct stream *stream) {
    if (stream->end > relay->room) {
        stream->end = (size_t)relay->room;
        if (!relay->outcome->output_exceeded && !relay->lost) {
            relay->outcome->output_exceeded = true;
            end_call(relay);
        }
    }
    relay->room -= stream->end;
}

static void read_stream(struct relay *relay, struct stream *stream) {
    ssize_t got = read(stream->from, stream->bytes, CHUNK);
    if (got < 0 && errno == EINTR) return;
    if (got < 0 && errno == EAGAIN && !relay->answered) return;
    if (got <= 0) { /* nobody writes any more: end of file, or the call is over and this is all */
        close_and_forget(&stream->from);
        return;
    }
    stream->start = 0;
    stream->end = (size_t)got;
    count_output(relay, stream);
}

/* Nobody takes the output. The call ends, but its end is waited for as ever: a stage that goes on
 * after us must find nothing of it. */
static void lose_output(struct relay *relay, int error) {
    relay->lost = error;
    relay->room = 0;
    for (int i = 0; i < 2; i++)
        relay->streams[i].start = relay->streams[i].end = 0;
    end_call(relay);
}

static void write_stream(struct relay *relay, struct stream *stream) {
    size_t size = smaller(stream->end - stream->start, stream->at_once);
    ssize_t sent = write(stream->to, stream->bytes + stream->start, size);
    if (sent < 0 && errno != EINTR && errno != EAGAIN) lose_output(relay, errno);
    if (sent > 0) stream->start += (size_t)sent;
}

static void read_answer(struct relay *relay) {
    struct sandbox_answer answer = {0};
    int fds[SANDBOX_FDS_MAX];
    size_t fd_count;
    ssize_t got = sandbox_receive(relay->connection, &answer, sizeof answer, fds, &fd_count, 0);
    /* The oven answered and hung up before it read our request: the answer comes after this error.
     */
    if (got < 0 && (errno == EINTR || errno == ECONNRESET)) return;
    if (got != sizeof answer) sandbox_fail(SANDBOX_EXIT_FAILED, "the oven does not answer");
    if (answer.kind == SANDBOX_COLLECTED) {
        CLEANUP_FD int fd = fd_count > 0 ? fds[0] : -1;
        if (!sandbox_save(relay->options, &answer, fd)) relay->outcome->not_collected++;
        return;
    }
    relay->answered = true;
    relay->outcome->answer = answer;
}

/* Fills the set; true while there is something to wait for. */
static bool fill_set(const struct relay *relay, struct pollfd set[3]) {
    bool waits = !relay->answered;
    set[2] = (struct pollfd){relay->answered ? -1 : relay->connection, POLLIN, 0};
    for (int i = 0; i < 2; i++) {
        const struct stream *stream = &relay->streams[i];
        bool writes = has_bytes(stream);
        set[i] = (struct pollfd){writes ? stream->to : stream->from, writes ? POLLOUT : POLLIN, 0};
        if (set[i].fd >= 0) waits = true;
    }
    return waits;
}

static void open_stream(struct stream *stream, int from, int to) {
    struct stat found;
    *stream = (struct stream){.from = from, .to = to, .at_once = PIPE_BUF};
    if (!fstat(to, &found) && S_ISREG(found.st_mode)) stream->at_once = CHUNK;
}

/* After the answer the pipes hold all that will ever come, so there is nothing to wait for in them.
 */
static bool may_wait(const struct relay *relay) {
    return !relay->answered || has_bytes(&relay->streams[0]) || has_bytes(&relay->streams[1]);
}

static void serve_stream(struct relay *relay, struct stream *stream, bool ready) {
    if (has_bytes(stream)) {
        if (ready) write_stream(relay, stream);
    } else if (stream->from >= 0 && (ready || relay->answered)) {
        read_stream(relay, stream);
    }
}

/* Ends as any program does whose output nobody takes. */
static void fail_if_lost(int lost) {
    if (!lost) return;
    if (lost == EPIPE) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    sandbox_fail(SANDBOX_EXIT_FAILED, "cannot pass the output on: %s", strerror(lost));
}

void sandbox_relay(int connection, const int from[2], const struct sandbox_options *options,
                   struct sandbox_outcome *outcome) {
    static struct relay relay;
    relay.connection = connection;
    relay.room = options->output_bytes;
    relay.options = options;
    relay.outcome = outcome;
    signal(SIGPIPE, SIG_IGN);
    open_stream(&relay.streams[0], from[0], STDOUT_FILENO);
    open_stream(&relay.streams[1], from[1], STDERR_FILENO);
    for (struct pollfd set[3]; fill_set(&relay, set);) {
        if (poll(set, 3, may_wait(&relay) ? -1 : 0) < 0 && errno != EINTR)
            sandbox_fail(SANDBOX_EXIT_FAILED, "poll: %s", strerror(errno));
        if (set[2].revents) read_answer(&relay);
        for (int i = 0; i < 2; i++)
            serve_stream(&relay, &relay.streams[i], set[i].revents != 0);
    }
    fail_if_lost(relay.lost);
}
