#include "claims.h"

#include "oven/protocol.h"

#include <apr_file_info.h>
#include <apr_network_io.h>
#include <apr_strings.h>
#include <apr_uuid.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define OWNER_NAME "gradeoven/owner/%s"
#define SLOT_NAME  "gradeoven/uid-slot/%d"
/* The machine last: it may be long, and is cut. */
#define PROCESSOR_NAME "gradeoven/processor/%d/%s"

static apr_status_t socket_cleanup(void *data) {
    close((int)(intptr_t)data);
    return APR_SUCCESS;
}

/* The address of an abstract name: a NUL first, and no NUL at the end. */
static socklen_t abstract_address(struct sockaddr_un *address, const char *name) {
    size_t length = strlen(name);
    if (length > sizeof(address->sun_path) - 1) length = sizeof(address->sun_path) - 1;
    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path + 1, name, length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
}

static int make_socket(void) {
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static int bind_name(int fd, const char *name) {
    struct sockaddr_un address;
    socklen_t size = abstract_address(&address, name);
    return bind(fd, (struct sockaddr *)&address, size) == 0 ? 0 : errno;
}

/* Keeps what `fd` is bound to until `pool` ends; or closes it, when there was a failure. */
static int keep(int fd, int failure, apr_pool_t *pool) {
    if (failure)
        close(fd);
    else
        apr_pool_cleanup_register(pool, (void *)(intptr_t)fd, socket_cleanup, socket_cleanup);
    return failure;
}

/* Binds the name until `pool` ends; an errno otherwise. */
static int claim(const char *name, apr_pool_t *pool) {
    int fd = make_socket();
    return fd < 0 ? errno : keep(fd, bind_name(fd, name), pool);
}

const char *go_place_name(const char *what, apr_pool_t *pool) {
    char host[APRMAXHOSTLEN + 1] = "";
    apr_finfo_t info = {0};
    apr_gethostname(host, sizeof(host), pool);
    apr_stat(&info, "/proc/self/ns/net", APR_FINFO_INODE, pool);
    return apr_psprintf(pool, "%s@%s/%" APR_UINT64_T_FMT, what, host, (apr_uint64_t)info.inode);
}

int go_place_is_same(const char *one, const char *other) {
    const char *here = strrchr(one, '@'), *there = strrchr(other, '@');
    return here && there && strcmp(here, there) == 0;
}

apr_status_t go_owner_claim(const char **owner, apr_pool_t *pool, go_error *err) {
    apr_uuid_t uuid;
    char text[APR_UUID_FORMATTED_LENGTH + 1];
    apr_uuid_get(&uuid);
    apr_uuid_format(text, &uuid);
    int failure = claim(apr_psprintf(pool, OWNER_NAME, text), pool);
    if (failure) return go_error_system(err, failure, NULL, "A socket cannot be bound");
    *owner = apr_pstrdup(pool, text);
    return APR_SUCCESS;
}

int go_owner_is_alive(const char *owner) {
    char name[128];
    struct sockaddr_un address;
    if (strlen(owner) != APR_UUID_FORMATTED_LENGTH) return 0;
    snprintf(name, sizeof(name), OWNER_NAME, owner);
    socklen_t size = abstract_address(&address, name);
    int fd = make_socket();
    if (fd < 0) return 1;
    int is_alive = connect(fd, (struct sockaddr *)&address, size) == 0 || errno != ECONNREFUSED;
    close(fd);
    return is_alive;
}

apr_status_t go_uid_slot_claim(int *uid_base, apr_pool_t *pool, go_error *err) {
    int fd = make_socket(), failure = EADDRINUSE;
    if (fd < 0) return go_error_system(err, errno, NULL, "A socket cannot be made");
    for (int slot = 0; failure == EADDRINUSE && slot < GO_UID_SLOTS; slot++) {
        char name[64];
        snprintf(name, sizeof(name), SLOT_NAME, slot);
        failure = bind_name(fd, name);
        *uid_base = GO_UID_FIRST + slot * OVEN_UIDS;
    }
    if (keep(fd, failure, pool) == 0) return APR_SUCCESS;
    if (failure != EADDRINUSE)
        return go_error_system(err, failure, NULL, "A socket cannot be bound");
    return go_error_set(err, GO_EBUSY,
                        "Lower the number of ovens (GradeOvenWarm, GradeOvenParallel).",
                        "All %d ranges of user ids of this host are in use.", GO_UID_SLOTS);
}

/* Claims all of them until `pool` ends, or none: 1 or 0. */
static int claim_row(const char *machine, int first, int count, apr_pool_t *pool) {
    apr_pool_t *row;
    apr_pool_create(&row, pool);
    for (int i = first; i < first + count; i++) {
        if (claim(apr_psprintf(row, PROCESSOR_NAME, i, machine), row) != 0) {
            apr_pool_destroy(row);
            return 0;
        }
    }
    return 1;
}

int go_processors_claim(const char *machine, int want, int have, apr_pool_t *pool) {
    for (int first = 0; want > 0 && first + want <= have; first += want) {
        if (claim_row(machine, first, want, pool)) return first;
    }
    return -1;
}
