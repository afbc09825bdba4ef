#include "oven/beneath.h"

#include "oven/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_plain(const char *part, size_t size) {
    if (size == 0 || size > NAME_MAX || memchr(part, '/', size)) return false;
    return !(part[0] == '.' && (size == 1 || (size == 2 && part[1] == '.')));
}

bool beneath_is_name(const char *name) {
    return is_plain(name, strlen(name));
}

bool beneath_is_path(const char *path) {
    if (strlen(path) >= BENEATH_PATH_MAX) return false;
    for (;;) {
        size_t size = strcspn(path, "/");
        if (!is_plain(path, size)) return false;
        if (!path[size]) return true;
        path += size + 1;
    }
}

int beneath_open_parent(int top, const char *path, mode_t make_mode, const char **last) {
    int at = fcntl(top, F_DUPFD_CLOEXEC, 3);
    for (size_t size; at >= 0 && path[size = strcspn(path, "/")]; path += size + 1) {
        char part[NAME_MAX + 1];
        if (!is_plain(path, size)) {
            close(at);
            errno = EINVAL;
            return -1;
        }
        memcpy(part, path, size);
        part[size] = '\0';
        CLEANUP_FD int parent = at;
        if (make_mode && mkdirat(parent, part, make_mode) && errno != EEXIST) return -1;
        at = openat(parent, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    *last = path;
    return at;
}
