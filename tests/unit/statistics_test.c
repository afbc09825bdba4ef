/* The pure half of the statistics: how scores are spread, and periods by the clock on the wall. */
#include "unit/unit.h"

#include "model/chart.h"
#include "model/statistics.h"
#include "model/zone.h"

#include <string.h>

/* Scores in thousandths, out of `possible` each. */
static go_spread spread_of(apr_int64_t possible, int count, const apr_int64_t *earned) {
    apr_array_header_t *scores = apr_array_make(unit_pool, 8, sizeof(go_score));
    go_spread spread;
    for (int i = 0; i < count; i++)
        APR_ARRAY_PUSH(scores, go_score) = (go_score){earned[i], possible};
    go_spread_of(scores, &spread);
    return spread;
}
#define SPREAD(possible, ...)                                                                      \
    spread_of(possible, (int)(sizeof((apr_int64_t[]){__VA_ARGS__}) / sizeof(apr_int64_t)),         \
              (apr_int64_t[]){__VA_ARGS__})

START_TEST(mean_median_and_quartiles_are_exact) {
    go_spread s = SPREAD(10000, 7000, 1000, 3000, 5000);
    ck_assert_int_eq(s.mean_milli, 4000);
    ck_assert_int_eq(s.median_milli, 4000);
    ck_assert_int_eq(s.lower_milli, 2000);
    ck_assert_int_eq(s.upper_milli, 6000);
    ck_assert_int_eq(s.least_milli, 1000);
    ck_assert_int_eq(s.most_milli, 7000);
    ck_assert_int_eq(s.possible_milli, 10000);
    /* of an odd number the middle one is in neither half */
    s = SPREAD(10000, 1000, 2000, 3000, 4000, 10000);
    ck_assert_int_eq(s.median_milli, 3000);
    ck_assert_int_eq(s.lower_milli, 1500);
    ck_assert_int_eq(s.upper_milli, 7000);
}
END_TEST

START_TEST(between_two_thousandths_the_nearer_one_is_taken_halves_up) {
    ck_assert_int_eq(SPREAD(9, 1, 2).mean_milli, 2);       /* 1.5 */
    ck_assert_int_eq(SPREAD(9, 1, 2).median_milli, 2);     /* 1.5 */
    ck_assert_int_eq(SPREAD(9, 1, 1, 2).mean_milli, 1);    /* 1.33 */
    ck_assert_int_eq(SPREAD(9, 1, 2, 2).mean_milli, 2);    /* 1.67 */
    ck_assert_int_eq(SPREAD(9, 0, 0, 0, 1).mean_milli, 0); /* 0.25 */
}
END_TEST

START_TEST(one_score_is_all_of_it_and_none_is_nothing) {
    go_spread s = SPREAD(10000, 4500);
    ck_assert_int_eq(s.count, 1);
    ck_assert_int_eq(s.mean_milli, 4500);
    ck_assert_int_eq(s.median_milli, 4500);
    ck_assert_int_eq(s.lower_milli, 4500);
    ck_assert_int_eq(s.upper_milli, 4500);
    apr_array_header_t *none = apr_array_make(unit_pool, 1, sizeof(go_score));
    go_spread_of(none, &s);
    ck_assert_int_eq(s.count, 0);
    ck_assert_int_eq(s.mean_milli, 0);
}
END_TEST

START_TEST(each_score_is_in_the_tenth_it_belongs_to) {
    go_spread s = SPREAD(10000, 0, 999, 1000, 9999, 10000, 10001, 30000);
    const int expected[GO_SPREAD_PARTS] = {2, 1, 0, 0, 0, 0, 0, 0, 0, 2, 2};
    for (int i = 0; i < GO_SPREAD_PARTS; i++)
        ck_assert_msg(s.parts[i] == expected[i], "part %d: %d", i, s.parts[i]);
    ck_assert_int_eq(s.of_nothing, 0);
    s = SPREAD(0, 0, 5000);
    ck_assert_int_eq(s.of_nothing, 2);
    ck_assert_int_eq(s.count, 2);
}
END_TEST

START_TEST(the_largest_scores_do_not_overflow) {
    apr_int64_t most[50];
    for (int i = 0; i < 50; i++)
        most[i] = GO_SCORE_MILLI_MAX;
    go_spread s = spread_of(GO_SCORE_MILLI_MAX, 50, most);
    ck_assert_int_eq(s.mean_milli, GO_SCORE_MILLI_MAX);
    ck_assert_int_eq(s.median_milli, GO_SCORE_MILLI_MAX);
    ck_assert_int_eq(s.parts[9], 50);
}
END_TEST

START_TEST(scores_out_of_different_points_have_no_common_maximum) {
    apr_array_header_t *scores = apr_array_make(unit_pool, 2, sizeof(go_score));
    go_spread s;
    APR_ARRAY_PUSH(scores, go_score) = (go_score){5000, 10000};
    APR_ARRAY_PUSH(scores, go_score) = (go_score){5000, 20000};
    go_spread_of(scores, &s);
    ck_assert_int_eq(s.possible_milli, -1);
    ck_assert_int_eq(s.parts[5], 1);
    ck_assert_int_eq(s.parts[2], 1);
}
END_TEST

