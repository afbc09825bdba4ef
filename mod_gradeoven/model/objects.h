/*
 * Objects: the contents of files, each stored once under its SHA-256, never changed.
 *
 * A file becomes an object by being fsync'ed, given mode 0440 and renamed into its place, after
 * which the directory is fsync'ed too. Only then may a row name it: whatever a row names is on
 * disk.
 */
#ifndef GO_MODEL_OBJECTS_H
#define GO_MODEL_OBJECTS_H

#include "model/tree.h"

#define GO_OBJECT_DIGITS 64 /* hex digits of a name */

/* "OBJECTS/ab/cdef..." */
const char *go_object_path(const char *objects, const char *object, apr_pool_t *pool);

/* Sets an entry's `object`: the SHA-256 of what is in its `file`. */
apr_status_t go_object_hash(go_tree_entry *entry, apr_pool_t *pool, go_error *err);

/*
 * Moves every file of a finished tree into `objects`. Each file entry has `file` (below the same
 * file system; it is gone afterwards) and `object`; entries without `object` are hashed first.
 * Afterwards `file` is the object's path. All or nothing is durable when it returns.
 */
apr_status_t go_objects_keep(const char *objects, go_tree *tree, apr_pool_t *pool, go_error *err);

/* Copies instead of moving: for files that are not ours (gradeovenctl). `workspace`: see state.h.
 */
apr_status_t go_objects_copy(const char *objects, const char *workspace, go_tree *tree,
                             apr_pool_t *pool, go_error *err);

#endif
