/* The lines of a scoreboard: who is on it, with what, in which order. */
#include "model/scoreboard.h"

#include "model/policy.h"

#include <stdlib.h>

/* Products of two scores in thousandths: up to 10^30. */
__extension__ typedef __int128 wide;

/* Shares are compared exactly, since versions may give different totals: a/b < c/d as a*d < c*b. */
static int compare_shares(go_score a, go_score b) {
    wide left =
        a.possible_milli ? (wide)a.earned_milli * (b.possible_milli ? b.possible_milli : 1) : 0;
    wide right =
        b.possible_milli ? (wide)b.earned_milli * (a.possible_milli ? a.possible_milli : 1) : 0;
    return left < right ? 1 : left > right ? -1 : 0;
}

static int compare_scores(const go_board_line *a, const go_board_line *b) {
    if (!a->has_score || !b->has_score) return b->has_score - a->has_score;
    return compare_shares(a->score, b->score);
}

static int compare_metrics(const go_board_line *a, const go_board_line *b) {
    if (!a->has_milli || !b->has_milli) return b->has_milli - a->has_milli;
    return a->milli < b->milli ? -1 : a->milli > b->milli;
}

/* Who was first; the user only to have one order of all. */
static int compare_rest(const go_board_line *a, const go_board_line *b) {
    if (a->created_us != b->created_us) return a->created_us < b->created_us ? -1 : 1;
    return a->user_id < b->user_id ? -1 : a->user_id > b->user_id;
}

static int by_score(const void *a, const void *b) {
    int order = compare_scores(a, b);
    return order ? order : compare_rest(a, b);
}

static int by_score_and_metric(const void *a, const void *b) {
    int order = compare_scores(a, b);
    if (!order) order = compare_metrics(a, b);
    return order ? order : compare_rest(a, b);
}

static int by_metric(const void *a, const void *b) {
    int order = compare_metrics(a, b);
    return order ? order : compare_rest(a, b);
}

typedef int comparison(const void *, const void *);
static comparison *const comparisons[GO_RANKING_COUNT] = {by_score, by_score_and_metric, by_metric};

/* Does only the user tell them apart? */
static int is_same_place(const go_board_line *a, const go_board_line *b, comparison *compare) {
    go_board_line twin = *a;
    twin.user_id = b->user_id;
    return compare(&twin, b) == 0;
}

/* The rank is one more than how many seen ones are strictly before. */
static void number_lines(apr_array_header_t *lines, comparison *compare) {
    int seen = 0, rank = 1;
    const go_board_line *last = NULL;
    for (int i = 0; i < lines->nelts; i++) {
        go_board_line *line = &APR_ARRAY_IDX(lines, i, go_board_line);
        if (!last || !is_same_place(last, line, compare)) rank = seen + 1;
        line->rank = rank;
        last = line;
        seen += !line->is_hidden;
    }
}

/* --- reading --------------------------------------------------------------------------------- */

static go_board_line line_from_row(go_rows *rows) {
    const go_score score = {go_rows_integer(rows, 5, 0), go_rows_integer(rows, 6, 0)};
    return (go_board_line){.user_id = go_rows_integer(rows, 0, 0),
                           .username = go_rows_text(rows, 1),
                           .display_name = go_rows_text(rows, 2),
                           .number = (int)go_rows_integer(rows, 3, 0),
                           .created_us = go_rows_integer(rows, 4, 0),
                           .has_score = go_rows_text(rows, 5) != NULL,
                           .score = go_score_after(score, (int)go_rows_integer(rows, 8, 0)),
                           .is_hidden = go_rows_text(rows, 7) != NULL,
                           .metric = go_rows_text(rows, 9),
                           .has_milli = go_rows_text(rows, 10) != NULL,
                           .milli = go_rows_integer(rows, 10, 0)};
}

/* The metrics are turned so that the lowest is best, if they are not so. */
static void turn_metrics(apr_array_header_t *lines) {
    for (int i = 0; i < lines->nelts; i++) {
        go_board_line *line = &APR_ARRAY_IDX(lines, i, go_board_line);
        line->milli = -line->milli; /* of at most 18 digits (go_results_milli) */
    }
}

apr_status_t go_board_lines(go_db *db, const go_course *course, const go_assignment *assignment,
                            const go_board_rules *rules, int sees_hidden, apr_int64_t viewer_id,
                            apr_array_header_t **lines, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_int64_t newest_run = 0;
    int is_ascending = 0;
    apr_status_t status = go_db_select(
        db, GO_SQL_SCOREBOARD_LINES,
        GO_VALUES(go_integer(assignment->id), go_text(rules->metric), go_integer(course->id)),
        &rows, pool, err);
    *lines = apr_array_make(pool, 128, sizeof(go_board_line));
    while (!status && go_rows_next(rows)) {
        go_board_line line = line_from_row(rows);
        apr_int64_t run_id = go_rows_integer(rows, 12, 0);
        if (line.metric && run_id > newest_run) {
            newest_run = run_id;
            is_ascending = go_rows_integer(rows, 11, 0) != 0;
        }
        if (!line.is_hidden || sees_hidden || line.user_id == viewer_id)
            APR_ARRAY_PUSH(*lines, go_board_line) = line;
    }
    if (!is_ascending) turn_metrics(*lines);
    comparison *compare = comparisons[rules->ranking];
    if ((*lines)->nelts)
        qsort((*lines)->elts, (size_t)(*lines)->nelts, sizeof(go_board_line), compare);
    number_lines(*lines, compare);
    return status;
}
