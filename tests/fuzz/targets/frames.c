/* What an oven says to the executor: Docker's multiplexed stream, frames, and changes of outputs.
 */
#include "fuzz/fuzz.h"

#include "demux.h"
#include "outputs.h"

typedef struct hearing {
    go_outputs *outputs;
    apr_pool_t *pool;
} hearing;

static int hear(void *baton, int type, const unsigned char *payload, apr_size_t length) {
    hearing *h = baton;
    enum oven_file file = OVEN_FILE_SCORE;
    apr_size_t known;
    MUST(length <= OVEN_FRAME_MAX);
    if (type == OVEN_OUTPUT && go_outputs_patch(h->outputs, payload, length, &file)) {
        MUST(file < OVEN_FILE_COUNT);
        MUST(go_outputs_bytes(h->outputs, file, &known) && known <= OVEN_DEBUG_MAX);
    }
    if (type == OVEN_CONSOLE) go_outputs_console(h->outputs, payload, length);
    if (type == OVEN_STAGE_END) go_outputs_begin_stage(h->outputs);
    return 1;
}

FUZZ_TARGET(frames) {
    apr_pool_t *pool = fuzz_pool();
    hearing h = {go_outputs_make(pool), pool};
    go_demux *demux = go_demux_make(hear, &h, pool);
    size_t half = length / 2;
    if (go_demux_feed(demux, bytes, half) == GO_DEMUX_MORE &&
        go_demux_feed(demux, bytes + half, length - half) == GO_DEMUX_MORE) {
        for (int i = 0; i < OVEN_FILE_COUNT; i++)
            MUST(go_outputs_text(h.outputs, (enum oven_file)i, pool));
        MUST(go_outputs_console_text(h.outputs, pool));
    } else
        MUST(go_demux_complaint(demux));
    go_demux_words(demux, pool);
    return fuzz_done(pool);
}
