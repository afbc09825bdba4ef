#include "oven/remove.h"

#include "oven/util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_dot(const char *name) {
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static DIR *open_directory(int parent, const char *name) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (fd >= 0 && !directory) close(fd);
    return directory;
}

static void close_directory(DIR **directory) {
    if (*directory) closedir(*directory);
}

/* Moves a directory to the top under a name that is free there. */
static bool move_to_top(int parent, const char *name, int top) {
    static unsigned long counter;
    for (int attempt = 0; attempt < 1000; attempt++) {
        char free_name[32];
        snprintf(free_name, sizeof free_name, "~%lu", counter++);
        if (!renameat(parent, name, top, free_name)) return true;
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) return false;
    }
    return false;
}

/* Removes `name`, a sub-directory of top, after moving its own sub-directories to the top. */
static bool remove_level(int top, const char *name) {
    bool done_something = false;
    fchmodat(top, name, 0700, 0); /* the owner may have taken the bits away from itself */
    __attribute__((cleanup(close_directory))) DIR *directory = open_directory(top, name);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        if (is_dot(entry->d_name)) continue;
        if (!unlinkat(dirfd(directory), entry->d_name, 0)) {
            done_something = true;
            continue;
        }
        if (errno != EISDIR && errno != EPERM) continue;
        /* A directory without its w bit cannot be moved: its entry ".." would change. */
        fchmodat(dirfd(directory), entry->d_name, 0700, 0);
        if (move_to_top(dirfd(directory), entry->d_name, top)) done_something = true;
    }
    return !unlinkat(top, name, AT_REMOVEDIR) || done_something;
}

bool remove_contents(int top) {
    for (bool progress = true, empty; progress;) {
        __attribute__((cleanup(close_directory))) DIR *directory = open_directory(top, ".");
        if (!directory) return false;
        progress = false;
        empty = true;
        struct dirent *entry;
        while ((entry = readdir(directory))) {
            if (is_dot(entry->d_name)) continue;
            empty = false;
            if (!unlinkat(top, entry->d_name, 0) ||
                ((errno == EISDIR || errno == EPERM) && remove_level(top, entry->d_name)))
                progress = true;
        }
        if (empty) return true;
    }
    errno = ENOTEMPTY;
    return false;
}

bool remove_tree(int parent, const char *name) {
    if (!unlinkat(parent, name, 0) || errno == ENOENT) return true;
    if (!unlinkat(parent, name, AT_REMOVEDIR)) return true;
    fchmodat(parent, name, 0700, 0);
    CLEANUP_FD int top = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (top < 0 || !remove_contents(top)) return false;
    return !unlinkat(parent, name, AT_REMOVEDIR);
}
