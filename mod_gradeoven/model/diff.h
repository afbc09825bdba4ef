/*
 * Differences: of two texts line by line, and of two trees file by file. Pure: no store, no disk.
 *
 * A text's difference is a shortest one (Myers, "An O(ND) Difference Algorithm", 1986), as hunks
 * with some lines around what changed. Both inputs may be hostile, so the work is bounded: what is
 * larger than the limits below is not compared, and where more than GO_DIFF_EDITS_MAX lines differ
 * the part between the first and the last of them is shown as replaced: still right, only not the
 * shortest.
 */
#ifndef GO_MODEL_DIFF_H
#define GO_MODEL_DIFF_H

#include "model/tree.h"

#define GO_DIFF_BYTES_MAX (1024 * 1024) /* of each text */
#define GO_DIFF_LINES_MAX 50000         /* of each text */
#define GO_DIFF_EDITS_MAX 1000          /* lines removed and added; memory grows with its square */
#define GO_DIFF_CONTEXT   3             /* lines around a change, as people are used to */

typedef enum go_diff_outcome {
    GO_DIFF_EQUAL,
    GO_DIFF_TEXT,      /* there are hunks */
    GO_DIFF_BINARY,    /* one of them holds a NUL or is no UTF-8: they differ, no more is said */
    GO_DIFF_TOO_LARGE, /* over a limit: they differ, no more is said */
} go_diff_outcome;

typedef enum go_diff_kind { GO_DIFF_SAME, GO_DIFF_REMOVED, GO_DIFF_ADDED } go_diff_kind;

/* A line without its '\n' (a '\r' before that stays); `text` points into the input and is not
   ended by a NUL. */
typedef struct go_diff_line {
    go_diff_kind kind;
    int old_number, new_number; /* from 1; 0 where it does not stand */
    const char *text;
    apr_size_t length;
    int is_unended; /* the last line, and no '\n' after it */
} go_diff_line;

typedef struct go_diff_hunk {
    int old_start, old_count, new_start, new_count; /* lines, from 1, as in "@@ -1,3 +1,4 @@" */
    apr_array_header_t *lines;                      /* of go_diff_line */
} go_diff_hunk;

typedef struct go_diff {
    go_diff_outcome outcome;
    apr_array_header_t *hunks; /* of go_diff_hunk */
    int added, removed;        /* lines */
} go_diff;

/* Compares two byte strings; `context` lines are shown around changes. The result is in `pool` and
   points into both inputs. */
go_diff *go_diff_texts(const char *was, apr_size_t was_length, const char *is, apr_size_t is_length,
                       int context, apr_pool_t *pool);

typedef enum go_change_kind {
    GO_CHANGE_ADDED,
    GO_CHANGE_REMOVED,
    GO_CHANGE_CONTENT, /* other bytes; perhaps another mode too */
    GO_CHANGE_MODE,    /* only the executable bit */
    GO_CHANGE_RENAMED, /* the same bytes under another path; perhaps another mode too */
} go_change_kind;

typedef struct go_tree_change {
    go_change_kind kind;
    const go_tree_entry *was, *is; /* NULL: added, or removed */
    int is_mode_changed;
} go_tree_change;

/* "added", "removed", "changed", "mode", "renamed" */
const char *go_change_name(go_change_kind kind);

/*
 * The files of two finished trees that differ, by path: array of go_tree_change. Every file has its
 * `object`. Directories are not compared: those that matter hold files.
 */
apr_array_header_t *go_tree_changes(const go_tree *was, const go_tree *is, apr_pool_t *pool);

#endif
