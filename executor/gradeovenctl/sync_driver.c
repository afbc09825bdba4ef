#include "gradeovenctl/sync_driver.h"

#include "gradeovenctl/sync_wire.h"

#include <apr_strings.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_SECONDS = 300, ROWS_MAX = 20000 };

struct ctl_driver {
    apr_pool_t *pool;
    pid_t pid;
    int fd; /* -1: the child is gone */
};

static apr_status_t end_child(void *data) {
    ctl_driver *driver = data;
    if (driver->fd >= 0) close(driver->fd);
    driver->fd = -1;
    kill(driver->pid, SIGKILL);
    while (waitpid(driver->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    return APR_SUCCESS;
}

/* It goes when we do, however we go, and leaves no core with a password in it. */
static _Noreturn void become_child(int fd, const go_sync_setting *setting, apr_pool_t *pool,
                                   pid_t parent) {
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    dup2(STDERR_FILENO, STDOUT_FILENO); /* drivers print, too */
    ctl_driver_serve(fd, setting, pool);
}

apr_status_t ctl_driver_start(ctl_driver **out, const go_sync_setting *setting, apr_pool_t *pool,
                              go_error *err) {
    int ends[2];
    pid_t parent = getpid();
    ctl_driver *driver = apr_pcalloc(pool, sizeof(*driver));
    *out = driver;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return go_error_system(err, APR_FROM_OS_ERROR(errno), NULL, "No socket can be made");
    driver->pid = fork();
    if (driver->pid == 0) {
        close(ends[0]);
        become_child(ends[1], setting, pool, parent);
    }
    close(ends[1]);
    driver->fd = ends[0];
    driver->pool = pool;
    if (driver->pid < 0) {
        close(ends[0]);
        return go_error_system(err, APR_FROM_OS_ERROR(errno), NULL, "No process can be made");
    }
    apr_pool_cleanup_register(pool, driver, end_child, apr_pool_cleanup_null);
    return APR_SUCCESS;
}

/* What a silence means depends on what was asked. */
static apr_status_t lost(ctl_driver *driver, ctl_wire_kind asked, apr_status_t status,
                         go_error *err) {
    const char *how = status == APR_TIMEUP ? "did not answer for five minutes"
                      : status == APR_EOF  ? "died (it crashed)"
                                           : "answered nonsense";
    apr_pool_cleanup_run(driver->pool, driver, end_child);
    if (asked == CTL_WIRE_COMMIT)
        return go_error_set(err, GO_EINTERNAL,
                            "Look there. The next run writes all of it again, which changes "
                            "nothing if it was written.",
                            "The driver of the database %s while it committed: the grades may or "
                            "may not have been written.",
                            how);
    return go_error_set(err, GO_EINTERNAL,
                        asked == CTL_WIRE_ROSTER
                            ? "Simplify the statement, or put it into a view: libdbi's driver for "
                              "SQLite cannot take casts and window functions."
                            : NULL,
                        "The driver of the database %s; nothing was written there.", how);
}

static const char *text_of(const ctl_message *message, int place) {
    return place < message->texts->nelts ? APR_ARRAY_IDX(message->texts, place, const char *)
                                         : NULL;
}

static apr_status_t failed(const ctl_message *answer, go_error *err) {
    const char *what = text_of(answer, 0), *remedy = text_of(answer, 1);
    return go_error_set(err, GO_EINVALID, remedy ? apr_pstrdup(err->pool, remedy) : NULL, "%s",
                        what ? what : "The database refused it.");
}

static apr_status_t ask(ctl_driver *driver, ctl_wire_kind kind, const char *const *texts, int count,
                        apr_pool_t *pool, go_error *err) {
    if (driver->fd < 0)
        return go_error_set(err, GO_EINTERNAL, NULL, "The driver of the database is gone.");
    apr_status_t status = ctl_wire_send(driver->fd, kind, texts, count, pool);
    return status ? lost(driver, kind, status, err) : APR_SUCCESS;
}

static apr_status_t hear(ctl_driver *driver, ctl_wire_kind asked, ctl_message *answer,
                         apr_pool_t *pool, go_error *err) {
    apr_status_t status = ctl_wire_receive(driver->fd, answer, ANSWER_SECONDS, pool);
    if (status) return lost(driver, asked, status, err);
    if (answer->kind == CTL_WIRE_FAILED) return failed(answer, err);
    return APR_SUCCESS;
}

static apr_status_t call(ctl_driver *driver, ctl_wire_kind kind, go_error *err) {
    ctl_message answer;
    apr_status_t status = ask(driver, kind, NULL, 0, err->pool, err);
    return status ? status : hear(driver, kind, &answer, err->pool, err);
}

apr_status_t ctl_driver_connect(ctl_driver *driver, go_error *err) {
    return call(driver, CTL_WIRE_CONNECT, err);
}

apr_status_t ctl_driver_begin(ctl_driver *driver, go_error *err) {
    return call(driver, CTL_WIRE_BEGIN, err);
}

apr_status_t ctl_driver_commit(ctl_driver *driver, go_error *err) {
    return call(driver, CTL_WIRE_COMMIT, err);
}

/* Whether it works or not, the connection's end undoes the same. */
void ctl_driver_rollback(ctl_driver *driver) {
    go_error err = GO_ERROR_INIT(driver->pool);
    if (driver->fd >= 0) call(driver, CTL_WIRE_ROLLBACK, &err);
}

apr_status_t ctl_driver_roster(ctl_driver *driver, apr_array_header_t **rows, apr_pool_t *pool,
                               go_error *err) {
    ctl_message answer;
    *rows = apr_array_make(pool, 256, sizeof(apr_array_header_t *));
    apr_status_t status = ask(driver, CTL_WIRE_ROSTER, NULL, 0, pool, err);
    while (!status && !(status = hear(driver, CTL_WIRE_ROSTER, &answer, pool, err))) {
        if (answer.kind != CTL_WIRE_ROW) break;
        if ((*rows)->nelts > ROWS_MAX) {
            apr_pool_cleanup_run(driver->pool, driver, end_child);
            return go_error_set(err, GO_ETOOBIG, "Add a condition that names the course.",
                                "The roster has more than %d rows.", ROWS_MAX);
        }
        APR_ARRAY_PUSH(*rows, apr_array_header_t *) = answer.texts;
    }
    return status;
}

apr_status_t ctl_driver_grade(ctl_driver *driver, const go_sync_grade *grade, int *changed,
                              apr_pool_t *pool, go_error *err) {
    ctl_message answer;
    *changed = 0;
    apr_status_t status = ask(driver, CTL_WIRE_GRADE, grade->values, GO_SYNC_VALUES, pool, err);
    if (!status) status = hear(driver, CTL_WIRE_GRADE, &answer, pool, err);
    if (status) return status;
    const char *count = text_of(&answer, 0);
    *changed = count ? (int)strtol(count, NULL, 10) : 0;
    return APR_SUCCESS;
}
