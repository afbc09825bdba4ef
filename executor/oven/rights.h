/*
 * Who PID 1 acts as.
 *
 * PID 1 is uid 0 with SETUID, SETGID and KILL and nothing else: it cannot read, change or give away
 * what belongs to others. Three ways of acting follow from it:
 *   - Files: its file-system identity is the grader's, so what it opens is what a grader may open.
 *   - Children: take another identity for good before they do anything for it.
 *   - Killing: kill(-1) as the effective uid of those to be killed reaches each of them, since the
 *     kernel walks all processes under the lock that fork takes, so none escapes by forking. The
 * real uid of the killer must not be 0 meanwhile, or it would reach the children of PID 1 too that
 *     are still root on their way to another uid; and neither its real nor its saved uid may be
 *     theirs, or they could signal back. So it has a uid that no other process ever has.
 */
#ifndef GO_OVEN_RIGHTS_H
#define GO_OVEN_RIGHTS_H

#include "oven/protocol.h"

#include <sys/types.h>

#define RIGHTS_UID_KILLER (OVEN_UIDS - 1) /* index of the uid that nothing else runs as */

/* Sets PID 1's file-system identity. Files it makes get this owner and group. */
void rights_files_as(uid_t uid, gid_t gid);

/* The file-system identity PID 1 has from the start of its loop: the grader, group of output/. */
void rights_files_as_grader(uid_t base);

/* For a child: becomes uid and gid for good, with `group` as its only further group (or none, if it
 * is equal to gid). Returns 0 or an errno. */
int rights_become(uid_t uid, gid_t gid, gid_t group);

/* Sends SIGKILL to every process whose real or saved uid is `uid`. They die soon, not at once. */
void rights_kill_all_of(uid_t uid, uid_t base);

/* An inotify instance that counts against the grader's quota, not against the host's root. */
int rights_make_inotify(uid_t base);

#endif
