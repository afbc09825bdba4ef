/*
 * Editing the tree of an assignment: files and stages are put, renamed, moved and removed, and what
 * comes out is a tree that go_stages_read() judges as if it had been uploaded.
 *
 * The order of the stages stands in the file `stages`, or in an assignment-level metadata.json
 * where there is none; it is kept where it is, with all else that a metadata.json says of each
 * stage. Bytes that are new are written into a workspace (state.h); nothing that is there is
 * changed.
 */
#ifndef GO_MODEL_STAGE_EDIT_H
#define GO_MODEL_STAGE_EDIT_H

#include "model/tree.h"

#define GO_EDIT_TEXT_MAX (512 * 1024) /* bytes of a file that can be edited in the browser */

typedef struct go_edit {
    go_tree *tree; /* as it is so far: finished after each function below */
    const char *workspace;
    int written; /* files in it */
    apr_pool_t *pool;
} go_edit;

/* Begins with a copy of `tree` (NULL: empty). */
go_edit *go_edit_begin(const go_tree *tree, const char *workspace, apr_pool_t *pool);

/* Puts a file of these bytes, in the place of one that is there. */
apr_status_t go_edit_write(go_edit *edit, const char *path, int is_executable, const char *bytes,
                           apr_size_t length, go_error *err);
/* Puts a file whose entry tells object, size and where it lies, under another path. */
apr_status_t go_edit_put(go_edit *edit, const char *path, const go_tree_entry *file, go_error *err);

/* Removes a file, or a directory with all in it. GO_ENOTFOUND. */
apr_status_t go_edit_remove(go_edit *edit, const char *path, go_error *err);
/* Renames either. GO_ENOTFOUND, or GO_ECONFLICT when `to` is there already. */
apr_status_t go_edit_rename(go_edit *edit, const char *path, const char *to, go_error *err);
/* GO_ENOTFOUND. */
apr_status_t go_edit_set_executable(go_edit *edit, const char *path, int is_executable,
                                    go_error *err);

/*
 * Sets which stages run, in which order: array of const char *. Of a stage that was renamed the old
 * and the new name are told, so that a metadata.json keeps what it says of it; else both are NULL.
 */
apr_status_t go_edit_set_stages(go_edit *edit, const apr_array_header_t *names,
                                const char *renamed_from, const char *renamed_to, go_error *err);

/* --- text as a browser sends it ------------------------------------------------------------- */

/* The bytes of an entry of at most GO_EDIT_TEXT_MAX bytes that a textarea gives back unchanged:
   UTF-8, no NUL, every line ended in the same way. NULL: it is no such file, or cannot be read. */
const char *go_edit_text(const go_tree_entry *entry, apr_size_t *length, apr_pool_t *pool);

/* A textarea sends every line's end as CR LF: makes it what the file `before` has (NULL: LF). */
const char *go_edit_line_ends(const char *typed, const char *before, apr_pool_t *pool);

#endif
