#include "model/state.h"

#include "model/db.h"

#include <apr_strings.h>
#include <apr_time.h>

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LEFT_OVER_SECONDS = 24 * 3600, DIRECTORY_MODE = 02770, DATABASE_MODE = 0660 };

go_state *go_state_paths(const char *directory, const char *driver, const char *params,
                         apr_pool_t *pool) {
    go_state *state = apr_pcalloc(pool, sizeof(*state));
    state->directory = apr_pstrdup(pool, directory);
    state->objects = apr_pstrcat(pool, directory, "/objects", NULL);
    state->tmp = apr_pstrcat(pool, directory, "/tmp", NULL);
    state->doorbell = apr_pstrcat(pool, directory, "/run/doorbell", NULL);
    state->driver = driver ? driver : "sqlite3";
    state->params = params ? params : apr_pstrcat(pool, directory, "/gradeoven.db", NULL);
    return state;
}

static apr_status_t cannot(const char *path, const char *what, go_error *err) {
    return go_error_system(err, APR_FROM_OS_ERROR(errno),
                           "The directory of GradeOvenState must be writable when httpd starts.",
                           "\"%s\" could not be %s", path, what);
}

static apr_status_t own(const char *path, int user, int group, int mode, go_error *err) {
    struct stat info;
    if (stat(path, &info)) return cannot(path, "read", err);
    int is_wrong =
        (user >= 0 && info.st_uid != (uid_t)user) || (group >= 0 && info.st_gid != (gid_t)group);
    if (geteuid() == 0 && is_wrong && chown(path, (uid_t)user, (gid_t)group))
        return cannot(path, "given to its user", err);
    if (geteuid() == 0 && (info.st_mode & 07777) != (mode_t)mode && chmod(path, (mode_t)mode))
        return cannot(path, "protected", err);
    return APR_SUCCESS;
}

static apr_status_t make_directory(const char *path, int user, int group, go_error *err) {
    if (mkdir(path, 0770) && errno != EEXIST) return cannot(path, "made", err);
    return own(path, user, group, DIRECTORY_MODE, err);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info, (void)kind, (void)walk;
    remove(path);
    return 0;
}

static void remove_tree(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static void sweep_left_overs(const go_state *state, apr_pool_t *pool) {
    DIR *directory = opendir(state->tmp);
    if (!directory) return;
    time_t limit = time(NULL) - LEFT_OVER_SECONDS;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        struct stat info;
        const char *path = apr_pstrcat(pool, state->tmp, "/", entry->d_name, NULL);
        if (entry->d_name[0] == '.' || lstat(path, &info) || info.st_mtime > limit) continue;
        remove_tree(path);
    }
    closedir(directory);
}

/* Root makes the file before SQLite does, so that its journals get the right owner as well. */
static apr_status_t prepare_database(const go_state *state, int user, int group, apr_pool_t *pool,
                                     go_error *err) {
    if (strcmp(state->driver, "sqlite3") == 0) {
        int fd = open(state->params, O_RDWR | O_CREAT | O_CLOEXEC, DATABASE_MODE);
        if (fd < 0) return cannot(state->params, "opened", err);
        close(fd);
        apr_status_t status = own(state->params, user, group, DATABASE_MODE, err);
        if (status) return status;
    }
    return go_db_migrate(state->driver, state->params, pool, err);
}

apr_status_t go_state_prepare(const go_state *state, int user, int group, apr_pool_t *pool,
                              go_error *err) {
    const char *run = apr_pstrcat(pool, state->directory, "/run", NULL);
    const char *const directories[] = {state->directory, state->objects, state->tmp, run};
    for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
        apr_status_t status = make_directory(directories[i], user, group, err);
        if (status) return status;
    }
    sweep_left_overs(state, pool);
    return prepare_database(state, user, group, pool, err);
}

void go_state_ring(const go_state *state) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(state->doorbell) >= sizeof(address.sun_path)) return;
    strcpy(address.sun_path, state->doorbell);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    sendto(fd, "!", 1, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof(address));
    close(fd);
}

static apr_status_t remove_workspace(void *data) {
    remove_tree(data);
    return APR_SUCCESS;
}

apr_status_t go_state_workspace(const go_state *state, const char **directory, apr_pool_t *pool,
                                go_error *err) {
    char *path = apr_pstrcat(pool, state->tmp, "/upload-XXXXXX", NULL);
    if (!mkdtemp(path)) return cannot(state->tmp, "used for an upload", err);
    apr_pool_cleanup_register(pool, path, remove_workspace, apr_pool_cleanup_null);
    *directory = path;
    return APR_SUCCESS;
}
