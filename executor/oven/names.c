#include "oven/names.h"

#include "oven/util.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT         53
#define AT_ONCE      8 /* queries, before others have their turn */
#define TTL_SECONDS  3600
#define HEAD         12 /* bytes before the question: RFC 1035, section 4.1.1 */
#define NAME_LENGTH  255
#define LABEL_LENGTH 63 /* more in a length byte is a pointer: to nothing, in a question */
#define TYPE_A       1
#define TYPE_AAAA    28
#define CLASS_IN     1
#define NO_SUCH_NAME 3

int names_open(void) {
    struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&here, sizeof here)) close_and_forget(&fd);
    return fd;
}

/* Where the name in the question ends, and whether it is localhost or below it. 0: no name. */
static size_t read_name(const uint8_t *query, size_t size, bool *is_localhost) {
    size_t at = HEAD;
    *is_localhost = false;
    while (at < size && query[at]) {
        size_t length = query[at];
        if (length > LABEL_LENGTH || at + 1 + length >= size || at - HEAD > NAME_LENGTH) return 0;
        *is_localhost = length == strlen("localhost") &&
                        !strncasecmp((const char *)query + at + 1, "localhost", length);
        at += 1 + length;
    }
    return at < size ? at + 1 : 0;
}

static void put_be16(uint8_t *at, unsigned value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* One record, whose name is that of the question. */
static size_t put_address(uint8_t *at, unsigned type) {
    size_t length = type == TYPE_A ? 4 : 16;
    static const uint8_t loopback[] = {127, 0, 0, 1};
    put_be16(at, 0xc000 | HEAD);
    put_be16(at + 2, type);
    put_be16(at + 4, CLASS_IN);
    put_be32(at + 6, TTL_SECONDS);
    put_be16(at + 10, (unsigned)length);
    memcpy(at + 12, type == TYPE_A ? loopback : (const uint8_t *)&in6addr_loopback, length);
    return 12 + length;
}

size_t names_reply(const uint8_t *query, size_t size, uint8_t answer[NAMES_ANSWER_MAX]) {
    bool is_localhost;
    if (size < HEAD || size > NAMES_QUERY_MAX) return 0;
    bool is_query = !(query[2] & 0xf8) && query[4] == 0 && query[5] == 1; /* one, and no answer */
    size_t end = is_query ? read_name(query, size, &is_localhost) : 0;
    if (!end || end + 4 > size) return 0;
    unsigned type = (unsigned)query[end] << 8 | query[end + 1];
    unsigned class = (unsigned)query[end + 2] << 8 | query[end + 3];
    end += 4;
    bool has_address = is_localhost && class == CLASS_IN && (type == TYPE_A || type == TYPE_AAAA);
    memcpy(answer, query, end);
    answer[2] = 0x84 | (query[2] & 1); /* answer, authoritative; "recursion desired" as it came */
    answer[3] = 0x80 | (is_localhost ? 0 : NO_SUCH_NAME);
    memset(answer + 6, 0, HEAD - 6);
    if (!has_address) return end;
    put_be16(answer + 6, 1);
    return end + put_address(answer + end, type);
}

void names_answer(int fd) {
    uint8_t query[NAMES_QUERY_MAX + 1], answer[NAMES_ANSWER_MAX];
    for (int i = 0; i < AT_ONCE; i++) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        ssize_t got = recvfrom(fd, query, sizeof query, 0, (struct sockaddr *)&from, &length);
        if (got < 0) return;
        size_t size = names_reply(query, (size_t)got, answer);
        if (size) sendto(fd, answer, size, MSG_NOSIGNAL, (struct sockaddr *)&from, length);
    }
}
