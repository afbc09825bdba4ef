/*
 * What Podman's service understands otherwise than Docker (seen with 4.3).
 *
 *  - A tmpfs takes no uid, gid and nr_inodes, so /grade_oven is root's, and the oven takes it over
 *    by its group (oven/world.c). That many small files are too many shows in their memory instead:
 *    an inode counts against the container's limit.
 *  - Beside a read-only root it mounts /run and /var/tmp for writing, unasked; here they are given
 *    explicitly, for reading.
 *  - "update" exists in its own API alone (Docker's came with 5.1).
 *  - Without an explicit nproc limit it takes its own, which not every host lets it set.
 */
#ifndef GO_EXECUTOR_PODMAN_H
#define GO_EXECUTOR_PODMAN_H

#include <jansson.h>

/* By the engine's answer to "info". */
int go_podman_is(const json_t *info);

/* Changes the body of "create" to what Podman understands. */
void go_podman_translate(json_t *body);

/* The body of its own "update", from Docker's with Memory and MemorySwap. */
json_t *go_podman_update(const json_t *body);

#endif
