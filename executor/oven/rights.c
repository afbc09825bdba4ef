#include "oven/rights.h"

#include "oven/protocol.h"
#include "oven/util.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void rights_files_as(uid_t uid, gid_t gid) {
    setfsgid(gid);
    setfsuid(uid);
    /* These two calls do not report failure: asking for an impossible id reads the present one. */
    if ((uid_t)setfsuid((uid_t)-1) != uid || (gid_t)setfsgid((gid_t)-1) != gid)
        die("cannot take the file-system identity %u:%u: is CAP_SETUID/SETGID missing?", uid, gid);
}

void rights_files_as_grader(uid_t base) {
    rights_files_as(base + OVEN_UID_GRADER, base + OVEN_UID_UNTRUSTED);
}

int rights_become(uid_t uid, gid_t gid, gid_t group) {
    if (setgroups(group == gid ? 0 : 1, &group) || setresgid(gid, gid, gid) ||
        setresuid(uid, uid, uid))
        return errno;
    return 0;
}

struct kill_order {
    uid_t uid, killer;
};

static int kill_all(void *context) {
    const struct kill_order *order = context;
    if (setresuid(order->killer, order->uid, order->killer)) return 1;
    kill(-1, SIGKILL); /* its result tells nothing: it is 0 even where nobody was signalled */
    return 0;
}

/* The effective uid takes the file-system uid along, so that is put back too. */
static void be_root_again(uid_t base) {
    if (setresuid(0, 0, 0)) die("cannot be root again: %s", strerror(errno));
    prctl(PR_SET_DUMPABLE, 0); /* a change of uid resets it to what fs.suid_dumpable says */
    rights_files_as_grader(base);
}

/*
 * A short-lived task that shares PID 1's memory does it, because whoever has the effective uid of a
 * student can be slowed down by the student (setpriority, sched_setscheduler), and for PID 1 that
 * would last. Only where no process can be made any more, which one call alone cannot bring about,
 * PID 1 does it itself.
 */
void rights_kill_all_of(uid_t uid, uid_t base) {
    static char stack[16 * 1024] __attribute__((aligned(16)));
    struct kill_order order = {uid, base + RIGHTS_UID_KILLER};
    int status = 1;
    pid_t pid = clone(kill_all, stack + sizeof stack, CLONE_VM | CLONE_VFORK, &order);
    while (pid > 0 && waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
        ;
    if (status == 0) return;
    if (setresuid(order.killer, uid, 0)) die("cannot act as uid %u: %s", uid, strerror(errno));
    kill(-1, SIGKILL);
    be_root_again(base);
}

int rights_make_inotify(uid_t base) {
    if (setresuid(0, base + OVEN_UID_GRADER, 0))
        die("cannot act as the grader: %s", strerror(errno));
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    int error = errno;
    be_root_again(base);
    if (fd < 0) die("inotify_init1: %s", strerror(error));
    return fd;
}
