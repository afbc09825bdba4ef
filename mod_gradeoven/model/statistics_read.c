/* The figures of an assignment out of the store; see statistics.h. */
#include "model/statistics.h"

#include "model/feedback.h"

#include <apr_hash.h>

/* The values of GO_STUDENTS_WHO. */
#define STUDENTS_WHO(course, section)                                                              \
    go_integer((course)->id), go_integer((section) != NULL), go_text((section) ? (section) : "")

static const apr_time_t quarter = APR_TIME_C(900) * APR_USEC_PER_SEC;

/* Done feedback by the id of its submission. */
static apr_status_t read_feedback(go_db *db, const go_assignment *assignment, apr_hash_t *done,
                                  apr_pool_t *pool, go_error *err) {
    apr_array_header_t *list = NULL;
    apr_status_t status = go_feedback_of_assignment(db, assignment, &list, pool, err);
    for (int i = 0; !status && list && i < list->nelts; i++) {
        go_feedback *feedback = &APR_ARRAY_IDX(list, i, go_feedback);
        if (feedback->is_done)
            apr_hash_set(done, &feedback->submission_id, sizeof(feedback->submission_id), feedback);
    }
    return status;
}

/* One student: has something been handed in, has it a score, and which. */
static void read_student(go_rows *rows, const go_grading_rules *rules, apr_hash_t *done,
                         go_statistics *statistics, apr_array_header_t *scores) {
    apr_int64_t id = go_rows_integer(rows, 0, 0);
    int has_automatic = go_rows_text(rows, 1) && go_rows_text(rows, 2);
    go_score score = {go_rows_integer(rows, 1, 0), go_rows_integer(rows, 2, 0)};
    statistics->students++;
    if (!id) return;
    statistics->submitted++;
    score = go_score_after(score, (int)go_rows_integer(rows, 3, 0));
    const go_feedback *feedback = apr_hash_get(done, &id, sizeof(id));
    if (!has_automatic && !feedback) return;
    if (feedback) score = go_feedback_total(rules, feedback, has_automatic, score);
    statistics->scored++;
    APR_ARRAY_PUSH(scores, go_score) = score;
}

static apr_status_t read_scores(go_db *db, const go_course *course, const go_assignment *assignment,
                                const char *section, go_statistics *statistics, apr_pool_t *pool,
                                go_error *err) {
    go_rows *rows;
    go_grading_rules *rules = NULL;
    apr_hash_t *done = apr_hash_make(pool);
    apr_array_header_t *scores = apr_array_make(pool, 64, sizeof(go_score));
    apr_status_t status = go_grading_rules_find(db, assignment, &rules, pool, err);
    if (!status) status = read_feedback(db, assignment, done, pool, err);
    if (!status)
        status = go_db_select(db, GO_SQL_STATISTICS_SCORES,
                              GO_VALUES(go_integer(assignment->id), STUDENTS_WHO(course, section)),
                              &rows, pool, err);
    while (!status && go_rows_next(rows))
        read_student(rows, rules, done, statistics, scores);
    go_spread_of(scores, &statistics->spread);
    return status;
}

static apr_status_t read_times(go_db *db, const go_course *course, const go_assignment *assignment,
                               const char *section, go_statistics *statistics, apr_pool_t *pool,
                               go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_STATISTICS_TIMES,
        GO_VALUES(go_integer(assignment->id), STUDENTS_WHO(course, section)), &rows, pool, err);
    statistics->moments = apr_array_make(pool, 64, sizeof(go_moment));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(statistics->moments, go_moment) =
            (go_moment){.at_us = go_rows_integer(rows, 0, 0) * quarter,
                        .submissions = (int)go_rows_integer(rows, 1, 0),
                        .counting = (int)go_rows_integer(rows, 2, 0)};
    return status;
}

static apr_status_t read_stages(go_db *db, const go_course *course, const go_assignment *assignment,
                                const char *section, go_statistics *statistics, apr_pool_t *pool,
                                go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_STATISTICS_STAGES,
        GO_VALUES(go_integer(assignment->id), STUDENTS_WHO(course, section)), &rows, pool, err);
    statistics->stages = apr_array_make(pool, 8, sizeof(go_stage_figures));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(statistics->stages, go_stage_figures) =
            (go_stage_figures){.name = go_rows_text(rows, 0),
                               .runs = (int)go_rows_integer(rows, 1, 0),
                               .broken = (int)go_rows_integer(rows, 2, 0),
                               .timeouts = (int)go_rows_integer(rows, 3, 0),
                               .signals = (int)go_rows_integer(rows, 4, 0),
                               .exits = (int)go_rows_integer(rows, 5, 0)};
    return status;
}

static apr_status_t read_tests(go_db *db, const go_course *course, const go_assignment *assignment,
                               const char *section, go_statistics *statistics, apr_pool_t *pool,
                               go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_STATISTICS_TESTS,
                     GO_VALUES(go_integer(assignment->id), STUDENTS_WHO(course, section),
                               go_integer(GO_TEST_FIGURES_MAX)),
                     &rows, pool, err);
    statistics->tests = apr_array_make(pool, 32, sizeof(go_test_figures));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(statistics->tests, go_test_figures) =
            (go_test_figures){.number = go_rows_text(rows, 0),
                              .name = go_rows_text(rows, 1),
                              .runs = (int)go_rows_integer(rows, 2, 0),
                              .failed = (int)go_rows_integer(rows, 3, 0),
                              .passed = (int)go_rows_integer(rows, 4, 0),
                              .is_hidden = go_rows_integer(rows, 5, 0) > 0};
    return status;
}

apr_status_t go_statistics_read(go_db *db, const go_course *course, const go_assignment *assignment,
                                const char *section, go_statistics *statistics, apr_pool_t *pool,
                                go_error *err) {
    *statistics = (go_statistics){0};
    apr_status_t status = read_scores(db, course, assignment, section, statistics, pool, err);
    if (!status) status = read_times(db, course, assignment, section, statistics, pool, err);
    if (!status) status = read_stages(db, course, assignment, section, statistics, pool, err);
    return status ? status : read_tests(db, course, assignment, section, statistics, pool, err);
}
