#include "oven/modes.h"

#include "oven/protocol.h"
#include "oven/util.h"
#include "oven/world.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define ALL_BITS    07777
#define BITS_OTHERS 07

/* The mode it should have: a directory that PID 1 has made is of the untrusted stages' group. */
static mode_t proper_mode(const char *name, const struct stat *found, uid_t base) {
    mode_t mode = found->st_mode & ALL_BITS;
    if (!strcmp(name, WORLD_OUTPUT)) return WORLD_OUTPUT_MODE;
    if (found->st_gid != base + OVEN_UID_UNTRUSTED || !strcmp(name, WORLD_SUBMISSION)) return mode;
    return mode & ~(mode_t)BITS_OTHERS;
}

/* A link is never followed: one to submission/ is nothing to close. */
static void put_back(int oven, const char *name, uid_t base) {
    struct stat found;
    if (fstatat(oven, name, &found, AT_SYMLINK_NOFOLLOW)) return;
    if (!S_ISDIR(found.st_mode) || found.st_uid != base + OVEN_UID_GRADER) return;
    mode_t proper = proper_mode(name, &found, base);
    if ((found.st_mode & ALL_BITS) != proper) fchmodat(oven, name, proper, 0);
}

/* Where the engine made it root's (world.c), no stage could have changed it. */
static void put_back_oven(uid_t base) {
    struct stat found;
    if (!stat(WORLD_OVEN, &found) && found.st_uid == base + OVEN_UID_GRADER &&
        (found.st_mode & ALL_BITS) != WORLD_OVEN_MODE)
        chmod(WORLD_OVEN, WORLD_OVEN_MODE);
}

void modes_put_back(uid_t base) {
    put_back_oven(base);
    DIR *oven = opendir(WORLD_OVEN);
    if (!oven) return;
    for (struct dirent *entry; (entry = readdir(oven));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            put_back(dirfd(oven), entry->d_name, base);
    closedir(oven);
}
