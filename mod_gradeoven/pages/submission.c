/*
 * A submission: its run as it goes on, score, status, errors, files; for staff debug and console.
 *
 * The page is live by polling its own JSON with If-None-Match: the ETag is made of the run's
 * revision and of what else can change, so that an unchanged run costs one small query and a 304.
 */
#include "pages/pages.h"

#include "model/text.h"
#include "model/trees.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static int is_waiting(const go_run *run) {
    return run && (run->state == GO_RUN_QUEUED || run->state == GO_RUN_RUNNING);
}

static json_t *lines_of(const go_request *q, const char *text) {
    apr_array_header_t *lines = go_text_lines(q->pool, text, strlen(text));
    json_t *list = json_array();
    for (int i = 0; i < lines->nelts; i++)
        json_array_append_new(list, json_string(APR_ARRAY_IDX(lines, i, const char *)));
    return list;
}

/* What the state means, in words for the person who waits. */
static const char *explain(const go_request *q, const go_run *run, int ahead) {
    if (!run) return "This submission has not been graded.";
    switch (run->state) {
    case GO_RUN_QUEUED:
        if (run->attempts > 0)
            return "Grading was interrupted by a fault of ours. It starts again by itself.";
        return ahead == 0
                   ? "Next in the queue."
                   : apr_psprintf(q->pool, "Waiting: %d %s first.", ahead,
                                  ahead == 1 ? "submission is graded" : "submissions are graded");
    case GO_RUN_RUNNING:
        return "Being graded now.";
    case GO_RUN_FINISHED:
        return run->has_score ? "Graded." : "Graded, but no stage gave a score.";
    case GO_RUN_FAILED:
        return "It could not be graded because of a fault of ours. It does not count against you; "
               "staff can see the reason.";
    default:
        return "Grading was cancelled.";
    }
}

static const char *stage_outcome(const go_request *q, const go_stage_result *stage) {
    if (stage->timed_out) return "took too long and was stopped";
    if (stage->signal) return apr_psprintf(q->pool, "ended by signal %d", stage->signal);
    if (stage->exit_code) return apr_psprintf(q->pool, "exit status %d", stage->exit_code);
    return "ok";
}

static json_t *json_stage(const go_request *q, const go_stage_result *stage, int is_staff) {
    json_t *json =
        json_pack("{s:s, s:s, s:b, s:I}", "name", stage->name, "outcome", stage_outcome(q, stage),
                  "is_ok", !stage->timed_out && !stage->signal && !stage->exit_code, "wall_ms",
                  (json_int_t)stage->wall_ms);
    if (!is_staff) return json;
    json_object_set_new(json, "exit", json_integer(stage->exit_code));
    json_object_set_new(json, "signal", json_integer(stage->signal));
    json_object_set_new(json, "timed_out", json_boolean(stage->timed_out));
    json_object_set_new(json, "cpu_ms", json_integer(stage->cpu_ms));
    json_object_set_new(json, "max_rss_kib", json_integer(stage->max_rss_kib));
    json_object_set_new(json, "console", json_string(stage->console));
    /* null and not left out: a template would find the run's instead */
    json_object_set_new(json, "problem",
                        stage->problem ? json_string(stage->problem) : json_null());
    return json;
}

static apr_status_t add_stages(go_request *q, const go_run *run, json_t *json, int is_staff) {
    apr_array_header_t *stages;
    apr_status_t status = go_run_stages(q->db, run->id, &stages, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < stages->nelts; i++)
        json_array_append_new(list,
                              json_stage(q, &APR_ARRAY_IDX(stages, i, go_stage_result), is_staff));
    json_object_set_new(json, "stages", list);
    json_object_set_new(json, "has_stages", json_boolean(json_array_size(list) > 0));
    return status;
}

/* The score of an earlier grading, which stands while a newer one waits, runs or has failed. */
static apr_status_t add_standing(go_request *q, json_t *json) {
    int has_score;
    go_score score;
    apr_status_t status =
        go_run_standing(q->db, q->at.submission->id, &has_score, &score, q->pool, &q->err);
    json_object_set_new(json, "standing", go_json_score(q, has_score, score));
    return status;
}

