/*
 * What gradeovenctl and the child that loads a database's driver say to each other, over a socket
 * pair: messages of a kind and some texts, each with its length before it. Both are this program,
 * on this machine; but the child runs code of others, so its lengths are not believed.
 *
 *     -> CONNECT                     <- DONE | FAILED
 *     -> BEGIN, COMMIT, ROLLBACK     <- DONE | FAILED
 *     -> ROSTER                      <- ROW (the columns), ROW..., DONE | FAILED
 *     -> GRADE value...              <- DONE (rows that it changed) | FAILED
 */
#ifndef GO_CTL_SYNC_WIRE_H
#define GO_CTL_SYNC_WIRE_H

#include "model/error.h"

#include <apr_tables.h>

typedef enum ctl_wire_kind {
    CTL_WIRE_CONNECT = 1,
    CTL_WIRE_BEGIN,
    CTL_WIRE_COMMIT,
    CTL_WIRE_ROLLBACK,
    CTL_WIRE_ROSTER,
    CTL_WIRE_GRADE,
    CTL_WIRE_ROW,
    CTL_WIRE_DONE,
    CTL_WIRE_FAILED, /* what, remedy */
} ctl_wire_kind;

typedef struct ctl_message {
    ctl_wire_kind kind;
    apr_array_header_t *texts; /* of const char *; NULL is NULL */
} ctl_message;

enum { CTL_WIRE_TEXTS_MAX = 256, CTL_WIRE_BYTES_MAX = 1024 * 1024 };

/* APR_EOF when nobody is there (any more), APR_TIMEUP after `seconds` (0: waits for ever). */
apr_status_t ctl_wire_send(int fd, ctl_wire_kind kind, const char *const *texts, int count,
                           apr_pool_t *pool);
apr_status_t ctl_wire_receive(int fd, ctl_message *message, int seconds, apr_pool_t *pool);

#endif
