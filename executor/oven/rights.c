#include "oven/rights.h"

#include "oven/protocol.h"
#include "oven/util.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
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

static void borrow_uid(uid_t uid) {
    if (setresuid((uid_t)-1, uid, (uid_t)-1))
        die("cannot take the effective uid %u: %s", uid, strerror(errno));
}

/* The effective uid takes the file-system uid along, so that is put back too. */
static void give_uid_back(uid_t base) {
    borrow_uid(0);
    rights_files_as_grader(base);
}

void rights_kill_all_of(uid_t uid, uid_t base) {
    borrow_uid(uid);
    kill(-1, SIGKILL); /* its result tells nothing: it is 0 even where nobody was signalled */
    give_uid_back(base);
}

int rights_make_inotify(uid_t base) {
    borrow_uid(base + OVEN_UID_GRADER);
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    int error = errno;
    give_uid_back(base);
    if (fd < 0) die("inotify_init1: %s", strerror(error));
    return fd;
}
