/* One submission in an export: its gradings, what was said of it, and its receipt. */
#include "model/export.h"

#include "model/counted.h"
#include "model/feedback.h"
#include "model/line_comments.h"
#include "model/receipts.h"
#include "model/regrades.h"
#include "model/results.h"
#include "model/rubric.h"
#include "model/runs.h"

#include <apr_strings.h>

#include <string.h>

/* All that the parts need. */
typedef struct part {
    const go_export *export;
    go_db *db;
    const go_course *course;
    const go_assignment *assignment;
    const go_submission *submission;
    const go_tree *tree;
    go_results_viewer viewer;
    json_t *json;
    apr_pool_t *pool;
    go_error *err;
} part;

/* --- gradings --------------------------------------------------------------------------------- */

static json_t *json_score(const part *p, int has, go_score score) {
    if (!has) return json_null();
    return json_pack("{s:o, s:o}", "earned", go_export_points(1, score.earned_milli, p->pool),
                     "possible", go_export_points(1, score.possible_milli, p->pool));
}

static apr_status_t add_stages(const part *p, const go_run *run, json_t *json) {
    apr_array_header_t *stages = NULL;
    json_t *list = json_array();
    json_object_set_new(json, "stages", list);
    apr_status_t status = go_run_stages(p->db, run->id, &stages, p->pool, p->err);
    for (int i = 0; !status && stages && i < stages->nelts; i++) {
        const go_stage_result *stage = &APR_ARRAY_IDX(stages, i, go_stage_result);
        json_t *one =
            json_pack("{s:o, s:i, s:i, s:b, s:I}", "name", go_export_text(stage->name, p->pool),
                      "exit", stage->exit_code, "signal", stage->signal, "timed_out",
                      stage->timed_out, "wall_ms", (json_int_t)stage->wall_ms);
        json_array_append_new(list, one);
        if (!p->export->is_full) continue;
        json_object_set_new(one, "console", go_export_text(stage->console, p->pool));
        json_object_set_new(one, "problem", go_export_text(stage->problem, p->pool));
    }
    return status;
}

static json_t *json_test(const part *p, const go_test *test) {
    return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "name", go_export_text(test->name, p->pool),
                     "number", go_export_text(test->number, p->pool), "status",
                     go_test_status_name(test->status), "score",
                     go_export_points(test->has_score, test->score_milli, p->pool), "max_score",
                     go_export_points(test->has_max, test->max_milli, p->pool), "output",
                     go_export_text(test->output, p->pool));
}

/* Those that they may see: what is hidden is not counted or numbered either. */
static apr_status_t add_tests(const part *p, const go_run *run, json_t *json) {
    go_results *results = NULL;
    json_t *list = json_array();
    json_object_set_new(json, "tests", list);
    apr_status_t status = go_results_of_run(p->db, run->id, &results, p->pool, p->err);
    if (status || !results) return status;
    for (int i = 0; i < results->tests->nelts; i++) {
        const go_test *test = &APR_ARRAY_IDX(results->tests, i, go_test);
        if (go_results_may_see(test->visibility, &p->viewer))
            json_array_append_new(list, json_test(p, test));
    }
    if (*results->output && go_results_may_see(results->output_visibility, &p->viewer))
        json_object_set_new(json, "tests_output", go_export_text(results->output, p->pool));
    for (int i = 0; p->export->is_full && i < results->leaderboard->nelts; i++) {
        const go_leader *leader = &APR_ARRAY_IDX(results->leaderboard, i, go_leader);
        json_object_set_new(json, apr_pstrcat(p->pool, "measured_", leader->name, NULL),
                            go_export_text(leader->value, p->pool));
    }
    return APR_SUCCESS;
}

