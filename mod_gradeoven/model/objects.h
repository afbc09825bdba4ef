/*
 * Objects: the contents of files, each stored once under its SHA-256, never changed.
 *
 * A file becomes an object by being fsync'ed, given mode 0440 and renamed into its place, after
 * which the directory is fsync'ed too. Only then may a row name it: whatever a row names is on
 * disk.
 *
 * An object that no row names any more may be removed, but in between its rename and the commit of
 * the row that names it, one that is being stored looks just like that. So who stores holds a
 * shared lock on the directory of all objects until its pool ends, after the commit, and who
 * removes holds an exclusive one while it asks the rows and unlinks. A reader that was begun before
 * may miss a file.
 */
#ifndef GO_MODEL_OBJECTS_H
#define GO_MODEL_OBJECTS_H

#include "model/db.h"
#include "model/tree.h"

#define GO_OBJECT_DIGITS 64 /* hex digits of a name */

/* "OBJECTS/ab/cdef..." */
const char *go_object_path(const char *objects, const char *object, apr_pool_t *pool);

/* Sets an entry's `object`: the SHA-256 of what is in its `file`. */
apr_status_t go_object_hash(go_tree_entry *entry, apr_pool_t *pool, go_error *err);

/*
 * Moves every file of a finished tree into `objects`. Each file entry has `file` (below the same
 * file system; it is gone afterwards) and `object`; entries without `object` are hashed first.
 * Afterwards `file` is the object's path. All or nothing is durable when it returns. Nobody removes
 * them before `pool` ends: it must outlive the commit of the rows that name them.
 */
apr_status_t go_objects_keep(const char *objects, go_tree *tree, apr_pool_t *pool, go_error *err);

/* Copies instead of moving: for files that are not ours (gradeovenctl). `workspace`: see state.h.
 */
apr_status_t go_objects_copy(const char *objects, const char *workspace, go_tree *tree,
                             apr_pool_t *pool, go_error *err);

/* --- removing (object_sweep.c) ---------------------------------------------------------------- */

/*
 * Removes those of these objects (const char *) that no tree names. Not inside a transaction: it
 * waits for the lock, some seconds at most (GO_EBUSY, then the next sweep does it). *count of them.
 */
apr_status_t go_objects_forget(go_db *db, const char *objects, const apr_array_header_t *names,
                               int *count, apr_pool_t *pool, go_error *err);

/*
 * The same for all that lie there and were written before `before`: also what an upload left that
 * was refused, or a process that died between the two steps above.
 */
apr_status_t go_objects_sweep(go_db *db, const char *objects, apr_time_t before, int *count,
                              apr_pool_t *pool, go_error *err);

#endif
