/*
 * System calls that no program in an oven needs: those that make namespaces or mounts, that reach
 * the host's keys, clocks and modules, and the sockets that no network namespace holds (vsock leads
 * to the hypervisor, AF_ALG into the kernel). An engine's own filter mostly refuses them too, but
 * which ones depends on its age and on who configured it; this one is ours, and holds under every
 * engine.
 */
#ifndef GO_OVEN_SYSCALLS_H
#define GO_OVEN_SYSCALLS_H

/*
 * Restricts this process and all its children for good; whatever is refused fails with an errno
 * that programs know how to live with. Returns 0 or an errno. A kernel without seccomp, or a
 * processor whose numbers are not known here, does without.
 */
int syscalls_restrict(void);

/* From now on no process of the oven can choose other processors than it has. 0 or an errno. */
int syscalls_fix_processors(void);

#endif
