/*
 * The layer that turns an image into an oven's: a tar with the oven binary, `sandbox` (a name of
 * the same binary), and the places where the tmpfs are mounted, since the root is read-only by
 * then.
 */
#ifndef GO_EXECUTOR_LAYER_H
#define GO_EXECUTOR_LAYER_H

#include "model/error.h"

#define GO_LAYER_VERSION "3" /* change it with the layer, so that images are made anew */
#define GO_LAYER_OVEN    "/usr/local/libexec/gradeoven/oven"

/* The tar; *bytes live in `pool`. */
apr_status_t go_layer_make(const void *oven, apr_size_t oven_length, const void **bytes,
                           apr_size_t *length, apr_pool_t *pool, go_error *err);

#endif
