#include "oven/handover.h"

#include "oven/protocol.h"
#include "oven/remove.h"
#include "oven/rights.h"
#include "oven/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void handover_directory(char path[WORLD_HOME_MAX], unsigned index) {
    snprintf(path, WORLD_HOME_MAX, WORLD_FILES "/%u", index);
}

static int write_all(int to, const char *bytes, ssize_t size) {
    for (ssize_t done = 0, sent; done < size; done += sent) {
        sent = write(to, bytes + done, (size_t)(size - done));
        if (sent < 0 && errno != EINTR) return errno;
        if (sent < 0) sent = 0;
    }
    return 0;
}

/* Copies a whole file and takes its size off *room. It may grow while it is copied. */
static int copy(int from, int to, unsigned long long *room) {
    static char bytes[64 * 1024];
    for (off_t at = 0;;) { /* pread: the grader may hand over one descriptor's file twice */
        ssize_t got = pread(from, bytes, sizeof bytes, at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return got ? errno : 0;
        if ((unsigned long long)got > *room) return EFBIG;
        int error = write_all(to, bytes, got);
        if (error) return error;
        *room -= (unsigned long long)got;
        at += got;
    }
}

static int give_file(int directory, const char *name, int from, unsigned long long *room) {
    struct stat found;
    if (fstat(from, &found)) return errno;
    if (!S_ISREG(found.st_mode)) return EINVAL;
    mode_t mode = found.st_mode & 0111 ? 0550 : 0440;
    CLEANUP_FD int to = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    return to < 0 ? errno : copy(from, to, room);
}

static int copy_files(const char *path, char *const *names, const int *fds) {
    unsigned long long room = HANDOVER_BYTES_MAX;
    if (mkdir(path, 0750)) return errno;
    CLEANUP_FD int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) return errno;
    for (size_t i = 0; names[i]; i++) {
        int error = give_file(directory, names[i], fds[i], &room);
        if (error) return error;
    }
    return 0;
}

/* As the program's uid: whatever an earlier program of a --dir has put there gives way. */
static int link_files(const char *path, const char *home, char *const *names) {
    if (chmod(home, 0700)) return errno;
    CLEANUP_FD int scratch = open(home, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (scratch < 0) return errno;
    for (; *names; names++) {
        char target[WORLD_HOME_MAX + NAME_MAX + 2];
        snprintf(target, sizeof target, "%s/%s", path, *names);
        if (!remove_tree(scratch, *names) || symlinkat(target, scratch, *names)) return errno;
    }
    return 0;
}

int handover_give(uid_t base, unsigned index, char *const *names, const int *fds) {
    char path[WORLD_HOME_MAX], home[WORLD_HOME_MAX];
    handover_directory(path, index);
    world_home(home, index);
    rights_files_as(base + OVEN_UID_GRADER, base + index);
    int error = copy_files(path, names, fds);
    rights_files_as(base + index, base + index);
    return error ? error : link_files(path, home, names);
}

bool handover_take_back(unsigned index) {
    char path[WORLD_HOME_MAX];
    handover_directory(path, index);
    return remove_tree(AT_FDCWD, path);
}
