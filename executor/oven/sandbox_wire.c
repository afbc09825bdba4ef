#include "oven/sandbox_wire.h"

#include "oven/util.h"

#include <errno.h>
#include <string.h>

#define SOCKET_NAME "gradeoven-sandbox"

socklen_t sandbox_address(struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path + 1, SOCKET_NAME, sizeof SOCKET_NAME - 1);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof SOCKET_NAME);
}

static bool append(uint8_t *packet, size_t *size, const char *text) {
    size_t length = strlen(text) + 1;
    if (length > SANDBOX_REQUEST_MAX - *size) return false;
    memcpy(packet + *size, text, length);
    *size += length;
    return true;
}

static bool append_list(uint8_t *packet, size_t *size, char *const *list) {
    for (; *list; list++)
        if (!append(packet, size, *list)) return false;
    return true;
}

size_t sandbox_pack(const struct sandbox_request *request, uint8_t packet[SANDBOX_REQUEST_MAX]) {
    size_t size = sizeof request->head;
    memcpy(packet, &request->head, size);
    bool fits =
        append(packet, &size, request->cwd) && append(packet, &size, request->dir) &&
        append_list(packet, &size, request->argv) && append_list(packet, &size, request->env) &&
        append_list(packet, &size, request->collect) && append_list(packet, &size, request->files);
    return fits ? size : 0;
}

/* Cuts `count` texts off [*at, end) into list and ends it with NULL. */
static bool take_list(char **list, uint32_t count, char **at, char *end) {
    for (uint32_t i = 0; i < count; i++) {
        if (*at >= end) return false;
        list[i] = *at;
        *at += strlen(*at) + 1;
    }
    list[count] = NULL;
    return true;
}

struct sandbox_request *sandbox_unpack(const uint8_t *packet, size_t size) {
    struct sandbox_head head;
    if (size <= sizeof head || packet[size - 1] != '\0') return NULL;
    memcpy(&head, packet, sizeof head);
    size_t texts = size - sizeof head;
    if (head.argc == 0 || head.argc > texts || head.envc > texts || head.collectc > texts ||
        head.filec > SANDBOX_FILES_MAX)
        return NULL;
    /* The request, the lists with their NULLs, and the two texts before them; then the texts. */
    size_t pointers = (size_t)head.argc + head.envc + head.collectc + head.filec + 4 + 3;
    struct sandbox_request *request =
        allocate(1, sizeof *request + pointers * sizeof(char *) + texts);
    char **list = (char **)(request + 1);
    char *at = (char *)(list + pointers), *end = at + texts;
    memcpy(at, packet + sizeof head, texts);
    request->head = head;
    request->argv = list + 3;
    request->env = request->argv + head.argc + 1;
    request->collect = request->env + head.envc + 1;
    request->files = request->collect + head.collectc + 1;
    if (take_list(list, 2, &at, end) && take_list(request->argv, head.argc, &at, end) &&
        take_list(request->env, head.envc, &at, end) &&
        take_list(request->collect, head.collectc, &at, end) &&
        take_list(request->files, head.filec, &at, end) && at == end) {
        request->cwd = list[0];
        request->dir = list[1];
        return request;
    }
    free(request);
    return NULL;
}

ssize_t sandbox_send(int connection, const void *packet, size_t size, const int *fds,
                     size_t fd_count, int flags) {
    union {
        char bytes[CMSG_SPACE(SANDBOX_FDS_MAX * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {(void *)packet, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
    }
    return sendmsg(connection, &message, flags | MSG_NOSIGNAL);
}

ssize_t sandbox_receive(int connection, void *packet, size_t size, int fds[SANDBOX_FDS_MAX],
                        size_t *fd_count, int flags) {
    union {
        char bytes[CMSG_SPACE(SANDBOX_FDS_MAX * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {packet, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             /* not CMSG_SPACE: its padding is room for one descriptor more */
                             .msg_controllen = CMSG_LEN(SANDBOX_FDS_MAX * sizeof(int))};
    *fd_count = 0;
    ssize_t got = recvmsg(connection, &message, flags | MSG_CMSG_CLOEXEC);
    if (got < 0) return got;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        *fd_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(header), *fd_count * sizeof(int));
    }
    return got;
}

void sandbox_send_answer(int connection, const struct sandbox_answer *answer, int fd) {
    sandbox_send(connection, answer, sizeof *answer, &fd, fd >= 0 ? 1 : 0, MSG_DONTWAIT);
}
