/*
 * What is known of a stage when it has ended: the oven's numbers, and notes for staff about all
 * that was not as it should be, gathered while it ran.
 */
#ifndef GO_EXECUTOR_STAGE_END_H
#define GO_EXECUTOR_STAGE_END_H

#include "oven/protocol.h"
#include "model/runs.h"

#define GO_STAGE_NOTES_MAX 16384 /* bytes of notes; further ones are dropped */

typedef struct go_stage_notes {
    const char *text;              /* a line for each, or NULL */
    int has_said[OVEN_FILE_COUNT]; /* which files it has changed */
    int could_not_start;           /* main could not be executed */
} go_stage_notes;

/* Adds a note, printf's format; the text lives in `pool`. */
void go_stage_note(go_stage_notes *notes, apr_pool_t *pool, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The note that a file does not hold X/Y. */
void go_stage_note_malformed(go_stage_notes *notes, apr_pool_t *pool, const char *file,
                             const char *bytes, apr_size_t length);

/*
 * Reads the payload of STAGE_END (OVEN_STAGE_END_SIZE bytes) into the numbers of `result`, and adds
 * the notes that follow from them. `memory_mb` is the limit it had.
 */
void go_stage_end_read(go_stage_result *result, const unsigned char *payload, int memory_mb,
                       go_stage_notes *notes, apr_pool_t *pool);

/* The sentence for a tree that the oven could not store; `payload` is its reason. */
const char *go_broken_text(const char *what, const unsigned char *payload, apr_size_t length,
                           apr_pool_t *pool);

#endif
