/* Reading proposals: what there are, and what each would change (see reruns.h). */
#include "model/reruns.h"

#include "model/audit.h"

#include <apr_strings.h>

#include <string.h>

static const char *const scope_names[GO_RERUN_SCOPE_COUNT] = {
    "all", "latest", "best", "counted", "troubled", "student", "section"};
static const char *const state_names[GO_RERUN_STATE_COUNT] = {"baking", "ready", "applied",
                                                              "dropped", "undone"};
static const char *const policy_names[] = {"replace", "never-lower"};
static const char *const change_names[GO_RERUN_CHANGE_COUNT] = {"lower", "higher", "not-graded",
                                                                "waiting", "same"};

/* The place of a word in a list of `count`, or -1. */
static int place_of(const char *word, const char *const *words, int count) {
    for (int i = 0; word && i < count; i++)
        if (strcmp(word, words[i]) == 0) return i;
    return -1;
}

const char *go_rerun_scope_name(go_rerun_scope scope) {
    return scope_names[scope];
}

int go_rerun_scope_parse(const char *name, go_rerun_scope *scope) {
    int place = place_of(name, scope_names, GO_RERUN_SCOPE_COUNT);
    if (place >= 0) *scope = (go_rerun_scope)place;
    return place >= 0;
}

const char *go_rerun_state_name(go_rerun_state state) {
    return state_names[state];
}

const char *go_rerun_policy_name(go_rerun_policy policy) {
    return policy_names[policy];
}

int go_rerun_policy_parse(const char *name, go_rerun_policy *policy) {
    int place = place_of(name, policy_names, 2);
    if (place >= 0) *policy = (go_rerun_policy)place;
    return place >= 0;
}

const char *go_rerun_change_name(go_rerun_change change) {
    return change_names[change];
}

/* --- which there are ------------------------------------------------------------------------- */

/* Whether an open one is still baking is seen from its runs, so that nobody need tell it. */
static go_rerun_state state_of(const char *stored, int waiting) {
    int place = place_of(stored, state_names, GO_RERUN_STATE_COUNT);
    if (place >= 0) return (go_rerun_state)place;
    return waiting ? GO_RERUN_BAKING : GO_RERUN_READY;
}

static void read_rerun(go_rows *rows, go_rerun *rerun) {
    memset(rerun, 0, sizeof(*rerun));
    rerun->id = go_rows_integer(rows, 0, 0);
    rerun->number = (int)go_rows_integer(rows, 1, 0);
    rerun->version_number = (int)go_rows_integer(rows, 2, 0);
    go_rerun_scope_parse(go_rows_text(rows, 3), &rerun->scope);
    rerun->section = go_rows_text(rows, 4);
    rerun->username = go_rows_text(rows, 5);
    rerun->display_name = go_rows_text(rows, 6);
    rerun->is_twice = go_rows_integer(rows, 7, 1) == 2;
    rerun->has_policy = go_rerun_policy_parse(go_rows_text(rows, 9), &rerun->policy);
    rerun->author = go_rows_text(rows, 10);
    rerun->created_us = go_rows_integer(rows, 11, 0);
    rerun->closed_by = go_rows_text(rows, 12);
    rerun->closed_us = go_rows_integer(rows, 13, 0);
    rerun->source_id = go_rows_integer(rows, 14, 0);
    rerun->source = go_rows_text(rows, 15);
    rerun->source_title = go_rows_text(rows, 16);
    rerun->source_course_id = go_rows_integer(rows, 17, 0);
    rerun->source_course = go_rows_text(rows, 18);
    rerun->assignment_id = go_rows_integer(rows, 19, 0);
    rerun->is_trial = rerun->source_id != rerun->assignment_id;
    rerun->entries = (int)go_rows_integer(rows, 20, 0);
    rerun->waiting = (int)go_rows_integer(rows, 21, 0);
    rerun->state = state_of(go_rows_text(rows, 8), rerun->waiting);
}

apr_status_t go_reruns(go_db *db, const go_assignment *assignment, apr_array_header_t **reruns,
                       apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_RERUNS_OF_ASSIGNMENT,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *reruns = apr_array_make(pool, 8, sizeof(go_rerun));
    while (!status && go_rows_next(rows))
        read_rerun(rows, apr_array_push(*reruns));
    return status;
}

apr_status_t go_rerun_find(go_db *db, const go_assignment *assignment, int number, go_rerun **rerun,
                           apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_RERUN_BY_NUMBER,
                                    GO_VALUES(go_integer(assignment->id), go_integer(number)), &row,
                                    apr_psprintf(pool, "rerun %d", number), pool, err);
    if (status) return status;
    *rerun = apr_palloc(pool, sizeof(**rerun));
    read_rerun(row, *rerun);
    return APR_SUCCESS;
}

/* --- what it would change -------------------------------------------------------------------- */

/* The columns (state, outcome, earned, possible) of a run of a stand-in. */
typedef struct result {
    int is_waiting, is_graded, has_score;
    go_score score;
} result;

static int has_score(go_rows *rows, int column, go_score *score) {
    *score = (go_score){go_rows_integer(rows, column, 0), go_rows_integer(rows, column + 1, 0)};
    return go_rows_text(rows, column) && go_rows_text(rows, column + 1);
}

static int is_live(const char *state) {
    return state && (strcmp(state, "queued") == 0 || strcmp(state, "running") == 0);
}

