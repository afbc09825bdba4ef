/*
 * The writer's side of store.h: frames in, files out.
 *
 * Whatever goes wrong with the files (no space left, a bad path) is noted once, and the rest of the
 * tree is read and thrown away; whatever is wrong with the frames themselves ends the oven.
 */
#include "oven/store.h"

#include "oven/beneath.h"
#include "oven/remove.h"
#include "oven/util.h"
#include "oven/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_HEAD 9 /* u8 executable, u64 size */

/* A submission can be built in by untrusted stages and read by sandboxed programs; a stage cannot.
 */
struct modes {
    mode_t directory, file, executable;
};
static const struct modes submission_modes = {02775, 0664, 0775};
static const struct modes stage_modes = {0750, 0640, 0750};

struct tree {
    int verdict;
    const struct modes *modes;
    int top;       /* the tree's directory, -1 after a failure */
    int file;      /* the file being written, or -1 */
    uint64_t rest; /* bytes that are still to come for it, even when it could not be made */
    bool broken;
    char path[BENEATH_PATH_MAX];
};

__attribute__((format(printf, 2, 3))) static void tree_is_broken(struct tree *tree,
                                                                 const char *format, ...) {
    if (tree->broken) return;
    tree->broken = true;
    va_list arguments;
    va_start(arguments, format);
    vdprintf(tree->verdict, format, arguments);
    va_end(arguments);
}

_Noreturn static void refuse_frames(const struct tree *tree, const char *why) {
    dprintf(tree->verdict, "%sprotocol error in a tree: %s", tree->broken ? "; " : "", why);
    _exit(OVEN_EXIT_BROKEN);
}

static void begin_tree(struct tree *tree, const char *name) {
    CLEANUP_FD int oven = open(WORLD_OVEN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    tree->modes = strcmp(name, WORLD_SUBMISSION) ? &stage_modes : &submission_modes;
    umask(0);
    if (oven < 0)
        tree_is_broken(tree, WORLD_OVEN ": %s", strerror(errno));
    else if (!remove_tree(oven, name)) /* an earlier stage may have made something of this name */
        tree_is_broken(tree, "%s: an earlier stage left it and it cannot be removed: %s", name,
                       strerror(errno));
    else if (mkdirat(oven, name, tree->modes->directory) ||
             (tree->top = openat(oven, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) <
                 0 ||
             fchmod(tree->top, tree->modes->directory)) /* mkdir leaves out the set-group-id bit */
        tree_is_broken(tree, "%s: %s", name, strerror(errno));
}

/* Reads a path from a frame into tree->path; false and a verdict if it is no path for a tree. */
static bool take_path(struct tree *tree, const uint8_t *bytes, size_t size) {
    if (size >= sizeof tree->path || memchr(bytes, '\0', size)) {
        tree_is_broken(tree, "a path of %zu bytes, or with a NUL in it", size);
        return false;
    }
    memcpy(tree->path, bytes, size);
    tree->path[size] = '\0';
    if (beneath_is_path(tree->path)) return true;
    tree_is_broken(tree, "not a path below its directory: \"%s\"", tree->path);
    return false;
}

static void add_directory(struct tree *tree, const uint8_t *path, size_t size) {
    if (!take_path(tree, path, size) || tree->broken) return;
    const char *last;
    CLEANUP_FD int parent =
        beneath_open_parent(tree->top, tree->path, tree->modes->directory, &last);
    struct stat found;
    if (parent >= 0 && !mkdirat(parent, last, tree->modes->directory)) return;
    if (parent >= 0 && errno == EEXIST && !fstatat(parent, last, &found, AT_SYMLINK_NOFOLLOW) &&
        S_ISDIR(found.st_mode))
        return;
    tree_is_broken(tree, "%s: %s", tree->path, strerror(errno));
}

static void begin_file(struct tree *tree, const uint8_t *payload, size_t size) {
    if (size < FILE_HEAD) refuse_frames(tree, "FILE is too short");
    tree->rest = get_be64(payload + 1);
    if (!take_path(tree, payload + FILE_HEAD, size - FILE_HEAD) || tree->broken) return;
    mode_t mode = payload[0] ? tree->modes->executable : tree->modes->file;
    const char *last;
    CLEANUP_FD int parent =
        beneath_open_parent(tree->top, tree->path, tree->modes->directory, &last);
    if (parent >= 0)
        tree->file =
            openat(parent, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (tree->file < 0) tree_is_broken(tree, "%s: %s", tree->path, strerror(errno));
    if (tree->rest == 0) close_and_forget(&tree->file);
}

static void add_data(struct tree *tree, const uint8_t *bytes, size_t size) {
    if (size > tree->rest) refuse_frames(tree, "more DATA than FILE announced");
    tree->rest -= size;
    for (size_t done = 0; tree->file >= 0 && done < size;) {
        ssize_t written = write(tree->file, bytes + done, size - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            tree_is_broken(tree, "%s: %s", tree->path, strerror(errno));
            close_and_forget(&tree->file);
            break;
        }
        done += (size_t)written;
    }
    if (tree->rest == 0) close_and_forget(&tree->file);
}

/* A tree that could not be stored whole is not left in parts. */
_Noreturn static void end_tree(const struct tree *tree, const char *name) {
    if (!tree->broken) _exit(STORE_WRITER_DONE);
    CLEANUP_FD int oven = open(WORLD_OVEN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (oven >= 0) remove_tree(oven, name);
    _exit(STORE_WRITER_BROKEN);
}

static bool read_fully(int fd, uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t got = read(fd, bytes, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes += got;
        size -= (size_t)got;
    }
    return true;
}

_Noreturn void store_write(int frames, int verdict, const char *name) {
    static uint8_t frame[OVEN_FRAME_HEADER + OVEN_FRAME_MAX];
    static struct tree tree;
    tree = (struct tree){.verdict = verdict, .top = -1, .file = -1};
    const uint8_t *payload = frame + OVEN_FRAME_HEADER;
    begin_tree(&tree, name);
    while (read_fully(frames, frame, OVEN_FRAME_HEADER)) {
        size_t size = get_be32(frame + 1); /* PID 1 has checked it against the limit */
        if (!read_fully(frames, frame + OVEN_FRAME_HEADER, size)) break;
        if (tree.rest > 0 && frame[0] != OVEN_DATA) refuse_frames(&tree, "a file ended early");
        if (frame[0] == OVEN_DATA) add_data(&tree, payload, size);
        if (frame[0] == OVEN_FILE) begin_file(&tree, payload, size);
        if (frame[0] == OVEN_DIRECTORY) add_directory(&tree, payload, size);
        if (frame[0] == OVEN_END) end_tree(&tree, name);
    }
    _exit(STORE_WRITER_BROKEN); /* PID 1 is gone */
}
