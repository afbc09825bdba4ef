#include "pages/grading.h"

#include "web/markdown.h"

#include <apr_strings.h>

apr_status_t grading_load(go_request *q, grading *g) {
    const go_submission *submission = q->at.submission;
    if (go_grading_rules_find(q->db, q->at.assignment, &g->rules, q->pool, &q->err) ||
        go_feedback_find(q->db, submission->graded_id, &g->feedback, q->pool, &q->err) ||
        go_rubric(q->db, q->at.assignment, &g->rubric, q->pool, &q->err) ||
        go_run_standing(q->db, submission->graded_id, &g->has_automatic, &g->automatic, q->pool,
                        &q->err))
        return q->err.status;
    if (g->has_automatic) g->automatic = go_score_after(g->automatic, submission->penalty_milli);
    g->released_us = go_release_time(g->rules, g->feedback->is_done, g->feedback->done_us);
    g->is_released = go_is_released(g->rules, g->feedback->is_done, g->feedback->done_us, q->now);
    return APR_SUCCESS;
}

apr_status_t refuse_own_work(go_request *q) {
    apr_array_header_t *sharers = NULL;
    if (go_request_may(q, GO_RIGHT_TEACH)) return APR_SUCCESS;
    apr_status_t status =
        go_submission_sharers(q->db, q->at.submission, &sharers, q->pool, &q->err);
    if (status || !sharers || !is_sharer(sharers, q->at.user->id)) return status;
    return go_error_set(&q->err, GO_EDENIED, "Ask another grader.",
                        "You cannot grade what you have handed in yourself.");
}

const char *assignment_url(const go_request *q, const char *tail) {
    return apr_pstrcat(
        q->pool,
        go_url(q, "/courses/%s/assignments/%s", q->at.course->name, q->at.assignment->name), tail,
        NULL);
}

const char *submission_url(const go_request *q, const char *tail) {
    return apr_psprintf(q->pool, "%s/submissions/%d%s", assignment_url(q, ""),
                        q->at.submission->number, tail);
}

const char *file_url(const go_request *q, const char *path) {
    return apr_pstrcat(q->pool, submission_url(q, "/view/"), go_form_encode_path(q->pool, path),
                       NULL);
}

json_t *json_markdown(const go_request *q, const char *text) {
    return json_string(go_markdown_html(q->pool, text));
}

json_t *json_points(const go_request *q, apr_int64_t milli) {
    return json_string(go_score_format_milli(q->pool, milli));
}

void add_submission_head(go_request *q, json_t *page) {
    const go_submission *submission = q->at.submission;
    int is_mine = submission->user_id == q->at.user->id;
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    json_object_set_new(
        page, "submission",
        json_pack("{s:i, s:i, s:s, s:s, s:b, s:b, s:o, s:s}", "number", submission->number,
                  "attempt", submission->attempt, "username", submission->username, "name",
                  *submission->display_name ? submission->display_name : submission->username,
                  "is_late", submission->is_late, "counts", submission->counts, "submitted",
                  go_json_time(q, q->zone, submission->created_us), "url", submission_url(q, "")));
    json_object_set_new(page, "is_mine", json_boolean(is_mine));
    json_object_set_new(page, "is_staff", json_boolean(is_staff));
    json_object_set_new(page, "shows_name", json_boolean(is_staff && !is_mine));
}

static int is_ticked(const go_feedback *feedback, apr_int64_t id) {
    for (int i = 0; i < feedback->ticked->nelts; i++)
        if (APR_ARRAY_IDX(feedback->ticked, i, apr_int64_t) == id) return 1;
    return 0;
}

json_t *json_feedback(const go_request *q, const grading *g) {
    const go_feedback *feedback = g->feedback;
    json_t *items = json_array();
    for (int i = 0; i < g->rubric->nelts; i++) {
        const go_rubric_item *item = &APR_ARRAY_IDX(g->rubric, i, go_rubric_item);
        if (is_ticked(feedback, item->id))
            json_array_append_new(items, json_pack("{s:s, s:s, s:o, s:o}", "heading", item->heading,
                                                   "title", item->title, "description_html",
                                                   json_markdown(q, item->description), "points",
                                                   json_points(q, item->points_milli)));
    }
    json_t *json = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "state",
        go_grading_state_name(go_feedback_state(g->rules, feedback, q->now)), "manual",
        json_points(q, go_feedback_manual(g->rules, feedback)), "automatic",
        go_json_score(q, g->has_automatic, g->automatic), "total",
        go_json_score(q, 1, go_feedback_total(g->rules, feedback, g->has_automatic, g->automatic)),
        "items", items, "reason", feedback->reason, "comment_html",
        json_markdown(q, feedback->comment), "released", go_json_time(q, q->zone, g->released_us));
    json_object_set_new(json, "has_items", json_boolean(json_array_size(items) > 0));
    json_object_set_new(json, "max",
                        g->rules->has_max ? json_points(q, g->rules->max_milli) : json_null());
    json_object_set_new(json, "adjustment",
                        feedback->adjustment_milli ? json_points(q, feedback->adjustment_milli)
                                                   : json_null());
    return json;
}

int may_see_feedback(const go_request *q, const grading *g) {
    return g->is_released || go_request_may(q, GO_RIGHT_GRADE);
}
