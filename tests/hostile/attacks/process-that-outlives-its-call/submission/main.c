#define _GNU_SOURCE
#include "attempt.h"
#include <sched.h>
#include <signal.h>
#include <unistd.h>
static int idle(void *unused) {
    (void)unused;
    setsid();
    for (;;)
        pause();
    return 0;
}

int main(void) {
    signal(SIGTERM, SIG_IGN), signal(SIGHUP, SIG_IGN);
    static char stack[3][65536];
    int ways[] = {SIGCHLD, CLONE_VM | CLONE_PARENT, CLONE_FILES | CLONE_FS};
    for (int i = 0; i < 3; i++)
        clone(idle, stack[i] + 65536, ways[i], NULL);
    if (vfork() == 0) execlp("sleep", "sleep", "3600", (char *)NULL);
    if (daemon(1, 0) == 0 && fork() == 0) idle(NULL);
    return 0;
}
