/* What neither a stage nor a student may do: each is tried, in a process of its own. */
#include "oven/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif

/* 0, or why not. */
static int outcome(long result) {
    return result < 0 ? errno : 0;
}

static int make_below(const char *directory) {
    char path[64];
    snprintf(path, sizeof path, "%s/gradeoven-probe", directory);
    int error = outcome(mkdir(path, 0700));
    if (!error) rmdir(path);
    return error;
}

/* --- files ----------------------------------------------------------------------------------- */

static int write_root(void) {
    return make_below("");
}

static int write_usr(void) {
    return make_below("/usr");
}

static int write_sys(void) {
    return make_below("/sys");
}

static int write_dev(void) {
    return make_below("/dev");
}

/* The limits themselves, in either layout of cgroups. */
static int write_cgroup(void) {
    int error = outcome(open("/sys/fs/cgroup/pids.max", O_WRONLY | O_CLOEXEC));
    if (error == ENOENT)
        error = outcome(open("/sys/fs/cgroup/pids/pids.max", O_WRONLY | O_CLOEXEC));
    if (error == ENOENT) error = outcome(open("/sys/fs/cgroup/cgroup.procs", O_WRONLY | O_CLOEXEC));
    return error;
}

static int make_device(void) {
    static const char path[] = "/tmp/gradeoven-probe";
    int error = outcome(mknod(path, S_IFBLK | 0600, makedev(254, 0)));
    unlink(path);
    return error;
}

static int mount_something(void) {
    return outcome(mount("none", "/tmp", "tmpfs", 0, NULL));
}

static int change_root(void) {
    return outcome(chroot("/tmp"));
}

static int open_by_handle(void) {
    struct {
        struct file_handle head;
        unsigned char bytes[8];
    } handle = {.head = {.handle_bytes = 8, .handle_type = 1}};
    return outcome(open_by_handle_at(AT_FDCWD, &handle.head, O_RDONLY));
}

/* --- namespaces and rights ------------------------------------------------------------------- */

static int new_user_namespace(void) {
    return outcome(unshare(CLONE_NEWUSER));
}

/* The other way, by a new process. */
static int clone_user_namespace(void) {
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    return outcome(pid);
}

static int new_network_namespace(void) {
    return outcome(unshare(CLONE_NEWNET));
}

static int become_root(void) {
    return outcome(setresuid(0, 0, 0));
}

static int trace_one(void) {
    return outcome(ptrace(PTRACE_ATTACH, 1, NULL, NULL));
}

static int signal_one(void) {
    return outcome(kill(1, 0));
}

static int read_one(void) {
    return outcome(open("/proc/1/environ", O_RDONLY | O_CLOEXEC));
}

/* --- the kernel ------------------------------------------------------------------------------ */

static int use_keyring(void) {
    return outcome(syscall(SYS_keyctl, 0, -3, 0)); /* KEYCTL_GET_KEYRING_ID of the session */
}

static int add_key(void) {
    return outcome(syscall(SYS_add_key, "user", "gradeoven-probe", "x", 1, -2)); /* the process's */
}

static int load_bpf(void) {
    return outcome(syscall(SYS_bpf, 0, NULL, 0)) == EPERM ? EPERM : 0;
}

static int watch_performance(void) {
    unsigned char attributes[128] = {0};
    return outcome(syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0));
}

static int load_module(void) {
    int error = outcome(syscall(SYS_finit_module, -1, "", 0));
    return error == EBADF ? 0 : error; /* then it came as far as to look at the file */
}

static int use_io_uring(void) {
    unsigned char parameters[120] = {0};
    return outcome(syscall(SYS_io_uring_setup, 1, parameters));
}

/* --- the network ----------------------------------------------------------------------------- */

static int raw_socket(void) {
    return outcome(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

static int packet_socket(void) {
    return outcome(socket(AF_PACKET, SOCK_RAW, 0));
}

static int connect_out(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, "192.0.2.1", &address.sin_addr); /* an address that nobody has */
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? errno : outcome(connect(fd, (struct sockaddr *)&address, sizeof address));
}

static int connect_out_6(void) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
    inet_pton(AF_INET6, "2001:db8::1", &address.sin6_addr);
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? errno : outcome(connect(fd, (struct sockaddr *)&address, sizeof address));
}

void probe_acts(const char *who) {
    static const struct {
        const char *name;
        int (*act)(void);
    } acts[] = {
        {"write_root", write_root},
        {"write_usr", write_usr},
        {"write_sys", write_sys},
        {"write_dev", write_dev},
        {"write_cgroup", write_cgroup},
        {"make_device", make_device},
        {"mount", mount_something},
        {"chroot", change_root},
        {"open_by_handle", open_by_handle},
        {"new_user_namespace", new_user_namespace},
        {"clone_user_namespace", clone_user_namespace},
        {"new_network_namespace", new_network_namespace},
        {"become_root", become_root},
        {"trace_one", trace_one},
        {"signal_one", signal_one},
        {"read_one", read_one},
        {"use_keyring", use_keyring},
        {"add_key", add_key},
        {"load_bpf", load_bpf},
        {"watch_performance", watch_performance},
        {"load_module", load_module},
        {"use_io_uring", use_io_uring},
        {"raw_socket", raw_socket},
        {"packet_socket", packet_socket},
        {"connect_out", connect_out},
        {"connect_out_6", connect_out_6},
    };
    char key[32];
    snprintf(key, sizeof key, "%s.act", who);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        probe_say(key, "%s %d", acts[i].name, probe_in_child(acts[i].act));
}
