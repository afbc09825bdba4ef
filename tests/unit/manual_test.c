#include "unit/unit.h"

#include "model/feedback.h"
#include "model/pseudonym.h"
#include "model/regrades.h"
#include "model/rubric.h"

#include <apr_strings.h>

#include <string.h>

enum { NOW = 1000 };

static const struct release {
    go_release_rule rule;
    apr_time_t release_us;
    int is_done;
    apr_time_t done_us;
    apr_time_t since;
} releases[] = {
    /* never a draft, whatever the rule */
    {GO_RELEASE_DONE, 0, 0, 0, 0},
    {GO_RELEASE_DATE, 10, 0, 0, 0},
    {GO_RELEASE_BUTTON, 10, 0, 0, 0},
    /* a draft again after it was done once */
    {GO_RELEASE_DONE, 0, 0, 500, 0},
    {GO_RELEASE_DONE, 0, 1, 500, 500},
    /* a date that belongs to another rule does not count */
    {GO_RELEASE_DONE, 2000, 1, 500, 500},
    {GO_RELEASE_DATE, 600, 1, 500, 600},
    {GO_RELEASE_DATE, NOW, 1, 500, NOW},
    {GO_RELEASE_DATE, NOW + 1, 1, 500, NOW + 1},
    /* done after the date: from then on, so that the time for requests is not over already */
    {GO_RELEASE_DATE, 400, 1, 500, 500},
    {GO_RELEASE_BUTTON, 0, 1, 500, 0},
    {GO_RELEASE_BUTTON, 700, 1, 500, 700},
};

START_TEST(feedback_is_released_by_its_rule) {
    const struct release *r = &releases[_i];
    const go_grading_rules rules = {.release = r->rule, .release_us = r->release_us};
    ck_assert_int_eq(go_release_time(&rules, r->is_done, r->done_us), r->since);
    ck_assert_int_eq(go_is_released(&rules, r->is_done, r->done_us, NOW),
                     r->since != 0 && r->since <= NOW);
}
END_TEST

START_TEST(requests_end_days_after_the_release) {
    go_grading_rules rules = {.regrade_days = 2};
    ck_assert_int_eq(go_regrade_deadline(&rules, 5), 5 + apr_time_from_sec(172800));
    ck_assert_int_eq(go_regrade_deadline(&rules, 0), 0);
    rules.regrade_days = 0;
    ck_assert_int_eq(go_regrade_deadline(&rules, 5), 0);
}
END_TEST

static const struct sum {
    int has_max;
    apr_int64_t max, items, adjustment, manual;
    int has_automatic;
    apr_int64_t earned, possible, total, of;
} sums[] = {
    {0, 0, 2500, -100, 2400, 1, 7500, 10000, 9900, 10000},
    {0, 0, 0, -9000, -9000, 1, 7500, 10000, 0, 10000}, /* a total is never below 0 */
    {0, 0, 100, 200, 300, 0, 0, 0, 300, 0},            /* 0.1 + 0.2 is 0.3 */
    {1, 5000, 6000, 0, 5000, 1, 10000, 10000, 15000, 15000},
    {1, 5000, -1, 0, 0, 1, 10000, 10000, 10000, 15000},
    {1, 5000, 6000, -1500, 4500, 0, 0, 0, 4500, 5000},
    {1, 0, 6000, 0, 0, 1, 1000, 2000, 1000, 2000},
};

START_TEST(scores_are_added_exactly_and_kept_in_bounds) {
    const struct sum *s = &sums[_i];
    const go_grading_rules rules = {.has_max = s->has_max, .max_milli = s->max};
    const go_feedback feedback = {.items_milli = s->items, .adjustment_milli = s->adjustment};
    const go_score automatic = {s->earned, s->possible};
    ck_assert_int_eq(go_feedback_manual(&rules, &feedback), s->manual);
    go_score total = go_feedback_total(&rules, &feedback, s->has_automatic, automatic);
    ck_assert_int_eq(total.earned_milli, s->total);
    ck_assert_int_eq(total.possible_milli, s->of);
}
END_TEST

START_TEST(the_state_of_grading_follows_from_feedback_and_release) {
    go_grading_rules rules = {.release = GO_RELEASE_BUTTON};
    go_feedback feedback = {.revision = 0};
    ck_assert_int_eq(go_feedback_state(&rules, &feedback, NOW), GO_GRADING_UNGRADED);
    feedback.revision = 1;
    ck_assert_int_eq(go_feedback_state(&rules, &feedback, NOW), GO_GRADING_DRAFT);
    feedback.is_done = 1;
    feedback.done_us = 1;
    ck_assert_int_eq(go_feedback_state(&rules, &feedback, NOW), GO_GRADING_DONE);
    rules.release_us = NOW;
    ck_assert_int_eq(go_feedback_state(&rules, &feedback, NOW), GO_GRADING_RELEASED);
}
END_TEST