static apr_status_t add_run(const part *p, apr_int64_t id, json_t *list) {
    go_run *run = NULL;
    apr_status_t status = go_run_find(p->db, id, &run, p->pool, p->err);
    if (status || !run) return status;
    json_t *json = json_pack(
        "{s:I, s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "run", (json_int_t)run->id, "state",
        run->is_ungradable ? "cannot be graded" : go_run_state_name(run->state), "reason",
        run->reason, "version", run->version_number, "queued",
        go_export_time(run->queued_us, p->pool), "started",
        go_export_time(run->started_us, p->pool), "finished",
        go_export_time(run->finished_us, p->pool), "score",
        json_score(p, run->has_score, run->score), "status", go_export_text(run->status, p->pool),
        "errors", go_export_text(run->errors, p->pool));
    json_array_append_new(list, json);
    if (p->export->is_full) {
        json_object_set_new(json, "debug", go_export_text(run->debug, p->pool));
        json_object_set_new(json, "problem", go_export_text(run->problem, p->pool));
    }
    status = add_stages(p, run, json);
    return status || run->state != GO_RUN_FINISHED ? status : add_tests(p, run, json);
}

static apr_status_t add_runs(const part *p) {
    go_rows *rows = NULL;
    json_t *list = json_array();
    json_object_set_new(p->json, "runs", list);
    apr_status_t status =
        go_db_select(p->db, GO_SQL_EXPORT_RUNS, GO_VALUES(go_integer(p->submission->graded_id)),
                     &rows, p->pool, p->err);
    while (!status && rows && go_rows_next(rows))
        status = add_run(p, go_rows_integer(rows, 0, 0), list);
    return status;
}

/* --- what people said ------------------------------------------------------------------------- */

static int is_ticked(const go_feedback *feedback, apr_int64_t id) {
    for (int i = 0; feedback->ticked && i < feedback->ticked->nelts; i++)
        if (APR_ARRAY_IDX(feedback->ticked, i, apr_int64_t) == id) return 1;
    return 0;
}

static apr_status_t add_items(const part *p, const go_feedback *feedback, json_t *json) {
    apr_array_header_t *rubric = NULL;
    json_t *items = json_array();
    json_object_set_new(json, "items", items);
    apr_status_t status = go_rubric(p->db, p->assignment, &rubric, p->pool, p->err);
    for (int i = 0; !status && rubric && i < rubric->nelts; i++) {
        const go_rubric_item *item = &APR_ARRAY_IDX(rubric, i, go_rubric_item);
        if (is_ticked(feedback, item->id))
            json_array_append_new(
                items, json_pack("{s:o, s:o, s:o}", "title", go_export_text(item->title, p->pool),
                                 "description", go_export_text(item->description, p->pool),
                                 "points", go_export_points(1, item->points_milli, p->pool)));
    }
    return status;
}

static apr_status_t add_comments(const part *p, json_t *json) {
    apr_array_header_t *comments = NULL;
    json_t *list = json_array();
    json_object_set_new(json, "comments", list);
    apr_status_t status = go_line_comments(p->db, p->submission, &comments, p->pool, p->err);
    for (int i = 0; !status && comments && i < comments->nelts; i++) {
        const go_line_comment *one = &APR_ARRAY_IDX(comments, i, go_line_comment);
        json_array_append_new(list, json_pack("{s:o, s:i, s:o, s:o}", "path",
                                              go_export_text(one->path, p->pool), "line", one->line,
                                              "text", go_export_text(one->text, p->pool), "written",
                                              go_export_time(one->created_us, p->pool)));
    }
    return status;
}

/* As soon as it is released, as on the submission's page. Comments without feedback are shown to
   nobody but staff there, and so here. */
static apr_status_t add_feedback(const part *p) {
    go_grading_rules *rules = NULL;
    go_feedback *feedback = NULL;
    apr_status_t status = go_grading_rules_find(p->db, p->assignment, &rules, p->pool, p->err);
    if (!status)
        status = go_feedback_find(p->db, p->submission->graded_id, &feedback, p->pool, p->err);
    if (status || !rules || !feedback) return status;
    int is_released = go_is_released(rules, feedback->is_done, feedback->done_us, p->export->now);
    if (!p->export->is_full && (!is_released || !feedback->revision)) return APR_SUCCESS;
    json_t *json = json_pack("{s:b, s:o, s:o, s:o, s:o, s:o}", "is_released", is_released, "points",
                             go_export_points(1, go_feedback_manual(rules, feedback), p->pool),
                             "adjustment", go_export_points(1, feedback->adjustment_milli, p->pool),
                             "reason", go_export_text(feedback->reason, p->pool), "comment",
                             go_export_text(feedback->comment, p->pool), "changed",
                             go_export_time(feedback->changed_us, p->pool));
    json_object_set_new(p->json, "feedback", json);
    status = add_items(p, feedback, json);
    return status ? status : add_comments(p, json);
}

