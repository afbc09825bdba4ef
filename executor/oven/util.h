/*
 * Small things that every file of the oven needs: time, big-endian numbers, resources that close
 * themselves at the end of their scope, and the last words.
 */
#ifndef GO_OVEN_UTIL_H
#define GO_OVEN_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define NEVER INT64_MAX /* a moment that does not come */

#define OVEN_EXIT_BROKEN                                                                           \
    70 /* a protocol error, or a world in which the oven cannot keep its word */

/* Microseconds of a clock that is never set back. */
int64_t now_us(void);

/* Says why on stderr and exits with OVEN_EXIT_BROKEN; as PID 1 this ends every process. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* calloc that dies instead of returning NULL. */
void *allocate(size_t count, size_t size);

void put_be32(uint8_t *at, uint32_t value);
void put_be64(uint8_t *at, uint64_t value);
uint32_t get_be32(const uint8_t *at);
uint64_t get_be64(const uint8_t *at);

static inline void cleanup_fd(int *fd) {
    if (*fd >= 0) close(*fd);
}

static inline void cleanup_memory(void *pointer) {
    free(*(void **)pointer);
}

#define CLEANUP_FD   __attribute__((cleanup(cleanup_fd)))
#define CLEANUP_FREE __attribute__((cleanup(cleanup_memory)))

/* Closes *fd if it is open, and forgets it. */
static inline void close_and_forget(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static inline int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static inline size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

#endif
