#define _GNU_SOURCE
#include "attempt.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>
static char stack[65536];

static int child(void *unused) {
    (void)unused;
    return 0;
}

int main(void) {
    static const struct {
        const char *name;
        int flag;
    } kinds[] = {{"user", 0x10000000},    {"mnt", 0x00020000},  {"pid", 0x20000000},
                 {"net", 0x40000000},     {"ipc", 0x08000000},  {"uts", 0x04000000},
                 {"cgroup", 0x02000000},  {"time", 0x00000080}, {"user+mnt", 0x10020000},
                 {"user+net", 0x50000000}};
    char path[64], what[80];
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        ATTEMPT(kinds[i].name, unshare(kinds[i].flag));
        if (kinds[i].flag != 0x80)
            ATTEMPT(kinds[i].name,
                    clone(child, stack + sizeof stack, kinds[i].flag | SIGCHLD, NULL));
        snprintf(path, sizeof path, "/proc/1/ns/%s", kinds[i].name);
        snprintf(what, sizeof what, "open %s", path);
        ATTEMPT(what, open(path, O_RDONLY));
        snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i].name);
        int fd = open(path, O_RDONLY);
        if (fd >= 0) ATTEMPT("join its own again", setns(fd, 0));
    }
    ATTEMPT("a host name", sethostname("x", 1));
    ATTEMPT("map users", open("/proc/self/uid_map", O_WRONLY) < 0
                             ? -1
                             : write(open("/proc/self/uid_map", O_WRONLY), "0 0 1", 5));
    over();
}
