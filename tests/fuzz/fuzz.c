#include "fuzz/fuzz.h"

#include <apr_general.h>
#include <apr_strings.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fuzz_broken(const char *file, int line, const char *condition) {
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

apr_pool_t *fuzz_pool(void) {
    static apr_pool_t *parent;
    apr_pool_t *pool;
    if (!parent) {
        MUST(!apr_initialize());
        MUST(!apr_pool_create(&parent, NULL));
    }
    MUST(!apr_pool_create(&pool, parent));
    return pool;
}

int fuzz_done(apr_pool_t *pool) {
    apr_pool_destroy(pool);
    return 0;
}

unsigned fuzz_below(fuzz_input *input, unsigned below) {
    return input->at < input->end ? *input->at++ % below : 0;
}

int64_t fuzz_number(fuzz_input *input) {
    uint64_t number = 0;
    for (int i = 0; i < 8 && input->at < input->end; i++)
        number = number << 8 | *input->at++;
    return (int64_t)number;
}

const char *fuzz_line(fuzz_input *input, apr_pool_t *pool) {
    const uint8_t *from = input->at;
    if (from == input->end) return "";
    const uint8_t *newline = memchr(from, '\n', (size_t)(input->end - from));
    const uint8_t *to = newline ? newline : input->end;
    input->at = newline ? newline + 1 : to;
    return apr_pstrmemdup(pool, (const char *)from, (apr_size_t)(to - from));
}
