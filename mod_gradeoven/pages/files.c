/* The files of a submission, one by one or all as a zip. Always downloads: they are not ours. */
#include "pages/pages.h"

#include "model/trees.h"

#include <apr_strings.h>

static apr_status_t read_tree(go_request *q, go_tree **tree) {
    apr_status_t status = go_submission_needs_files(q->at.submission, &q->err);
    if (status) return status;
    return go_trees_read(q->db, q->at.submission->tree_id, q->site->state->objects, tree, q->pool,
                         &q->err);
}

int submission_file(go_request *q, json_t *page) {
    go_tree *tree;
    if (read_tree(q, &tree)) return go_failed(q);
    const go_tree_entry *entry = go_tree_find(tree, go_request_param(q, "path"));
    if (!entry || entry->is_directory) return HTTP_NOT_FOUND;
    return go_reply_object(q, entry);
}

int submission_archive(go_request *q, json_t *page) {
    go_tree *tree;
    if (read_tree(q, &tree)) return go_failed(q);
    return go_reply_zip(q, tree,
                        apr_psprintf(q->pool, "%s-%s-%d.zip", q->at.assignment->name,
                                     q->at.submission->username, q->at.submission->attempt));
}
