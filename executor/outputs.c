#include "outputs.h"

#include "model/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATCH_HEADER   5                       /* u8 file, u32 offset */
#define CONSOLE_HEADER 4                       /* u32 bytes left out */
#define CONSOLE_ROOM   (OVEN_CONSOLE_MAX + 80) /* and the line that says how much is missing */

static const struct {
    const char *name;
    apr_size_t max;
} files[OVEN_FILE_COUNT] = {
    [OVEN_FILE_SCORE] = {"score", OVEN_SCORE_MAX},
    [OVEN_FILE_STATUS] = {"status", OVEN_STATUS_MAX},
    [OVEN_FILE_PROGRESS] = {"progress", OVEN_PROGRESS_MAX},
    [OVEN_FILE_ERRORS] = {"errors", OVEN_ERRORS_MAX},
    [OVEN_FILE_DEBUG] = {"debug", OVEN_DEBUG_MAX},
    [OVEN_FILE_RESULTS] = {"results.json", OVEN_RESULTS_MAX},
    [OVEN_FILE_JUNIT] = {"junit.xml", OVEN_RESULTS_MAX},
};

typedef struct bytes {
    char *start;
    apr_size_t length, room;
} bytes;

struct go_outputs {
    bytes files[OVEN_FILE_COUNT];
    bytes console;
};

static apr_status_t outputs_cleanup(void *data) {
    go_outputs *outputs = data;
    for (int i = 0; i < OVEN_FILE_COUNT; i++) {
        free(outputs->files[i].start);
    }
    free(outputs->console.start);
    return APR_SUCCESS;
}

go_outputs *go_outputs_make(apr_pool_t *pool) {
    go_outputs *outputs = apr_pcalloc(pool, sizeof(*outputs));
    apr_pool_cleanup_register(pool, outputs, outputs_cleanup, apr_pool_cleanup_null);
    return outputs;
}

/* Appends, up to `max` bytes in all; 0 when it would be more. */
static int append(bytes *to, apr_size_t max, const void *from, apr_size_t length) {
    if (to->length > max || length > max - to->length) return 0;
    if (!length) return 1;
    if (to->length + length > to->room) {
        apr_size_t room = to->room ? to->room : 256;
        while (room < to->length + length) {
            room *= 2;
        }
        char *grown = realloc(to->start, room);
        if (!grown) return 0;
        to->start = grown;
        to->room = room;
    }
    memcpy(to->start + to->length, from, length);
    to->length += length;
    return 1;
}

static apr_size_t big_endian_32(const unsigned char *from) {
    return (apr_size_t)from[0] << 24 | (apr_size_t)from[1] << 16 | (apr_size_t)from[2] << 8 |
           from[3];
}

int go_outputs_patch(go_outputs *outputs, const unsigned char *payload, apr_size_t length,
                     enum oven_file *file) {
    if (length < PATCH_HEADER || payload[0] >= OVEN_FILE_COUNT) return 0;
    *file = (enum oven_file)payload[0];
    bytes *known = &outputs->files[*file];
    apr_size_t offset = big_endian_32(payload + 1);
    if (offset > known->length) return 0;
    known->length = offset;
    return append(known, files[*file].max, payload + PATCH_HEADER, length - PATCH_HEADER);
}

int go_outputs_console(go_outputs *outputs, const unsigned char *payload, apr_size_t length) {
    if (length < CONSOLE_HEADER) return 0;
    apr_size_t left_out = big_endian_32(payload);
    if (left_out) {
        char gap[64];
        int gap_length = snprintf(gap, sizeof(gap), "\n[%lu bytes are left out here]\n",
                                  (unsigned long)left_out);
        if (!append(&outputs->console, CONSOLE_ROOM, gap, (apr_size_t)gap_length)) return 0;
    }
    return append(&outputs->console, CONSOLE_ROOM, payload + CONSOLE_HEADER,
                  length - CONSOLE_HEADER);
}

void go_outputs_begin_stage(go_outputs *outputs) {
    outputs->console.length = 0;
}

const char *go_outputs_bytes(const go_outputs *outputs, enum oven_file file, apr_size_t *length) {
    *length = outputs->files[file].length;
    return *length ? outputs->files[file].start : "";
}

static const char *clean(const bytes *from, apr_pool_t *pool) {
    return from->length ? go_text_clean_utf8(pool, from->start, from->length, NULL) : "";
}

const char *go_outputs_text(const go_outputs *outputs, enum oven_file file, apr_pool_t *pool) {
    return clean(&outputs->files[file], pool);
}

const char *go_outputs_console_text(const go_outputs *outputs, apr_pool_t *pool) {
    return clean(&outputs->console, pool);
}

const char *go_output_name(enum oven_file file) {
    return files[file].name;
}
