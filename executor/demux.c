#include "demux.h"

#include "model/text.h"

#include <stddef.h>
#include <string.h>

#define DOCKER_HEADER 8 /* stream, three zeros, u32 length big endian (Engine API, "attach") */

struct go_demux {
    go_demux_frame frame;
    void *baton;
    const char *complaint;

    unsigned char docker[DOCKER_HEADER];
    apr_size_t docker_have;
    int docker_stream;      /* 1: stdout, 2: stderr */
    apr_size_t docker_left; /* bytes of the current piece still to come */

    unsigned char header[OVEN_FRAME_HEADER];
    apr_size_t header_have;
    apr_size_t payload_size, payload_have;
    unsigned char payload[OVEN_FRAME_MAX];

    char words[GO_DEMUX_WORDS_MAX];
    apr_size_t words_have;
};

go_demux *go_demux_make(go_demux_frame frame, void *baton, apr_pool_t *pool) {
    go_demux *demux = apr_palloc(pool, sizeof(*demux));
    memset(demux, 0, offsetof(struct go_demux, payload));
    demux->words_have = 0;
    demux->frame = frame;
    demux->baton = baton;
    return demux;
}

static apr_size_t big_endian_32(const unsigned char *bytes) {
    return (apr_size_t)bytes[0] << 24 | (apr_size_t)bytes[1] << 16 | (apr_size_t)bytes[2] << 8 |
           bytes[3];
}

static go_demux_result broken(go_demux *demux, const char *complaint) {
    demux->complaint = complaint;
    return GO_DEMUX_BROKEN;
}

/* Copies what is missing of a fixed-size piece; how many bytes were taken. */
static apr_size_t fill(unsigned char *piece, apr_size_t *have, apr_size_t size,
                       const unsigned char *bytes, apr_size_t length) {
    apr_size_t take = size - *have < length ? size - *have : length;
    if (take) memcpy(piece + *have, bytes, take);
    *have += take;
    return take;
}

static int is_report(int type) {
    return type && strchr("HSBOLCE", type) != NULL;
}

/* Reads bytes of the container's stdout as frames. */
static go_demux_result feed_frames(go_demux *demux, const unsigned char *bytes, apr_size_t length) {
    for (;;) {
        if (demux->header_have < OVEN_FRAME_HEADER) {
            apr_size_t taken =
                fill(demux->header, &demux->header_have, OVEN_FRAME_HEADER, bytes, length);
            bytes += taken;
            length -= taken;
            if (demux->header_have < OVEN_FRAME_HEADER) return GO_DEMUX_MORE;
            demux->payload_size = big_endian_32(demux->header + 1);
            demux->payload_have = 0;
            if (!is_report(demux->header[0])) {
                return broken(demux, "The oven sent a frame of a type that does not exist.");
            }
            if (demux->payload_size > OVEN_FRAME_MAX) {
                return broken(demux, "The oven sent a frame that is longer than allowed.");
            }
        }
        apr_size_t taken =
            fill(demux->payload, &demux->payload_have, demux->payload_size, bytes, length);
        bytes += taken;
        length -= taken;
        if (demux->payload_have < demux->payload_size) return GO_DEMUX_MORE;
        demux->header_have = 0;
        if (!demux->frame(demux->baton, demux->header[0], demux->payload, demux->payload_size)) {
            return GO_DEMUX_STOPPED;
        }
    }
}

/* Keeps the end of what came on stderr: the last words are the ones that tell. */
static void feed_words(go_demux *demux, const unsigned char *bytes, apr_size_t length) {
    if (length > GO_DEMUX_WORDS_MAX) {
        bytes += length - GO_DEMUX_WORDS_MAX;
        length = GO_DEMUX_WORDS_MAX;
    }
    apr_size_t keep = GO_DEMUX_WORDS_MAX - length;
    if (demux->words_have > keep) {
        memmove(demux->words, demux->words + demux->words_have - keep, keep);
        demux->words_have = keep;
    }
    memcpy(demux->words + demux->words_have, bytes, length);
    demux->words_have += length;
}

go_demux_result go_demux_feed(go_demux *demux, const unsigned char *bytes, apr_size_t length) {
    while (length) {
        if (demux->docker_left == 0) {
            apr_size_t taken =
                fill(demux->docker, &demux->docker_have, DOCKER_HEADER, bytes, length);
            bytes += taken;
            length -= taken;
            if (demux->docker_have < DOCKER_HEADER) return GO_DEMUX_MORE;
            demux->docker_have = 0;
            demux->docker_stream = demux->docker[0];
            demux->docker_left = big_endian_32(demux->docker + 4);
            if (demux->docker_stream != 1 && demux->docker_stream != 2) {
                return broken(demux, "The engine's stream is neither stdout nor stderr.");
            }
            continue;
        }
        apr_size_t take = demux->docker_left < length ? demux->docker_left : length;
        demux->docker_left -= take;
        if (demux->docker_stream == 2) {
            feed_words(demux, bytes, take);
        } else {
            go_demux_result result = feed_frames(demux, bytes, take);
            if (result != GO_DEMUX_MORE) return result;
        }
        bytes += take;
        length -= take;
    }
    return GO_DEMUX_MORE;
}

const char *go_demux_complaint(const go_demux *demux) {
    return demux->complaint;
}

const char *go_demux_words(const go_demux *demux, apr_pool_t *pool) {
    if (!demux->words_have) return NULL;
    return go_text_printable(pool, demux->words, demux->words_have);
}
