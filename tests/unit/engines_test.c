#include "unit/model.h"

#include "model/engine_setting.h"
#include "model/engines.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <string.h>

static apr_array_header_t *known(unit_site *site) {
    apr_array_header_t *states;
    ck_assert_ok(go_engines_list(site->db, &states, unit_pool, &unit_error));
    return states;
}

static void report(unit_site *site, const char *holder, const char *endpoint, const char *trouble,
                   apr_time_t now) {
    apr_array_header_t *states = apr_array_make(unit_pool, 1, sizeof(go_engine_state));
    APR_ARRAY_PUSH(states, go_engine_state) = (go_engine_state){
        .endpoint = endpoint, .slots = 4, .warm = 2, .baking = 1, .trouble = trouble};
    ck_assert_ok(go_engines_report(site->db, holder, states, now, unit_pool, &unit_error));
}

START_TEST(each_engine_of_each_executor_is_known_as_it_was_last_told) {
    unit_site *site = unit_site_make();
    report(site, "one", "unix:///a", "It does not answer.", 1000);
    report(site, "two", "unix:///a", NULL, 2000);
    report(site, "one", "unix:///a", NULL, 3000);
    apr_array_header_t *states = known(site);
    ck_assert_int_eq(states->nelts, 2);
    const go_engine_state *first = &APR_ARRAY_IDX(states, 0, go_engine_state);
    ck_assert_str_eq(first->holder, "one");
    ck_assert_str_eq(first->endpoint, "unix:///a");
    ck_assert_int_eq(first->slots * 100 + first->warm * 10 + first->baking, 421);
    ck_assert_pstr_eq(first->trouble, NULL);
    ck_assert_int_eq(first->reported_us, 3000);
}
END_TEST

START_TEST(an_executor_that_leaves_takes_its_rows_along) {
    unit_site *site = unit_site_make();
    report(site, "one", "unix:///a", NULL, 1000);
    report(site, "one", "tcp://b:2376", NULL, 1000);
    report(site, "two", "unix:///a", NULL, 1000);
    ck_assert_ok(go_executor_leave(site->db, "one", unit_pool, &unit_error));
    apr_array_header_t *states = known(site);
    ck_assert_int_eq(states->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(states, 0, go_engine_state).holder, "two");
}
END_TEST

START_TEST(what_was_not_told_for_five_minutes_is_forgotten) {
    unit_site *site = unit_site_make();
    report(site, "one", "unix:///a", NULL, apr_time_from_sec(1000));
    report(site, "two", "unix:///a", NULL, apr_time_from_sec(1000 + GO_FORGOTTEN_SECONDS));
    ck_assert_int_eq(known(site)->nelts, 2);
    report(site, "two", "unix:///a", NULL, apr_time_from_sec(1001 + GO_FORGOTTEN_SECONDS));
    ck_assert_int_eq(known(site)->nelts, 1);
}
END_TEST

/* --- the directive --------------------------------------------------------------------------- */

static const char *add(apr_array_header_t *engines, const char *line) {
    char **words;
    int count = 0;
    apr_tokenize_to_argv(line, &words, unit_pool);
    while (words[count])
        count++;
    return go_engine_setting_add(engines, count, words, unit_pool);
}

START_TEST(an_engine_has_an_address_and_what_is_said_of_it) {
    apr_array_header_t *engines = apr_array_make(unit_pool, 2, sizeof(go_engine_setting));
    const char *directory = unit_directory();
    unit_write(unit_path(directory, "ca.pem"), "x", 1);
    unit_write(unit_path(directory, "cert.pem"), "x", 1);
    unit_write(unit_path(directory, "key.pem"), "x", 1);
    ck_assert_pstr_eq(add(engines, "unix:///run/podman/podman.sock"), NULL);
    ck_assert_pstr_eq(add(engines, apr_pstrcat(unit_pool, "tcp://[::1]:2376 slots=4 warm=0 tls=",
                                               directory, NULL)),
                      NULL);
    ck_assert_int_eq(engines->nelts, 2);
    const go_engine_setting *one = &APR_ARRAY_IDX(engines, 0, go_engine_setting);
    const go_engine_setting *two = &APR_ARRAY_IDX(engines, 1, go_engine_setting);
    ck_assert_int_eq(one->slots, -1);
    ck_assert_int_eq(one->warm, -1);
    ck_assert_pstr_eq(one->tls_directory, NULL);
    ck_assert_int_eq(two->slots, 4);
    ck_assert_int_eq(two->warm, 0);
    ck_assert_str_eq(two->tls_directory, directory);
}
END_TEST

