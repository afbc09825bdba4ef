#include "stage_end.h"

#include "model/text.h"

#include <apr_strings.h>

#include <signal.h>
#include <stdarg.h>
#include <string.h>

void go_stage_note(go_stage_notes *notes, apr_pool_t *pool, const char *format, ...) {
    if (notes->text && strlen(notes->text) > GO_STAGE_NOTES_MAX) return;
    va_list args;
    va_start(args, format);
    const char *note = apr_pvsprintf(pool, format, args);
    va_end(args);
    notes->text = notes->text ? apr_pstrcat(pool, notes->text, "\n", note, NULL) : note;
}

void go_stage_note_malformed(go_stage_notes *notes, apr_pool_t *pool, const char *file,
                             const char *bytes, apr_size_t length) {
    go_stage_note(notes, pool,
                  "The file \"%s\" holds \"%s\", which is not of the form X/Y, so it was ignored.",
                  file, go_text_printable(pool, bytes, length));
}

static apr_uint64_t big_endian(const unsigned char *from, int size) {
    apr_uint64_t value = 0;
    for (int i = 0; i < size; i++) {
        value = value << 8 | from[i];
    }
    return value;
}

/* A number that fits the database's, whatever the oven claims. */
static apr_int64_t bounded(apr_uint64_t value) {
    return value > APR_INT32_MAX * APR_UINT64_C(1000) ? APR_INT32_MAX * APR_INT64_C(1000)
                                                      : (apr_int64_t)value;
}

void go_stage_end_read(go_stage_result *result, const unsigned char *payload, int memory_mb,
                       go_stage_notes *notes, apr_pool_t *pool) {
    result->exit_code = (int)(big_endian(payload, 4) & 255);
    result->signal = (int)(big_endian(payload + 4, 4) & 127);
    result->timed_out = (payload[8] & OVEN_END_TIMED_OUT) != 0;
    result->wall_ms = bounded(big_endian(payload + 9, 8) / 1000);
    result->cpu_ms = bounded(big_endian(payload + 17, 8) / 1000);
    result->max_rss_kib = bounded(big_endian(payload + 25, 8));
    int failure = (int)(big_endian(payload + 33, 4) & 4095);
    if (failure) {
        char reason[128];
        apr_strerror(failure, reason, sizeof(reason));
        notes->could_not_start = result->is_broken = 1;
        go_stage_note(notes, pool, "Its \"main\" could not be started: %s.%s", reason,
                      failure == ENOENT ? " Does its first line name a program of the image?" : "");
    } else if (result->signal == SIGKILL && !result->timed_out) {
        go_stage_note(notes, pool,
                      "Its \"main\" was killed, as happens when the stage needs more memory than "
                      "its %d MiB.",
                      memory_mb);
    }
}

const char *go_broken_text(const char *what, const unsigned char *payload, apr_size_t length,
                           apr_pool_t *pool) {
    return apr_psprintf(pool, "%s could not be put into the oven: %s", what,
                        go_text_printable(pool, (const char *)payload, length));
}
