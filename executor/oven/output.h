/*
 * One watched file in /grade_oven/output: what it said, what of it the executor knows.
 *
 * `known` is what the executor has: it belongs to the whole run, so a stage cannot take back what
 * an earlier one said. When a stage starts, the file's present content becomes the `base`. During
 * the stage known = what was known at the start + (content without the base, if it starts with it,
 *                                            otherwise the whole content)
 * so appending adds, rewriting replaces what this stage said, and truncating loses nothing of
 * others. Only the difference is sent. Score and progress are not logs but values: the whole
 * content is what is said, from the stage's first change on. What lay there before it, whoever
 * wrote it, is the base and says nothing; nor does an empty or absent file (somebody is about to
 * write it).
 *
 * Results (results.json, junit.xml) are values that are looked at once, at the end of a trusted
 * stage.
 *
 * The first max + 1 bytes of a file are all that is ever read: known is at least as long as the
 * file is, up to the limit, so nothing behind it could be shown.
 */
#ifndef GO_OVEN_OUTPUT_H
#define GO_OVEN_OUTPUT_H

#include "oven/outbox.h"

struct output {
    uint8_t id; /* enum oven_file */
    const char *name;
    size_t max;
    bool is_log;
    bool is_result;
    uint8_t *known, *base, *present; /* max + 1 bytes each */
    size_t known_size, base_size, present_size;
    size_t earlier_size; /* of known, when the stage started */
    bool oversize_told;  /* in this stage */
    bool has_spoken;     /* something of this stage was sent */
};

/* Names, limits and memory of the watched files. */
void outputs_init(struct output outputs[OVEN_FILE_COUNT]);

/* Takes the file's present content as the base of the stage that starts. */
void output_begin_stage(struct output *output, int directory);

/* Looks at the file and sends what is new. */
void output_look(struct output *output, int directory, struct outbox *outbox);

#endif
