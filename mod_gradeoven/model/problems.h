/*
 * Problems: everything that is wrong with something a person handed in, not only the first thing.
 *
 * A checker adds to the list and goes on; the page shows all of it at once, so that nobody has to
 * upload seven times to find seven mistakes. An error refuses the thing; a warning says what was
 * repaired or looks unintended.
 */
#ifndef GO_MODEL_PROBLEMS_H
#define GO_MODEL_PROBLEMS_H

#include <apr_pools.h>
#include <apr_tables.h>

typedef enum go_severity { GO_SEVERITY_ERROR, GO_SEVERITY_WARNING } go_severity;

typedef struct go_problem {
    go_severity severity;
    const char *text; /* a sentence or two for a person; not escaped for any output */
} go_problem;

typedef struct go_problems {
    apr_pool_t *pool;
    apr_array_header_t *list; /* of go_problem, in the order found */
    int errors;               /* how many of them are errors */
} go_problems;

/* An empty list; it and its texts live in `pool`. */
go_problems *go_problems_make(apr_pool_t *pool);

/* Adds a problem; `format` is printf's. After GO_PROBLEMS_MAX of them only errors are counted. */
#define GO_PROBLEMS_MAX 200
void go_problems_error(go_problems *problems, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void go_problems_warning(go_problems *problems, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "error" or "warning", as JSON and pages name it. */
const char *go_severity_name(go_severity severity);

#endif
