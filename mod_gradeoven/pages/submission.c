/*
 * A submission: its run as it goes on, score, status, errors, files; for staff debug and console.
 *
 * The page is live by polling its own JSON with If-None-Match: the ETag is made of the run's
 * revision and of what else can change, so that an unchanged run costs one small query and a 304.
 */
#include "pages/pages.h"

#include "model/trees.h"

#include <apr_strings.h>

static apr_status_t add_files(go_request *q, json_t *page) {
    go_tree *tree;
    apr_status_t status = go_trees_read(q->db, q->at.submission->tree_id, q->site->state->objects,
                                        &tree, q->pool, &q->err);
    if (status) return status;
    const char *base = go_url(q, "/courses/%s/assignments/%s/submissions/%d", q->at.course->name,
                              q->at.assignment->name, q->at.submission->number);
    json_t *list = json_array();
    for (int i = 0; i < tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        if (entry->is_directory) continue;
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s}", "path", entry->path, "size",
                            go_bytes_text(q->pool, entry->size), "url",
                            apr_pstrcat(q->pool, base, "/files/",
                                        go_form_encode_path(q->pool, entry->path), NULL),
                            "view",
                            apr_pstrcat(q->pool, base, "/view/",
                                        go_form_encode_path(q->pool, entry->path), NULL)));
    }
    json_object_set_new(page, "files", list);
    json_object_set_new(page, "has_files", json_boolean(!q->at.submission->removed_us));
    if (q->at.submission->removed_us) {
        json_object_set_new(page, "removed",
                            json_string(go_submission_gone(q->at.submission, q->pool)));
        return APR_SUCCESS;
    }
    json_object_set_new(page, "archive", json_string(apr_pstrcat(q->pool, base, "/archive", NULL)));
    json_object_set_new(page, "receipt", json_string(apr_pstrcat(q->pool, base, "/receipt", NULL)));
    return APR_SUCCESS;
}

static void add_submission(go_request *q, json_t *page) {
    const go_submission *submission = q->at.submission;
    json_object_set_new(
        page, "submission",
        json_pack("{s:i, s:i, s:s, s:s, s:b, s:b, s:o, s:s}", "number", submission->number,
                  "attempt", submission->attempt, "username", submission->username, "name",
                  *submission->display_name ? submission->display_name : submission->username,
                  "is_late", submission->is_late, "counts", submission->counts, "submitted",
                  go_json_time(q, q->zone, submission->created_us), "url",
                  go_url(q, "/courses/%s/assignments/%s/submissions/%d", q->at.course->name,
                         q->at.assignment->name, submission->number)));
    json_object_set_new(json_object_get(page, "submission"), "full_name",
                        *submission->display_name ? json_string(submission->display_name)
                                                  : json_null());
    json_object_set_new(json_object_get(page, "submission"), "late_days",
                        json_integer(submission->late_days));
    json_object_set_new(page, "is_mine", json_boolean(submission->user_id == q->at.user->id));
    json_object_set_new(page, "is_staff", json_boolean(go_request_may(q, GO_RIGHT_GRADE)));
}

/* The state of the wait is part of the tag, as is the viewer's standing: a changed role must not be
   answered "not modified". */
static const char *tag_of(const go_request *q, const go_run *run, const go_wait *wait,
                          const go_results_viewer *viewer, const char *feedback) {
    return apr_psprintf(
        q->pool, "%" APR_INT64_T_FMT ".%" APR_INT64_T_FMT ".%d.%d.%d.%d.%d.%d.%d.%d.%d.%d.%s",
        run ? run->id : 0, run ? run->revision : 0, wait->ahead, (int)wait->reason, wait->ends_in_s,
        viewer->is_staff, q->at.submission->newest_attempt, q->at.submission->counts,
        q->at.submission->penalty_milli, viewer->is_due_over, viewer->is_released,
        q->at.submission->removed_us != 0, feedback);
}

/* What being late costs it, and what is left of a score that stands. */
static apr_status_t add_penalty(go_request *q, json_t *page) {
    const go_submission *submission = q->at.submission;
    json_t *json = json_object_get(page, "submission");
    int has_score;
    go_score score;
    apr_status_t status =
        go_run_standing(q->db, submission->graded_id, &has_score, &score, q->pool, &q->err);
    if (status) return status;
    json_object_set_new(json, "penalty",
                        submission->penalty_milli
                            ? json_string(go_percent_text(q->pool, submission->penalty_milli))
                            : json_null());
    if (has_score) score = go_score_after(score, submission->penalty_milli);
    json_object_set_new(json, "final_score", go_json_score(q, has_score, score));
    return APR_SUCCESS;
}

/* "team": for whom it counts beside its student; null when it is nobody's but theirs. */
static apr_status_t add_sharers(go_request *q, json_t *page) {
    apr_array_header_t *sharers = NULL;
    apr_status_t status = find_sharers(q, &sharers);
    json_object_set_new(page, "team", json_null());
    if (status || !sharers || sharers->nelts < 2) return status;
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    json_t *members = json_array();
    for (int i = 0; i < sharers->nelts; i++) {
        const go_sharer *one = &APR_ARRAY_IDX(sharers, i, go_sharer);
        const char *url = go_url(q, "/courses/%s/assignments/%s/submissions/%d", q->at.course->name,
                                 q->at.assignment->name, one->number);
        json_array_append_new(members,
                              json_pack("{s:s, s:s?, s:b, s:b}", "name",
                                        *one->display_name ? one->display_name : one->username,
                                        "url", is_staff ? url : NULL, "is_me",
                                        one->user_id == q->at.user->id, "handed_in", i == 0));
    }
    json_object_set_new(page, "team", json_pack("{s:o}", "members", members));
    return APR_SUCCESS;
}

int submission_page(go_request *q, json_t *page) {
    go_run *run;
    go_wait wait = {0};
    go_results_viewer viewer;
    const char *feedback = "";
    if (go_run_newest(q->db, q->at.submission->graded_id, &run, q->pool, &q->err))
        return go_failed(q);
    if (run && run->state == GO_RUN_QUEUED &&
        go_run_wait(q->db, run->id, q->now, &wait, q->pool, &q->err))
        return go_failed(q);
    if (tests_viewer(q, &viewer)) return go_failed(q);
    if (q->wants_json && feedback_tag(q, &feedback)) return go_failed(q);
    if (q->wants_json && go_reply_is_fresh(q, tag_of(q, run, &wait, &viewer, feedback)))
        return HTTP_NOT_MODIFIED;
    page_begin(q, page,
               apr_psprintf(q->pool, "%s, attempt %d", q->at.assignment->title,
                            q->at.submission->attempt));
    add_submission(q, page);
    if (add_penalty(q, page)) return go_failed(q);
    if (add_run(q, page, run, &wait) || add_tests(q, page, run, &viewer) || add_files(q, page) ||
        add_feedback(q, page) || add_sharers(q, page))
        return go_failed(q);
    return HTTP_OK;
}
