#include "model/text.h"

#include "model/buffer.h"

#include <apr_strings.h>

#include <string.h>

#define REPLACEMENT   "\xEF\xBF\xBD" /* U+FFFD */
#define NUL_SYMBOL    "\xE2\x90\x80" /* U+2400 */
#define ESC           0x1B
#define BEL           0x07
#define PRINTABLE_MAX 200

/*
 * RFC 3629, section 4, as a table: which second bytes may follow a leading byte. Overlong forms,
 * surrogates and what lies above U+10FFFF are left out by the bounds of the second byte alone; the
 * third and fourth bytes are always 80..BF.
 */
static const struct utf8_row {
    unsigned char first, last;
    unsigned char second_low, second_high;
    unsigned char length;
} utf8_rows[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static const struct utf8_row *utf8_row_of(unsigned char lead) {
    for (apr_size_t i = 0; i < sizeof(utf8_rows) / sizeof(utf8_rows[0]); i++)
        if (lead >= utf8_rows[i].first && lead <= utf8_rows[i].last) return &utf8_rows[i];
    return NULL;
}

/*
 * How many bytes at the start belong together: a whole code point (*valid), or the longest piece of
 * one that was cut off or broken, which counts as one error (Unicode, "maximal subpart").
 */
static apr_size_t utf8_take(const unsigned char *s, apr_size_t length, int *valid) {
    *valid = s[0] < 0x80;
    const struct utf8_row *row = utf8_row_of(s[0]);
    if (!row) return 1;
    if (length < 2 || s[1] < row->second_low || s[1] > row->second_high) return 1;
    apr_size_t n = 2;
    while (n < row->length && n < length && (s[n] & 0xC0) == 0x80)
        n++;
    *valid = n == row->length;
    return n;
}

apr_size_t go_text_decode(const char *bytes, apr_size_t length, apr_uint32_t *code_point) {
    static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *s = (const unsigned char *)bytes;
    int valid;
    if (!length) return 0;
    apr_size_t n = utf8_take(s, length, &valid);
    if (!valid) return 0;
    /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): n is 1 to 4 */
    apr_uint32_t value = s[0] & lead_mask[n];
    for (apr_size_t i = 1; i < n; i++)
        value = value << 6 | (s[i] & 0x3Fu);
    *code_point = value;
    return n;
}

int go_text_is_utf8(const char *bytes, apr_size_t length) {
    apr_size_t i = 0;
    while (i < length) {
        int valid;
        i += utf8_take((const unsigned char *)bytes + i, length - i, &valid);
        if (!valid) return 0;
    }
    return 1;
}

int go_text_is_bidi_control(apr_uint32_t code_point) {
    return (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

/* Is it C0, DEL or C1? */
static int is_control(apr_uint32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

/* CSI: parameters 30..3F, intermediates 20..2F, one final byte 40..7E (ECMA-48, 5.4). */
static apr_size_t csi_length(const unsigned char *s, apr_size_t length, apr_size_t i) {
    while (i < length && s[i] >= 0x30 && s[i] <= 0x3F)
        i++;
    while (i < length && s[i] >= 0x20 && s[i] <= 0x2F)
        i++;
    if (i < length && s[i] >= 0x40 && s[i] <= 0x7E) i++;
    return i;
}

/*
 * A string sequence (OSC, DCS, ...) ends with BEL or ESC \. It is given up at the end of the line:
 * a program that forgets the end must not swallow the rest of its output.
 */
static apr_size_t string_length(const unsigned char *s, apr_size_t length, apr_size_t i) {
    while (i < length && s[i] != '\n' && s[i] != '\r') {
        if (s[i] == BEL) return i + 1;
        if (s[i] == ESC) return i + 1 < length && s[i + 1] == '\\' ? i + 2 : i;
        i++;
    }
    return i;
}

/* The length of the escape sequence at s[0] == ESC; a lone ESC is one of length 1. */
static apr_size_t escape_length(const unsigned char *s, apr_size_t length) {
    if (length < 2) return 1;
    if (s[1] == '[') return csi_length(s, length, 2);
    if (strchr("]PX^_", s[1]) && s[1]) return string_length(s, length, 2);
    apr_size_t i = 1;
    while (i < length && s[i] >= 0x20 && s[i] <= 0x2F)
        i++;
    return i < length && s[i] >= 0x30 && s[i] <= 0x7E ? i + 1 : i;
}

/* Takes a control or escape from the input: what becomes of it is appended, its length returned. */
static apr_size_t clean_control(go_buffer *out, const unsigned char *s, apr_size_t length) {
    switch (s[0]) {
    case '\0':
        go_buffer_puts(out, NUL_SYMBOL);
        return 1;
    case '\n':
    case '\t':
        go_buffer_putc(out, (char)s[0]);
        return 1;
    case '\r':
        go_buffer_putc(out, '\n');
        return length > 1 && s[1] == '\n' ? 2 : 1;
    case ESC:
        return escape_length(s, length);
    default:
        return 1;
    }
}

char *go_text_clean_utf8(apr_pool_t *pool, const char *bytes, apr_size_t length,
                         apr_size_t *clean_length) {
    const unsigned char *s = (const unsigned char *)bytes;
    go_buffer *out = go_buffer_make(pool, length + 16);
    apr_size_t i = 0;
    while (i < length) {
        apr_size_t left = length - i;
        if (s[i] < 0x20) {
            i += clean_control(out, s + i, left);
            continue;
        }
        int valid;
        apr_size_t n = utf8_take(s + i, left, &valid);
        int c1 = n == 2 && s[i] == 0xC2 && s[i + 1] < 0xA0; /* U+0080..9F */
        if (!valid)
            go_buffer_puts(out, REPLACEMENT);
        else if (s[i] != 0x7F && !c1)
            go_buffer_add(out, s + i, n);
        i += n;
    }
    if (clean_length) *clean_length = out->length;
    return out->bytes;
}

apr_array_header_t *go_text_lines(apr_pool_t *pool, const char *text, apr_size_t length) {
    apr_array_header_t *lines = apr_array_make(pool, 16, sizeof(const char *));
    const char *end = text + length;
    while (text < end) {
        const char *newline = memchr(text, '\n', (apr_size_t)(end - text));
        const char *stop = newline ? newline : end;
        apr_size_t n = (apr_size_t)(stop - text);
        if (newline && n && text[n - 1] == '\r') n--;
        APR_ARRAY_PUSH(lines, const char *) = apr_pstrmemdup(pool, text, n);
        text = newline ? newline + 1 : end;
    }
    return lines;
}

const char *go_text_printable(apr_pool_t *pool, const char *bytes, apr_size_t length) {
    go_buffer *out = go_buffer_make(pool, PRINTABLE_MAX);
    apr_size_t i = 0;
    while (i < length) {
        if (out->length >= PRINTABLE_MAX) {
            go_buffer_puts(out, "\xE2\x80\xA6"); /* … */
            break;
        }
        apr_uint32_t code_point;
        apr_size_t n = go_text_decode(bytes + i, length - i, &code_point);
        if (n && !is_control(code_point) && !go_text_is_bidi_control(code_point) &&
            code_point != '\\') {
            go_buffer_add(out, bytes + i, n);
            i += n;
            continue;
        }
        apr_size_t escaped = n ? n : 1;
        for (apr_size_t k = 0; k < escaped; k++)
            go_buffer_printf(out, "\\x%02X", (unsigned char)bytes[i + k]);
        i += escaped;
    }
    return out->bytes;
}
