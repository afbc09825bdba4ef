/*
 * A buffer: bytes that grow, in a pool.
 *
 * What is appended to page by page (HTML, CSV, JSON) collects here and goes out in one piece. It
 * doubles when full; the old block stays with the pool until that is cleared, so at most twice the
 * final size is used. The bytes always end in a NUL that `length` does not count, so a buffer of
 * text can be used as a C string.
 */
#ifndef GO_MODEL_BUFFER_H
#define GO_MODEL_BUFFER_H

#include <apr_pools.h>

typedef struct go_buffer {
    apr_pool_t *pool;
    char *bytes; /* never NULL; NUL-terminated */
    apr_size_t length;
    apr_size_t capacity; /* bytes that fit, the NUL included */
} go_buffer;

/* An empty buffer with room for `capacity` bytes (0: a default); it lives in `pool`. */
go_buffer *go_buffer_make(apr_pool_t *pool, apr_size_t capacity);

/* Appends bytes, a C string, one byte, or printf's output. */
void go_buffer_add(go_buffer *buffer, const void *bytes, apr_size_t length);
void go_buffer_puts(go_buffer *buffer, const char *text);
void go_buffer_putc(go_buffer *buffer, char byte);
void go_buffer_printf(go_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends text escaped for HTML element content and for quoted attribute values: & < > " ' */
void go_buffer_add_html(go_buffer *buffer, const char *text, apr_size_t length);

#endif
