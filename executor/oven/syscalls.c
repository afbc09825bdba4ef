#include "oven/syscalls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Processors with little-endian arguments whose clone() has its flags first. */
#if defined(__x86_64__) && defined(__LP64__)
#define THIS_ARCH   AUDIT_ARCH_X86_64
#define FOREIGN_ABI 0x40000000U /* numbers of x32, a second way to each call */
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define THIS_ARCH   AUDIT_ARCH_AARCH64
#define FOREIGN_ABI 0xffffffffU
#elif defined(__riscv) && __riscv_xlen == 64
#define THIS_ARCH   AUDIT_ARCH_RISCV64
#define FOREIGN_ABI 0xffffffffU
#endif

#ifndef THIS_ARCH

int syscalls_restrict(void) {
    return 0;
}

int syscalls_fix_processors(void) {
    return 0;
}

#else

/* These have the same number on every processor; the build machine's headers may be older. */
enum {
    IO_URING_SETUP = 425,
    IO_URING_ENTER,
    IO_URING_REGISTER,
    OPEN_TREE,
    MOVE_MOUNT,
    FSOPEN,
    FSCONFIG,
    FSMOUNT,
    FSPICK,
    CLONE3 = 435,
    MOUNT_SETATTR = 442,
};

static const struct refusal {
    uint32_t number;
    uint16_t error;
} refusals[] = {
    {CLONE3, ENOSYS}, /* its flags cannot be seen: libc falls back to clone() */
    {IO_URING_SETUP, ENOSYS},
    {IO_URING_ENTER, ENOSYS},
    {IO_URING_REGISTER, ENOSYS},
    {SYS_userfaultfd, EPERM},
    {SYS_bpf, EPERM},
    {SYS_perf_event_open, EPERM},
    {SYS_add_key, EPERM},
    {SYS_request_key, EPERM},
    {SYS_keyctl, EPERM},
    {SYS_unshare, EPERM},
    {SYS_setns, EPERM},
    {SYS_mount, EPERM},
    {SYS_umount2, EPERM},
    {SYS_pivot_root, EPERM},
    {SYS_chroot, EPERM},
    {OPEN_TREE, EPERM},
    {MOVE_MOUNT, EPERM},
    {FSOPEN, EPERM},
    {FSCONFIG, EPERM},
    {FSMOUNT, EPERM},
    {FSPICK, EPERM},
    {MOUNT_SETATTR, EPERM},
    {SYS_open_by_handle_at, EPERM},
    {SYS_fanotify_init, EPERM},
    {SYS_init_module, EPERM},
    {SYS_finit_module, EPERM},
    {SYS_delete_module, EPERM},
    {SYS_kexec_load, EPERM},
    {SYS_reboot, EPERM},
    {SYS_swapon, EPERM},
    {SYS_swapoff, EPERM},
    {SYS_acct, EPERM},
    {SYS_quotactl, EPERM},
    {SYS_syslog, EPERM},
    {SYS_settimeofday, EPERM},
    {SYS_clock_settime, EPERM},
    {SYS_sethostname, EPERM},
    {SYS_setdomainname, EPERM},
    {SYS_vhangup, EPERM},
#ifdef SYS_modify_ldt
    {SYS_modify_ldt, ENOSYS},
#endif
};

static const uint32_t families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
static const uint32_t terminal_requests[] = {TIOCSTI, TIOCLINUX};

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NAMESPACES                                                                                 \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |  \
     CLONE_NEWNET)
#define PROGRAM_MAX (2 * COUNT(refusals) + COUNT(families) + COUNT(terminal_requests) + 32)

struct program {
    struct sock_filter code[PROGRAM_MAX];
    unsigned short length;
};

static void put(struct program *program, struct sock_filter instruction) {
    program->code[program->length++] = instruction;
}

static void load(struct program *program, size_t offset) {
    put(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void load_argument(struct program *program, int i) {
    load(program, offsetof(struct seccomp_data, args) + (size_t)i * sizeof(uint64_t));
}

/* If what was loaded compares so, `yes` instructions are skipped, otherwise `no`. */
static void compare(struct program *program, uint16_t how, uint32_t value, unsigned yes,
                    unsigned no) {
    put(program, (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | how | BPF_K), value,
                                              (uint8_t)yes, (uint8_t)no));
}

static void answer(struct program *program, uint32_t action) {
    put(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* Another processor's calls (32-bit programs) have other numbers, so they are all refused. */
static void refuse_foreign(struct program *program) {
    load(program, offsetof(struct seccomp_data, arch));
    compare(program, BPF_JEQ, THIS_ARCH, 1, 0);
    answer(program, SECCOMP_RET_ERRNO | ENOSYS);
    load(program, offsetof(struct seccomp_data, nr));
    compare(program, BPF_JGE, FOREIGN_ABI, 0, 1);
    answer(program, SECCOMP_RET_ERRNO | ENOSYS);
}

static void refuse_sockets(struct program *program) {
    compare(program, BPF_JEQ, SYS_socket, 0, (unsigned)COUNT(families) + 3);
    load_argument(program, 0);
    for (unsigned i = 0; i < COUNT(families); i++)
        compare(program, BPF_JEQ, families[i], (unsigned)COUNT(families) - i, 0);
    answer(program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    answer(program, SECCOMP_RET_ALLOW);
}

static void refuse_namespaces(struct program *program) {
    compare(program, BPF_JEQ, SYS_clone, 0, 4);
    load_argument(program, 0);
    compare(program, BPF_JSET, NAMESPACES, 0, 1);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
    answer(program, SECCOMP_RET_ALLOW);
}

/* Typing on a terminal in the name of whoever reads it. */
static void refuse_typing(struct program *program) {
    compare(program, BPF_JEQ, SYS_ioctl, 0, (unsigned)COUNT(terminal_requests) + 3);
    load_argument(program, 1);
    for (unsigned i = 0; i < COUNT(terminal_requests); i++)
        compare(program, BPF_JEQ, terminal_requests[i], (unsigned)COUNT(terminal_requests) - i, 0);
    answer(program, SECCOMP_RET_ALLOW);
    answer(program, SECCOMP_RET_ERRNO | EPERM);
}

static int enforce(struct program *program) {
    struct sock_fprog filter = {program->length, program->code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return errno;
    if (!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) return 0;
    return errno == EINVAL || errno == ENOSYS ? 0 : errno; /* a kernel without seccomp */
}

int syscalls_restrict(void) {
    struct program program = {.length = 0};
    refuse_foreign(&program);
    for (size_t i = 0; i < COUNT(refusals); i++) {
        compare(&program, BPF_JEQ, refusals[i].number, 0, 1);
        answer(&program, SECCOMP_RET_ERRNO | refusals[i].error);
    }
    refuse_sockets(&program);
    refuse_namespaces(&program);
    refuse_typing(&program);
    answer(&program, SECCOMP_RET_ALLOW);
    return enforce(&program);
}

/* A filter of its own, since PID 1 itself has to make the call before. */
int syscalls_fix_processors(void) {
    struct program program = {.length = 0};
    load(&program, offsetof(struct seccomp_data, nr));
    compare(&program, BPF_JEQ, SYS_sched_setaffinity, 0, 1);
    answer(&program, SECCOMP_RET_ERRNO | EPERM);
    answer(&program, SECCOMP_RET_ALLOW);
    return enforce(&program);
}

#endif
