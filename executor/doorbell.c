#include "doorbell.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct doorbell {
    int fd;
    void (*rung)(void *baton);
    void *baton;
} doorbell;

static apr_status_t doorbell_cleanup(void *data) {
    close(((doorbell *)data)->fd);
    return APR_SUCCESS;
}

static void doorbell_ready(void *baton, int events) {
    doorbell *self = baton;
    char byte;
    while (recv(self->fd, &byte, 1, MSG_DONTWAIT) >= 0) {
    }
    self->rung(self->baton);
}

apr_status_t go_doorbell_hang(go_loop *loop, const char *path, void (*rung)(void *baton),
                              void *baton, apr_pool_t *pool, go_error *err) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    doorbell *self = apr_pcalloc(pool, sizeof(*self));
    if (strlen(path) >= sizeof(address.sun_path)) {
        return go_error_set(err, GO_EINVALID, "Choose a state directory with a shorter path.",
                            "\"%s\" is too long for the name of a socket.", path);
    }
    strcpy(address.sun_path, path);
    self->rung = rung;
    self->baton = baton;
    self->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (self->fd < 0) return go_error_system(err, errno, NULL, "A socket cannot be made");
    apr_pool_cleanup_register(pool, self, doorbell_cleanup, apr_pool_cleanup_null);
    unlink(path);
    if (bind(self->fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        chmod(path, 0660) != 0) {
        return go_error_system(err, errno, NULL, "The socket \"%s\" cannot be bound", path);
    }
    go_watch_make(loop, self->fd, doorbell_ready, self, pool);
    return APR_SUCCESS;
}
