/*
 * A tree: the files and directories of a submission or of an assignment version, as a list of
 * entries. Nothing else can be in one: no links, no devices, no FIFOs; a file has an executable bit
 * and no other mode.
 *
 * Paths are relative, with '/' between the parts, and were accepted by go_tree_path_check();
 * entries stand in byte order of their paths, so a directory comes before what it holds and every
 * parent directory of an entry has an entry of its own (go_tree_finish sees to both).
 */
#ifndef GO_MODEL_TREE_H
#define GO_MODEL_TREE_H

#include "model/error.h"

#include <apr_tables.h>
#include <apr_file_info.h>

#define GO_TREE_PATH_MAX  1024 /* bytes of a whole path */
#define GO_TREE_PART_MAX  255  /* bytes of one name; also what the kernel allows */
#define GO_TREE_DEPTH_MAX 32   /* parts of a path */

typedef struct go_tree_entry {
    const char *path;
    int is_directory;
    int is_executable;  /* files only */
    apr_off_t size;     /* bytes; 0 for a directory */
    const char *object; /* files: SHA-256 in 64 hex digits, or NULL before it is known */
    const char *file;   /* files: where the bytes can be read on this host, or NULL */
} go_tree_entry;

typedef struct go_tree {
    apr_pool_t *pool;
    apr_array_header_t *entries; /* of go_tree_entry */
} go_tree;

/* An empty tree; it and its entries live in `pool`. */
go_tree *go_tree_make(apr_pool_t *pool);

/*
 * Is this a path that a tree may hold? Relative, valid UTF-8, no empty, "." or ".." part, no
 * backslash, no control character (C0, DEL, C1) and no Unicode bidirectional override, within the
 * limits above. GO_EINVALID names the path and the rule.
 */
apr_status_t go_tree_path_check(const char *path, apr_size_t length, go_error *err);

/* Adds an entry; `path` and `file` and `object` are copied into the tree's pool. Checks the path.
 */
apr_status_t go_tree_add(go_tree *tree, const go_tree_entry *entry, go_error *err);

/*
 * Sorts, adds missing parent directories, and refuses what cannot stand side by side: the same path
 * twice, a file that is also a directory, two paths that differ only in letter case (they would
 * overwrite each other when a person unpacks them on macOS or Windows). GO_EINVALID.
 */
apr_status_t go_tree_finish(go_tree *tree, go_error *err);

/* The entry with this path, or NULL. The tree must be finished. */
const go_tree_entry *go_tree_find(const go_tree *tree, const char *path);

/* The part of a finished tree below `directory`, with paths relative to it; shares the entries'
 * texts. */
go_tree *go_tree_below(const go_tree *tree, const char *directory, apr_pool_t *pool);

/* The sum of all file sizes in bytes. */
apr_off_t go_tree_bytes(const go_tree *tree);

/*
 * Reads a directory of this host into a finished tree whose entries' `file` say where the bytes
 * are. Refuses what a tree may not hold, naming it. `max_bytes` and `max_entries` bound it
 * (GO_ETOOBIG). A `path` that is a regular file gives a tree of that one file.
 */
apr_status_t go_tree_scan(go_tree **tree, const char *path, apr_off_t max_bytes, int max_entries,
                          apr_pool_t *pool, go_error *err);

#endif
