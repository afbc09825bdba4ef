/* What changed between two submissions of one student: file by file, line by line. */
#include "pages/authoring.h"
#include "pages/grading.h"

#include "model/trees.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

/* The other submission of the path: of the same student, or not there. */
static apr_status_t find_other(go_request *q, go_submission **other) {
    const char *number = go_request_param(q, "other");
    if (strspn(number, "0123456789") != strlen(number) || strlen(number) > 9)
        return go_error_set(&q->err, GO_ENOTFOUND, NULL, "There is no such submission.");
    apr_status_t status =
        go_submission_find(q->db, q->at.assignment, atoi(number), other, q->pool, &q->err);
    if (!status && (*other)->user_id != q->at.submission->user_id)
        return go_error_set(&q->err, GO_ENOTFOUND, NULL,
                            "The two submissions are not of one student.");
    return status;
}

int submission_diff_page(go_request *q, json_t *page) {
    go_submission *other = NULL;
    go_tree *was, *is;
    const char *objects = q->site->state->objects;
    if (find_other(q, &other) || !other || go_submission_needs_files(other, &q->err) ||
        go_submission_needs_files(q->at.submission, &q->err))
        return go_failed(q);
    if (go_trees_read(q->db, other->tree_id, objects, &was, q->pool, &q->err) ||
        go_trees_read(q->db, q->at.submission->tree_id, objects, &is, q->pool, &q->err))
        return go_failed(q);
    page_begin(q, page,
               apr_psprintf(q->pool, "Attempt %d beside attempt %d", other->attempt,
                            q->at.submission->attempt));
    add_submission_head(q, page);
    json_object_set_new(page, "other",
                        json_pack("{s:i, s:i, s:s}", "number", other->number, "attempt",
                                  other->attempt, "url",
                                  apr_psprintf(q->pool, "%s/submissions/%d", assignment_url(q, ""),
                                               other->number)));
    json_object_set_new(page, "difference", json_tree_diff(q, was, is));
    return HTTP_OK;
}
