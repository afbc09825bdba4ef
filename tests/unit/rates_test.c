#include "unit/unit.h"

#include "model/rates.h"

#include <apr_strings.h>

static const apr_time_t now = APR_TIME_C(1000000000000000);

static go_rates *fresh_rates(void) {
    return go_rates_init(apr_pcalloc(unit_pool, go_rates_size()));
}

/* How many of `tries` are allowed. */
static int allowed(go_rates *rates, go_rate_kind kind, const char *name, int limit, int tries,
                   apr_time_t at) {
    int count = 0;
    for (int i = 0; i < tries; i++)
        count += go_rates_take(rates, kind, name, limit, at).is_allowed;
    return count;
}

START_TEST(a_minutes_requests_are_allowed_at_once_and_then_evenly) {
    go_rates *rates = fresh_rates();
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 60, 100, now), 60);
    go_rate refused = go_rates_take(rates, GO_RATE_PROGRAM, "7", 60, now);
    ck_assert_int_eq(refused.is_allowed, 0);
    ck_assert_int_eq(refused.remaining, 0);
    ck_assert_int_eq(refused.wait_seconds, 1);
    ck_assert_int_eq(refused.reset_seconds, 60);
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 60, 10, now + 3 * APR_USEC_PER_SEC + 10),
                     3);
    ck_assert_int_eq(
        allowed(rates, GO_RATE_PROGRAM, "7", 60, 100, now + 3600 * (apr_time_t)APR_USEC_PER_SEC),
        60);
}
END_TEST

START_TEST(what_remains_is_told) {
    go_rates *rates = fresh_rates();
    go_rate first = go_rates_take(rates, GO_RATE_PROGRAM, "7", 600, now);
    ck_assert_int_eq(first.remaining, 599);
    ck_assert_int_eq(first.reset_seconds, 1);
    ck_assert_int_eq(first.wait_seconds, 0);
}
END_TEST

START_TEST(a_wait_is_as_long_as_it_takes) {
    go_rates *rates = fresh_rates();
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 2, 9, now), 2);
    ck_assert_int_eq(go_rates_take(rates, GO_RATE_PROGRAM, "7", 2, now).wait_seconds, 30);
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 2, 1, now + 29 * APR_USEC_PER_SEC), 0);
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 2, 1, now + 30 * APR_USEC_PER_SEC), 1);
}
END_TEST

START_TEST(one_bucket_is_not_anothers) {
    go_rates *rates = fresh_rates();
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 10, 50, now), 10);
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "8", 10, 50, now), 10);
    ck_assert_int_eq(allowed(rates, GO_RATE_BROWSER, "7", 10, 50, now), 10);
    ck_assert_int_eq(allowed(rates, GO_RATE_GUESSER, "7", 10, 50, now), 10);
}
END_TEST

START_TEST(what_had_not_changed_costs_a_tenth) {
    go_rates *rates = fresh_rates();
    int count = 0;
    for (int i = 0; i < 500; i++) {
        int is_allowed = go_rates_take(rates, GO_RATE_PROGRAM, "7", 10, now).is_allowed;
        count += is_allowed;
        if (is_allowed) go_rates_give_back(rates, GO_RATE_PROGRAM, "7", 10, now);
    }
    ck_assert_int_ge(count, 90);
    ck_assert_int_le(count, 100);
}
END_TEST

START_TEST(a_flood_of_names_empties_nobodys_bucket_of_another_part) {
    go_rates *rates = fresh_rates();
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 10, 10, now), 10);
    for (int i = 0; i < 200000; i++)
        ck_assert_int_eq(allowed(rates, GO_RATE_STRANGER, apr_itoa(unit_pool, i), 10, 1, now), 1);
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 10, 1, now), 0);
}
END_TEST

START_TEST(a_clock_that_is_set_back_locks_nobody_out) {
    go_rates *rates = fresh_rates();
    ck_assert_int_eq(allowed(rates, GO_RATE_PROGRAM, "7", 10, 10, now), 10);
    ck_assert_int_eq(
        allowed(rates, GO_RATE_PROGRAM, "7", 10, 20, now - 3600 * (apr_time_t)APR_USEC_PER_SEC),
        10);
}
END_TEST

Suite *rates_suite(void) {
    Suite *suite = suite_create("rates");
    TCase *limits = unit_case(suite, "limits");
    tcase_add_test(limits, a_minutes_requests_are_allowed_at_once_and_then_evenly);
    tcase_add_test(limits, what_remains_is_told);
    tcase_add_test(limits, a_wait_is_as_long_as_it_takes);
    tcase_add_test(limits, one_bucket_is_not_anothers);
    tcase_add_test(limits, what_had_not_changed_costs_a_tenth);
    tcase_add_test(limits, a_flood_of_names_empties_nobodys_bucket_of_another_part);
    tcase_add_test(limits, a_clock_that_is_set_back_locks_nobody_out);
    return suite;
}
