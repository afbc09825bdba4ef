/*
 * The name localhost. An oven is made without Docker's networking, whose /etc/hosts would have it,
 * and Docker leaves the image's own file empty. An empty /etc/resolv.conf means a server at
 * 127.0.0.1, which PID 1 is, over UDP: localhost is loopback, no other name exists (RFC 6761,
 * section 6.3).
 *
 * Queries are hostile: each is at most NAMES_QUERY_MAX bytes, is answered or dropped at once, and
 * nothing of it is kept.
 */
#ifndef GO_OVEN_NAMES_H
#define GO_OVEN_NAMES_H

#include <stddef.h>
#include <stdint.h>

#define NAMES_QUERY_MAX  512 /* bytes: RFC 1035, section 4.2.1 */
#define NAMES_ANSWER_MAX (NAMES_QUERY_MAX + 28)

/* The server's socket; -1 where an oven may not have one, and then localhost has no name. */
int names_open(void);

/* Answers some of the queries that have come, never waiting; the others next time round. */
void names_answer(int fd);

/* Writes the answer to a query; its size, or 0 for none: what is no query gets no answer. */
size_t names_reply(const uint8_t *query, size_t size, uint8_t answer[NAMES_ANSWER_MAX]);

#endif
