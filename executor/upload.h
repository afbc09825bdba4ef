/*
 * Sending a tree into an oven, in step with what the connection takes: a file is read only when
 * there is room for its bytes, so a run needs the same little memory however large it is.
 */
#ifndef GO_EXECUTOR_UPLOAD_H
#define GO_EXECUTOR_UPLOAD_H

#include "oven.h"
#include "model/tree.h"

typedef struct go_upload go_upload;

typedef enum go_upload_result {
    GO_UPLOAD_MORE,   /* call again when the oven is `writable` (that was asked for) */
    GO_UPLOAD_SENT,   /* all of it is on its way; the oven answers with STORED or BROKEN */
    GO_UPLOAD_FAILED, /* a file cannot be read, or is not what the tree says; see `err` */
} go_upload_result;

/* Prepares to send a finished tree, whose files all have `file`, as the directory `name`. */
go_upload *go_upload_make(go_oven *oven, const char *name, const go_tree *tree, apr_pool_t *pool);

/* Sends what there is room for. */
go_upload_result go_upload_continue(go_upload *upload, go_error *err);

#endif