START_TEST(points_may_be_negative_and_nothing_else) {
    static const struct {
        const char *text;
        apr_int64_t milli;
    } good[] = {{"2", 2000},   {"-0.5", -500},          {"+1.125", 1125},
                {" 3 ", 3000}, {"1000000", 1000000000}, {"-0", 0}};
    static const char *const bad[] = {"",
                                      "-",
                                      "--1",
                                      "1,5",
                                      "1e3",
                                      "1.2345",
                                      "- 1",
                                      "1 000",
                                      "x",
                                      "0x10",
                                      "1000001",
                                      "\xe2\x88\x92"
                                      "1"};
    apr_int64_t milli;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        ck_assert_ok(go_points_parse(good[i].text, "It", &milli, &unit_error));
        ck_assert_int_eq(milli, good[i].milli);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        ck_assert_msg(go_points_parse(bad[i], "It", &milli, &unit_error) == GO_EINVALID, "%s",
                      bad[i]);
}
END_TEST

START_TEST(a_pseudonym_is_stable_under_its_key_and_tells_nothing) {
    const char *key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const char *other = "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const char *name = go_pseudonym(key, "sam", unit_pool);
    ck_assert_str_eq(name, go_pseudonym(key, "sam", unit_pool));
    ck_assert_str_ne(name, go_pseudonym(other, "sam", unit_pool));
    ck_assert_ptr_null(strstr(name, "sam"));
}
END_TEST

START_TEST(a_thousand_students_have_a_thousand_pseudonyms) {
    const char *key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    apr_table_t *seen = apr_table_make(unit_pool, 1024);
    for (int i = 0; i < 1000; i++) {
        const char *name = go_pseudonym(key, apr_psprintf(unit_pool, "student%d", i), unit_pool);
        ck_assert_msg(!apr_table_get(seen, name), "%s", name);
        apr_table_setn(seen, name, "");
    }
}
END_TEST

START_TEST(the_moves_of_a_request_are_the_diagram) {
    /* to none, open, answered, accepted, declined; '-': it may not be */
    static const char *const student[] = {"open", "open", "open", "-", "-"};
    static const char *const staff[] = {"-", "answered", "answered", "answered", "answered"};
    static const char *const accept[] = {"-", "accepted", "accepted", "-", "-"};
    static const char *const decline[] = {"-", "declined", "declined", "-", "-"};
    for (int i = 0; i < GO_REGRADE_COUNT; i++) {
        const struct {
            int is_staff;
            go_regrade_act act;
            const char *to;
        } moves[] = {{0, GO_REGRADE_WRITE, student[i]}, {0, GO_REGRADE_ACCEPT, "-"},
                     {0, GO_REGRADE_DECLINE, "-"},      {1, GO_REGRADE_WRITE, staff[i]},
                     {1, GO_REGRADE_ACCEPT, accept[i]}, {1, GO_REGRADE_DECLINE, decline[i]}};
        for (size_t k = 0; k < sizeof(moves) / sizeof(*moves); k++) {
            go_regrade_state to =
                go_regrade_next((go_regrade_state)i, moves[k].is_staff, moves[k].act);
            ck_assert_str_eq(to == GO_REGRADE_COUNT ? "-" : go_regrade_state_name(to), moves[k].to);
        }
    }
}
END_TEST

Suite *manual_suite(void) {
    Suite *suite = suite_create("manual");
    TCase *tests = unit_case(suite, "rules");
    tcase_add_loop_test(tests, feedback_is_released_by_its_rule, 0,
                        (int)(sizeof(releases) / sizeof(*releases)));
    tcase_add_test(tests, requests_end_days_after_the_release);
    tcase_add_loop_test(tests, scores_are_added_exactly_and_kept_in_bounds, 0,
                        (int)(sizeof(sums) / sizeof(*sums)));
    tcase_add_test(tests, the_state_of_grading_follows_from_feedback_and_release);
    tcase_add_test(tests, points_may_be_negative_and_nothing_else);
    tcase_add_test(tests, a_pseudonym_is_stable_under_its_key_and_tells_nothing);
    tcase_add_test(tests, a_thousand_students_have_a_thousand_pseudonyms);
    tcase_add_test(tests, the_moves_of_a_request_are_the_diagram);
    return suite;
}
