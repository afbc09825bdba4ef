#include "oven/affinity.h"

#include "oven/syscalls.h"
#include "oven/util.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#define PROCESSORS_MAX 8192 /* the most that Linux can be built for */

/* In `set`, of CPU_ALLOC_SIZE(PROCESSORS_MAX) bytes: those that this process may run on. */
static unsigned allowed(cpu_set_t *set) {
    size_t size = CPU_ALLOC_SIZE(PROCESSORS_MAX);
    CPU_ZERO_S(size, set);
    return sched_getaffinity(0, size, set) ? 0 : (unsigned)CPU_COUNT_S(size, set);
}

unsigned affinity_count(void) {
    CLEANUP_FREE cpu_set_t *set = allocate(1, CPU_ALLOC_SIZE(PROCESSORS_MAX));
    return allowed(set);
}

int affinity_keep_to(unsigned first, unsigned count) {
    size_t size = CPU_ALLOC_SIZE(PROCESSORS_MAX);
    CLEANUP_FREE cpu_set_t *set = allocate(1, size);
    unsigned all = allowed(set);
    if (count == 0 || count > all || first > all - count) return EINVAL;
    for (unsigned processor = 0, i = 0; processor < PROCESSORS_MAX; processor++) {
        if (!CPU_ISSET_S(processor, size, set)) continue;
        if (i < first || i - first >= count) CPU_CLR_S(processor, size, set);
        i++;
    }
    if (sched_setaffinity(0, size, set)) return errno;
    return syscalls_fix_processors();
}

int affinity_take_all(void) {
    size_t size = CPU_ALLOC_SIZE(PROCESSORS_MAX);
    CLEANUP_FREE cpu_set_t *set = allocate(1, size);
    memset(set, 0xff, size);
    return sched_setaffinity(0, size, set) ? errno : 0;
}