static apr_status_t add_run(go_request *q, json_t *page, const go_run *run, int ahead) {
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    json_t *json = json_pack(
        "{s:s, s:b, s:s, s:o, s:o, s:o, s:o}", "state",
        run ? go_run_state_name(run->state) : "none", "is_waiting", is_waiting(run), "explanation",
        explain(q, run, ahead), "score",
        run ? go_json_score(q, run->has_score, run->score) : json_null(), "progress",
        run ? go_json_score(q, run->has_progress, run->progress) : json_null(), "status",
        lines_of(q, run ? run->status : ""), "errors", lines_of(q, run ? run->errors : ""));
    json_object_set_new(json, "has_errors", json_boolean(run && *run->errors));
    json_object_set_new(page, "run", json);
    if (!run) return APR_SUCCESS;
    if (run->state != GO_RUN_FINISHED && add_standing(q, json)) return q->err.status;
    json_object_set_new(json, "version", json_integer(run->version_number));
    json_object_set_new(json, "ahead", json_integer(ahead));
    json_object_set_new(json, "finished", go_json_time(q, q->zone, run->finished_us));
    if (is_staff) {
        json_object_set_new(json, "debug", json_string(run->debug));
        if (run->problem) json_object_set_new(json, "problem", json_string(run->problem));
    }
    return add_stages(q, run, json, is_staff);
}

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
            list, json_pack("{s:s, s:s, s:s}", "path", entry->path, "size",
                            go_bytes_text(q->pool, entry->size), "url",
                            apr_pstrcat(q->pool, base, "/files/",
                                        go_form_encode_path(q->pool, entry->path), NULL)));
    }
    json_object_set_new(page, "files", list);
    json_object_set_new(page, "archive", json_string(apr_pstrcat(q->pool, base, "/archive", NULL)));
    return APR_SUCCESS;
}

static void add_submission(go_request *q, json_t *page) {
    const go_submission *submission = q->at.submission;
    json_object_set_new(
        page, "submission",
        json_pack("{s:i, s:i, s:s, s:s, s:b, s:b, s:o, s:s}", "number", submission->number,
                  "attempt", submission->attempt, "username", submission->username, "name",
                  *submission->display_name ? submission->display_name : submission->username,
                  "is_late", submission->is_late, "counts",
                  submission->attempt == submission->newest_attempt, "submitted",
                  go_json_time(q, q->zone, submission->created_us), "url",
                  go_url(q, "/courses/%s/assignments/%s/submissions/%d", q->at.course->name,
                         q->at.assignment->name, submission->number)));
    json_object_set_new(json_object_get(page, "submission"), "full_name",
                        *submission->display_name ? json_string(submission->display_name)
                                                  : json_null());
    json_object_set_new(page, "is_mine", json_boolean(submission->user_id == q->at.user->id));
    json_object_set_new(page, "is_staff", json_boolean(go_request_may(q, GO_RIGHT_GRADE)));
}

int submission_page(go_request *q, json_t *page) {
    go_run *run;
    int ahead = 0;
    if (go_run_newest(q->db, q->at.submission->id, &run, q->pool, &q->err)) return go_failed(q);
    if (run && run->state == GO_RUN_QUEUED &&
        go_run_position(q->db, run->id, &ahead, q->pool, &q->err))
        return go_failed(q);
    /* the viewer's standing is part of the tag: a changed role must not be answered "not modified"
     */
    if (q->wants_json &&
        go_reply_is_fresh(
            q, apr_psprintf(q->pool, "%" APR_INT64_T_FMT ".%" APR_INT64_T_FMT ".%d.%d.%d",
                            run ? run->id : 0, run ? run->revision : 0, ahead,
                            go_request_may(q, GO_RIGHT_GRADE), q->at.submission->newest_attempt)))
        return HTTP_NOT_MODIFIED;
    page_begin(q, page,
               apr_psprintf(q->pool, "%s, attempt %d", q->at.assignment->title,
                            q->at.submission->attempt));
    add_submission(q, page);
    if (add_run(q, page, run, ahead) || add_files(q, page)) return go_failed(q);
    return HTTP_OK;
}

/* Looks and queues in one transaction: of two clicks the second finds the first's run. */
static apr_status_t queue_again(go_request *q, apr_int64_t *run_id) {
    go_run *newest;
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return status;
    status = go_run_newest(q->db, q->at.submission->id, &newest, q->pool, &q->err);
    if (!status && is_waiting(newest))
        status = go_error_set(&q->err, GO_ECONFLICT, "Wait until it has ended.",
                              "This submission is being graded already.");
    if (!status)
        status = go_run_queue(q->db, q->at.submission->id, q->at.assignment->version_id, "rerun",
                              q->now, run_id, q->pool, &q->err);
    return go_db_end(q->db, status, &q->err);
}

int submission_rerun(go_request *q, json_t *page) {
    apr_int64_t run_id = 0;
    if (queue_again(q, &run_id)) return go_failed(q);
    go_state_ring(q->site->state);
    go_request_log(q, APLOG_NOTICE, "submission %d queued again, run %" APR_INT64_T_FMT,
                   q->at.submission->number, run_id);
    return go_reply_redirect(q,
                             go_url(q, "/courses/%s/assignments/%s/submissions/%d",
                                    q->at.course->name, q->at.assignment->name,
                                    q->at.submission->number),
                             "rerun", 0);
}
