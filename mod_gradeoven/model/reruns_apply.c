/* Applying, undoing and dropping a proposal, each in one transaction (see reruns.h). */
#include "model/reruns.h"

#include "model/counted.h"

#include <apr_strings.h>

static const char *subject_of(const go_rerun *rerun, apr_pool_t *pool) {
    return apr_psprintf(pool, "rerun %d", rerun->number);
}

/* It may have changed since the caller has read it: asked again inside the transaction. */
static apr_status_t expect_state(go_db *db, const go_authoring *who, const go_rerun *rerun,
                                 go_rerun **present, int states, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_rerun_find(db, who->assignment, rerun->number, present, pool, err);
    if (status || states & 1 << (*present)->state) return status;
    return go_error_set(err, GO_ECONFLICT, "Load the page again.", "Rerun %d is %s.", rerun->number,
                        go_rerun_state_name((*present)->state));
}

static apr_status_t close_it(go_db *db, const go_authoring *who, const go_rerun *present,
                             const char *state, const char *policy, apr_pool_t *pool,
                             go_error *err) {
    int changed = 0;
    int is_open = present->state == GO_RERUN_BAKING || present->state == GO_RERUN_READY;
    apr_status_t status =
        go_db_run(db, GO_SQL_RERUN_CLOSE,
                  GO_VALUES(go_text(state), go_text(policy), go_integer(who->author->id),
                            go_integer(who->now), go_integer(present->id),
                            go_text(is_open ? "open" : go_rerun_state_name(present->state))),
                  &changed, pool, err);
    if (status || changed) return status;
    return go_error_set(err, GO_ECONFLICT, "Load the page again.",
                        "Somebody else has changed rerun %d.", present->number);
}

static const char *score_text(int has_score, go_score score, apr_pool_t *pool) {
    return has_score ? go_score_format(pool, score) : "no score";
}

/* A line of the log for each score that has moved; without the name, since grading may be blind. */
static apr_status_t note_score(go_db *db, const go_authoring *who, const go_rerun_line *line,
                               int is_back, apr_pool_t *pool, go_error *err) {
    if (line->change == GO_RERUN_SAME) return APR_SUCCESS;
    const char *before = score_text(line->has_before, line->before, pool);
    const char *after = score_text(line->has_after, line->after, pool);
    return go_rerun_note(db, who, "score", apr_psprintf(pool, "submission %d", line->number),
                         is_back ? after : before, is_back ? before : after, pool, err);
}

/* A run that must be where it was read to be. */
static apr_status_t expect_moved(apr_status_t status, int changed, const go_rerun_line *line,
                                 go_error *err) {
    if (status || changed == 1) return status;
    return go_error_set(err, GO_ECONFLICT, "Try again.",
                        "Submission %d was changed at the same moment.", line->number);
}

/* --- applying -------------------------------------------------------------------------------- */

static apr_status_t apply_line(go_db *db, const go_authoring *who, const go_rerun *rerun,
                               const go_rerun_line *line, apr_pool_t *pool, go_error *err) {
    int changed = 0;
    apr_status_t status =
        go_db_run(db, GO_SQL_RERUN_GIVE,
                  GO_VALUES(go_integer(line->submission_id), go_integer(rerun->assignment_id),
                            go_integer(line->user_id), go_integer(line->run_id),
                            go_integer(line->standin_id)),
                  &changed, pool, err);
    status = expect_moved(status, changed, line, err);
    if (!status)
        status = go_db_run(db, GO_SQL_RERUN_ENTRY_APPLIED,
                           GO_VALUES(go_integer(line->run_id), go_integer(rerun->id),
                                     go_integer(line->submission_id)),
                           NULL, pool, err);
    return status ? status : note_score(db, who, line, 0, pool, err);
}

static apr_status_t apply_all(go_db *db, const go_authoring *who, const go_rerun *rerun,
                              const go_rerun_applying *how, int *count, apr_pool_t *pool,
                              go_error *err) {
    apr_array_header_t *lines;
    apr_pool_t *scratch;
    apr_status_t status = go_rerun_lines(db, rerun, &lines, pool, err);
    if (!status) status = apr_pool_create(&scratch, pool);
    if (status) return status;
    *count = 0;
    for (int i = 0; i < lines->nelts && !status; i++) {
        const go_rerun_line *line = &APR_ARRAY_IDX(lines, i, go_rerun_line);
        if (!go_rerun_applies(line, how)) continue;
        apr_pool_clear(scratch);
        status = apply_line(db, who, rerun, line, scratch, err);
        ++*count;
    }
    apr_pool_destroy(scratch);
    if (!status && !*count)
        status = go_error_set(err, GO_ECONFLICT, "Choose otherwise, or drop it.",
                              "None of its results would be applied in this way.");
    if (!status) status = go_counted_refresh(db, rerun->assignment_id, 0, pool, err);
    if (status) return status;
    return go_rerun_note(
        db, who, "rerun", subject_of(rerun, pool), go_rerun_state_name(rerun->state),
        apr_psprintf(pool, "applied: %s%s, %d of %d submissions", go_rerun_policy_name(how->policy),
                     how->leaves_flaky ? ", without flaky" : "", *count, lines->nelts),
        pool, err);
}

