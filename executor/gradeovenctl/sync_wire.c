#include "gradeovenctl/sync_wire.h"

#include "model/buffer.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

typedef struct header {
    uint32_t kind, count, bytes;
} header;

static const uint32_t none = UINT32_MAX; /* the length of a NULL */

apr_status_t ctl_wire_send(int fd, ctl_wire_kind kind, const char *const *texts, int count,
                           apr_pool_t *pool) {
    go_buffer *all = go_buffer_make(pool, 256);
    header head = {.kind = (uint32_t)kind, .count = (uint32_t)count};
    go_buffer_add(all, &head, sizeof(head));
    for (int i = 0; i < count; i++) {
        uint32_t length = texts[i] ? (uint32_t)strlen(texts[i]) : none;
        go_buffer_add(all, &length, sizeof(length));
        if (texts[i]) go_buffer_add(all, texts[i], length);
    }
    head.bytes = (uint32_t)(all->length - sizeof(head));
    memcpy(all->bytes, &head, sizeof(head));
    for (apr_size_t sent = 0; sent < all->length;) {
        ssize_t written = send(fd, all->bytes + sent, all->length - sent, MSG_NOSIGNAL);
        if (written < 0 && errno != EINTR) return APR_EOF;
        if (written > 0) sent += (apr_size_t)written;
    }
    return APR_SUCCESS;
}

static apr_status_t receive_all(int fd, void *to, apr_size_t length, int seconds) {
    char *at = to;
    while (length) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = poll(&wait, 1, seconds ? seconds * 1000 : -1);
        if (ready == 0) return APR_TIMEUP;
        ssize_t got = ready > 0 ? recv(fd, at, length, 0) : -1;
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return APR_EOF;
        at += got;
        length -= (apr_size_t)got;
    }
    return APR_SUCCESS;
}

static apr_status_t read_texts(ctl_message *message, const header *head, const char *at,
                               apr_pool_t *pool) {
    const char *end = at + head->bytes;
    for (uint32_t i = 0; i < head->count; i++) {
        uint32_t length;
        if ((apr_size_t)(end - at) < sizeof(length)) return APR_EGENERAL;
        memcpy(&length, at, sizeof(length));
        at += sizeof(length);
        if (length != none && length > (apr_size_t)(end - at)) return APR_EGENERAL;
        char *text = NULL;
        if (length != none) {
            text = apr_palloc(pool, (apr_size_t)length + 1);
            memcpy(text, at, length);
            text[length] = '\0';
            at += length;
        }
        APR_ARRAY_PUSH(message->texts, const char *) = text;
    }
    return APR_SUCCESS;
}

apr_status_t ctl_wire_receive(int fd, ctl_message *message, int seconds, apr_pool_t *pool) {
    header head = {0};
    *message = (ctl_message){.texts = apr_array_make(pool, 8, sizeof(const char *))};
    apr_status_t status = receive_all(fd, &head, sizeof(head), seconds);
    if (status) return status;
    if (head.count > CTL_WIRE_TEXTS_MAX || head.bytes > CTL_WIRE_BYTES_MAX) return APR_EGENERAL;
    char *bytes = apr_palloc(pool, (apr_size_t)head.bytes + 1);
    status = receive_all(fd, bytes, head.bytes, seconds);
    message->kind = (ctl_wire_kind)head.kind;
    return status ? status : read_texts(message, &head, bytes, pool);
}