static const struct {
    const char *line, *said;
} mistakes[] = {
    {"/var/run/docker.sock", "not the address"},
    {"unix://docker.sock", "not the address"},
    {"tcp://grader", "not the address"},
    {"tcp://grader:0", "not the address"},
    {"tcp://grader:2376/v1.40", "not the address"},
    {"tcp://:2376", "not the address"},
    {"ssh://grader:22", "not the address"},
    {"unix:///a slots=0", "1 to 64"},
    {"unix:///a slots=", "1 to 64"},
    {"unix:///a slots=2x", "1 to 64"},
    {"unix:///a warm=65", "0 to 64"},
    {"unix:///a warm=-1", "0 to 64"},
    {"unix:///a unix:///b", "directive of its own"},
    {"unix:///a slot=2", "slots=NUMBER"},
    {"tcp://a:2376 tls=certificates", "absolute"},
    {"tcp://a:2376 tls=/nonexistent", "/nonexistent/ca.pem"},
};

START_TEST(what_is_wrong_with_an_engine_is_said_with_a_remedy) {
    apr_array_header_t *engines = apr_array_make(unit_pool, 2, sizeof(go_engine_setting));
    const char *problem = add(engines, mistakes[_i].line);
    ck_assert_msg(problem && strstr(problem, mistakes[_i].said), "%s: %s", mistakes[_i].line,
                  problem ? problem : "nothing");
    ck_assert_int_eq(engines->nelts, 0);
}
END_TEST

START_TEST(a_missing_key_is_named) {
    apr_array_header_t *engines = apr_array_make(unit_pool, 2, sizeof(go_engine_setting));
    const char *directory = unit_directory();
    unit_write(unit_path(directory, "ca.pem"), "x", 1);
    unit_write(unit_path(directory, "cert.pem"), "x", 1);
    const char *problem =
        add(engines, apr_pstrcat(unit_pool, "tcp://a:2376 tls=", directory, NULL));
    ck_assert_ptr_nonnull(strstr(problem, unit_path(directory, "key.pem")));
    ck_assert_ptr_nonnull(strstr(problem, "the client's key"));
    unit_write(unit_path(directory, "key.pem"), "x", 1);
    problem = add(engines, apr_pstrcat(unit_pool, "unix:///a tls=", directory, NULL));
    ck_assert_ptr_nonnull(strstr(problem, "tcp://host:port"));
}
END_TEST

START_TEST(an_engine_stands_there_once) {
    apr_array_header_t *engines = apr_array_make(unit_pool, 2, sizeof(go_engine_setting));
    ck_assert_pstr_eq(add(engines, "unix:///a"), NULL);
    ck_assert_ptr_nonnull(strstr(add(engines, "unix:///a slots=2"), "twice"));
}
END_TEST

Suite *engines_suite(void) {
    Suite *suite = suite_create("engines");
    TCase *reports = unit_case(suite, "reports");
    tcase_add_test(reports, each_engine_of_each_executor_is_known_as_it_was_last_told);
    tcase_add_test(reports, an_executor_that_leaves_takes_its_rows_along);
    tcase_add_test(reports, what_was_not_told_for_five_minutes_is_forgotten);
    TCase *directive = unit_case(suite, "directive");
    tcase_add_test(directive, an_engine_has_an_address_and_what_is_said_of_it);
    tcase_add_loop_test(directive, what_is_wrong_with_an_engine_is_said_with_a_remedy, 0,
                        (int)(sizeof(mistakes) / sizeof(mistakes[0])));
    tcase_add_test(directive, a_missing_key_is_named);
    tcase_add_test(directive, an_engine_stands_there_once);
    return suite;
}
