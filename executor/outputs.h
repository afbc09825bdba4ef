/*
 * What a run has said: the watched files as the oven knows them, and the console of the stage
 * that is running. Raw bytes with hard limits; they are cleaned when somebody wants to show them.
 *
 * The oven sends differences. A difference that does not fit what is known is a protocol error: the
 * oven is then not what we started.
 */
#ifndef GO_EXECUTOR_OUTPUTS_H
#define GO_EXECUTOR_OUTPUTS_H

#include "oven/protocol.h"

#include <apr.h>
#include <apr_pools.h>

typedef struct go_outputs go_outputs;

/* Nothing said yet; its memory (at most 4 MiB) is given back when `pool` ends. */
go_outputs *go_outputs_make(apr_pool_t *pool);

/* The payload of OVEN_OUTPUT: *file gets which one has changed. 0: a protocol error. */
int go_outputs_patch(go_outputs *outputs, const unsigned char *payload, apr_size_t length,
                     enum oven_file *file);

/* The payload of OVEN_CONSOLE, appended. 0: a protocol error. */
int go_outputs_console(go_outputs *outputs, const unsigned char *payload, apr_size_t length);

/* A new stage has an empty console. */
void go_outputs_begin_stage(go_outputs *outputs);

/* The present bytes of a file; not NUL-terminated, valid until the next patch. */
const char *go_outputs_bytes(const go_outputs *outputs, enum oven_file file, apr_size_t *length);

/* The same, and the console, as clean UTF-8 (model/text.h) in `pool`. */
const char *go_outputs_text(const go_outputs *outputs, enum oven_file file, apr_pool_t *pool);
const char *go_outputs_console_text(const go_outputs *outputs, apr_pool_t *pool);

/* "score", "status", ...: as the contract names the file. */
const char *go_output_name(enum oven_file file);

#endif
