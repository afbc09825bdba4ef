#include "model/totp.h"

#include <apr_strings.h>

#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_STEPS = 1, GROUP = 4 };

apr_status_t go_totp_start(void) {
    return oath_init() == OATH_OK ? APR_SUCCESS : APR_EGENERAL;
}

const char *go_totp_base32(const unsigned char secret[GO_TOTP_BYTES], apr_pool_t *pool) {
    char *text = NULL;
    size_t length = 0;
    if (oath_base32_encode((const char *)secret, GO_TOTP_BYTES, &text, &length) != OATH_OK)
        return NULL;
    while (length && text[length - 1] == '=')
        length--;
    const char *copy = apr_pstrmemdup(pool, text, length);
    free(text);
    return copy;
}

const char *go_totp_grouped(const char *text, apr_pool_t *pool) {
    size_t length = strlen(text);
    char *grouped = apr_palloc(pool, length + length / GROUP + 1), *end = grouped;
    for (size_t i = 0; i < length; i++) {
        if (i && i % GROUP == 0) *end++ = ' ';
        *end++ = text[i];
    }
    *end = '\0';
    return grouped;
}

apr_int64_t go_totp_counter(const unsigned char secret[GO_TOTP_BYTES], const char *code,
                            apr_time_t now) {
    int position = 0;
    uint64_t counter = 0;
    if (strlen(code) != GO_TOTP_DIGITS || strspn(code, "0123456789") != GO_TOTP_DIGITS) return 0;
    int rc = oath_totp_validate4((const char *)secret, GO_TOTP_BYTES, (time_t)apr_time_sec(now),
                                 GO_TOTP_SECONDS, OATH_TOTP_DEFAULT_START_TIME, WINDOW_STEPS,
                                 &position, &counter, 0, code);
    return rc < 0 ? 0 : (apr_int64_t)counter;
}