/* --- periods --------------------------------------------------------------------------------- */

static const char berlin[] = "Europe/Berlin";

static apr_time_t at(const char *zone, const char *text) {
    apr_time_t time = -1;
    ck_assert_ok(go_zone_parse_local(zone, text, &time, &unit_error));
    return time;
}

/* Periods from a submission at `first` to one at `last`, both by the clock of `zone`. */
static apr_array_header_t *periods(const char *zone, const char *first, const char *last,
                                   const char *due, int *days) {
    apr_array_header_t *moments = apr_array_make(unit_pool, 2, sizeof(go_moment));
    APR_ARRAY_PUSH(moments, go_moment) = (go_moment){at(zone, first), 3, 1};
    APR_ARRAY_PUSH(moments, go_moment) = (go_moment){at(zone, last), 2, 2};
    return go_periods(moments, zone, due ? at(zone, due) : 0, days, unit_pool);
}

static const char *from(const apr_array_header_t *list, int place, const char *zone) {
    return go_zone_format(unit_pool, zone, APR_ARRAY_IDX(list, place, go_period).from_us,
                          GO_ZONE_HUMAN);
}

static int total(const apr_array_header_t *list) {
    int sum = 0;
    for (int i = 0; i < list->nelts; i++)
        sum += APR_ARRAY_IDX(list, i, go_period).submissions;
    return sum;
}

START_TEST(a_day_of_25_hours_has_25_of_them) {
    int days;
    apr_array_header_t *list = periods(berlin, "2026-10-25T00:10", "2026-10-25T23:50", NULL, &days);
    ck_assert_int_eq(days, 0);
    ck_assert_int_eq(list->nelts, 25);
    ck_assert_str_eq(from(list, 2, berlin), "Sun 25 Oct 2026, 02:00 CEST");
    ck_assert_str_eq(from(list, 3, berlin), "Sun 25 Oct 2026, 02:00 CET");
    ck_assert_int_eq(total(list), 5);
}
END_TEST

START_TEST(days_begin_at_midnight_whether_they_have_23_or_25_hours) {
    static const struct {
        const char *first, *last;
        int nth;
        const char *expected;
        int hours; /* of the day before that one */
    } cases[] = {
        {"2026-03-27T15:00", "2026-03-31T00:30", 3, "Mon 30 Mar 2026, 00:00 CEST", 23},
        {"2026-10-23T15:00", "2026-10-27T23:59", 3, "Mon 26 Oct 2026, 00:00 CET", 25},
    };
    for (int i = 0; i < 2; i++) {
        int days;
        apr_array_header_t *list = periods(berlin, cases[i].first, cases[i].last, NULL, &days);
        const go_period *before = &APR_ARRAY_IDX(list, cases[i].nth - 1, go_period);
        ck_assert_int_eq(days, 1);
        ck_assert_int_eq(list->nelts, 5);
        ck_assert_str_eq(from(list, cases[i].nth, berlin), cases[i].expected);
        ck_assert_int_eq((before->to_us - before->from_us) / APR_USEC_PER_SEC / 3600,
                         cases[i].hours);
        ck_assert_int_eq(total(list), 5);
    }
}
END_TEST

START_TEST(where_midnight_is_skipped_the_next_days_begin_at_midnight_again) {
    int days;
    /* on 5 September 2021 at 0:00 it became 1:00 in Chile */
    apr_array_header_t *list =
        periods("America/Santiago", "2021-09-03T12:00", "2021-09-08T12:00", NULL, &days);
    ck_assert_int_eq(list->nelts, 6);
    ck_assert_ptr_nonnull(strstr(from(list, 2, "America/Santiago"), "Sun 5 Sep 2021, 01:00"));
    ck_assert_ptr_nonnull(strstr(from(list, 3, "America/Santiago"), "Mon 6 Sep 2021, 00:00"));
}
END_TEST

START_TEST(long_spans_are_in_weeks_from_monday_and_never_too_many) {
    int days;
    apr_array_header_t *list = periods(berlin, "2026-01-07T12:00", "2026-06-30T12:00", NULL, &days);
    ck_assert_int_eq(days, 7);
    ck_assert_str_eq(from(list, 0, berlin), "Mon 5 Jan 2026, 00:00 CET");
    ck_assert_str_eq(from(list, list->nelts - 1, berlin), "Mon 29 Jun 2026, 00:00 CEST");
    list = periods(berlin, "1990-01-07T12:00", "2090-06-30T12:00", NULL, &days);
    ck_assert_int_le(list->nelts, GO_PERIODS_MAX);
    ck_assert_int_eq(days % 7, 0);
    ck_assert_int_eq(total(list), 5);
    /* at the edge from days to weeks too */
    list = periods(berlin, "2026-01-01T00:00", "2026-03-19T23:59", NULL, &days);
    ck_assert_int_eq(days, 1);
    ck_assert_int_le(list->nelts, GO_PERIODS_MAX);
}
END_TEST

