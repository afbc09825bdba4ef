#include "model/submissions.h"

#include "model/counted.h"
#include "model/teams.h"
#include "model/trees.h"
#include "model/turns.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>

enum { ONCE_MAX = 64, WAITING_MAX = 50 };

/* Nobody fills the queue alone, and who was disabled or erased while this was on its way hands in
   nothing any more. */
static apr_status_t refuse_flood(go_db *db, apr_int64_t user_id, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_RUNS_WAITING_OF_USER, GO_VALUES(go_integer(user_id)),
                                    &row, "count", pool, err);
    if (!status && go_rows_integer(row, 0, 0) >= WAITING_MAX)
        status = go_error_set(err, GO_ECONFLICT, "Wait until some of them are graded.",
                              "You have %d submissions waiting already.", WAITING_MAX);
    if (!status && go_rows_integer(row, 1, 0))
        status = go_error_set(err, GO_EDENIED, NULL, "This account is disabled.");
    return status;
}

apr_status_t go_submission_repeated(go_db *db, const go_assignment *assignment, const go_user *user,
                                    const char *once, go_receipt **receipt, apr_pool_t *pool,
                                    go_error *err) {
    go_rows *rows;
    *receipt = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_SUBMISSION_BY_ONCE,
                     GO_VALUES(go_integer(assignment->id), go_integer(user->id), go_text(once)),
                     &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    *receipt = apr_pcalloc(pool, sizeof(**receipt));
    (*receipt)->number = (int)go_rows_integer(rows, 1, 0);
    (*receipt)->attempt = (int)go_rows_integer(rows, 2, 0);
    (*receipt)->is_repeated = 1;
    return APR_SUCCESS;
}

/* What counts for the student, and for those of the team for whom it was stored. */
static apr_status_t refresh_all(go_db *db, apr_int64_t assignment_id, apr_int64_t user_id,
                                const apr_array_header_t *mates, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_counted_refresh(db, assignment_id, user_id, pool, err);
    for (int i = 0; !status && i < mates->nelts; i++)
        status = go_counted_refresh(db, assignment_id,
                                    APR_ARRAY_IDX(mates, i, go_team_mate).user_id, pool, err);
    return status;
}

static apr_status_t insert(go_db *db, const go_assignment *assignment, const go_user *user,
                           const go_tree *tree, const char *once, const char *address,
                           apr_time_t now, go_receipt *receipt, apr_pool_t *pool, go_error *err) {
    apr_int64_t tree_id;
    apr_status_t status = go_trees_keep(db, tree, &tree_id, pool, err);
    if (status) return status;
    go_rows *row;
    status = go_db_one(db, GO_SQL_SUBMISSION_CREATE,
                       GO_VALUES(go_integer(assignment->id), go_integer(user->id),
                                 go_integer(assignment->id), go_integer(assignment->id),
                                 go_integer(user->id), go_integer(tree_id), go_integer(0),
                                 go_text(once), go_text(address), go_integer(now)),
                       &row, "id", pool, err);
    if (status) return status;
    receipt->number = (int)go_rows_integer(row, 1, 0);
    receipt->attempt = (int)go_rows_integer(row, 2, 0);
    apr_int64_t id = go_rows_integer(row, 0, 0);
    apr_array_header_t *mates = NULL;
    status = go_team_share(db, assignment, user, id, now, &mates, pool, err);
    if (status || !mates) return status;
    status = go_run_submit(db, id, assignment, user->id, now, pool, err);
    return status ? status : refresh_all(db, assignment->id, user->id, mates, pool, err);
}

