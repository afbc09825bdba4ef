#include "model/feedback.h"

#include "model/names.h"

#include <apr_strings.h>

#include <string.h>

enum { REASON_MAX = 500 };

go_grading_state go_feedback_state(const go_grading_rules *rules, const go_feedback *feedback,
                                   apr_time_t now) {
    if (!feedback->revision) return GO_GRADING_UNGRADED;
    if (!feedback->is_done) return GO_GRADING_DRAFT;
    return go_is_released(rules, 1, feedback->done_us, now) ? GO_GRADING_RELEASED : GO_GRADING_DONE;
}

const char *go_grading_state_name(go_grading_state state) {
    static const char *const names[GO_GRADING_COUNT] = {"ungraded", "draft", "done", "released"};
    return names[state];
}

apr_int64_t go_feedback_manual(const go_grading_rules *rules, const go_feedback *feedback) {
    apr_int64_t sum = feedback->items_milli + feedback->adjustment_milli;
    if (!rules->has_max) return sum;
    return sum < 0 ? 0 : sum > rules->max_milli ? rules->max_milli : sum;
}

go_score go_feedback_total(const go_grading_rules *rules, const go_feedback *feedback,
                           int has_automatic, go_score automatic) {
    go_score total = {go_feedback_manual(rules, feedback), rules->has_max ? rules->max_milli : 0};
    if (has_automatic) {
        total.earned_milli += automatic.earned_milli;
        total.possible_milli += automatic.possible_milli;
    }
    if (total.earned_milli < 0) total.earned_milli = 0;
    return total;
}

static void read_row(go_rows *rows, go_feedback *feedback) {
    feedback->submission_id = go_rows_integer(rows, 0, 0);
    feedback->revision = (int)go_rows_integer(rows, 1, 0);
    feedback->is_done = (int)go_rows_integer(rows, 2, 0);
    feedback->adjustment_milli = go_rows_integer(rows, 3, 0);
    feedback->reason = go_rows_text(rows, 4);
    feedback->comment = go_rows_text(rows, 5);
    feedback->grader = go_rows_text(rows, 6);
    feedback->changed_us = go_rows_integer(rows, 7, 0);
    feedback->done_us = go_rows_integer(rows, 8, 0);
    feedback->items_milli = go_rows_integer(rows, 9, 0);
}

apr_status_t go_feedback_find(go_db *db, apr_int64_t submission_id, go_feedback **feedback,
                              apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    go_feedback *found = apr_pcalloc(pool, sizeof(*found));
    *found = (go_feedback){.submission_id = submission_id,
                           .reason = "",
                           .comment = "",
                           .ticked = apr_array_make(pool, 8, sizeof(apr_int64_t))};
    *feedback = found;
    apr_status_t status = go_db_select(db, GO_SQL_FEEDBACK_OF_SUBMISSION,
                                       GO_VALUES(go_integer(submission_id)), &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    read_row(rows, found);
    status = go_db_select(db, GO_SQL_FEEDBACK_ITEMS, GO_VALUES(go_integer(submission_id)), &rows,
                          pool, err);
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(found->ticked, apr_int64_t) = go_rows_integer(rows, 0, 0);
    return status;
}

apr_status_t go_feedback_of_assignment(go_db *db, const go_assignment *assignment,
                                       apr_array_header_t **list, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_FEEDBACK_OF_ASSIGNMENT,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *list = apr_array_make(pool, 64, sizeof(go_feedback));
    while (!status && go_rows_next(rows)) {
        go_feedback *feedback = apr_array_push(*list);
        memset(feedback, 0, sizeof(*feedback));
        read_row(rows, feedback);
    }
    return status;
}

/* The texts as they are kept. */
static apr_status_t check(const go_feedback *typed, go_feedback *feedback, apr_pool_t *pool,
                          go_error *err) {
    *feedback = *typed;
    if (go_name_line(&feedback->reason, "reason of the adjustment", typed->reason, REASON_MAX, 1,
                     pool, err))
        return err->status;
    if (feedback->adjustment_milli && !*feedback->reason)
        return go_error_set(err, GO_EINVALID, "Write one line that says why.",
                            "The adjustment has no reason.");
    if (strlen(feedback->comment) > GO_FEEDBACK_TEXT_MAX)
        return go_error_set(err, GO_EINVALID, "Shorten it.", "The comment is over %d KiB long.",
                            GO_FEEDBACK_TEXT_MAX / 1024);
    return APR_SUCCESS;
}

static apr_status_t tick_all(go_db *db, const go_assignment *assignment,
                             const go_feedback *feedback, apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_FEEDBACK_ITEMS_CLEAR, GO_VALUES(go_integer(feedback->submission_id)),
                  NULL, pool, err);
    for (int i = 0; !status && i < feedback->ticked->nelts; i++) {
        int changed = 0;
        status = go_db_run(db, GO_SQL_FEEDBACK_ITEM_TICK,
                           GO_VALUES(go_integer(feedback->submission_id),
                                     go_integer(APR_ARRAY_IDX(feedback->ticked, i, apr_int64_t)),
                                     go_integer(assignment->id)),
                           &changed, pool, err);
        if (!status && !changed)
            status = go_error_set(err, GO_ECONFLICT, "Look at the rubric below and save again.",
                                  "An item that you ticked was deleted meanwhile.");
    }
    return status;
}