static result read_result(go_rows *rows, int column) {
    result r = {0};
    const char *outcome = go_rows_text(rows, column + 1);
    r.is_waiting = is_live(go_rows_text(rows, column));
    r.is_graded = outcome && strcmp(outcome, "graded") == 0;
    r.has_score = has_score(rows, column + 2, &r.score) && r.is_graded;
    return r;
}

static int is_same(int has_a, go_score a, int has_b, go_score b) {
    if (!has_a || !has_b) return has_a == has_b;
    return a.earned_milli == b.earned_milli && a.possible_milli == b.possible_milli;
}

/* By the part of the points, and where that is equal by the points: 7/10 is lower than 14/20. */
static int is_lower(go_score a, go_score b) {
    if (go_score_is_better(b, a)) return 1;
    return !go_score_is_better(a, b) && a.earned_milli < b.earned_milli;
}

static go_rerun_change change_of(const go_rerun_line *line, const result *first) {
    if (first->is_waiting) return GO_RERUN_WAITING;
    if (!first->is_graded) return GO_RERUN_NOT_GRADED;
    if (is_same(line->has_before, line->before, line->has_after, line->after)) return GO_RERUN_SAME;
    if (!line->has_before) return GO_RERUN_HIGHER;
    if (!line->has_after) return GO_RERUN_LOWER;
    if (is_lower(line->after, line->before)) return GO_RERUN_LOWER;
    /* the same points of more: not lower by the part, nor by the points */
    return GO_RERUN_HIGHER;
}

static void read_line(go_rows *rows, go_rerun_line *line) {
    memset(line, 0, sizeof(*line));
    line->submission_id = go_rows_integer(rows, 0, 0);
    line->number = (int)go_rows_integer(rows, 1, 0);
    line->attempt = (int)go_rows_integer(rows, 2, 0);
    line->user_id = go_rows_integer(rows, 3, 0);
    line->username = go_rows_text(rows, 4);
    line->display_name = go_rows_text(rows, 5);
    line->counts = (int)go_rows_integer(rows, 6, 0);
    line->standin_id = go_rows_integer(rows, 7, 0);
    line->newest_id = go_rows_integer(rows, 9, 0);
    line->has_before = has_score(rows, 11, &line->before);
    line->run_id = go_rows_integer(rows, 13, 0);
    const result first = read_result(rows, 14), second = read_result(rows, 18);
    line->has_after = first.has_score;
    line->after = first.score;
    line->change = change_of(line, &first);
    line->is_applied = go_rows_text(rows, 22) && !go_rows_integer(rows, 23, 0);
    line->is_stale = !line->is_applied && (line->newest_id != go_rows_integer(rows, 8, 0) ||
                                           is_live(go_rows_text(rows, 10)));
    int differs = second.is_graded &&
                  (!is_same(first.has_score, first.score, second.has_score, second.score) ||
                   go_rows_integer(rows, 25, 0));
    /* what it had was baked from the same, too */
    int differs_from_before = go_rows_integer(rows, 24, 0) && line->change != GO_RERUN_SAME;
    line->is_flaky = first.is_graded && (differs || differs_from_before);
}

apr_status_t go_rerun_lines(go_db *db, const go_rerun *rerun, apr_array_header_t **lines,
                            apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_RERUN_LINES, GO_VALUES(go_integer(rerun->id)), &rows, pool, err);
    *lines = apr_array_make(pool, 64, sizeof(go_rerun_line));
    while (!status && go_rows_next(rows))
        read_line(rows, apr_array_push(*lines));
    return status;
}

__extension__ typedef __int128 wide;

static apr_int64_t mean_of(wide sum, int count) {
    return (apr_int64_t)((sum + count / 2) / count);
}

void go_rerun_sum(const apr_array_header_t *lines, go_rerun_totals *totals) {
    wide before[2] = {0, 0}, after[2] = {0, 0};
    memset(totals, 0, sizeof(*totals));
    for (int i = 0; i < lines->nelts; i++) {
        const go_rerun_line *line = &APR_ARRAY_IDX(lines, i, go_rerun_line);
        totals->changes[line->change]++;
        totals->flaky += line->is_flaky;
        totals->stale += line->is_stale;
        totals->applied += line->is_applied;
        if (!line->has_before || !line->has_after) continue;
        totals->both++;
        before[0] += line->before.earned_milli;
        before[1] += line->before.possible_milli;
        after[0] += line->after.earned_milli;
        after[1] += line->after.possible_milli;
    }
    if (!totals->both) return;
    totals->mean_before =
        (go_score){mean_of(before[0], totals->both), mean_of(before[1], totals->both)};
    totals->mean_after =
        (go_score){mean_of(after[0], totals->both), mean_of(after[1], totals->both)};
}

int go_rerun_applies(const go_rerun_line *line, const go_rerun_applying *how) {
    if (line->change == GO_RERUN_WAITING || line->change == GO_RERUN_NOT_GRADED) return 0;
    if (line->is_applied || line->is_stale || (how->leaves_flaky && line->is_flaky)) return 0;
    return how->policy != GO_RERUN_NEVER_LOWER || line->change != GO_RERUN_LOWER;
}

apr_status_t go_rerun_note(go_db *db, const go_authoring *who, const char *action,
                           const char *subject, const char *was, const char *became,
                           apr_pool_t *pool, go_error *err) {
    const go_audit_entry entry = {.at_us = who->now,
                                  .actor = who->author->username,
                                  .address = who->address,
                                  .course_id = who->course->id,
                                  .action = action,
                                  .subject =
                                      apr_psprintf(pool, "%s, %s", who->assignment->name, subject),
                                  .was = was,
                                  .became = became};
    return go_audit_add(db, &entry, pool, err);
}
