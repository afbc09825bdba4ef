/*
 * Reading a directory of this host into a tree. Every step goes from an open directory to one name
 * in it with O_NOFOLLOW, so a link that appears while we look is refused like one that was there
 * before.
 */
#include "model/text.h"
#include "model/tree.h"

#include <apr_strings.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct scan {
    go_tree *tree;
    apr_pool_t *pool;
    apr_off_t bytes, max_bytes;
    int max_entries;
    go_error *err;
} scan;

static const char *printable(const scan *s, const char *path) {
    return go_text_printable(s->pool, path, strlen(path));
}

static apr_status_t add(scan *s, const go_tree_entry *entry) {
    if (s->tree->entries->nelts >= s->max_entries)
        return go_error_set(s->err, GO_ETOOBIG, NULL, "There are more than %d files.",
                            s->max_entries);
    if (entry->size > s->max_bytes - s->bytes)
        return go_error_set(s->err, GO_ETOOBIG, NULL,
                            "The files are larger than %" APR_OFF_T_FMT " bytes together.",
                            s->max_bytes);
    s->bytes += entry->size;
    return go_tree_add(s->tree, entry, s->err);
}

/* What a tree may not hold, as a sentence says it. */
static const char *kind_of(mode_t mode) {
    if (S_ISLNK(mode)) return "a symbolic link";
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISSOCK(mode)) return "a socket";
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
    return "no regular file";
}

static apr_status_t refuse_kind(scan *s, const char *file, mode_t mode) {
    return go_error_set(s->err, GO_EINVALID, "Only regular files and directories can be taken.",
                        "\"%s\" is %s.", printable(s, file), kind_of(mode));
}

static apr_status_t scan_directory(scan *s, int descriptor, const char *path, const char *file);

/* Opens a directory below `parent` and scans it; takes care of the descriptor. */
static apr_status_t enter(scan *s, int parent, const char *name, const char *path,
                          const char *file) {
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return go_error_system(s->err, errno, NULL, "The directory \"%s\" cannot be read",
                               printable(s, file));
    return scan_directory(s, descriptor, path, file);
}

/* One name of a directory: `path` is its path in the tree, `file` on this host. */
static apr_status_t scan_name(scan *s, int parent, const char *name, const char *path,
                              const char *file) {
    struct stat info;
    if (fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW))
        return go_error_system(s->err, errno, NULL, "\"%s\" cannot be read", printable(s, file));
    go_tree_entry entry = {.path = path};
    if (S_ISDIR(info.st_mode)) {
        entry.is_directory = 1;
        apr_status_t status = add(s, &entry);
        return status ? status : enter(s, parent, name, path, file);
    }
    if (!S_ISREG(info.st_mode)) return refuse_kind(s, file, info.st_mode);
    entry.is_executable = (info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
    entry.size = info.st_size;
    entry.file = file;
    return add(s, &entry);
}

static apr_status_t scan_directory(scan *s, int descriptor, const char *path, const char *file) {
    DIR *directory = fdopendir(descriptor);
    apr_status_t status = APR_SUCCESS;
    if (!directory) {
        status = errno;
        close(descriptor);
        return go_error_system(s->err, status, NULL, "\"%s\" cannot be read", printable(s, file));
    }
    while (!status) {
        errno = 0;
        const struct dirent *next = readdir(directory);
        if (!next) break;
        const char *name = next->d_name;
        if (!strcmp(name, ".") || !strcmp(name, "..")) continue;
        const char *child = *path ? apr_pstrcat(s->pool, path, "/", name, NULL) : name;
        status = scan_name(s, descriptor, name, apr_pstrdup(s->pool, child),
                           apr_pstrcat(s->pool, file, "/", name, NULL));
    }
    if (!status && errno)
        status = go_error_system(s->err, errno, NULL, "\"%s\" cannot be read", printable(s, file));
    closedir(directory);
    return status;
}

static apr_status_t scan_root(scan *s, const char *given) {
    struct stat info;
    /* A slash at the end would make the kernel follow a link, even for lstat. */
    char *path = apr_pstrdup(s->pool, given);
    for (apr_size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    if (lstat(path, &info))
        return go_error_system(s->err, errno, NULL, "\"%s\" cannot be read", printable(s, path));
    if (S_ISDIR(info.st_mode)) return enter(s, AT_FDCWD, path, "", path);
    const char *slash = strrchr(path, '/');
    return scan_name(s, AT_FDCWD, path, slash ? slash + 1 : path, path);
}

apr_status_t go_tree_scan(go_tree **tree, const char *path, apr_off_t max_bytes, int max_entries,
                          apr_pool_t *pool, go_error *err) {
    apr_pool_t *scratch;
    *tree = NULL;
    apr_status_t status = apr_pool_create(&scratch, pool);
    if (status) return go_error_system(err, status, NULL, "No memory for a list of files");
    scan s = {.tree = go_tree_make(pool),
              .pool = scratch,
              .max_bytes = max_bytes,
              .max_entries = max_entries,
              .err = err};
    status = scan_root(&s, path);
    if (!status) status = go_tree_finish(s.tree, err);
    apr_pool_destroy(scratch);
    if (!status) *tree = s.tree;
    return status;
}
