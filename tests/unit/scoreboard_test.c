#include "unit/model.h"

#include "model/results.h"
#include "model/scoreboard.h"

#include <apr_strings.h>

#include <string.h>

static unit_site *site;

/* A student whose submission is graded with this score, none if `possible` < 0, and results.json.
 */
static go_user *graded_with(const char *name, apr_int64_t earned, apr_int64_t possible,
                            const char *json) {
    go_results *tests = NULL;
    if (json)
        ck_assert_ok(go_results_parse_json(json, strlen(json), &tests, unit_pool, &unit_error));
    static apr_time_t now = 5000;
    go_user *user;
    go_claim *claimed;
    if (go_user_find(site->db, name, &user, unit_pool, &unit_error))
        ck_assert_ok(
            go_user_create(site->db, name, "", "", NULL, 1, &user, unit_pool, &unit_error));
    ck_assert_ok(
        go_enrolment_set(site->db, site->course, user, GO_ROLE_STUDENT, 1, unit_pool, &unit_error));
    unit_submit(site, user, name, apr_psprintf(unit_pool, "%s-%d", name, (int)now));
    ck_assert_ok(
        go_run_claim(site->db, "e", site->state->objects, now++, &claimed, unit_pool, &unit_error));
    const go_run_news news = {.has_score = possible >= 0, .score = {earned, possible}, .stage = -1};
    const go_run_end end = {.news = &news,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result)),
                            .tests = tests,
                            .stamp = {.limits = ""}};
    ck_assert_ok(go_run_finish(site->db, claimed->run_id, claimed->lease, &end, now++, unit_pool,
                               &unit_error));
    return user;
}

static go_user *graded(const char *name, apr_int64_t earned, apr_int64_t possible) {
    return graded_with(name, earned, possible, NULL);
}

/* Graded with a value of the metric "time", of which the lowest is best. */
static go_user *timed(const char *name, apr_int64_t earned, apr_int64_t possible,
                      const char *value) {
    return graded_with(name, earned, possible,
                       apr_psprintf(unit_pool,
                                    "{\"leaderboard\": [{\"name\": \"other\", \"value\": 0},"
                                    "{\"name\": \"time\", \"value\": %s, \"order\": \"asc\"},"
                                    "{\"name\": \"time\", \"value\": 0}]}",
                                    value));
}

/* "name:rank name:rank(hidden)" */
static const char *ranked(go_board_rules rules, int sees_hidden, const go_user *viewer) {
    apr_array_header_t *list;
    char *text = "";
    ck_assert_ok(go_board_lines(site->db, site->course, site->assignment, &rules, sees_hidden,
                                viewer->id, &list, unit_pool, &unit_error));
    for (int i = 0; i < list->nelts; i++) {
        const go_board_line *line = &APR_ARRAY_IDX(list, i, go_board_line);
        text = apr_psprintf(unit_pool, "%s%s%s:%d%s", text, i ? " " : "", line->username,
                            line->rank, line->is_hidden ? "(hidden)" : "");
    }
    return text;
}

static const char *lines(int sees_hidden, const go_user *viewer) {
    return ranked((go_board_rules){.metric = ""}, sees_hidden, viewer);
}

static const char *by_time(go_ranking ranking) {
    return ranked((go_board_rules){.ranking = ranking, .metric = "time"}, 0, site->other);
}

START_TEST(the_better_share_is_first_then_who_was_earlier) {
    site = unit_site_make();
    graded("half", 50000, 100000);
    graded("most", 9000, 10000);
    graded("half-later", 1000, 2000);
    graded("third", 1, 3);
    graded("nothing", 0, 0);
    graded("more-than-all", 999999999999999, 999999999999998);
    ck_assert_str_eq(lines(0, site->other),
                     "more-than-all:1 most:2 half:3 half-later:4 third:5 nothing:6");
}
END_TEST

