/*
 * What is done as the uid of a box after its last process has died: copying files out to the
 * grader, and removing whatever the uid has left behind.
 */
#ifndef GO_OVEN_CLEAN_H
#define GO_OVEN_CLEAN_H

#include "oven/boxes.h"

/*
 * Opens each file below the scratch directory, without following links, and sends the descriptor to
 * the caller: the grader reads from it and never opens a path that a student made.
 */
void clean_collect(unsigned index, const struct collection *collection);

/* Empties the scratch directory. True if nothing is left in it. */
bool clean_scratch_of(unsigned index);

/* Removes the uid's files in the world-writable directories and its System V IPC objects. True if
 * nothing is left. */
bool clean_shared_of(uid_t uid);

#endif
