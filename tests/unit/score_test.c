#include "unit/unit.h"

#include "model/score.h"

#include <string.h>

static apr_status_t parse(const char *text, go_score *score) {
    return go_score_parse(text, strlen(text), score);
}

static const struct good {
    const char *text;
    apr_int64_t earned, possible;
} good[] = {
    {"99/100", 99000, 100000},
    {"0/0", 0, 0},
    {"12/10\n", 12000, 10000},
    {" \t99.5 / 100.0\r\n", 99500, 100000},
    {"0.125/0.1", 125, 100},
    {"007/010", 7000, 10000},
    {"999999999999.999/1", 999999999999999, 1000},
};

START_TEST(a_score_is_kept_exactly) {
    go_score score;
    ck_assert_int_eq(parse(good[_i].text, &score), APR_SUCCESS);
    ck_assert_int_eq(score.earned_milli, good[_i].earned);
    ck_assert_int_eq(score.possible_milli, good[_i].possible);
}
END_TEST

static const char *const bad[] = {
    "",
    "/",
    "1/",
    "/1",
    "1",
    "1/2/3",
    "-1/2",
    "+1/2",
    "1/-2",
    "1e3/10",
    "1,5/2",
    "1./2",
    ".5/2",
    "1.2345/2",
    "1..2/3",
    "0x1/2",
    "1 2/3",
    "nan/1",
    "1/2 done",
    "1/2\n3",
    "1/2%",
    "1000000000000/1",
    "1/99999999999999999999999999999999999",
    "999999999999.9999/1",
    "1\xC2\xA0/2",
    "\xEF\xBC\x91/2",
};

START_TEST(what_is_not_exactly_a_score_is_refused) {
    go_score score = {-7, -7};
    ck_assert_msg(parse(bad[_i], &score) == GO_EINVALID, "%s", bad[_i]);
    ck_assert_int_eq(score.earned_milli, -7);
    ck_assert_int_eq(score.possible_milli, -7);
}
END_TEST

START_TEST(a_nul_in_a_score_is_refused) {
    go_score score;
    ck_assert_int_eq(go_score_parse("1/2\0", 4, &score), GO_EINVALID);
}
END_TEST

START_TEST(thousandths_print_as_the_shortest_decimal) {
    static const struct {
        apr_int64_t milli;
        const char *text;
    } cases[] = {{0, "0"},
                 {99000, "99"},
                 {99500, "99.5"},
                 {1, "0.001"},
                 {1010, "1.01"},
                 {100000, "100"},
                 {-1500, "-1.5"},
                 {-1, "-0.001"},
                 {GO_SCORE_MILLI_MAX, "999999999999.999"},
                 {INT64_MIN, "-9223372036854775.808"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        ck_assert_str_eq(go_score_format_milli(unit_pool, cases[i].milli), cases[i].text);
    ck_assert_str_eq(go_score_format(unit_pool, (go_score){99500, 100000}), "99.5/100");
}
END_TEST

START_TEST(what_is_printed_parses_to_the_same) {
    for (apr_int64_t milli = 0; milli < 20000; milli += 7) {
        apr_int64_t again = -1;
        const char *text = go_score_format_milli(unit_pool, milli);
        ck_assert_int_eq(go_score_parse_milli(text, strlen(text), &again), APR_SUCCESS);
        ck_assert_int_eq(again, milli);
    }
}
END_TEST

Suite *score_suite(void) {
    Suite *suite = suite_create("score");
    TCase *rules = unit_case(suite, "rules");
    tcase_add_loop_test(rules, a_score_is_kept_exactly, 0, (int)(sizeof(good) / sizeof(good[0])));
    tcase_add_loop_test(rules, what_is_not_exactly_a_score_is_refused, 0,
                        (int)(sizeof(bad) / sizeof(bad[0])));
    tcase_add_test(rules, a_nul_in_a_score_is_refused);
    tcase_add_test(rules, thousandths_print_as_the_shortest_decimal);
    tcase_add_test(rules, what_is_printed_parses_to_the_same);
    return suite;
}
