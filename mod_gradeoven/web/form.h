/*
 * Forms: names and values that came in, in order, names possibly several times.
 *
 * Parses query strings and application/x-www-form-urlencoded bodies, and collects the plain fields
 * of a multipart body, so that a page reads its input in one way. All names and values are valid
 * UTF-8 without a NUL; what is not is refused here and nowhere later.
 *
 * The way back, percent-encoding for URLs we write, stands here as well.
 */
#ifndef GO_WEB_FORM_H
#define GO_WEB_FORM_H

#include "model/error.h"

#include <apr_tables.h>

#define GO_FORM_PAIRS_MAX 4000
#define GO_FORM_BYTES_MAX (4 * 1024 * 1024)

typedef struct go_form_pair {
    const char *name;
    const char *value;
} go_form_pair;

typedef struct go_form {
    apr_pool_t *pool;
    apr_array_header_t *pairs; /* of go_form_pair, in the order they came */
} go_form;

/* An empty form, in `pool`. */
go_form *go_form_make(apr_pool_t *pool);

/*
 * Adds what "a=1&b=2" holds ('+' is a space, "%41" is A, "a" alone is a with an empty value, and
 * empty pieces are skipped). `bytes` may be NULL when `length` is 0. GO_EINVALID: a '%' without two
 * hex digits, a NUL, invalid UTF-8; GO_ETOOBIG: over GO_FORM_PAIRS_MAX or GO_FORM_BYTES_MAX.
 */
apr_status_t go_form_parse(go_form *form, const char *bytes, apr_size_t length, go_error *err);

/* Adds one pair, copied. The same rules and errors. */
apr_status_t go_form_add(go_form *form, const char *name, const char *value, apr_size_t length,
                         go_error *err);

/* The first value with this name, or NULL. */
const char *go_form_get(const go_form *form, const char *name);

/* The first value with this name, or "". */
const char *go_form_text(const go_form *form, const char *name);

/* All values with this name: const char *, in `pool`; empty if there is none. */
apr_array_header_t *go_form_all(const go_form *form, const char *name, apr_pool_t *pool);

/* Percent-encodes all but RFC 3986's unreserved characters: right in a path segment and as a query
 * name or value. In `pool`. */
const char *go_form_encode(apr_pool_t *pool, const char *text);

/* The same but '/' stays: for a whole relative path, such as a file's in a submission. */
const char *go_form_encode_path(apr_pool_t *pool, const char *path);

/* Undoes percent-encoding ('+' stays '+'): a path segment as it came. NULL if malformed, if it
 * holds a NUL, or if it is not UTF-8. */
const char *go_form_decode_segment(apr_pool_t *pool, const char *segment, apr_size_t length);

#endif
