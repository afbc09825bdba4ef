/* What the two parsers of test results share. */
#ifndef GO_MODEL_RESULTS_PRIVATE_H
#define GO_MODEL_RESULTS_PRIVATE_H

#include "model/results.h"

/* Nothing in it yet. */
go_results *go_results_make(const char *source, apr_pool_t *pool);

/* Clean text, cut to `max` bytes at a code point, with an ellipsis when it was longer. */
const char *go_results_text(apr_pool_t *pool, const char *bytes, apr_size_t length, apr_size_t max);

/* Clean text on one line. */
const char *go_results_line(apr_pool_t *pool, const char *bytes, apr_size_t length);

/* The file as clean UTF-8 with its length, or GO_ETOOBIG. */
apr_status_t go_results_clean(const char **bytes, apr_size_t *length, apr_pool_t *pool,
                              go_error *err);

#endif
