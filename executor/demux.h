/*
 * What comes out of an attached container, taken apart: Docker's multiplexed stream (8-byte
 * headers: stdout or stderr, and a length), and within its stdout the frames of the oven's
 * protocol.
 *
 * Every byte is hostile: a program in the oven may have found a way to write there. Anything out of
 * form ends the reading with a sentence that says what; nothing larger than one frame is kept.
 */
#ifndef GO_EXECUTOR_DEMUX_H
#define GO_EXECUTOR_DEMUX_H

#include "oven/protocol.h"

#include <apr.h>
#include <apr_errno.h>
#include <apr_pools.h>

#define GO_DEMUX_WORDS_MAX 200 /* bytes of stderr that are kept: the oven's last words */

typedef struct go_demux go_demux;

/*
 * Takes one whole frame; `type` is one of enum oven_report. It may destroy the pool that the
 * demultiplexer lives in if it then returns 0: "read no further"; else 1.
 */
typedef int (*go_demux_frame)(void *baton, int type, const unsigned char *payload,
                              apr_size_t length);

/* A demultiplexer at the start of a stream; it lives in `pool`. */
go_demux *go_demux_make(go_demux_frame frame, void *baton, apr_pool_t *pool);

typedef enum go_demux_result {
    GO_DEMUX_MORE,    /* all was read; go on */
    GO_DEMUX_STOPPED, /* the frame's taker said so; the demultiplexer may be gone */
    GO_DEMUX_BROKEN,  /* not the protocol: see go_demux_complaint() */
} go_demux_result;

go_demux_result go_demux_feed(go_demux *demux, const unsigned char *bytes, apr_size_t length);

/* What was wrong with the stream; a sentence. */
const char *go_demux_complaint(const go_demux *demux);

/* What the oven wrote to stderr, cleaned for a log, in `pool`; or NULL when it was silent. */
const char *go_demux_words(const go_demux *demux, apr_pool_t *pool);

#endif
