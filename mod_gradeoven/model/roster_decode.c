/* What spreadsheets save, as UTF-8 with LF. */
#include "model/buffer.h"
#include "model/roster.h"
#include "model/text.h"

#include <string.h>

/* Windows-1252 where it differs from Latin-1: 0x80 to 0x9F (WHATWG, "windows-1252"). */
static const apr_uint32_t windows[32] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

static void put(go_buffer *out, apr_uint32_t c) {
    if (c < 0x80) {
        go_buffer_putc(out, (char)c);
    } else if (c < 0x800) {
        go_buffer_putc(out, (char)(0xC0 | c >> 6));
        go_buffer_putc(out, (char)(0x80 | (c & 0x3F)));
    } else {
        if (c < 0x10000) {
            go_buffer_putc(out, (char)(0xE0 | c >> 12));
        } else {
            go_buffer_putc(out, (char)(0xF0 | c >> 18));
            go_buffer_putc(out, (char)(0x80 | (c >> 12 & 0x3F)));
        }
        go_buffer_putc(out, (char)(0x80 | (c >> 6 & 0x3F)));
        go_buffer_putc(out, (char)(0x80 | (c & 0x3F)));
    }
}

static apr_uint32_t unit_at(const unsigned char *at, int is_big) {
    return is_big ? (apr_uint32_t)at[0] << 8 | at[1] : (apr_uint32_t)at[1] << 8 | at[0];
}

/* UTF-16 (RFC 2781); a surrogate without its partner becomes U+FFFD. */
static void add_utf16(go_buffer *out, const unsigned char *at, apr_size_t length, int is_big) {
    for (apr_size_t i = 0; i + 1 < length; i += 2) {
        apr_uint32_t c = unit_at(at + i, is_big);
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < length) {
            apr_uint32_t low = unit_at(at + i + 2, is_big);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        put(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    }
}

static void add_windows(go_buffer *out, const unsigned char *at, apr_size_t length) {
    for (apr_size_t i = 0; i < length; i++)
        put(out, at[i] >= 0x80 && at[i] < 0xA0 ? windows[at[i] - 0x80] : at[i]);
}

/* In place: CR LF and CR become LF, which is what a form on its way through a browser keeps. */
static apr_size_t unify_line_ends(char *text, apr_size_t length) {
    apr_size_t to = 0;
    for (apr_size_t i = 0; i < length; i++) {
        if (text[i] == '\r' && i + 1 < length && text[i + 1] == '\n') continue;
        text[to++] = text[i] == '\r' ? '\n' : text[i];
    }
    text[to] = '\0';
    return to;
}

const char *go_roster_decode(const char *bytes, apr_size_t length, apr_size_t *decoded,
                             apr_pool_t *pool) {
    const unsigned char *at = (const unsigned char *)bytes;
    go_buffer *out = go_buffer_make(pool, length + 1);
    if (length >= 2 && at[0] == 0xFF && at[1] == 0xFE)
        add_utf16(out, at + 2, length - 2, 0);
    else if (length >= 2 && at[0] == 0xFE && at[1] == 0xFF)
        add_utf16(out, at + 2, length - 2, 1);
    else if (length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3))
        go_buffer_add(out, bytes + 3, length - 3);
    else if (go_text_is_utf8(bytes, length))
        go_buffer_add(out, bytes, length);
    else
        add_windows(out, at, length);
    *decoded = unify_line_ends(out->bytes, out->length);
    return out->bytes;
}
