/*
 * System calls that nothing in a grading container gets, whatever the engine's own seccomp profile
 * says: Podman's allows user namespaces and keyrings, that of an older Docker io_uring, and an
 * engine may be set up with none. Behind each of them were holes of the kernel; no stage and no
 * student's program needs one. PID 1 takes the filter before it has any child.
 */
#ifndef GO_OVEN_FILTER_H
#define GO_OVEN_FILTER_H

/* For this process and all it will start, for good; so is "no new privileges". Dies on failure. */
void filter_system_calls(void);

#endif