/* Who else wrote is told by what they are: the names are other people's. */
static apr_status_t add_regrade(const part *p) {
    go_regrade *thread = NULL;
    apr_status_t status = go_regrade_find(p->db, p->submission, &thread, p->pool, p->err);
    if (status || !thread || thread->state == GO_REGRADE_NONE) return status;
    json_t *messages = json_array();
    for (int i = 0; i < thread->messages->nelts; i++) {
        const go_regrade_message *one = &APR_ARRAY_IDX(thread->messages, i, go_regrade_message);
        json_array_append_new(messages,
                              json_pack("{s:s, s:o, s:o}", "by",
                                        one->author_id == p->export->user->id ? "you" : "another",
                                        "text", go_export_text(one->text, p->pool), "written",
                                        go_export_time(one->created_us, p->pool)));
    }
    json_object_set_new(p->json, "request_to_look_again",
                        json_pack("{s:s, s:o, s:o}", "state", go_regrade_state_name(thread->state),
                                  "opened", go_export_time(thread->opened_us, p->pool), "messages",
                                  messages));
    return APR_SUCCESS;
}

/* Only one that was given out: making one now would store it. Of a team it is in another's name. */
static apr_status_t add_receipt(const part *p) {
    go_rows *rows = NULL;
    const char *text = NULL, *trouble = NULL;
    if (p->submission->graded_id != p->submission->id || p->submission->removed_us)
        return APR_SUCCESS;
    apr_status_t status =
        go_db_select(p->db, GO_SQL_RECEIPT_FIND, GO_VALUES(go_integer(p->submission->id)), &rows,
                     p->pool, p->err);
    if (status || !rows || !go_rows_next(rows)) return status;
    status = go_receipt_make(&text, &trouble, p->export->state, p->db, p->export->site, p->course,
                             p->assignment, p->submission, p->tree, p->pool, p->err);
    if (!status && text) json_object_set_new(p->json, "receipt", go_export_text(text, p->pool));
    return status;
}

static apr_status_t find_viewer(part *p) {
    int is_over = 0;
    p->viewer = (go_results_viewer){.is_staff = p->export->is_full};
    apr_status_t status =
        go_counted_is_over(p->db, p->course->id, p->assignment->id, p->export->user->id,
                           p->export->now, &is_over, p->pool, p->err);
    p->viewer.is_due_over = is_over;
    return status ? status
                  : go_results_are_released(p->db, p->assignment->id, &p->viewer.is_released,
                                            p->pool, p->err);
}

apr_status_t go_export_submission(const go_export *export, go_db *db, const go_course *course,
                                  const go_assignment *assignment, const go_submission *submission,
                                  const go_tree *tree, json_t *json, apr_pool_t *pool,
                                  go_error *err) {
    part p = {.export = export,
              .db = db,
              .course = course,
              .assignment = assignment,
              .submission = submission,
              .tree = tree,
              .json = json,
              .pool = pool,
              .err = err};
    json_t *head = json_pack(
        "{s:s, s:s, s:i, s:i, s:o, s:b, s:b, s:o, s:i, s:b, s:o}", "course", course->name,
        "assignment", assignment->name, "number", submission->number, "attempt",
        submission->attempt, "handed_in", go_export_time(submission->created_us, pool), "is_late",
        submission->is_late, "counts", submission->counts, "lost_for_being_late",
        json_string(go_percent_text(pool, submission->penalty_milli)), "late_days",
        submission->late_days, "by_a_team", submission->graded_id != submission->id,
        "files_removed", go_export_text(go_submission_gone(submission, pool), pool));
    json_object_update(json, head);
    json_decref(head);
    /* a draft again: its students see nothing of it but what is theirs */
    if (!assignment->is_published && !export->is_full) return APR_SUCCESS;
    apr_status_t status = find_viewer(&p);
    if (!status) status = add_runs(&p);
    if (!status) status = add_feedback(&p);
    if (!status) status = add_regrade(&p);
    return status ? status : add_receipt(&p);
}
