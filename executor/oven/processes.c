#include "oven/processes.h"

#include "oven/util.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t microseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

/* The system call gives the uid and the resources of a child at once; no function of libc does. */
bool processes_reap(struct death *death) {
    siginfo_t info = {0};
    struct rusage usage;
    if (syscall(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOHANG | __WALL, &usage) || !info.si_pid)
        return false;
    *death = (struct death){
        .pid = info.si_pid,
        .uid = info.si_uid,
        .status = info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) : info.si_status,
        .usage = {.cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
                  .max_rss_kib = (uint64_t)usage.ru_maxrss},
    };
    return true;
}

/* Marks the real, effective, saved and file-system uid in the text of a /proc/N/status. */
static void mark_uids(const char *status, uid_t base, bool alive[OVEN_UIDS]) {
    const char *line = strstr(status, "\nUid:");
    if (!line) return;
    char *at = (char *)line + strlen("\nUid:");
    for (int i = 0; i < 4; i++) {
        unsigned long uid = strtoul(at, &at, 10);
        if (uid >= base && uid < base + OVEN_UIDS) alive[uid - base] = true;
    }
}

void processes_alive(uid_t base, bool alive[OVEN_UIDS]) {
    memset(alive, 0, OVEN_UIDS * sizeof *alive);
    DIR *all = opendir("/proc");
    if (!all) die("/proc: %s", strerror(errno));
    for (struct dirent *entry; (entry = readdir(all));) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !strcmp(entry->d_name, "1")) continue;
        char path[300], status[1024];
        snprintf(path, sizeof path, "%s/status", entry->d_name);
        CLEANUP_FD int fd = openat(dirfd(all), path, O_RDONLY | O_CLOEXEC);
        ssize_t got = fd >= 0 ? read(fd, status, sizeof status - 1) : -1;
        if (got <= 0) continue; /* reaped meanwhile */
        status[got] = '\0';
        mark_uids(status, base, alive);
    }
    closedir(all);
}

void usage_add(struct usage *sum, const struct usage *more) {
    sum->cpu_us += more->cpu_us;
    if (more->max_rss_kib > sum->max_rss_kib) sum->max_rss_kib = more->max_rss_kib;
}