apr_status_t go_rerun_apply(go_db *db, const go_authoring *who, const go_rerun *rerun,
                            const go_rerun_applying *how, int *count, apr_pool_t *pool,
                            go_error *err) {
    go_rerun *present = NULL;
    if (rerun->is_trial)
        return go_error_set(err, GO_ECONFLICT, "Drop it when you have seen enough.",
                            "A trial is of another assignment's submissions and touches no grade.");
    if (rerun->state == GO_RERUN_BAKING)
        return go_error_set(err, GO_ECONFLICT, "Wait until it is ready, or drop it.",
                            "Rerun %d is still being baked.", rerun->number);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = expect_state(db, who, rerun, &present, 1 << GO_RERUN_READY | 1 << GO_RERUN_UNDONE,
                          pool, err);
    if (!status)
        status =
            close_it(db, who, present, "applied", go_rerun_policy_name(how->policy), pool, err);
    if (!status && present) status = apply_all(db, who, present, how, count, pool, err);
    return go_db_end(db, status, err);
}

/* --- undoing --------------------------------------------------------------------------------- */

/* An applied result that is not the newest any more. */
static int is_overtaken(const go_rerun_line *line) {
    return line->is_applied && line->newest_id != line->run_id;
}

static apr_status_t refuse_overtaken(const apr_array_header_t *lines, go_error *err) {
    int count = 0, first = 0;
    for (int i = 0; i < lines->nelts; i++) {
        const go_rerun_line *line = &APR_ARRAY_IDX(lines, i, go_rerun_line);
        if (!is_overtaken(line)) continue;
        if (!count++) first = line->number;
    }
    if (!count) return APR_SUCCESS;
    return go_error_set(
        err, GO_ECONFLICT, "Look at them, and tick the box to undo the others only.",
        "%d of its submissions were graded again since it was applied; the first is "
        "no. %d.",
        count, first);
}

static apr_status_t undo_line(go_db *db, const go_authoring *who, const go_rerun *rerun,
                              const go_rerun_line *line, apr_pool_t *pool, go_error *err) {
    int changed = 0;
    apr_status_t status =
        go_db_run(db, GO_SQL_RERUN_TAKE_BACK,
                  GO_VALUES(go_integer(line->standin_id), go_integer(line->run_id),
                            go_integer(line->submission_id)),
                  &changed, pool, err);
    status = expect_moved(status, changed, line, err);
    if (!status)
        status = go_db_run(db, GO_SQL_RERUN_ENTRY_UNDONE,
                           GO_VALUES(go_integer(rerun->id), go_integer(line->submission_id)), NULL,
                           pool, err);
    return status ? status : note_score(db, who, line, 1, pool, err);
}

static apr_status_t undo_all(go_db *db, const go_authoring *who, const go_rerun *rerun,
                             int leaves_newer, int *count, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *lines;
    apr_pool_t *scratch;
    apr_status_t status = go_rerun_lines(db, rerun, &lines, pool, err);
    if (!status && !leaves_newer) status = refuse_overtaken(lines, err);
    if (!status) status = apr_pool_create(&scratch, pool);
    if (status) return status;
    *count = 0;
    for (int i = 0; i < lines->nelts && !status; i++) {
        const go_rerun_line *line = &APR_ARRAY_IDX(lines, i, go_rerun_line);
        if (!line->is_applied || is_overtaken(line)) continue;
        apr_pool_clear(scratch);
        status = undo_line(db, who, rerun, line, scratch, err);
        ++*count;
    }
    apr_pool_destroy(scratch);
    if (!status) status = go_counted_refresh(db, rerun->assignment_id, 0, pool, err);
    if (status) return status;
    return go_rerun_note(db, who, "rerun", subject_of(rerun, pool), "applied",
                         apr_psprintf(pool, "undone: %d submissions", *count), pool, err);
}

apr_status_t go_rerun_undo(go_db *db, const go_authoring *who, const go_rerun *rerun,
                           int leaves_newer, int *count, apr_pool_t *pool, go_error *err) {
    go_rerun *present = NULL;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = expect_state(db, who, rerun, &present, 1 << GO_RERUN_APPLIED, pool, err);
    if (!status) status = close_it(db, who, present, "undone", NULL, pool, err);
    if (!status && present) status = undo_all(db, who, present, leaves_newer, count, pool, err);
    return go_db_end(db, status, err);
}

/* --- dropping -------------------------------------------------------------------------------- */

apr_status_t go_rerun_drop(go_db *db, const go_authoring *who, const go_rerun *rerun,
                           apr_pool_t *pool, go_error *err) {
    go_rerun *present = NULL;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = expect_state(db, who, rerun, &present, 1 << GO_RERUN_BAKING | 1 << GO_RERUN_READY,
                          pool, err);
    if (!status) status = close_it(db, who, present, "dropped", NULL, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_RERUN_CANCEL,
                           GO_VALUES(go_text(who->author->username), go_integer(who->now),
                                     go_integer(rerun->id), go_integer(rerun->id)),
                           NULL, pool, err);
    if (!status && present)
        status = go_rerun_note(db, who, "rerun", subject_of(rerun, pool),
                               go_rerun_state_name(present->state), "dropped", pool, err);
    return go_db_end(db, status, err);
}
