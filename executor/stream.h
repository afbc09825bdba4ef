/*
 * The attached stdin and stdout of one container: frames out, frames in, never blocking.
 *
 * The engine's "attach" takes over the connection of a HTTP request, so curl only connects it (with
 * TLS where that is asked for) and the rest is done here. What is sent waits in a queue of fixed
 * size; a sender that finds no room tries again when it hears `writable`. Closing the stream, by
 * destroying its pool, closes the container's stdin, upon which the oven exits.
 */
#ifndef GO_EXECUTOR_STREAM_H
#define GO_EXECUTOR_STREAM_H

#include "demux.h"
#include "engine.h"

#define GO_STREAM_QUEUE (4 * (OVEN_FRAME_MAX + OVEN_FRAME_HEADER)) /* bytes that may wait */

typedef struct go_stream go_stream;

typedef struct go_stream_events {
    /* The container is attached and may be started. Must not destroy the stream. */
    void (*opened)(void *baton);
    /* A frame; the answer is go_demux_frame's. */
    go_demux_frame frame;
    /* The queue was empty and is so still, or has become so: there is room. May destroy. */
    void (*writable)(void *baton);
    /* The connection is over; `why` is a sentence. Comes at most once, and last. May destroy. */
    void (*closed)(void *baton, const char *why);
} go_stream_events;

/* Attaches to a container that is not yet started. All that fails is told by `closed`. */
go_stream *go_stream_attach(go_engine *engine, const char *container,
                            const go_stream_events *events, void *baton, apr_pool_t *pool);

/* Queues a frame: 1, or 0 when there is no room for it now. `length` <= OVEN_FRAME_MAX. */
int go_stream_send(go_stream *stream, int type, const void *payload, apr_size_t length);

/* Call `writable` once when the queue is empty (soon, when it is empty now). */
void go_stream_want_room(go_stream *stream);

#endif