START_TEST(only_the_submission_that_counts_of_students_of_the_course_is_there) {
    site = unit_site_make();
    go_user *worse = graded("worse", 10000, 10000);
    graded("first", 9000, 10000);
    graded("worse", 1000, 10000);
    go_user *gone = graded("gone", 10000, 10000), *staff = graded("staff", 10000, 10000);
    ck_assert_ok(
        go_enrolment_set(site->db, site->course, gone, GO_ROLE_NONE, 1, unit_pool, &unit_error));
    ck_assert_ok(
        go_enrolment_set(site->db, site->course, staff, GO_ROLE_GRADER, 1, unit_pool, &unit_error));
    ck_assert_str_eq(lines(1, worse), "first:1 worse:2");
}
END_TEST

START_TEST(who_hides_is_neither_seen_nor_counted_by_others) {
    site = unit_site_make();
    go_user *best = graded("best", 10000, 10000), *next = graded("next", 5000, 10000);
    int is_hidden;
    for (int twice = 0; twice < 2; twice++)
        ck_assert_ok(go_board_hide(site->db, site->course, best, 1, unit_pool, &unit_error));
    ck_assert_str_eq(lines(0, next), "next:1");
    ck_assert_str_eq(lines(0, best), "best:1(hidden) next:1");
    ck_assert_str_eq(lines(1, site->instructor), "best:1(hidden) next:1");
    ck_assert_ok(
        go_board_is_hidden(site->db, site->course, best, &is_hidden, unit_pool, &unit_error));
    ck_assert_int_eq(is_hidden, 1);
    ck_assert_ok(go_board_hide(site->db, site->course, best, 0, unit_pool, &unit_error));
    ck_assert_str_eq(lines(0, next), "best:1 next:2");
}
END_TEST

START_TEST(a_pseudonym_stays_in_an_assignment_and_is_another_elsewhere) {
    unsigned char secret[GO_BOARD_SECRET_BYTES], again[GO_BOARD_SECRET_BYTES], other[32] = {1};
    site = unit_site_make();
    go_assignment *next = unit_assignment(site, site->course, "hw2");
    ck_assert_ok(go_board_secret(secret, site->db, unit_pool, &unit_error));
    ck_assert_ok(go_board_secret(again, site->db, unit_pool, &unit_error));
    ck_assert_int_eq(memcmp(secret, again, sizeof(secret)), 0);
    const char *name = go_board_pseudonym(secret, site->assignment, 7, unit_pool);
    ck_assert_str_eq(go_board_pseudonym(secret, site->assignment, 7, unit_pool), name);
    ck_assert_str_ne(go_board_pseudonym(secret, site->assignment, 8, unit_pool), name);
    ck_assert_str_ne(go_board_pseudonym(secret, next, 7, unit_pool), name);
    ck_assert_str_ne(go_board_pseudonym(other, site->assignment, 7, unit_pool), name);
}
END_TEST

static apr_status_t set(go_board_rules rules) {
    return go_board_set(site->db, site->course, site->assignment, rules, site->instructor, "::1", 1,
                        unit_pool, &unit_error);
}

START_TEST(a_scoreboard_is_off_until_it_is_turned_on) {
    go_board_rules rules;
    site = unit_site_make();
    ck_assert_ok(go_board_find(site->db, site->assignment, &rules, unit_pool, &unit_error));
    ck_assert_int_eq(rules.board, GO_BOARD_OFF);
    for (int i = GO_BOARD_COUNT - 1; i >= 0; i--) {
        ck_assert_ok(set((go_board_rules){.board = (go_board)i, .metric = ""}));
        ck_assert_ok(go_board_find(site->db, site->assignment, &rules, unit_pool, &unit_error));
        ck_assert_int_eq(rules.board, i);
    }
    ck_assert_fails(go_board_parse("Names", &rules.board, &unit_error), GO_EINVALID, "off");
    ck_assert_fails(go_ranking_parse("time", &rules.ranking, &unit_error), GO_EINVALID, "metric");
}
END_TEST