apr_status_t go_submission_create(go_db *db, const go_assignment *assignment, const go_user *user,
                                  const go_tree *tree, const char *once, const char *address,
                                  apr_time_t now, go_receipt **receipt, apr_pool_t *pool,
                                  go_error *err) {
    apr_size_t length = strlen(once);
    if (length == 0 || length > ONCE_MAX)
        return go_error_set(err, GO_EINVALID, "Load the assignment's page again and submit there.",
                            "The form is not one of ours.");
    if (!assignment->version_id)
        return go_error_set(err, GO_ECONFLICT, "Tell your instructor.",
                            "This assignment has no stages that could grade a submission.");
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    /* inside the transaction: of two clicks at once the second waits here, and finds the first */
    status = go_submission_repeated(db, assignment, user, once, receipt, pool, err);
    if (!status && !*receipt) status = refuse_flood(db, user->id, pool, err);
    if (!status && !*receipt) status = go_counted_allow(db, assignment, user, now, pool, err);
    if (!status && !*receipt) {
        *receipt = apr_pcalloc(pool, sizeof(**receipt));
        status = insert(db, assignment, user, tree, once, address, now, *receipt, pool, err);
    }
    return go_db_end(db, status, err);
}

apr_status_t go_submission_find(go_db *db, const go_assignment *assignment, int number,
                                go_submission **submission, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_SUBMISSION_BY_NUMBER,
                                    GO_VALUES(go_integer(assignment->id), go_integer(number)), &row,
                                    apr_psprintf(pool, "submission %d", number), pool, err);
    if (status) return status;
    go_submission *found = apr_pcalloc(pool, sizeof(*found));
    found->id = go_rows_integer(row, 0, 0);
    found->number = (int)go_rows_integer(row, 1, 0);
    found->attempt = (int)go_rows_integer(row, 2, 0);
    found->tree_id = go_rows_integer(row, 3, 0);
    found->is_late = (int)go_rows_integer(row, 4, 0);
    found->created_us = go_rows_integer(row, 5, 0);
    found->user_id = go_rows_integer(row, 6, 0);
    found->username = go_rows_text(row, 7);
    found->display_name = go_rows_text(row, 8);
    found->newest_attempt = (int)go_rows_integer(row, 9, 0);
    found->counts = (int)go_rows_integer(row, 10, 0);
    found->penalty_milli = (int)go_rows_integer(row, 11, 0);
    found->late_days = (int)go_rows_integer(row, 12, 0);
    found->graded_id = go_rows_integer(row, 13, 0);
    found->removed_us = go_rows_integer(row, 14, 0);
    found->removed_by = go_rows_text(row, 15);
    *submission = found;
    return APR_SUCCESS;
}

const char *go_submission_gone(const go_submission *submission, apr_pool_t *pool) {
    const char *day = go_zone_format(pool, NULL, submission->removed_us, GO_ZONE_ISO_UTC);
    int is_erased =
        submission->removed_by && strcmp(submission->removed_by, GO_REMOVED_BY_ERASURE) == 0;
    if (!submission->removed_us) return NULL;
    return apr_psprintf(
        pool, "The files of this submission were removed %s on %.10s.",
        is_erased ? "with the account of who handed them in" : "by the retention rule", day);
}

apr_status_t go_submission_needs_files(const go_submission *submission, go_error *err) {
    if (!submission->removed_us) return APR_SUCCESS;
    return go_error_set(err, GO_EGONE, "Its score and its dates are kept.", "%s",
                        go_submission_gone(submission, err->pool));
}

apr_status_t go_submission_sharers(go_db *db, const go_submission *submission,
                                   apr_array_header_t **sharers, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_SUBMISSION_SHARERS,
        GO_VALUES(go_integer(submission->graded_id), go_integer(submission->graded_id)), &rows,
        pool, err);
    *sharers = apr_array_make(pool, 4, sizeof(go_sharer));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*sharers, go_sharer) =
            (go_sharer){.user_id = go_rows_integer(rows, 0, 0),
                        .username = go_rows_text(rows, 1),
                        .display_name = go_rows_text(rows, 2),
                        .number = (int)go_rows_integer(rows, 3, 0)};
    return status;
}

static apr_status_t refuse_again(go_error *err) {
    return go_error_set(err, GO_ECONFLICT, "Wait until it has ended.",
                        "This submission is being graded already.");
}

/* Read again, inside the transaction: they may have been removed since it was shown. */
static apr_status_t still_has_files(go_db *db, const go_assignment *assignment,
                                    const go_submission *submission, apr_pool_t *pool,
                                    go_error *err) {
    go_submission *now = NULL;
    apr_status_t status = go_submission_find(db, assignment, submission->number, &now, pool, err);
    return status || !now ? status : go_submission_needs_files(now, err);
}

