/*
 * Landlock, the second wall around a sandboxed program. The first one, uids and modes, is enough
 * alone; this one is there for the day it is not.
 */
#ifndef GO_OVEN_LANDLOCK_H
#define GO_OVEN_LANDLOCK_H

#include <stdbool.h>

/* The kernel's Landlock ABI; 0 without Landlock. */
int landlock_abi(void);

/*
 * Restricts this process for good: it may read and execute what the image and the submission hold,
 * look at `files`, change `scratch`, /tmp, /dev/shm and /dev/mqueue, and use the harmless devices;
 * it may not use TCP unless allow_tcp, nor reach processes and abstract sockets outside. What an
 * older ABI cannot do is left out. Returns 0 or an errno.
 */
int landlock_enclose(int abi, const char *scratch, const char *files, bool allow_tcp);

#endif
