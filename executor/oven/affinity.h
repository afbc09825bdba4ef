/*
 * Processors of its own for an oven, where the executor has some to give (executor/processors.h).
 *
 * A limit on processor time alone does not keep a neighbour quick: programs that are many run on
 * all processors at once until their time is up, beside whatever runs there, and what the kernel
 * does for processes that end is charged to nobody. On a processor that is theirs alone, both are
 * theirs.
 */
#ifndef GO_OVEN_AFFINITY_H
#define GO_OVEN_AFFINITY_H

/* How many processors this process may run on. */
unsigned affinity_count(void);

/*
 * Keeps this process and all its children to `count` of these processors, from `first` on, for
 * good. Returns 0, or an errno: EINVAL when there are not as many.
 */
int affinity_keep_to(unsigned first, unsigned count);

/* For the doctor's probe: tries to run on every processor there is. 0 or an errno. */
int affinity_take_all(void);

#endif
