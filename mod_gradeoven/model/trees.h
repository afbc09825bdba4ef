/* Trees in the store: a go_tree as rows, shared by all that hold the same files. */
#ifndef GO_MODEL_TREES_H
#define GO_MODEL_TREES_H

#include "model/db.h"
#include "model/tree.h"

/*
 * Stores a finished tree whose files are objects already (go_objects_keep); the same tree twice is
 * one. Call it inside the transaction that names it. *tree_id is its row.
 */
apr_status_t go_trees_keep(go_db *db, const go_tree *tree, apr_int64_t *tree_id, apr_pool_t *pool,
                           go_error *err);

/* Reads a tree back; each file entry's `file` is the path of its object below `objects`. */
apr_status_t go_trees_read(go_db *db, apr_int64_t tree_id, const char *objects, go_tree **tree,
                           apr_pool_t *pool, go_error *err);

/* SHA-256, in hex, of the list of a tree's entries. */
const char *go_tree_digest(const go_tree *tree, apr_pool_t *pool);

#endif
