#include "oven/filter.h"

#include "oven/util.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define NEW_TIME       0x80U       /* CLONE_NEWTIME; in clone() these bits are a signal */
#define NEW_NAMESPACES 0x7e020000U /* CLONE_NEW* of all others */
#define X32            0x40000000U /* numbers of the x32 ABI, which nobody uses */

/* Numbers of one architecture: those refused, and those that are looked at. */
struct numbers {
    uint32_t architecture, clone, unshare;
    uint32_t refused[20]; /* 0 ends it */
};

/* From here on the numbers are the same everywhere: io_uring, the mount calls since 5.2. */
#define SAME_EVERYWHERE 425, 426, 427, 428, 429, 430, 431, 432, 433, 442
#define CLONE3          435

/* mount, setns, add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd */
static const struct numbers known[] = {
#if defined __x86_64__
    {AUDIT_ARCH_X86_64,
     SYS_clone,
     SYS_unshare,
     {SYS_mount, SYS_setns, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_bpf, SYS_perf_event_open,
      SYS_userfaultfd, SAME_EVERYWHERE}},
    {AUDIT_ARCH_I386, 120, 310, {21, 346, 286, 287, 288, 357, 336, 374, SAME_EVERYWHERE}},
#elif defined __aarch64__
    {AUDIT_ARCH_AARCH64,
     SYS_clone,
     SYS_unshare,
     {SYS_mount, SYS_setns, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_bpf, SYS_perf_event_open,
      SYS_userfaultfd, SAME_EVERYWHERE}},
#else
#error "Add this architecture's numbers: an oven without the filter is one wall short."
#endif
};

#define LOAD(field)                    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what)                   BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE(error)                  RETURN(SECCOMP_RET_ERRNO | (error))
#define UNLESS(condition, value, skip) BPF_JUMP(BPF_JMP | (condition) | BPF_K, (value), 0, (skip))
#define ARGUMENT                       offsetof(struct seccomp_data, args[0]) /* its low half: all are little endian */

static size_t add_number(struct sock_filter *at, uint32_t number, uint32_t error) {
    const struct sock_filter rule[] = {UNLESS(BPF_JEQ, number, 1), REFUSE(error)};
    memcpy(at, rule, sizeof rule);
    return sizeof rule / sizeof *rule;
}

/* Refuses a call when its first argument has one of these bits. */
static size_t add_flags(struct sock_filter *at, uint32_t number, uint32_t flags) {
    const struct sock_filter rule[] = {
        UNLESS(BPF_JEQ, number, 4), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT),
        UNLESS(BPF_JSET, flags, 1), REFUSE(EPERM),
        RETURN(SECCOMP_RET_ALLOW),
    };
    memcpy(at, rule, sizeof rule);
    return sizeof rule / sizeof *rule;
}

/* The rules of one architecture, which end with a return. */
static size_t add_rules(struct sock_filter *at, const struct numbers *numbers) {
    struct sock_filter *begin = at;
    *at++ = (struct sock_filter)LOAD(nr);
    if (numbers->architecture == known[0].architecture) {
        const struct sock_filter x32[] = {UNLESS(BPF_JGE, X32, 1), REFUSE(ENOSYS)};
        memcpy(at, x32, sizeof x32);
        at += 2;
    }
    /* Its flags lie in memory, out of reach; libc asks clone() when it does not exist. */
    at += add_number(at, CLONE3, ENOSYS);
    for (const uint32_t *number = numbers->refused; *number; number++)
        at += add_number(at, *number, EPERM);
    at += add_flags(at, numbers->clone, NEW_NAMESPACES);
    at += add_flags(at, numbers->unshare, NEW_NAMESPACES | NEW_TIME);
    *at++ = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
    return (size_t)(at - begin);
}

void filter_system_calls(void) {
    struct sock_filter rules[256];
    size_t count = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        rules[count] = (struct sock_filter)LOAD(arch);
        size_t length = add_rules(rules + count + 2, &known[i]);
        rules[count + 1] =
            (struct sock_filter)UNLESS(BPF_JEQ, known[i].architecture, (uint8_t)length);
        count += length + 2;
    }
    rules[count++] = (struct sock_filter)REFUSE(ENOSYS); /* an architecture that we do not know */
    const struct sock_fprog program = {(unsigned short)count, rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        die("system calls cannot be filtered: %s", strerror(errno));
}
