/* What the page of a submission says of its run: state in words, score, logs, stages, origin. */
#include "pages/pages.h"

#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

static int is_waiting(const go_run *run) {
    return run && (run->state == GO_RUN_QUEUED || run->state == GO_RUN_RUNNING);
}

static int is_superseded(const go_run *run) {
    return run && run->state == GO_RUN_CANCELLED && run->ended_by &&
           strcmp(run->ended_by, GO_SUPERSEDED) == 0;
}

/* --- in words -------------------------------------------------------------------------------- */

/* "about 40 seconds": no more exact than it is known. */
static const char *about(const go_request *q, int seconds) {
    if (seconds < 2) return "a moment";
    if (seconds <= 10) return apr_psprintf(q->pool, "about %d seconds", seconds);
    if (seconds <= 90) return apr_psprintf(q->pool, "about %d seconds", (seconds + 5) / 10 * 10);
    if (seconds <= 5400) return apr_psprintf(q->pool, "about %d minutes", (seconds + 30) / 60);
    return apr_psprintf(q->pool, "about %d hours", (seconds + 1800) / 3600);
}

static const char *explain_turn(const go_request *q, const go_run *run, const go_wait *wait) {
    const char *when =
        wait->has_estimate
            ? apr_psprintf(q->pool, " The result should be there in %s.", about(q, wait->ends_in_s))
            : "";
    if (run->attempts > 0)
        return apr_pstrcat(q->pool,
                           "Grading was interrupted by a fault of ours, which does not count "
                           "against you. It starts again by itself.",
                           when, NULL);
    if (wait->ahead == 0) return apr_pstrcat(q->pool, "Next in the queue.", when, NULL);
    return apr_psprintf(q->pool, "Waiting: %d %s graded first.%s", wait->ahead,
                        wait->ahead == 1 ? "submission is" : "submissions are", when);
}

static const char *explain_wait(const go_request *q, const go_run *run, const go_wait *wait) {
    switch (wait->reason) {
    case GO_WAIT_OVEN:
        return "Waiting for an oven: nothing can be graded at the moment. Your submission is safe, "
               "and grading starts by itself.";
    case GO_WAIT_PAUSED:
        return "Grading is paused for this course. Your submission is safe and keeps its place.";
    case GO_WAIT_DRAINED:
        return "Grading is stopped for maintenance. Your submission is safe and keeps its place.";
    case GO_WAIT_AGAIN:
    case GO_WAIT_TURN:
        break;
    }
    return explain_turn(q, run, wait);
}

/* What the state means, in words for the person who waits. */
static const char *explain(const go_request *q, const go_run *run, const go_wait *wait) {
    if (!run) return "This submission has not been graded.";
    switch (run->state) {
    case GO_RUN_QUEUED:
        return explain_wait(q, run, wait);
    case GO_RUN_RUNNING:
        return "Being graded now.";
    case GO_RUN_FINISHED:
        if (run->is_ungradable)
            return "It cannot be graded, because of a fault in the assignment. It does not count "
                   "against you; your instructors see the reason.";
        return run->has_score ? "Graded." : "Graded, but no stage gave a score.";
    case GO_RUN_FAILED:
        return "It could not be graded because of a fault of ours. It does not count against you; "
               "staff can see the reason.";
    default:
        return is_superseded(run) ? "You submitted again before it was this one's turn, so only "
                                    "the newer submission was graded."
                                  : "Grading was stopped by staff.";
    }
}

const char *run_label(go_run_state state, int is_ungradable) {
    return state == GO_RUN_FINISHED && is_ungradable ? "cannot be graded"
                                                     : go_run_state_name(state);
}

const char *run_tone(go_run_state state, int is_ungradable) {
    return go_run_state_name(state == GO_RUN_FINISHED && is_ungradable ? GO_RUN_FAILED : state);
}

/* --- stages ---------------------------------------------------------------------------------- */

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

/* --- the run ---------------------------------------------------------------------------------- */

static json_t *lines_of(const go_request *q, const char *text) {
    apr_array_header_t *lines = go_text_lines(q->pool, text, strlen(text));
    json_t *list = json_array();
    for (int i = 0; i < lines->nelts; i++)
        json_array_append_new(list, json_string(APR_ARRAY_IDX(lines, i, const char *)));
    return list;
}

/* The score of an earlier grading, which stands while a newer one waits, runs or has failed. */
static apr_status_t add_standing(go_request *q, json_t *json) {
    int has_score;
    go_score score;
    apr_status_t status =
        go_run_standing(q->db, q->at.submission->graded_id, &has_score, &score, q->pool, &q->err);
    json_object_set_new(json, "standing", go_json_score(q, has_score, score));
    return status;
}

