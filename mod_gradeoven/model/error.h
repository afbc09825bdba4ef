/*
 * An error is made where the fact is known and shown where the person is.
 *
 * A function that can fail takes a `go_error *` as its last parameter, returns an apr_status_t, and
 * on anything but APR_SUCCESS has filled the error: what happened and, where a person can do
 * something about it, what to do. A page prints the two sentences, the log quotes them; nobody
 * guesses later. The caller owns the struct (usually on its stack) and gives it a pool with
 * GO_ERROR_INIT; the texts live in that pool.
 *
 * Texts are whole sentences for a person. They may hold hostile bytes (a file name): whoever prints
 * them escapes them for the place they go to.
 */
#ifndef GO_MODEL_ERROR_H
#define GO_MODEL_ERROR_H

#include <apr_errno.h>
#include <apr_pools.h>

/* What went wrong, beside APR's own codes. A page turns them into a HTTP status. */
#define GO_EINVALID  (APR_OS_START_USERERR + 1)  /* the input breaks a rule; the text says which */
#define GO_ENOTFOUND (APR_OS_START_USERERR + 2)  /* there is no such thing */
#define GO_ECONFLICT (APR_OS_START_USERERR + 3)  /* it exists already, or changed meanwhile */
#define GO_EDENIED   (APR_OS_START_USERERR + 4)  /* it is there, but not for this person */
#define GO_ETOOBIG   (APR_OS_START_USERERR + 5)  /* over a size or count limit */
#define GO_EMULTIPLE (APR_OS_START_USERERR + 6)  /* one value was asked for, there are several */
#define GO_EBUSY     (APR_OS_START_USERERR + 7)  /* try again in a moment */
#define GO_EINTERNAL (APR_OS_START_USERERR + 8)  /* our fault: the store, the disk, the engine */
#define GO_ELOST     (APR_OS_START_USERERR + 9)  /* a run's lease is not held (any more) */
#define GO_EGONE     (APR_OS_START_USERERR + 10) /* it was there, and was removed on purpose */
#define GO_ESLOW     (APR_OS_START_USERERR + 11) /* the sender took longer than it may */
#define GO_EENCODED  (APR_OS_START_USERERR + 12) /* in a form that is not taken */

typedef struct go_error {
    apr_pool_t *pool;    /* where the texts are made */
    apr_status_t status; /* APR_SUCCESS until something failed */
    const char *what;    /* what happened, a sentence; never NULL once status is set */
    const char *remedy;  /* what to do about it, a sentence, or NULL */
} go_error;

#define GO_ERROR_INIT(error_pool)                                                                  \
    { .pool = (error_pool), .status = APR_SUCCESS, .what = NULL, .remedy = NULL }

/*
 * Fills `err` and returns `status`, so that a failing function can `return go_error_set(...)`.
 * `remedy` may be NULL; it is kept as a pointer, so give a literal or a text of err->pool.
 * `format` is printf's. `err` may be NULL: then only the status travels.
 */
apr_status_t go_error_set(go_error *err, apr_status_t status, const char *remedy,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for a system call: appends ": " and apr_strerror(status) to the text. */
apr_status_t go_error_system(go_error *err, apr_status_t status, const char *remedy,
                             const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "what remedy" in one line, for a log or a terminal; lives in err->pool. */
const char *go_error_text(const go_error *err);

#endif
