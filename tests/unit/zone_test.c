#include "unit/unit.h"

#include "model/zone.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static apr_time_t parsed(const char *zone, const char *text) {
    apr_time_t time = -1;
    ck_assert_ok(go_zone_parse_local(zone, text, &time, &unit_error));
    return time;
}

static const char *utc(apr_time_t time) {
    return go_zone_format(unit_pool, NULL, time, GO_ZONE_ISO_UTC);
}

START_TEST(names_of_zones_are_those_of_iana) {
    static const char *const yes[] = {
        "UTC",        "Europe/Berlin", "America/Argentina/Buenos_Aires",
        "US/Eastern", "Asia/Kolkata",  "Etc/GMT+5"};
    static const char *const no[] = {
        "",
        "Mars/Olympus",
        "GMT+5",
        "+01:00",
        "Etc/Unknown",
        "UTC ",
        "Europe/Berlin\n",
        "../etc/passwd",
        "Europe/\xC3\x9F",
        "Europe/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        ck_assert_msg(go_zone_is(yes[i]), "%s", yes[i]);
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        ck_assert_msg(!go_zone_is(no[i]), "%s", no[i]);
    ck_assert_int_eq(go_zone_is(NULL), 0);
}
END_TEST

START_TEST(the_list_of_zones_holds_only_zones) {
    apr_array_header_t *names = go_zone_names(unit_pool);
    int berlin = 0;
    ck_assert_int_gt(names->nelts, 300);
    ck_assert_str_eq(APR_ARRAY_IDX(names, 0, const char *), "UTC");
    for (int i = 0; i < names->nelts; i++) {
        ck_assert_msg(go_zone_is(APR_ARRAY_IDX(names, i, const char *)), "%s",
                      APR_ARRAY_IDX(names, i, const char *));
        berlin += !strcmp(APR_ARRAY_IDX(names, i, const char *), "Europe/Berlin");
    }
    ck_assert_int_eq(berlin, 1);
}
END_TEST

static const struct local {
    const char *zone, *text, *utc, *human;
} locals[] = {
    {"Europe/Berlin", "2026-11-23T23:59", "2026-11-23T22:59:00Z", "Mon 23 Nov 2026, 23:59 CET"},
    {"Europe/Berlin", "2026-07-01T00:00:30", "2026-06-30T22:00:30Z", "Wed 1 Jul 2026, 00:00 CEST"},
    {"Europe/London", "2026-07-01 12:00", "2026-07-01T11:00:00Z", "Wed 1 Jul 2026, 12:00 BST"},
    {"America/New_York", "2026-01-15T08:00", "2026-01-15T13:00:00Z", "Thu 15 Jan 2026, 08:00 EST"},
    {"America/Los_Angeles", "2026-07-15T08:00", "2026-07-15T15:00:00Z",
     "Wed 15 Jul 2026, 08:00 PDT"},
    {"Australia/Sydney", "2026-01-15T08:00", "2026-01-14T21:00:00Z", "Thu 15 Jan 2026, 08:00 AEDT"},
    {"Asia/Kolkata", "2026-01-15T08:00", "2026-01-15T02:30:00Z", "Thu 15 Jan 2026, 08:00 IST"},
    {"Asia/Dubai", "2026-01-15T08:00", "2026-01-15T04:00:00Z", "Thu 15 Jan 2026, 08:00 GMT+4"},
    {"Africa/Johannesburg", "2026-01-15T08:00", "2026-01-15T06:00:00Z",
     "Thu 15 Jan 2026, 08:00 SAST"},
    {"UTC", "1970-01-01T00:00", "1970-01-01T00:00:00Z", "Thu 1 Jan 1970, 00:00 UTC"},
    {"UTC", "2028-02-29T23:59:59", "2028-02-29T23:59:59Z", "Tue 29 Feb 2028, 23:59 UTC"},
    {"UTC", "9999-12-31T23:59", "9999-12-31T23:59:00Z", "Fri 31 Dec 9999, 23:59 UTC"},
};

START_TEST(local_times_become_utc_and_back) {
    const struct local *l = &locals[_i];
    apr_time_t time = parsed(l->zone, l->text);
    ck_assert_str_eq(utc(time), l->utc);
    ck_assert_str_eq(go_zone_format(unit_pool, l->zone, time, GO_ZONE_HUMAN), l->human);
    const char *local = go_zone_format(unit_pool, l->zone, time, GO_ZONE_DATETIME_LOCAL);
    ck_assert_uint_eq(strlen(local), 16);
    ck_assert_int_eq(strncmp(local, l->text, 10) || strncmp(local + 11, l->text + 11, 5), 0);
}
END_TEST

START_TEST(a_time_that_summer_time_skips_moves_forward) {
    ck_assert_str_eq(utc(parsed("Europe/Berlin", "2026-03-29T02:30")), "2026-03-29T01:30:00Z");
    ck_assert_str_eq(utc(parsed("Europe/Berlin", "2026-03-29T01:59")), "2026-03-29T00:59:00Z");
    ck_assert_str_eq(utc(parsed("Europe/Berlin", "2026-03-29T03:00")), "2026-03-29T01:00:00Z");
}
END_TEST

START_TEST(a_time_that_happens_twice_is_the_first) {
    ck_assert_str_eq(utc(parsed("Europe/Berlin", "2026-10-25T02:30")), "2026-10-25T00:30:00Z");
    ck_assert_str_eq(utc(parsed("America/New_York", "2026-11-01T01:30")), "2026-11-01T05:30:00Z");
}
END_TEST

START_TEST(the_two_times_of_an_ambiguous_hour_are_told_apart) {
    apr_time_t first = parsed("Europe/Berlin", "2026-10-25T02:30");
    ck_assert_str_eq(go_zone_format(unit_pool, "Europe/Berlin", first, GO_ZONE_HUMAN),
                     "Sun 25 Oct 2026, 02:30 CEST");
    ck_assert_str_eq(
        go_zone_format(unit_pool, "Europe/Berlin", first + apr_time_from_sec(3600), GO_ZONE_HUMAN),
        "Sun 25 Oct 2026, 02:30 CET");
}
END_TEST

START_TEST(what_is_no_date_is_refused) {
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-11-23",
                                      "2026-11-23T",
                                      "2026-11-23T23",
                                      "2026-11-23T24:00",
                                      "2026-11-23T23:60",
                                      "2026-11-23T23:59:60",
                                      "2026-11-23T23:59Z",
                                      "2026-13-01T00:00",
                                      "2026-00-01T00:00",
                                      "2026-02-29T00:00",
                                      "2026-04-31T00:00",
                                      "2026-11-00T00:00",
                                      "2026-11-32T00:00",
                                      "1969-12-31T00:00",
                                      "26-11-23T23:59",
                                      "2026-11-23T23:59 ",
                                      "2026-1-23T23:59",
                                      "-026-11-23T23:59",
                                      "2026-11-23t23:59",
                                      "2026-11-23T23:5"};
    apr_time_t time = 42;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(go_zone_parse_local("Europe/Berlin", bad[i], &time, &unit_error) ==
                          GO_EINVALID,
                      "%s", bad[i]);
    ck_assert_int_eq(time, 42);
    ck_assert_fails(go_zone_parse_local("Mars/Olympus", "2026-11-23T23:59", &time, &unit_error),
                    GO_EINVALID, "no such time zone");
}
END_TEST

