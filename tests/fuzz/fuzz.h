/*
 * Fuzz targets: one file in targets/ for each parser that meets bytes of strangers.
 *
 * A target is one function over (bytes, length). Compiled by clang with -DFUZZ_ALONE it is a
 * libFuzzer program of its own (`./bootstrap fuzz`); the others are linked into one program with
 * replay.c, which the test suite runs: each file of a corpus, and a number of mutations of it that
 * follow from a seed. A target asserts what must hold of any input, beside not crashing.
 */
#ifndef GO_TESTS_FUZZ_H
#define GO_TESTS_FUZZ_H

#include "model/error.h"

#include <apr_pools.h>
#include <stddef.h>
#include <stdint.h>

#ifdef FUZZ_ALONE
#define FUZZ_TARGET(name)                                                                          \
    int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);                               \
    int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
#else
#define FUZZ_TARGET(name)                                                                          \
    int fuzz_##name(const uint8_t *bytes, size_t length);                                          \
    int fuzz_##name(const uint8_t *bytes, size_t length)
#endif

/* Says what does not hold, and aborts: both drivers then keep the input. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) fuzz_broken(__FILE__, __LINE__, #condition);                             \
    } while (0)
_Noreturn void fuzz_broken(const char *file, int line, const char *condition);

/* A pool for one input; the first call starts APR. Give it back with fuzz_done(). */
apr_pool_t *fuzz_pool(void);
int fuzz_done(apr_pool_t *pool); /* 0, as a target answers */

/*
 * Pieces of the input, taken from its front, for targets that want more than one text: a number
 * from 0 to `below` - 1, an 8-byte number, a text up to the next newline or the end. At the end of
 * the input they are 0 and "".
 */
typedef struct fuzz_input {
    const uint8_t *at, *end;
} fuzz_input;
unsigned fuzz_below(fuzz_input *input, unsigned below);
int64_t fuzz_number(fuzz_input *input);
const char *fuzz_line(fuzz_input *input, apr_pool_t *pool);

#endif