static json_t *json_wait(const go_run *run, const go_wait *wait) {
    static const char *const reasons[] = {[GO_WAIT_TURN] = "turn",
                                          [GO_WAIT_AGAIN] = "again",
                                          [GO_WAIT_PAUSED] = "paused",
                                          [GO_WAIT_DRAINED] = "drained",
                                          [GO_WAIT_OVEN] = "oven"};
    if (run->state != GO_RUN_QUEUED) return json_null();
    json_t *json = json_pack("{s:s, s:i}", "reason", reasons[wait->reason], "ahead", wait->ahead);
    if (wait->has_estimate) {
        json_object_set_new(json, "starts_in_seconds", json_integer(wait->starts_in_s));
        json_object_set_new(json, "ends_in_seconds", json_integer(wait->ends_in_s));
    }
    return json;
}

/* What the grade was made with: enough to say later whether it would come out the same. */
static apr_status_t add_origin(go_request *q, const go_run *run, json_t *json, int is_staff) {
    go_run_origin *origin;
    if (run->state != GO_RUN_FINISHED) return APR_SUCCESS;
    if (go_run_origin_of(q->db, run->id, &origin, q->pool, &q->err)) return q->err.status;
    const go_stamp *stamp = &origin->stamp;
    json_t *made =
        json_pack("{s:I, s:i, s:s?, s:s, s:s?, s:s?, s:s?, s:s?, s:I}", "run", (json_int_t)run->id,
                  "version", run->version_number, "submission",
                  q->at.submission->removed_us ? NULL : origin->submission_digest, "stages",
                  origin->version_digest, "image", stamp->image, "limits", stamp->limits,
                  "executor", stamp->executor, "oven", stamp->oven, "milliseconds",
                  (json_int_t)((run->finished_us - run->started_us) / 1000));
    if (is_staff && stamp->engine) json_object_set_new(made, "engine", json_string(stamp->engine));
    json_object_set_new(json, "made_with", made);
    return APR_SUCCESS;
}

/* What may be done about it, for the buttons. */
static void add_choices(const go_request *q, const go_run *run, json_t *json, int is_staff) {
    int has_files = !q->at.submission->removed_us;
    json_object_set_new(json, "can_demand", json_boolean(has_files && is_superseded(run)));
    json_object_set_new(json, "can_cancel", json_boolean(is_staff && is_waiting(run)));
    json_object_set_new(json, "can_prioritise",
                        json_boolean(is_staff && run->state == GO_RUN_QUEUED &&
                                     run->precedence != GO_PRECEDENCE_FIRST));
    json_object_set_new(json, "can_rerun", json_boolean(has_files && is_staff && !is_waiting(run)));
}

static const char *outcome(const go_run *run) {
    if (run && run->state == GO_RUN_FINISHED)
        return run->is_ungradable ? "cannot be graded" : "graded";
    return run && run->state == GO_RUN_FAILED ? "failed" : NULL;
}

apr_status_t add_run(go_request *q, json_t *page, const go_run *run, const go_wait *wait) {
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    json_t *json = json_pack(
        "{s:I, s:s, s:s, s:s?, s:b, s:s, s:o, s:o, s:o, s:o}", "id",
        (json_int_t)(run ? run->id : 0), "state", run ? go_run_state_name(run->state) : "none",
        "label", run ? run_label(run->state, run->is_ungradable) : "none", "outcome", outcome(run),
        "is_waiting", is_waiting(run), "explanation", explain(q, run, wait), "score",
        run ? go_json_score(q, run->has_score, run->score) : json_null(), "progress",
        run ? go_json_score(q, run->has_progress, run->progress) : json_null(), "status",
        lines_of(q, run ? run->status : ""), "errors", lines_of(q, run ? run->errors : ""));
    json_object_set_new(json, "tone",
                        json_string(run ? run_tone(run->state, run->is_ungradable) : "none"));
    json_object_set_new(json, "has_errors", json_boolean(run && *run->errors));
    json_object_set_new(page, "run", json);
    if (!run) return APR_SUCCESS;
    int is_graded = run->state == GO_RUN_FINISHED && !run->is_ungradable;
    if (!is_graded && add_standing(q, json)) return q->err.status;
    json_object_set_new(json, "version", json_integer(run->version_number));
    json_object_set_new(json, "wait", json_wait(run, wait));
    json_object_set_new(json, "finished", go_json_time(q, q->zone, run->finished_us));
    add_choices(q, run, json, is_staff);
    if (is_staff) {
        json_object_set_new(json, "debug", json_string(run->debug));
        if (run->problem) json_object_set_new(json, "problem", json_string(run->problem));
    }
    if (add_origin(q, run, json, is_staff)) return q->err.status;
    return add_stages(q, run, json, is_staff);
}
