#include "stream.h"

#include <apr_strings.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX   8192        /* bytes of the engine's HTTP header, and of its error */
#define READ_SIZE    (64 * 1024) /* bytes a read */
#define READ_AT_ONCE 8           /* reads before the others on the loop get their turn */

enum stream_state { CONNECTING, ANSWERING, OPEN, CLOSED };

struct go_stream {
    go_transfer transfer; /* first: the loop gives it back to us */
    go_engine *engine;
    apr_pool_t *pool;
    const go_stream_events *events;
    void *baton;
    enum stream_state state;
    CURL *easy;
    char detail[CURL_ERROR_SIZE]; /* what curl says of a failure */
    go_watch *watch;
    go_timer *again; /* there may be more to read that poll does not see (TLS) */
    go_demux *demux;
    const char *request; /* of which request_sent bytes are out */
    apr_size_t request_sent;
    char answer[ANSWER_MAX + 1];
    apr_size_t answer_length;
    int wants_room;
    int is_deaf;           /* the other side takes no more; what it still says is read */
    apr_size_t head, tail; /* the queue is queue[head..tail) */
    unsigned char queue[GO_STREAM_QUEUE];
};

static apr_status_t stream_cleanup(void *data) {
    go_stream *stream = data;
    if (stream->easy) {
        go_loop_remove(go_engine_loop(stream->engine), stream->easy);
        curl_easy_cleanup(stream->easy);
    }
    return APR_SUCCESS;
}

/* Tells that it is over; the stream may be gone afterwards. */
static void stream_close(go_stream *stream, const char *why) {
    if (stream->state == CLOSED) return;
    stream->state = CLOSED;
    if (stream->watch) go_watch_want(stream->watch, 0);
    go_timer_stop(stream->again);
    const char *words = go_demux_words(stream->demux, stream->pool);
    if (words) why = apr_psprintf(stream->pool, "%s Its last words: %s", why, words);
    stream->events->closed(stream->baton, why);
}

static void update_watch(go_stream *stream) {
    int is_sending = stream->state == OPEN ? stream->head < stream->tail || stream->wants_room
                                           : stream->request[stream->request_sent] != '\0';
    go_watch_want(stream->watch,
                  GO_WATCH_READ | (is_sending && !stream->is_deaf ? GO_WATCH_WRITE : 0));
}

/* --- out ------------------------------------------------------------------------------------ */

/* Sends what the connection takes of these bytes; how many that were. */
static apr_size_t send_some(go_stream *stream, const void *bytes, apr_size_t length) {
    size_t sent = 0;
    CURLcode code = curl_easy_send(stream->easy, bytes, length, &sent);
    if (code != CURLE_OK && code != CURLE_AGAIN) stream->is_deaf = 1;
    return code == CURLE_OK ? sent : 0;
}

/* The connection takes bytes. May end in `writable`, which may destroy the stream. */
static void stream_write(go_stream *stream) {
    if (stream->state == ANSWERING) {
        const char *rest = stream->request + stream->request_sent;
        if (*rest) stream->request_sent += send_some(stream, rest, strlen(rest));
        update_watch(stream);
        return;
    }
    if (stream->head < stream->tail) {
        stream->head +=
            send_some(stream, stream->queue + stream->head, stream->tail - stream->head);
    }
    int has_room = stream->head == stream->tail && stream->wants_room;
    if (has_room) stream->wants_room = 0;
    update_watch(stream);
    if (has_room) stream->events->writable(stream->baton);
}

int go_stream_send(go_stream *stream, int type, const void *payload, apr_size_t length) {
    apr_size_t need = OVEN_FRAME_HEADER + length;
    if (stream->state != OPEN || length > OVEN_FRAME_MAX) return 0;
    if (stream->tail + need > GO_STREAM_QUEUE) {
        memmove(stream->queue, stream->queue + stream->head, stream->tail - stream->head);
        stream->tail -= stream->head;
        stream->head = 0;
        if (stream->tail + need > GO_STREAM_QUEUE) return 0;
    }
    unsigned char *to = stream->queue + stream->tail;
    to[0] = (unsigned char)type;
    to[1] = (unsigned char)(length >> 24);
    to[2] = (unsigned char)(length >> 16);
    to[3] = (unsigned char)(length >> 8);
    to[4] = (unsigned char)length;
    if (length) memcpy(to + OVEN_FRAME_HEADER, payload, length);
    stream->tail += need;
    update_watch(stream);
    return 1;
}

void go_stream_want_room(go_stream *stream) {
    if (stream->state != OPEN) return;
    stream->wants_room = 1;
    update_watch(stream);
}

/* --- in ------------------------------------------------------------------------------------- */

/* Passes bytes on to the demultiplexer; 0 when the stream is closed or gone. */
static int feed(go_stream *stream, const void *bytes, apr_size_t length) {
    switch (go_demux_feed(stream->demux, bytes, length)) {
    case GO_DEMUX_MORE:
        return 1;
    case GO_DEMUX_STOPPED:
        return 0;
    case GO_DEMUX_BROKEN:
        break;
    }
    stream_close(stream, go_demux_complaint(stream->demux));
    return 0;
}

