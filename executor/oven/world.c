#include "oven/world.h"

#include "oven/protocol.h"
#include "oven/rights.h"
#include "oven/util.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

void world_home(char path[WORLD_HOME_MAX], unsigned index) {
    snprintf(path, WORLD_HOME_MAX, WORLD_SANDBOX "/%u", index);
}

/* With CAP_CHOWN missing, a directory of somebody is made as that somebody. */
static void build_homes(uid_t base) {
    if (chmod(WORLD_SANDBOX, 01733)) die(WORLD_SANDBOX ": %s", strerror(errno));
    for (unsigned i = 0; i < OVEN_UIDS; i++) {
        char path[WORLD_HOME_MAX];
        world_home(path, i);
        rights_files_as(base + i, base + i);
        if (mkdir(path, 0700)) die("%s: %s", path, strerror(errno));
    }
    rights_files_as(base + OVEN_UID_GRADER, base + OVEN_UID_GRADER);
    if (mkdir(WORLD_FILES, 0711)) die(WORLD_FILES ": %s", strerror(errno));
    rights_files_as(0, 0);
    if (chmod(WORLD_SANDBOX, 0711)) die(WORLD_SANDBOX ": %s", strerror(errno));
}

/*
 * An engine that mounts no tmpfs for another user (Podman) gives us root's. Its owner may give it
 * to a group that is his own even without CAP_CHOWN; the grader's group has no other member than
 * the grader, and PID 1 from here on, which makes files there as the grader.
 */
static void take_over(uid_t base) {
    const gid_t group = base + OVEN_UID_GRADER;
    rights_files_as(0, group);
    if (chown(WORLD_OVEN, (uid_t)-1, group) || chmod(WORLD_OVEN, 0771))
        die(WORLD_OVEN ": %s", strerror(errno));
    if (setgroups(1, &group)) die("setgroups: %s", strerror(errno));
    rights_files_as(0, 0);
}

static void check_oven(uid_t base) {
    struct stat found;
    if (stat(WORLD_OVEN, &found)) die(WORLD_OVEN ": %s", strerror(errno));
    if (found.st_uid == 0 && (found.st_mode & 07777) == WORLD_OVEN_MODE) {
        take_over(base);
        return;
    }
    if (!S_ISDIR(found.st_mode) || found.st_uid != base ||
        (found.st_mode & 07777) != WORLD_OVEN_MODE)
        die(WORLD_OVEN " must be a directory of uid %u with mode 0711, not of uid %u with 0%o",
            base, found.st_uid, found.st_mode & 07777);
}

void world_build(uid_t base) {
    prctl(PR_SET_DUMPABLE, 0); /* /proc/1 is root's: nobody else looks into PID 1 */
    umask(0);
    if (setgroups(0, NULL)) die("setgroups: %s: is CAP_SETGID missing?", strerror(errno));
    check_oven(base);
    build_homes(base);
    rights_files_as_grader(base);
    if (mkdir(WORLD_OVEN "/" WORLD_OUTPUT, 0750) ||
        chmod(WORLD_OVEN "/" WORLD_OUTPUT, WORLD_OUTPUT_MODE))
        die(WORLD_OVEN "/" WORLD_OUTPUT ": %s", strerror(errno));
}