START_TEST(the_due_time_is_in_the_period_that_it_ends) {
    static const struct {
        const char *due;
        int place;
    } cases[] = {{"2026-11-03T00:00", 1},
                 {"2026-11-03T00:01", 2},
                 {"2026-11-02T23:59", 1},
                 {"2027-01-01T00:00", -1},
                 {"2026-10-01T00:00", -1}};
    for (int i = 0; i < 5; i++) {
        int days;
        apr_array_header_t *list =
            periods(berlin, "2026-11-01T12:00", "2026-11-05T12:00", cases[i].due, &days);
        for (int k = 0; k < list->nelts; k++)
            ck_assert_msg(APR_ARRAY_IDX(list, k, go_period).is_due == (k == cases[i].place),
                          "%s, period %d", cases[i].due, k);
    }
}
END_TEST

START_TEST(a_single_submission_is_a_single_hour) {
    int days;
    apr_array_header_t *list =
        periods("Asia/Kolkata", "2026-11-01T12:10", "2026-11-01T12:40", NULL, &days);
    ck_assert_int_eq(list->nelts, 1);
    ck_assert_ptr_nonnull(strstr(from(list, 0, "Asia/Kolkata"), "12:00"));
    ck_assert_int_eq(APR_ARRAY_IDX(list, 0, go_period).submissions, 5);
    ck_assert_int_eq(APR_ARRAY_IDX(list, 0, go_period).counting, 3);
}
END_TEST

/* --- charts ---------------------------------------------------------------------------------- */

START_TEST(an_axis_ends_at_a_round_number) {
    static const int tops[][2] = {{1, 1},     {2, 2},     {3, 5},       {5, 5},
                                  {6, 10},    {11, 20},   {21, 50},     {51, 100},
                                  {100, 100}, {101, 200}, {4999, 5000}, {2147483647, 2147483647}};
    for (size_t i = 0; i < sizeof(tops) / sizeof(*tops); i++)
        ck_assert_int_eq(go_chart_top(tops[i][0]), tops[i][1]);
}
END_TEST

START_TEST(what_a_chart_says_is_escaped_and_has_no_inline_style) {
    go_chart chart = {.id = "x",
                      .title = "A <b>",
                      .description = "\"d\"",
                      .mark = "<due>",
                      .bars = apr_array_make(unit_pool, 1, sizeof(go_chart_bar))};
    APR_ARRAY_PUSH(chart.bars, go_chart_bar) =
        (go_chart_bar){"<script>alert(1)</script> and a name that is long", "t & t", 3, 1, 1};
    const char *both[] = {go_chart_columns(&chart, unit_pool), go_chart_rows(&chart, unit_pool)};
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_null(strstr(both[i], "<script"));
        ck_assert_ptr_null(strstr(both[i], "<due>"));
        ck_assert_ptr_null(strstr(both[i], "style="));
        ck_assert_ptr_nonnull(strstr(both[i], "t &amp; t"));
        ck_assert_ptr_nonnull(strstr(both[i], "aria-labelledby=\"x-title x-text\""));
        ck_assert_ptr_nonnull(strstr(both[i], "<title id=\"x-title\">A &lt;b&gt;</title>"));
    }
    ck_assert_ptr_nonnull(strstr(both[0], "&lt;due&gt;"));
    ck_assert_ptr_nonnull(strstr(both[1], "\xe2\x80\xa6"));
}
END_TEST

Suite *statistics_suite(void) {
    Suite *suite = suite_create("statistics");
    TCase *cases = unit_case(suite, "spread, periods, charts");
    tcase_add_test(cases, mean_median_and_quartiles_are_exact);
    tcase_add_test(cases, between_two_thousandths_the_nearer_one_is_taken_halves_up);
    tcase_add_test(cases, one_score_is_all_of_it_and_none_is_nothing);
    tcase_add_test(cases, each_score_is_in_the_tenth_it_belongs_to);
    tcase_add_test(cases, the_largest_scores_do_not_overflow);
    tcase_add_test(cases, scores_out_of_different_points_have_no_common_maximum);
    tcase_add_test(cases, a_day_of_25_hours_has_25_of_them);
    tcase_add_test(cases, days_begin_at_midnight_whether_they_have_23_or_25_hours);
    tcase_add_test(cases, where_midnight_is_skipped_the_next_days_begin_at_midnight_again);
    tcase_add_test(cases, long_spans_are_in_weeks_from_monday_and_never_too_many);
    tcase_add_test(cases, the_due_time_is_in_the_period_that_it_ends);
    tcase_add_test(cases, a_single_submission_is_a_single_hour);
    tcase_add_test(cases, an_axis_ends_at_a_round_number);
    tcase_add_test(cases, what_a_chart_says_is_escaped_and_has_no_inline_style);
    return suite;
}
