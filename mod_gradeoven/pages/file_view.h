/* Showing a file with its comments: for the page itself, and for a comment that was refused. */
#ifndef GO_PAGES_FILE_VIEW_H
#define GO_PAGES_FILE_VIEW_H

#include "pages/grading.h"

#include "model/text.h"
#include "model/tree.h"

typedef struct file_text {
    go_tree *tree;
    const go_tree_entry *entry;
    int is_binary, is_large;   /* either: there are no lines to show */
    apr_array_header_t *lines; /* of const char *, clean; or NULL */
} file_text;

/* Reads a file of the submission at hand; GO_ENOTFOUND. */
apr_status_t file_read(go_request *q, const char *path, file_text *text);

/* A comment that is being written: on which line (0: none), and what was typed. */
typedef struct draft_comment {
    int line;
    const char *text;
} draft_comment;

/* The whole page. */
apr_status_t file_fill(go_request *q, json_t *page, const char *path, const draft_comment *draft);

#endif