/* Looks and queues in one transaction: of two clicks the second finds the first's run. */
static apr_status_t queue_again(go_db *db, const go_assignment *assignment,
                                const go_submission *submission, const char *reason, apr_time_t now,
                                apr_pool_t *pool, go_error *err) {
    go_run *newest = NULL;
    apr_int64_t run_id;
    int is_demand = strcmp(reason, GO_REASON_DEMAND) == 0;
    apr_status_t status = still_has_files(db, assignment, submission, pool, err);
    if (!status) status = go_run_newest(db, submission->graded_id, &newest, pool, err);
    if (status) return status;
    if (newest && (newest->state == GO_RUN_QUEUED || newest->state == GO_RUN_RUNNING))
        return refuse_again(err);
    if (is_demand && (!newest || newest->state != GO_RUN_CANCELLED || !newest->ended_by ||
                      strcmp(newest->ended_by, GO_SUPERSEDED) != 0))
        return go_error_set(err, GO_ECONFLICT, "Load the page again.",
                            "This submission was not superseded by a newer one.");
    if (is_demand) status = refuse_flood(db, submission->user_id, pool, err);
    if (status) return status;
    status = go_run_queue(db, submission->graded_id, assignment->version_id, reason, now, &run_id,
                          pool, err);
    return status == GO_ECONFLICT ? refuse_again(err) : status; /* of two at once this is one */
}

apr_status_t go_submission_requeue(go_db *db, const go_assignment *assignment,
                                   const go_submission *submission, const char *reason,
                                   apr_time_t now, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = queue_again(db, assignment, submission, reason, now, pool, err);
    return go_db_end(db, status, err);
}

/* The columns (state, outcome, earned, possible) of a line's newest run, and the submission's
   (penalty, counts). */
static void read_run(go_rows *rows, int column, go_submission_line *line) {
    const char *state = go_rows_text(rows, column);
    const char *outcome = go_rows_text(rows, column + 1);
    line->has_run = state && go_run_state_parse(state, &line->state);
    line->is_ungradable = outcome && strcmp(outcome, "ungradable") == 0;
    line->has_score = go_rows_text(rows, column + 2) && go_rows_text(rows, column + 3);
    line->raw_score.earned_milli = go_rows_integer(rows, column + 2, 0);
    line->raw_score.possible_milli = go_rows_integer(rows, column + 3, 0);
    line->penalty_milli = (int)go_rows_integer(rows, column + 4, 0);
    line->score = go_score_after(line->raw_score, line->penalty_milli);
    line->counts = (int)go_rows_integer(rows, column + 5, 0);
}

apr_status_t go_submissions(go_db *db, go_submission_list list, apr_int64_t assignment_id,
                            apr_int64_t argument, apr_array_header_t **lines, apr_pool_t *pool,
                            go_error *err) {
    static const struct {
        go_statement statement;
        int values;
    } lists[] = {{GO_SQL_SUBMISSIONS_OF_USER, 2},
                 {GO_SQL_SUBMISSIONS_LATEST, 1},
                 {GO_SQL_SUBMISSIONS_OF_ASSIGNMENT, 2},
                 {GO_SQL_SUBMISSIONS_TROUBLED, 1}};
    go_rows *rows;
    const go_value values[] = {go_integer(assignment_id), go_integer(argument)};
    apr_status_t status =
        go_db_select(db, lists[list].statement, values, lists[list].values, &rows, pool, err);
    *lines = apr_array_make(pool, 32, sizeof(go_submission_line));
    while (!status && go_rows_next(rows)) {
        go_submission_line *line = apr_array_push(*lines);
        memset(line, 0, sizeof(*line));
        line->assignment_id = assignment_id;
        line->id = go_rows_integer(rows, 0, 0);
        line->number = (int)go_rows_integer(rows, 1, 0);
        line->attempt = (int)go_rows_integer(rows, 2, 0);
        line->is_late = (int)go_rows_integer(rows, 3, 0);
        line->created_us = go_rows_integer(rows, 4, 0);
        line->username = go_rows_text(rows, 5);
        line->display_name = go_rows_text(rows, 6);
        read_run(rows, 7, line);
        line->files = (int)go_rows_integer(rows, 13, 0);
        line->bytes = go_rows_integer(rows, 14, 0);
        line->graded_id = go_rows_integer(rows, 15, 0);
    }
    return status;
}

