/*
 * Files that a grader hands to one sandboxed program (sandbox --file), read-only.
 *
 * The grader's own process opens them, so PID 1 never acts on a path of anybody's choosing; it
 * copies from the descriptors. The copies lie in /sandbox/files/<n>, which is the grader's: the
 * program is in the group that may read them, and cannot change, replace, rename or remove them.
 * For programs that look for a file by its plain name there is a link in the scratch directory too,
 * made anew for each call; the program may remove that link, which harms nobody but itself.
 *
 * The copies are gone when the call is over, with --dir too.
 */
#ifndef GO_OVEN_HANDOVER_H
#define GO_OVEN_HANDOVER_H

#include "oven/world.h"

#include <stdbool.h>
#include <sys/types.h>

#define HANDOVER_BYTES_MAX (64ULL * 1024 * 1024) /* of all files of a call */

/* Writes the path of a box's files to `path`. */
void handover_directory(char path[WORLD_HOME_MAX], unsigned index);

/*
 * For the child that will be the program, while it has PID 1's rights: copies each regular file
 * fds[i] to names[i] (plain names, NULL-terminated) and leaves a link in the scratch directory.
 * Returns 0 or an errno; the file-system identity is changed.
 */
int handover_give(uid_t base, unsigned index, char *const *names, const int *fds);

/* For the cleaner, while it has the grader's file-system identity: removes them. True if all are
 * gone. */
bool handover_take_back(unsigned index);

#endif
