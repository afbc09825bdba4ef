#include "model/buffer.h"

#include <apr_strings.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_CAPACITY 1024

go_buffer *go_buffer_make(apr_pool_t *pool, apr_size_t capacity) {
    go_buffer *buffer = apr_palloc(pool, sizeof(*buffer));
    buffer->pool = pool;
    buffer->capacity = capacity ? capacity : DEFAULT_CAPACITY;
    buffer->bytes = apr_palloc(pool, buffer->capacity);
    buffer->bytes[0] = '\0';
    buffer->length = 0;
    return buffer;
}

/* Makes room for `more` bytes and the NUL. */
static void reserve(go_buffer *buffer, apr_size_t more) {
    apr_size_t needed = buffer->length + more + 1;
    if (needed <= buffer->capacity) return;
    apr_size_t capacity = buffer->capacity * 2;
    if (capacity < needed) capacity = needed;
    char *bytes = apr_palloc(buffer->pool, capacity);
    memcpy(bytes, buffer->bytes, buffer->length + 1);
    buffer->bytes = bytes;
    buffer->capacity = capacity;
}

void go_buffer_add(go_buffer *buffer, const void *bytes, apr_size_t length) {
    if (!length) return;
    reserve(buffer, length);
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

void go_buffer_puts(go_buffer *buffer, const char *text) {
    go_buffer_add(buffer, text, strlen(text));
}

void go_buffer_putc(go_buffer *buffer, char byte) {
    go_buffer_add(buffer, &byte, 1);
}

void go_buffer_printf(go_buffer *buffer, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length <= 0) return;
    reserve(buffer, (apr_size_t)length);
    va_start(args, format);
    vsnprintf(buffer->bytes + buffer->length, (apr_size_t)length + 1, format, args);
    va_end(args);
    buffer->length += (apr_size_t)length;
}

static const char *html_escape(char byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void go_buffer_add_html(go_buffer *buffer, const char *text, apr_size_t length) {
    apr_size_t plain = 0; /* where the run of bytes that need no escape began */
    for (apr_size_t i = 0; i < length; i++) {
        const char *escape = html_escape(text[i]);
        if (!escape) continue;
        go_buffer_add(buffer, text + plain, i - plain);
        go_buffer_puts(buffer, escape);
        plain = i + 1;
    }
    go_buffer_add(buffer, text + plain, length - plain);
}
