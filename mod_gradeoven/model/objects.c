#include "model/objects.h"

#include <apr_file_io.h>
#include <apr_hash.h>
#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

const char *go_object_path(const char *objects, const char *object, apr_pool_t *pool) {
    return apr_psprintf(pool, "%s/%.2s/%s", objects, object, object + 2);
}

static apr_status_t failed(const char *path, const char *what, go_error *err) {
    return go_error_system(err, APR_FROM_OS_ERROR(errno), "Look at the disk of GradeOvenState.",
                           "A file could not be %s (%s)", what, path);
}

static apr_status_t sync_path(const char *path, int flags, go_error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    if (fd < 0) return failed(path, "opened", err);
    int rc = fsync(fd);
    int saved = errno;
    close(fd);
    errno = saved;
    return rc ? failed(path, "written to the disk", err) : APR_SUCCESS;
}

apr_status_t go_object_hash(go_tree_entry *entry, apr_pool_t *pool, go_error *err) {
    int fd = open(entry->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return failed(entry->file, "opened", err);
    crypto_hash_sha256_state state;
    unsigned char buffer[32768], digest[crypto_hash_sha256_BYTES];
    ssize_t n;
    crypto_hash_sha256_init(&state);
    while ((n = read(fd, buffer, sizeof(buffer))) > 0)
        crypto_hash_sha256_update(&state, buffer, (unsigned long long)n);
    int saved = errno;
    close(fd);
    errno = saved;
    if (n < 0) return failed(entry->file, "read", err);
    crypto_hash_sha256_final(&state, digest);
    char *text = apr_palloc(pool, GO_OBJECT_DIGITS + 1);
    entry->object = sodium_bin2hex(text, GO_OBJECT_DIGITS + 1, digest, sizeof(digest));
    return APR_SUCCESS;
}

/* Puts one file into its place; the directory it went to is noted, to be fsync'ed once. */
static apr_status_t keep(const char *objects, go_tree_entry *entry, apr_hash_t *touched,
                         apr_pool_t *pool, go_error *err) {
    apr_status_t status = entry->object ? APR_SUCCESS : go_object_hash(entry, pool, err);
    if (status) return status;
    const char *place = go_object_path(objects, entry->object, pool);
    if (strcmp(entry->file, place) == 0) return APR_SUCCESS; /* of a tree that was changed */
    char *directory = apr_psprintf(pool, "%s/%.2s", objects, entry->object);
    /* also when another has just made it: it need not be on the disk yet */
    apr_hash_set(touched, objects, APR_HASH_KEY_STRING, objects);
    if (mkdir(directory, 02770) == 0) {
        if (chmod(directory, 02770)) return failed(directory, "protected", err);
    } else if (errno != EEXIST)
        return failed(directory, "made", err);
    /* mode before the rename: once it has its name, the executor may come to read it */
    if (chmod(entry->file, 0440)) return failed(entry->file, "protected", err);
    status = sync_path(entry->file, O_NOFOLLOW, err);
    if (status) return status;
    if (rename(entry->file, place)) return failed(place, "put in its place", err);
    apr_hash_set(touched, directory, APR_HASH_KEY_STRING, directory);
    entry->file = place;
    return APR_SUCCESS;
}

static apr_status_t close_lock(void *data) {
    close((int)(intptr_t)data);
    return APR_SUCCESS;
}

/* Until `pool` ends nobody removes an object that no row names yet. */
static apr_status_t hold(const char *objects, apr_pool_t *pool, go_error *err) {
    int fd = open(objects, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed(objects, "opened", err);
    apr_pool_cleanup_register(pool, (void *)(intptr_t)fd, close_lock, apr_pool_cleanup_null);
    while (flock(fd, LOCK_SH))
        if (errno != EINTR) return failed(objects, "locked", err);
    return APR_SUCCESS;
}

apr_status_t go_objects_keep(const char *objects, go_tree *tree, apr_pool_t *pool, go_error *err) {
    apr_status_t held = hold(objects, pool, err);
    if (held) return held;
    apr_hash_t *touched = apr_hash_make(pool);
    for (int i = 0; i < tree->entries->nelts; i++) {
        go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        if (entry->is_directory) continue;
        apr_status_t status = keep(objects, entry, touched, pool, err);
        if (status) return status;
    }
    for (apr_hash_index_t *at = apr_hash_first(pool, touched); at; at = apr_hash_next(at)) {
        apr_status_t status = sync_path(apr_hash_this_val(at), O_DIRECTORY, err);
        if (status) return status;
    }
    return APR_SUCCESS;
}

apr_status_t go_objects_copy(const char *objects, const char *workspace, go_tree *tree,
                             apr_pool_t *pool, go_error *err) {
    for (int i = 0; i < tree->entries->nelts; i++) {
        go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        if (entry->is_directory) continue;
        const char *copy = apr_psprintf(pool, "%s/%d", workspace, i);
        apr_status_t status =
            apr_file_copy(entry->file, copy, APR_FPROT_UREAD | APR_FPROT_UWRITE, pool);
        if (status)
            return go_error_system(err, status, NULL, "\"%s\" could not be copied", entry->file);
        entry->file = copy;
        entry->object = NULL;
    }
    return go_objects_keep(objects, tree, pool, err);
}
