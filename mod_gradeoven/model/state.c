#include "model/state.h"

#include "model/db.h"

#include <apr_strings.h>

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DIRECTORY_MODE = 02770, DATABASE_MODE = 0660, WORKSPACE_TRIES = 8 };

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

/*
 * Gives a path to its user, as root. Those who own the directory are not trusted by root: they
 * could put a link to /etc here. So it is opened without following one, and changed by its
 * descriptor.
 */
static apr_status_t own(const char *path, int kind, int user, int group, int mode, go_error *err) {
    struct stat info;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | kind);
    if (fd < 0) return cannot(path, "opened", err);
    apr_status_t status = APR_SUCCESS;
    if (fstat(fd, &info)) {
        status = cannot(path, "read", err);
    } else if (!kind && (!S_ISREG(info.st_mode) || info.st_nlink != 1)) {
        status = go_error_set(err, GO_EINTERNAL, "Move it away and look who put it there.",
                              "\"%s\" is not a file of its own.", path);
    } else if (geteuid() == 0) {
        int is_wrong = (user >= 0 && info.st_uid != (uid_t)user) ||
                       (group >= 0 && info.st_gid != (gid_t)group);
        if (is_wrong && fchown(fd, (uid_t)user, (gid_t)group))
            status = cannot(path, "given to its user", err);
        else if ((is_wrong || (info.st_mode & 07777) != (mode_t)mode) && fchmod(fd, (mode_t)mode))
            status = cannot(path, "protected", err);
    }
    close(fd);
    return status;
}

static apr_status_t make_directory(const char *path, int user, int group, go_error *err) {
    if (mkdir(path, 0770) && errno != EEXIST) return cannot(path, "made", err);
    return own(path, O_DIRECTORY, user, group, DIRECTORY_MODE, err);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk) {
    (void)info, (void)kind, (void)walk;
    remove(path);
    return 0;
}

static void remove_tree(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* A workspace is locked while it is used: the lock ends with the process, however that ends. */
static int lock_workspace(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
        close(fd);
        return -1;
    }
    return fd;
}

void go_state_sweep(const go_state *state, apr_pool_t *pool) {
    DIR *directory = opendir(state->tmp);
    if (!directory) return;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.') continue;
        const char *path = apr_pstrcat(pool, state->tmp, "/", entry->d_name, NULL);
        int fd = lock_workspace(path);
        if (fd < 0) continue;
        remove_tree(path);
        close(fd);
    }
    closedir(directory);
}

/* Root makes the file before SQLite does, so that its journals get the right owner as well. */
static apr_status_t make_database(const go_state *state, int user, int group, go_error *err) {
    if (strcmp(state->driver, "sqlite3")) return APR_SUCCESS;
    int fd = open(state->params, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, DATABASE_MODE);
    if (fd < 0) return cannot(state->params, "opened", err);
    close(fd);
    return own(state->params, 0, user, group, DATABASE_MODE, err);
}

/* What opens paths below the state directory, and so must not be done as root. */
static apr_status_t work_inside(const go_state *state, apr_pool_t *pool, go_error *err) {
    go_state_sweep(state, pool);
    return go_db_migrate(state->driver, state->params, pool, err);
}

/* In a child process of that user; the error's text comes back through a pipe. */
static apr_status_t work_inside_as(const go_state *state, int user, int group, apr_pool_t *pool,
                                   go_error *err) {
    int ends[2], outcome = 0;
    char text[1024];
    if (pipe2(ends, O_CLOEXEC)) return cannot(state->directory, "prepared", err);
    pid_t pid = fork();
    if (pid == 0) {
        gid_t gid = (gid_t)group;
        apr_status_t status = APR_EGENERAL;
        if (setgroups(1, &gid) == 0 && setgid(gid) == 0 && setuid((uid_t)user) == 0)
            status = work_inside(state, pool, err);
        const char *said = status ? go_error_text(err) : "";
        ssize_t ignored = write(ends[1], said, strlen(said));
        (void)ignored;
        _exit(status ? 1 : 0);
    }
    close(ends[1]);
    ssize_t length = read(ends[0], text, sizeof(text) - 1);
    close(ends[0]);
    while (pid > 0 && waitpid(pid, &outcome, 0) < 0 && errno == EINTR)
        ;
    if (pid > 0 && outcome == 0) return APR_SUCCESS;
    text[length > 0 ? length : 0] = '\0';
    return go_error_set(err, GO_EINTERNAL, NULL, "%s",
                        length > 0 ? text : "The state directory could not be prepared.");
}

apr_status_t go_state_prepare(const go_state *state, int user, int group, apr_pool_t *pool,
                              go_error *err) {
    const char *run = apr_pstrcat(pool, state->directory, "/run", NULL);
    const char *const directories[] = {state->directory, state->objects, state->tmp, run};
    apr_status_t status = APR_SUCCESS;
    for (size_t i = 0; i < sizeof(directories) / sizeof(*directories) && !status; i++)
        status = make_directory(directories[i], user, group, err);
    if (!status) status = make_database(state, user, group, err);
    if (status) return status;
    return geteuid() == 0 && user > 0 ? work_inside_as(state, user, group, pool, err)
                                      : work_inside(state, pool, err);
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

typedef struct workspace {
    const char *path;
    int fd; /* holds the lock */
} workspace;

static apr_status_t remove_workspace(void *data) {
    const workspace *self = data;
    remove_tree(self->path);
    close(self->fd);
    return APR_SUCCESS;
}

/* Is it still there? A sweeper may have taken it for a left-over before it was locked. */
static int is_there(const workspace *self) {
    struct stat by_name, by_lock;
    return stat(self->path, &by_name) == 0 && fstat(self->fd, &by_lock) == 0 &&
           by_name.st_ino == by_lock.st_ino;
}

apr_status_t go_state_workspace(const go_state *state, const char **directory, apr_pool_t *pool,
                                go_error *err) {
    for (int tries = 0; tries < WORKSPACE_TRIES; tries++) {
        char *path = apr_pstrcat(pool, state->tmp, "/upload-XXXXXX", NULL);
        if (!mkdtemp(path)) return cannot(state->tmp, "used for an upload", err);
        workspace *self = apr_palloc(pool, sizeof(*self));
        *self = (workspace){path, lock_workspace(path)};
        if (self->fd >= 0 && is_there(self)) {
            apr_pool_cleanup_register(pool, self, remove_workspace, apr_pool_cleanup_null);
            *directory = path;
            return APR_SUCCESS;
        }
        if (self->fd >= 0) close(self->fd);
    }
    return go_error_set(err, GO_EINTERNAL, "Its file system must know flock.",
                        "No directory could be locked in \"%s\".", state->tmp);
}
