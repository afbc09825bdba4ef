/* Removing objects that no tree names any more (see objects.h for why that is safe). */
#include "model/objects.h"

#include <apr_strings.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH = 100, TRIES = 300, PAUSE_US = 10000 };

/* The lock is held for one batch: who stores meanwhile waits a moment. */
static int lock(const char *objects) {
    int fd = open(objects, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; fd >= 0 && i < TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
        apr_sleep(PAUSE_US);
    }
    if (fd >= 0) close(fd);
    return -1;
}

static apr_status_t is_named(go_db *db, const char *object, int *named, apr_pool_t *pool,
                             go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_OBJECT_IS_NAMED, GO_VALUES(go_text(object)), &rows, pool, err);
    *named = status || !rows || go_rows_next(rows);
    return status;
}

static apr_status_t forget_one(go_db *db, const char *objects, const char *object, int *count,
                               apr_pool_t *pool, go_error *err) {
    int named = 1;
    apr_status_t status = is_named(db, object, &named, pool, err);
    if (status || named) return status;
    const char *path = go_object_path(objects, object, pool);
    if (unlink(path) == 0)
        ++*count;
    else if (errno != ENOENT)
        return go_error_system(err, APR_FROM_OS_ERROR(errno), NULL, "\"%s\" could not be removed",
                               path);
    return APR_SUCCESS;
}

static apr_status_t forget_some(go_db *db, const char *objects, const apr_array_header_t *names,
                                int from, int *count, apr_pool_t *pool, go_error *err) {
    int fd = lock(objects);
    if (fd < 0)
        return go_error_set(err, GO_EBUSY, "What is left goes with the next daily sweep.",
                            "Files are being stored all the time, so that none could be removed.");
    apr_status_t status = APR_SUCCESS;
    for (int i = from; !status && i < names->nelts && i < from + BATCH; i++)
        status = forget_one(db, objects, APR_ARRAY_IDX(names, i, const char *), count, pool, err);
    close(fd);
    return status;
}

apr_status_t go_objects_forget(go_db *db, const char *objects, const apr_array_header_t *names,
                               int *count, apr_pool_t *pool, go_error *err) {
    apr_status_t status = APR_SUCCESS;
    apr_pool_t *some;
    apr_pool_create(&some, pool);
    *count = 0;
    for (int from = 0; !status && from < names->nelts; from += BATCH) {
        apr_pool_clear(some);
        status = forget_some(db, objects, names, from, count, some, err);
    }
    apr_pool_destroy(some);
    return status;
}

/* The old ones of one directory, "ab": their whole names. */
static void list_old(const char *objects, const char *two, apr_time_t before,
                     apr_array_header_t *names, apr_pool_t *pool) {
    DIR *directory = opendir(apr_pstrcat(pool, objects, "/", two, NULL));
    struct dirent *entry;
    struct stat info;
    while (directory && (entry = readdir(directory)))
        if (strlen(entry->d_name) == GO_OBJECT_DIGITS - 2 &&
            fstatat(dirfd(directory), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(info.st_mode) && apr_time_from_sec(info.st_mtime) < before)
            APR_ARRAY_PUSH(names, const char *) = apr_pstrcat(pool, two, entry->d_name, NULL);
    if (directory) closedir(directory);
}

apr_status_t go_objects_sweep(go_db *db, const char *objects, apr_time_t before, int *count,
                              apr_pool_t *pool, go_error *err) {
    apr_status_t status = APR_SUCCESS;
    apr_pool_t *some;
    apr_pool_create(&some, pool);
    *count = 0;
    for (int i = 0; !status && i < 256; i++) {
        int removed = 0;
        apr_pool_clear(some);
        apr_array_header_t *names = apr_array_make(some, 64, sizeof(const char *));
        list_old(objects, apr_psprintf(some, "%02x", (unsigned)i), before, names, some);
        status = go_objects_forget(db, objects, names, &removed, some, err);
        *count += removed;
    }
    apr_pool_destroy(some);
    return status;
}
