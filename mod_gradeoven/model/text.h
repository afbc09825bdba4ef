/*
 * Text that programs wrote: anything may be in it.
 *
 * What a student's program prints reaches pages, JSON and logs. Here it becomes valid UTF-8 with
 * nothing in it that moves a cursor. Validity is RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF.
 */
#ifndef GO_MODEL_TEXT_H
#define GO_MODEL_TEXT_H

#include <apr.h>
#include <apr_pools.h>
#include <apr_tables.h>

/* Is it valid UTF-8? A NUL is valid. */
int go_text_is_utf8(const char *bytes, apr_size_t length);

/*
 * The code point at the start of `bytes` and how many bytes it takes, or 0 if these are no valid
 * UTF-8 (or `length` is 0).
 */
apr_size_t go_text_decode(const char *bytes, apr_size_t length, apr_uint32_t *code_point);

/*
 * Clean text, NUL-terminated in `pool`: each maximal invalid sequence becomes U+FFFD, a NUL U+2400;
 * CR LF and a lone CR become LF; terminal escape sequences (CSI, OSC, and the two-byte ones) and
 * all other control characters (C0 but \n and \t, DEL, C1) are left out. At most three times as
 * long as the input. *clean_length may be NULL.
 */
char *go_text_clean_utf8(apr_pool_t *pool, const char *bytes, apr_size_t length,
                         apr_size_t *clean_length);

/*
 * Splits at \n into an array of const char *; a \r before it is dropped, and so is the empty line
 * after the last \n. The text must hold no NUL (clean it first).
 */
apr_array_header_t *go_text_lines(apr_pool_t *pool, const char *text, apr_size_t length);

/*
 * Hostile bytes for an error message: printable code points as they are, all else (controls,
 * bidirectional overrides, invalid bytes, backslash) as \xNN, cut after 200 bytes with an ellipsis.
 */
const char *go_text_printable(apr_pool_t *pool, const char *bytes, apr_size_t length);

/* Is this code point a Unicode bidirectional embedding, override or isolate (U+202A–E, U+2066–9)?
 */
int go_text_is_bidi_control(apr_uint32_t code_point);

#endif
