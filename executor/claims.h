/*
 * What this process holds on this host for as long as it lives, whoever else grades here.
 *
 * A claim is a bound abstract unix socket. The kernel frees it when the process ends, however it
 * ends, so nothing is left to clean up and nothing can be stale. Three things are claimed:
 *  - the name of an executor (a UUID): others see whether the owner of a container still lives;
 *  - a slot of user ids: each oven runs programs under ids of its own, because RLIMIT_NPROC counts
 *    a user's processes across all containers of a host;
 *  - processors of an engine's machine, so that a run has them to itself (oven/affinity.h).
 * Abstract names are those of a network namespace: processes that share an engine must share it.
 */
#ifndef GO_EXECUTOR_CLAIMS_H
#define GO_EXECUTOR_CLAIMS_H

#include "model/error.h"

#define GO_UID_FIRST 20000
#define GO_UID_SLOTS 300 /* ovens at once on one host, those of all sites together */

/*
 * `what` with this host and network namespace: names what only those can judge that see our claims.
 */
const char *go_place_name(const char *what, apr_pool_t *pool);

/* Do two such names say the same place? */
int go_place_is_same(const char *one, const char *other);

/*
 * Makes a name (a UUID of 36 characters) and claims it until `pool` ends. GO_EINTERNAL when the
 * host gives no socket.
 */
apr_status_t go_owner_claim(const char **owner, apr_pool_t *pool, go_error *err);

/* Is this owner alive? Any text may be asked for. When in doubt: 1. */
int go_owner_is_alive(const char *owner);

/*
 * Claims a free slot until `pool` ends; *uid_base is the first of its OVEN_UIDS user ids. GO_EBUSY
 * when all are taken.
 */
apr_status_t go_uid_slot_claim(int *uid_base, apr_pool_t *pool, go_error *err);

/*
 * Of the `have` processors of `machine`, claims `want` in a row until `pool` ends and answers the
 * number of the first one; -1 when no such row is free. Everybody who asks about a machine should
 * want as many: rows begin at multiples of it.
 */
int go_processors_claim(const char *machine, int want, int have, apr_pool_t *pool);

#endif
