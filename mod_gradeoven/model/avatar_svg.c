#include "model/avatar.h"

#include "model/buffer.h"
#include "model/text.h"

#include <sodium.h>
#include <unicode/uchar.h>

#include <string.h>

/* White on each of them has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3), and each of them of
 * at least 3 to 1 on white and on #1b1b1f. */
static const char *const colours[] = {"#ac4b33", "#975c1e", "#7e6816", "#5a7120",
                                      "#317737", "#1f7762", "#1b7285", "#2e6da3",
                                      "#4e63b9", "#7758b9", "#974d9d", "#ac4573"};
#define COLOURS (sizeof(colours) / sizeof(colours[0]))

/* Reads the next word that begins with a letter or digit: its first code point, or 0 at the end. */
static UChar32 next_initial(const char **at) {
    apr_uint32_t c = 0;
    apr_size_t left = strlen(*at), n;
    UChar32 initial = 0;
    while (left && (n = go_text_decode(*at, left, &c))) {
        int space = u_isUWhiteSpace((UChar32)c);
        if (initial && space) break;
        if (!initial && u_isalnum((UChar32)c)) initial = (UChar32)c;
        *at += n;
        left -= n;
    }
    return initial;
}

static void add_initial(go_buffer *out, UChar32 c) {
    char bytes[4];
    int length = 0;
    c = u_toupper(c);
    U8_APPEND_UNSAFE(bytes, length, c);
    go_buffer_add_html(out, bytes, (apr_size_t)length);
}

/* The first letters of the first and of the last word. */
static void add_initials(go_buffer *out, const char *name) {
    UChar32 first = next_initial(&name), last = 0, next;
    while (first && (next = next_initial(&name)))
        last = next;
    add_initial(out, first ? first : '?');
    if (last) add_initial(out, last);
}

static const char *colour_of(const char *seed) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)seed, strlen(seed));
    return colours[hash[0] % COLOURS];
}

const char *go_avatar_svg(apr_pool_t *pool, const char *seed, const char *display_name) {
    go_buffer *out = go_buffer_make(pool, 512);
    go_buffer_printf(out,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\" width=\"64\" "
                     "height=\"64\"><rect width=\"64\" height=\"64\" fill=\"%s\"/>"
                     "<text x=\"32\" y=\"32\" dy=\".35em\" text-anchor=\"middle\" fill=\"#fff\" "
                     "font-family=\"sans-serif\" font-size=\"26\">",
                     colour_of(seed));
    add_initials(out, display_name);
    go_buffer_puts(out, "</text></svg>\n");
    return out->bytes;
}