/* The engine's answer to "attach": 101 (or 200 of old ones), then the stream follows at once. */
static int read_answer(go_stream *stream, const char *bytes, apr_size_t length) {
    apr_size_t room = ANSWER_MAX - stream->answer_length;
    apr_size_t take = length < room ? length : room;
    memcpy(stream->answer + stream->answer_length, bytes, take);
    stream->answer_length += take;
    stream->answer[stream->answer_length] = '\0';
    char *end = strstr(stream->answer, "\r\n\r\n");
    if (!end) {
        if (take == length) return 1;
        stream_close(stream, "The Docker engine's answer to \"attach\" is no HTTP.");
        return 0;
    }
    long http = strncmp(stream->answer, "HTTP/1.", 7) ? 0 : strtol(stream->answer + 9, NULL, 10);
    char *after = end + 4;
    apr_size_t kept = stream->answer_length - (apr_size_t)(after - stream->answer);
    if (http != 101 && http != 200) {
        json_t *json = json_loadb(after, kept, JSON_DISABLE_EOF_CHECK, NULL);
        const char *why = go_engine_refusal(stream->pool, http, json);
        json_decref(json);
        stream_close(stream, why);
        return 0;
    }
    stream->state = OPEN;
    update_watch(stream);
    stream->events->opened(stream->baton);
    return feed(stream, after, kept) && feed(stream, bytes + take, length - take);
}

/* The connection has bytes, or its end; 0 when the stream is closed or gone. */
static int stream_read(go_stream *stream) {
    char bytes[READ_SIZE];
    for (int i = 0; i < READ_AT_ONCE; i++) {
        size_t length = 0;
        CURLcode code = curl_easy_recv(stream->easy, bytes, sizeof(bytes), &length);
        if (code == CURLE_AGAIN) return 1;
        if (code != CURLE_OK) {
            stream_close(stream,
                         go_engine_trouble(stream->engine, code, stream->detail, stream->pool));
            return 0;
        }
        if (length == 0) {
            stream_close(stream, stream->state == OPEN
                                     ? "The oven has exited."
                                     : "The Docker engine hung up instead of attaching.");
            return 0;
        }
        int goes_on = stream->state == OPEN ? feed(stream, bytes, length)
                                            : read_answer(stream, bytes, length);
        if (!goes_on) return 0;
    }
    go_timer_start(stream->again, 0);
    return 1;
}

static void stream_ready(void *baton, int events) {
    go_stream *stream = baton;
    if ((events & GO_WATCH_READ) && !stream_read(stream)) return;
    if (events & GO_WATCH_WRITE) stream_write(stream);
}

static void stream_again(void *baton) {
    stream_read(baton);
}

/* --- connecting ----------------------------------------------------------------------------- */

static void stream_connected(go_transfer *transfer, CURLcode result) {
    go_stream *stream = (go_stream *)transfer;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (result == CURLE_OK) curl_easy_getinfo(stream->easy, CURLINFO_ACTIVESOCKET, &fd);
    if (fd == CURL_SOCKET_BAD) {
        stream_close(stream,
                     go_engine_trouble(stream->engine, result, stream->detail, stream->pool));
        return;
    }
    stream->state = ANSWERING;
    stream->watch =
        go_watch_make(go_engine_loop(stream->engine), fd, stream_ready, stream, stream->pool);
    stream_write(stream);
}

static void stream_not_started(void *baton) {
    stream_close(baton, "No memory for a connection to the Docker engine.");
}

go_stream *go_stream_attach(go_engine *engine, const char *container,
                            const go_stream_events *events, void *baton, apr_pool_t *pool) {
    go_stream *stream = apr_palloc(pool, sizeof(*stream));
    memset(stream, 0, offsetof(struct go_stream, queue));
    stream->transfer.done = stream_connected;
    stream->engine = engine;
    stream->pool = pool;
    stream->events = events;
    stream->baton = baton;
    stream->demux = go_demux_make(events->frame, baton, pool);
    stream->request = apr_psprintf(pool,
                                   "POST " GO_ENGINE_API "/containers/%s/attach?stream=1&stdin=1&"
                                   "stdout=1&stderr=1 HTTP/1.1\r\nHost: %s\r\n"
                                   "Connection: Upgrade\r\nUpgrade: tcp\r\n"
                                   "Content-Length: 0\r\n\r\n",
                                   container, go_engine_host(engine));
    apr_pool_cleanup_register(pool, stream, stream_cleanup, apr_pool_cleanup_null);
    stream->easy = go_engine_easy(engine, "/", pool);
    int is_added = 0;
    if (stream->easy) {
        curl_easy_setopt(stream->easy, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(stream->easy, CURLOPT_ERRORBUFFER, stream->detail);
        is_added = go_loop_add(go_engine_loop(engine), stream->easy, &stream->transfer) == CURLM_OK;
    }
    /* The timer serves twice: a handle that was not added is told of from the loop. */
    stream->again = go_timer_make(go_engine_loop(engine),
                                  is_added ? stream_again : stream_not_started, stream, pool);
    if (!is_added) go_timer_start(stream->again, 0);
    return stream;
}