apr_status_t go_submissions_recent(go_db *db, apr_int64_t user_id, apr_array_header_t **lines,
                                   apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_SUBMISSIONS_RECENT_OF_USER,
                                       GO_VALUES(go_integer(user_id)), &rows, pool, err);
    *lines = apr_array_make(pool, 10, sizeof(go_submission_line));
    while (!status && go_rows_next(rows)) {
        go_submission_line *line = apr_array_push(*lines);
        memset(line, 0, sizeof(*line));
        line->course = go_rows_text(rows, 0);
        line->assignment = go_rows_text(rows, 1);
        line->assignment_title = go_rows_text(rows, 2);
        line->number = (int)go_rows_integer(rows, 3, 0);
        line->attempt = (int)go_rows_integer(rows, 4, 0);
        line->created_us = go_rows_integer(rows, 5, 0);
        line->zone = go_rows_text(rows, 6);
        read_run(rows, 7, line);
        line->errors = go_rows_text(rows, 13);
        line->failed_stage = go_rows_text(rows, 14);
    }
    return status;
}

apr_status_t go_submissions_in_course(go_db *db, apr_int64_t course_id, apr_int64_t user_id,
                                      apr_array_header_t **lines, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_SUBMISSIONS_COUNTED_IN_COURSE,
                     GO_VALUES(go_integer(course_id), go_integer(user_id)), &rows, pool, err);
    *lines = apr_array_make(pool, 16, sizeof(go_submission_line));
    while (!status && go_rows_next(rows)) {
        go_submission_line *line = apr_array_push(*lines);
        memset(line, 0, sizeof(*line));
        line->assignment_id = go_rows_integer(rows, 0, 0);
        line->number = (int)go_rows_integer(rows, 1, 0);
        line->is_late = (int)go_rows_integer(rows, 2, 0);
        read_run(rows, 3, line);
        line->errors = go_rows_text(rows, 9);
        line->failed_stage = go_rows_text(rows, 10);
        line->attempt = (int)go_rows_integer(rows, 11, 0);
        line->created_us = go_rows_integer(rows, 12, 0);
    }
    return status;
}

apr_status_t go_submission_next(go_db *db, const go_course *course, apr_int64_t assignment_id,
                                apr_int64_t user_id, int shows_drafts, apr_int64_t *last,
                                go_assignment **assignment, go_submission **submission,
                                apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_SUBMISSION_NEXT_OF_USER,
        GO_VALUES(go_integer(user_id), go_integer(*last), go_integer(course->id),
                  go_integer(assignment_id), go_integer(assignment_id), go_integer(shows_drafts)),
        &rows, pool, err);
    *assignment = NULL;
    if (status || !go_rows_next(rows)) return status;
    *last = go_rows_integer(rows, 0, 0);
    status = go_assignment_find(db, course, go_rows_text(rows, 1), assignment, pool, err);
    return status ? status
                  : go_submission_find(db, *assignment, (int)go_rows_integer(rows, 2, 0),
                                       submission, pool, err);
}

apr_status_t go_submissions_count(go_db *db, apr_int64_t course_id, apr_array_header_t **counts,
                                  apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_SUBMISSIONS_COUNT_IN_COURSE,
                                       GO_VALUES(go_integer(course_id)), &rows, pool, err);
    *counts = apr_array_make(pool, 16, sizeof(go_submission_count));
    while (!status && go_rows_next(rows)) {
        go_submission_count *count = apr_array_push(*counts);
        count->assignment_id = go_rows_integer(rows, 0, 0);
        count->submissions = (int)go_rows_integer(rows, 1, 0);
        count->students = (int)go_rows_integer(rows, 2, 0);
    }
    return status;
}