static const char *describe(const go_feedback *feedback, apr_pool_t *pool) {
    if (!feedback->revision) return "ungraded";
    return apr_pstrcat(
        pool, feedback->is_done ? "done, " : "draft, ",
        go_score_format_milli(pool, feedback->items_milli + feedback->adjustment_milli), " points",
        NULL);
}

/* With what stands now, read back, so that the log tells what was stored. */
static apr_status_t note(go_db *db, const go_assignment *assignment,
                         const go_submission *submission, const go_feedback *was,
                         const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_feedback *is;
    apr_status_t status = go_feedback_find(db, submission->graded_id, &is, pool, err);
    go_audit_entry entry = *by;
    entry.action = "grade";
    entry.subject = apr_psprintf(pool, "%s, submission %d", assignment->name, submission->number);
    entry.was = describe(was, pool);
    entry.became = describe(is, pool);
    return status ? status : go_audit_add(db, &entry, pool, err);
}

static apr_status_t store(go_db *db, const go_assignment *assignment,
                          const go_submission *submission, const go_feedback *feedback,
                          apr_int64_t grader_id, const go_audit_entry *by, apr_pool_t *pool,
                          go_error *err) {
    go_feedback *was;
    apr_status_t status = go_feedback_find(db, submission->graded_id, &was, pool, err);
    if (status) return status;
    if (was->revision != feedback->revision)
        return go_error_set(err, GO_ECONFLICT,
                            "Both are below: what is stored now, and what you entered. Save again "
                            "to replace the first by the second.",
                            "%s saved this submission while you worked on it.",
                            was->grader ? was->grader : "Somebody");
    status = go_db_run(
        db, GO_SQL_FEEDBACK_SET,
        GO_VALUES(go_integer(submission->graded_id), go_integer(assignment->id),
                  go_integer(feedback->is_done), go_integer(feedback->adjustment_milli),
                  go_text(feedback->reason), go_text(feedback->comment), go_integer(grader_id),
                  go_integer(by->at_us), feedback->is_done ? go_integer(by->at_us) : go_null()),
        NULL, pool, err);
    if (!status) status = tick_all(db, assignment, feedback, pool, err);
    return status ? status : note(db, assignment, submission, was, by, pool, err);
}

apr_status_t go_feedback_save(go_db *db, const go_assignment *assignment,
                              const go_submission *submission, const go_feedback *typed,
                              apr_int64_t grader_id, const go_audit_entry *by, apr_pool_t *pool,
                              go_error *err) {
    go_feedback feedback;
    apr_status_t status = check(typed, &feedback, pool, err);
    feedback.submission_id = submission->graded_id;
    if (status || (status = go_db_begin(db, err))) return status;
    status = store(db, assignment, submission, &feedback, grader_id, by, pool, err);
    return go_db_end(db, status, err);
}