START_TEST(an_unknown_zone_is_shown_as_utc) {
    ck_assert_str_eq(go_zone_format(unit_pool, "Mars/Olympus", 0, GO_ZONE_HUMAN),
                     "Thu 1 Jan 1970, 00:00 UTC");
    ck_assert_str_eq(go_zone_format(unit_pool, NULL, 0, GO_ZONE_DATETIME_LOCAL),
                     "1970-01-01T00:00");
}
END_TEST

START_TEST(the_environment_plays_no_part) {
    setenv("TZ", "Asia/Tokyo", 1);
    setenv("LC_ALL", "C", 1);
    ck_assert_str_eq(utc(parsed("Europe/Berlin", "2026-11-23T23:59")), "2026-11-23T22:59:00Z");
}
END_TEST

/* Each thread has a zone of its own and must always see that one's times. */
static void *format_often(void *zone_and_text) {
    const char *const *pair = zone_and_text;
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    for (int i = 0; i < 300; i++) {
        apr_pool_clear(pool);
        const char *text = go_zone_format(pool, pair[0], 0, GO_ZONE_DATETIME_LOCAL);
        if (strcmp(text, pair[1])) return "wrong";
    }
    apr_pool_destroy(pool);
    return NULL;
}

START_TEST(threads_do_not_disturb_each_other) {
    static const char *const pairs[][2] = {{"Asia/Tokyo", "1970-01-01T09:00"},
                                           {"America/New_York", "1969-12-31T19:00"},
                                           {"Europe/Berlin", "1970-01-01T01:00"},
                                           {"UTC", "1970-01-01T00:00"}};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, format_often, (void *)pairs[i]), 0);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        ck_assert_ptr_null(wrong);
    }
}
END_TEST

Suite *zone_suite(void) {
    Suite *suite = suite_create("zone");
    TCase *rules = unit_case(suite, "rules");
    tcase_add_test(rules, names_of_zones_are_those_of_iana);
    tcase_add_test(rules, the_list_of_zones_holds_only_zones);
    tcase_add_loop_test(rules, local_times_become_utc_and_back, 0,
                        (int)(sizeof(locals) / sizeof(locals[0])));
    tcase_add_test(rules, a_time_that_summer_time_skips_moves_forward);
    tcase_add_test(rules, a_time_that_happens_twice_is_the_first);
    tcase_add_test(rules, the_two_times_of_an_ambiguous_hour_are_told_apart);
    tcase_add_test(rules, what_is_no_date_is_refused);
    tcase_add_test(rules, an_unknown_zone_is_shown_as_utc);
    tcase_add_test(rules, the_environment_plays_no_part);
    tcase_add_test(rules, threads_do_not_disturb_each_other);
    return suite;
}
