/*
 * Paths below a directory that may hold hostile things: every part is opened by itself and never
 * through a symbolic link, so a path cannot lead out.
 */
#ifndef GO_OVEN_BENEATH_H
#define GO_OVEN_BENEATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define BENEATH_PATH_MAX 4096 /* bytes, as PATH_MAX */

/* Is `name` one plain part of a path: not empty, no '/', not "." or "..", at most 255 bytes? */
bool beneath_is_name(const char *name);

/* Is `path` relative and made of plain names only? */
bool beneath_is_path(const char *path);

/*
 * Opens the directory that holds the last part of `path`, and points *last to that part. Missing
 * directories are made with `make_mode` if it is not 0. Returns a descriptor, or -1 and errno.
 */
int beneath_open_parent(int top, const char *path, mode_t make_mode, const char **last);

#endif
