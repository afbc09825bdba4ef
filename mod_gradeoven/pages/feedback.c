/* What people said, on the page of the submission: for staff always, for its student after the
 * release. Nothing of it, not even that it exists, is there before. */
#include "pages/grading.h"

#include "model/passwords.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

static apr_status_t add_comments(go_request *q, json_t *json) {
    apr_array_header_t *comments;
    json_t *list = json_array();
    apr_status_t status = go_line_comments(q->db, q->at.submission, &comments, q->pool, &q->err);
    for (int i = 0; !status && i < comments->nelts; i++) {
        const go_line_comment *one = &APR_ARRAY_IDX(comments, i, go_line_comment);
        json_array_append_new(
            list, json_pack("{s:s, s:i, s:s, s:o}", "path", one->path, "line", one->line, "url",
                            apr_psprintf(q->pool, "%s#L%d", file_url(q, one->path), one->line),
                            "html", json_markdown(q, one->text)));
    }
    json_object_set_new(json, "has_comments", json_boolean(json_array_size(list) > 0));
    json_object_set_new(json, "comments", list);
    return status;
}

/* A thread that exists, or the way to open one while there is time. */
static apr_status_t add_regrade(go_request *q, json_t *json, const grading *g) {
    go_regrade *thread;
    apr_status_t status = go_regrade_find(q->db, q->at.submission, &thread, q->pool, &q->err);
    apr_time_t deadline = go_regrade_deadline(g->rules, g->is_released ? g->released_us : 0);
    if (status || (thread->state == GO_REGRADE_NONE && deadline < q->now)) return status;
    json_object_set_new(
        json, "regrade",
        json_pack("{s:s, s:s, s:b, s:o}", "state", go_regrade_state_name(thread->state), "url",
                  submission_url(q, "/regrade"), "is_there", thread->state != GO_REGRADE_NONE,
                  "deadline", go_json_time(q, q->zone, deadline)));
    return APR_SUCCESS;
}

apr_status_t add_feedback(go_request *q, json_t *page) {
    grading g;
    if (grading_load(q, &g)) return q->err.status;
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    if (is_staff) json_object_set_new(page, "grade_url", json_string(submission_url(q, "/grade")));
    if (!may_see_feedback(q, &g) || !g.feedback->revision) return APR_SUCCESS;
    json_t *json = json_feedback(q, &g);
    json_object_set_new(page, "feedback", json);
    json_object_set_new(json, "is_released", json_boolean(g.is_released));
    return add_comments(q, json) ? q->err.status : add_regrade(q, json, &g);
}

apr_status_t feedback_tag(go_request *q, const char **tag) {
    go_feedback *feedback;
    apr_status_t status =
        go_feedback_find(q->db, q->at.submission->graded_id, &feedback, q->pool, &q->err);
    *tag = "";
    if (status || !feedback->revision) return status;
    /* an item, a comment, a message or the hour of the release changes it: so all of it is looked
       at, once somebody has begun */
    json_t *shown = json_object();
    status = add_feedback(q, shown);
    char *text = json_dumps(shown, JSON_COMPACT);
    if (text) *tag = go_sha256_hex(q->pool, text, strlen(text));
    free(text);
    json_decref(shown);
    return status;
}
