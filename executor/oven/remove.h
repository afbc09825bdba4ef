/*
 * Removing a directory tree that somebody made to be hard to remove: a hundred thousand levels
 * deep, without permission bits, full of links.
 *
 * The tree is flattened instead of descended: a directory's sub-directories are moved up to the
 * top one, so two descriptors and no recursion are enough for any depth, and each directory is
 * moved once. The caller runs as the owner; nobody else changes the tree meanwhile.
 */
#ifndef GO_OVEN_REMOVE_H
#define GO_OVEN_REMOVE_H

#include <stdbool.h>

/* Empties the directory open as `top`. False (errno) if something could not be removed. */
bool remove_contents(int top);

/* Removes what `name` in `parent` is: file, link or whole directory. True if it is gone. */
bool remove_tree(int parent, const char *name);

#endif