START_TEST(a_metric_ranks_only_where_it_has_a_name) {
    go_board_rules rules = {.board = GO_BOARD_NAMES, .ranking = GO_RANKING_METRIC, .metric = ""};
    site = unit_site_make();
    ck_assert_fails(set(rules), GO_EINVALID, "no name");
    rules.metric = "two\nlines";
    ck_assert_fails(set(rules), GO_EINVALID, "metric");
    rules.metric = " time ";
    ck_assert_ok(set(rules));
    ck_assert_ok(go_board_find(site->db, site->assignment, &rules, unit_pool, &unit_error));
    ck_assert_int_eq(rules.ranking, GO_RANKING_METRIC);
    ck_assert_str_eq(rules.metric, "time");
    rules.ranking = GO_RANKING_SCORE;
    ck_assert_ok(set(rules));
    ck_assert_ok(go_board_find(site->db, site->assignment, &rules, unit_pool, &unit_error));
    ck_assert_str_eq(rules.metric, "");
}
END_TEST

START_TEST(a_metric_comes_after_the_score_or_in_its_place) {
    site = unit_site_make();
    timed("slow", 10, 10, "9.5");
    timed("quick", 1, 2, "1e-1");
    timed("middle", 10, 10, "2");
    graded("without", 10, 10);
    timed("worded", 10, 10, "\"fast\"");
    timed("unscored", 0, -1, "0.5");
    timed("tied", 10, 10, "2");
    ck_assert_str_eq(by_time(GO_RANKING_SCORE),
                     "slow:1 middle:2 without:3 worded:4 tied:5 quick:6 unscored:7");
    ck_assert_str_eq(by_time(GO_RANKING_SCORE_METRIC),
                     "middle:1 tied:2 slow:3 without:4 worded:5 quick:6 unscored:7");
    ck_assert_str_eq(by_time(GO_RANKING_METRIC),
                     "quick:1 unscored:2 middle:3 tied:4 slow:5 without:6 worded:7");
    ck_assert_str_eq(lines(0, site->other), "slow:1 middle:2 without:3 worded:4 tied:5 quick:6");
}
END_TEST

START_TEST(the_newest_run_says_whether_the_lowest_is_best) {
    static const char json[] = "{\"leaderboard\": [{\"name\": \"time\", \"value\": 5}]}";
    site = unit_site_make();
    timed("one", 1, 1, "1");
    timed("nine", 1, 1, "9");
    ck_assert_str_eq(by_time(GO_RANKING_METRIC), "one:1 nine:2");
    graded_with("five", 1, 1, json);
    ck_assert_str_eq(by_time(GO_RANKING_METRIC), "nine:1 five:2 one:3");
}
END_TEST

START_TEST(metrics_of_submissions_that_count_are_offered) {
    apr_array_header_t *metrics;
    site = unit_site_make();
    graded_with("one", 1, 1, "{\"leaderboard\": [{\"name\": \"old\", \"value\": 5}]}");
    timed("one", 1, 1, "1");
    timed("two", 1, 1, "2");
    ck_assert_ok(go_board_metrics(site->db, site->assignment, &metrics, unit_pool, &unit_error));
    ck_assert_int_eq(metrics->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(metrics, 0, const char *), "other");
    ck_assert_str_eq(APR_ARRAY_IDX(metrics, 1, const char *), "time");
}
END_TEST

Suite *scoreboard_suite(void);
Suite *scoreboard_suite(void) {
    Suite *suite = suite_create("scoreboard");
    TCase *tests = unit_case(suite, "scoreboard");
    tcase_add_test(tests, the_better_share_is_first_then_who_was_earlier);
    tcase_add_test(tests, only_the_submission_that_counts_of_students_of_the_course_is_there);
    tcase_add_test(tests, who_hides_is_neither_seen_nor_counted_by_others);
    tcase_add_test(tests, a_pseudonym_stays_in_an_assignment_and_is_another_elsewhere);
    tcase_add_test(tests, a_scoreboard_is_off_until_it_is_turned_on);
    tcase_add_test(tests, a_metric_ranks_only_where_it_has_a_name);
    tcase_add_test(tests, a_metric_comes_after_the_score_or_in_its_place);
    tcase_add_test(tests, the_newest_run_says_whether_the_lowest_is_best);
    tcase_add_test(tests, metrics_of_submissions_that_count_are_offered);
    return suite;
}
