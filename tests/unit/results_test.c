#include "unit/model.h"

#include "model/results.h"
#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

static go_results *results;

static apr_status_t parse_json(const char *text) {
    unit_error.status = APR_SUCCESS;
    return go_results_parse_json(text, strlen(text), &results, unit_pool, &unit_error);
}

static apr_status_t parse_junit(const char *text) {
    unit_error.status = APR_SUCCESS;
    return go_results_parse_junit(text, strlen(text), &results, unit_pool, &unit_error);
}

static const go_test *test_at(int i) {
    ck_assert_int_lt(i, results->tests->nelts);
    return &APR_ARRAY_IDX(results->tests, i, go_test);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    apr_int64_t milli;
} numbers[] = {
    {"0", 0},
    {"-0", 0},
    {"1", 1000},
    {"9.5", 9500},
    {"-1.5", -1500},
    {"0.05", 50},
    {"0.001", 1},
    {"0.0005", 1},
    {"0.00049999999999999999999", 0},
    {"0.00005", 0},
    {"1.0005", 1001}, /* a double would say 1.000499999999999989... */
    {"-1.0005", -1001},
    {"0.30000000000000004", 300},
    {"33.333333333333336", 33333},
    {"1e2", 100000},
    {"15E-1", 1500},
    {"1.5e+1", 15000},
    {"0.00001e5", 1000},
    {"0e999999999", 0},
    {"1e-999999999", 0},
    {"999999999999.999", 999999999999999},
};

START_TEST(a_number_is_read_exactly_to_the_thousandth) {
    apr_int64_t milli = 77;
    ck_assert_int_eq(go_results_milli(numbers[_i].text, &milli), 1);
    ck_assert_int_eq(milli, numbers[_i].milli);
}
END_TEST

static const char *const no_numbers[] = {"",
                                         "-",
                                         "+1",
                                         ".5",
                                         "1.",
                                         "1e",
                                         "1e+",
                                         "1,5",
                                         "0x1",
                                         "nan",
                                         "1 ",
                                         "--1",
                                         "1.2.3",
                                         "1e1e1",
                                         "1000000000000",
                                         "999999999999.9999",
                                         "1e400",
                                         "1e99999999999"};

START_TEST(what_is_no_number_or_too_large_a_one_is_refused) {
    apr_int64_t milli;
    ck_assert_int_eq(go_results_milli(no_numbers[_i], &milli), 0);
}
END_TEST

/* --- results.json ------------------------------------------------------------------------------
 */

START_TEST(every_published_field_is_read) {
    ck_assert_ok(parse_json(
        "{\"score\": 44.5, \"execution_time\": 136, \"output\": \"about all\", "
        "\"output_format\": \"simple_format\", \"test_name_format\": \"text\", "
        "\"visibility\": \"after_due_date\", \"stdout_visibility\": \"visible\", "
        "\"extra_data\": {\"deep\": [1, [2, {\"x\": null}]]}, \"tests\": ["
        "{\"score\": 2.0, \"max_score\": 3, \"status\": \"failed\", \"name\": \"adds \\\"1\\\"\", "
        "\"name_format\": \"text\", \"number\": \"1.1\", \"output\": \"two\\nlines\", "
        "\"output_format\": \"text\", \"tags\": [\"a\", \"b c\"], \"visibility\": \"visible\", "
        "\"extra_data\": {}}, {\"max_score\": 1e1}], \"leaderboard\": ["
        "{\"name\": \"Accuracy\", \"value\": 0.926}, "
        "{\"name\": \"Time\", \"value\": 15.1, \"order\": \"asc\"}, "
        "{\"name\": \"Stars\", \"value\": \"*****\"}]}"));
    ck_assert(results->has_score && !results->has_max);
    ck_assert_int_eq(results->score_milli, 44500);
    ck_assert_str_eq(results->output, "about all");
    ck_assert_int_eq(results->output_visibility, GO_AFTER_DUE_DATE);
    const go_test *test = test_at(0);
    ck_assert_str_eq(test->name, "adds \"1\"");
    ck_assert_str_eq(test->number, "1.1");
    ck_assert_str_eq(test->output, "two\nlines");
    ck_assert_str_eq(test->tags, "a\nb c");
    ck_assert_int_eq(test->status, GO_TEST_FAILED);
    ck_assert_int_eq(test->visibility, GO_VISIBLE);
    ck_assert_int_eq(test->score_milli, 2000);
    ck_assert_int_eq(test->max_milli, 3000);
    ck_assert_int_eq(test_at(1)->visibility, GO_AFTER_DUE_DATE);
    ck_assert_int_eq(test_at(1)->max_milli, 10000);
    ck_assert(!test_at(1)->has_score);
    ck_assert_int_eq(results->leaderboard->nelts, 3);
    const go_leader *leaders = (const go_leader *)results->leaderboard->elts;
    ck_assert_str_eq(leaders[0].value, "0.926");
    ck_assert_int_eq(leaders[0].milli, 926);
    ck_assert(!leaders[0].is_ascending && leaders[1].is_ascending);
    ck_assert(!leaders[2].has_milli);
    ck_assert_str_eq(leaders[2].value, "*****");
}
END_TEST

START_TEST(a_status_that_is_not_given_follows_from_the_points) {
    ck_assert_ok(
        parse_json("{\"tests\": [{\"score\": 2, \"max_score\": 2}, {\"score\": 1.999, "
                   "\"max_score\": 2}, {\"score\": 1}, {\"score\": null, \"number\": 2}]}"));
    ck_assert_int_eq(test_at(0)->status, GO_TEST_PASSED);
    ck_assert_int_eq(test_at(1)->status, GO_TEST_FAILED);
    ck_assert_int_eq(test_at(2)->status, GO_TEST_NONE);
    ck_assert(!test_at(3)->has_score);
    ck_assert_str_eq(test_at(3)->number, "2");
}
END_TEST

START_TEST(texts_are_cleaned_and_cut) {
    char *large = apr_pcalloc(unit_pool, GO_RESULTS_OUTPUT_MAX + 200);
    memset(large, 'x', GO_RESULTS_OUTPUT_MAX + 100);
    ck_assert_ok(parse_json(apr_psprintf(
        unit_pool,
        "{\"tests\": [{\"name\": \"a\\u001b[31mred\\u0000\\n\\u202eb\xff\", "
        "\"output\": \"<b>\\u001b]0;t\\u0007\\ttab\\r\\nend\"}, {\"output\": \"%s\"}]}",
        large)));
    ck_assert_str_eq(test_at(0)->name, "ared\xE2\x90\x80 \xE2\x80\xAE"
                                       "b\xEF\xBF\xBD");
    ck_assert_str_eq(test_at(0)->output, "<b>\ttab\nend");
    ck_assert_uint_eq(strlen(test_at(1)->output), GO_RESULTS_OUTPUT_MAX + 3);
}
END_TEST

static const struct {
    const char *text, *says;
} malformed[] = {
    {"", "no JSON"},
    {"[]", "no object"},
    {"{\"tests\": [}", "no JSON"},
    {"{\"score\": 1} x", "no JSON"},
    {"{\"score\": 1, \"score\": 2}", "no JSON"},
    {"{\"score\": NaN}", "no JSON"},
    {"{\"score\": \"1\"}", "score is no number"},
    {"{\"score\": 1.}", "score is no number"},
    {"{\"score\": 1e12}", "score is no number"},
    {"{\"max_score\": -1}", "max_score is negative"},
    {"{\"visibility\": \"visibel\"}", "visibility is none of"},
    {"{\"visibility\": 1}", "visibility is none of"},
    {"{\"stdout_visibility\": \"x\"}", "stdout_visibility is none of"},
    {"{\"output\": []}", "output is no text"},
    {"{\"tests\": {}}", "tests is no list"},
    {"{\"tests\": [1]}", "tests[0] is no object"},
    {"{\"tests\": [{}, {\"score\": true}]}", "tests[1].score is no number"},
    {"{\"tests\": [{\"max_score\": -2}]}", "tests[0].max_score is negative"},
    {"{\"tests\": [{\"status\": \"ok\"}]}", "tests[0].status is none of"},
    {"{\"tests\": [{\"status\": \"\"}]}", "tests[0].status is none of"},
    {"{\"tests\": [{\"visibility\": \"\"}]}", "tests[0].visibility is none of"},
    {"{\"tests\": [{\"name\": {}}]}", "tests[0].name is no text"},
    {"{\"tests\": [{\"tags\": \"a\"}]}", "tests[0].tags is no list"},
    {"{\"tests\": [{\"tags\": [[]]}]}", "tests[0].tags is no list of texts"},
    {"{\"leaderboard\": [{\"value\": 1}]}", "leaderboard[0].name is not there"},
    {"{\"leaderboard\": [{\"name\": \"a\", \"order\": \"up\"}]}",
     "leaderboard[0].order is neither"},
};

START_TEST(a_malformed_file_is_refused_with_where_and_why) {
    ck_assert_fails(parse_json(malformed[_i].text), GO_EINVALID, malformed[_i].says);
}
END_TEST

static char *repeated(const char *part, int times) {
    apr_size_t length = strlen(part);
    char *text = apr_palloc(unit_pool, length * (apr_size_t)times + 1);
    for (int i = 0; i < times; i++)
        memcpy(text + length * (apr_size_t)i, part, length);
    text[length * (apr_size_t)times] = '\0';
    return text;
}

START_TEST(too_much_of_anything_is_refused) {
    ck_assert_fails(parse_json(repeated("[", 100000)), GO_EINVALID, "nested");
    ck_assert_fails(parse_json(repeated("{\"a\":", 50000)), GO_EINVALID, "nested");
    ck_assert_fails(parse_json(apr_pstrcat(unit_pool, "[", repeated("1,", 200000), NULL)),
                    GO_ETOOBIG, "values");
    ck_assert_fails(
        parse_json(apr_pstrcat(unit_pool, "{\"tests\":[", repeated("{},", 2000), "{}]}", NULL)),
        GO_ETOOBIG, "2001");
    ck_assert_ok(
        parse_json(apr_pstrcat(unit_pool, "{\"tests\":[", repeated("{},", 1999), "{}]}", NULL)));
    ck_assert_int_eq(results->tests->nelts, 2000);
    ck_assert_fails(parse_json(repeated(" ", GO_RESULTS_MAX + 1)), GO_ETOOBIG, "1 MiB");
    ck_assert_fails(parse_junit(repeated("<testsuite>", 1000)), GO_EINVALID, "nested");
    ck_assert_fails(
        parse_junit(apr_pstrcat(unit_pool, "<testsuite>", repeated("<a/>", 100001), NULL)),
        GO_ETOOBIG, "elements");
    ck_assert_fails(
        parse_junit(apr_pstrcat(unit_pool, "<testsuite>", repeated("<testcase/>", 2001), NULL)),
        GO_ETOOBIG, "tests");
    ck_assert_fails(parse_junit(repeated("<", GO_RESULTS_MAX + 1)), GO_ETOOBIG, "1 MiB");
}
END_TEST

/* --- junit.xml ---------------------------------------------------------------------------------
 */

START_TEST(junit_xml_is_read_as_runners_write_it) {
    ck_assert_ok(parse_junit(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<testsuites name=\"all\"><testsuite name=\"s\" tests=\"4\">"
        "<properties><property name=\"os\" value=\"x\"/></properties>"
        "<testcase classname=\"c\" name=\"good\" time=\"0.1\"/>"
        "<testcase name=\"bad\"><failure message=\"1 &lt; 2\" type=\"A\">at <b>line</b> 3</failure>"
        "<system-out>said</system-out></testcase>"
        "<testcase name=\"broken\"><error message=\"no file\"/></testcase>"
        "<testcase name=\"left out\"><skipped/></testcase>"
        "<system-out>of the suite</system-out></testsuite></testsuites>"));
    ck_assert_int_eq(results->tests->nelts, 4);
    ck_assert_str_eq(test_at(0)->name, "c.good");
    ck_assert_int_eq(test_at(0)->status, GO_TEST_PASSED);
    ck_assert_int_eq(test_at(1)->status, GO_TEST_FAILED);
    ck_assert_str_eq(test_at(1)->output, "1 < 2\nat line 3\nsaid");
    ck_assert_int_eq(test_at(2)->status, GO_TEST_ERROR);
    ck_assert_int_eq(test_at(3)->status, GO_TEST_SKIPPED);
    ck_assert_int_eq(test_at(3)->visibility, GO_VISIBLE);
    go_score score;
    ck_assert_int_eq(go_results_score(results, &score), 0);
}
END_TEST

START_TEST(a_property_says_who_may_see_a_suite_or_a_case) {
    ck_assert_ok(parse_junit(
        "<testsuites><testsuite><properties><property name=\"visibility\" value=\"hidden\"/>"
        "</properties><testcase name=\"a\"/><testcase name=\"b\"><properties>"
        "<property name=\"visibility\" value=\"after_published\"/></properties></testcase>"
        "<testcase name=\"c\"/></testsuite><testsuite><testcase "
        "name=\"d\"/></testsuite></testsuites>"));
    ck_assert_int_eq(test_at(0)->visibility, GO_HIDDEN_TEST);
    ck_assert_int_eq(test_at(1)->visibility, GO_AFTER_PUBLISHED);
    ck_assert_int_eq(test_at(2)->visibility, GO_HIDDEN_TEST);
    ck_assert_int_eq(test_at(3)->visibility, GO_VISIBLE);
    ck_assert_ok(
        parse_junit("<testsuite><properties><property name=\"visibility\" value=\"hidden\"/>"
                    "</properties><testcase name=\"a\"><property name=\"visibility\" "
                    "value=\"visible\"/></testcase><testcase name=\"b\"/></testsuite>"));
    ck_assert_int_eq(test_at(0)->visibility, GO_HIDDEN_TEST);
    ck_assert_int_eq(test_at(1)->visibility, GO_HIDDEN_TEST);
    ck_assert_fails(parse_junit("<testsuite><properties><property name=\"visibility\" "
                                "value=\"none\"/></properties></testsuite>"),
                    GO_EINVALID, "visibility is none of");
}
END_TEST

/* It would come too late for the tests above it, which everybody would see. */
START_TEST(a_visibility_behind_the_tests_it_is_for_is_refused) {
#define HIDDEN "<properties><property name=\"visibility\" value=\"hidden\"/></properties>"
    ck_assert_fails(parse_junit("<testsuite><testcase name=\"secret\"/>" HIDDEN "</testsuite>"),
                    GO_EINVALID, "before the tests");
    ck_assert_fails(
        parse_junit("<testsuites><testsuite><testcase name=\"secret\"/></testsuite>" HIDDEN
                    "</testsuites>"),
        GO_EINVALID, "before the tests");
    /* behind the tests of another suite, or of a case in itself, it is for others */
    ck_assert_ok(parse_junit("<testsuites><testsuite><testcase name=\"open\"/></testsuite>"
                             "<testsuite>" HIDDEN "<testcase name=\"secret\"><failure/>" HIDDEN
                             "</testcase></testsuite></testsuites>"));
    ck_assert_int_eq(test_at(0)->visibility, GO_VISIBLE);
    ck_assert_int_eq(test_at(1)->visibility, GO_HIDDEN_TEST);
#undef HIDDEN
}
END_TEST

START_TEST(a_document_type_and_with_it_every_entity_is_refused) {
    ck_assert_fails(
        parse_junit(
            "<!DOCTYPE testsuite [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">"
            "<!ENTITY c \"&b;&b;&b;&b;\">]><testsuite><testcase name=\"&c;\"/></testsuite>"),
        GO_EINVALID, "document type");
    ck_assert_fails(parse_junit("<!DOCTYPE testsuite [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                                "<testsuite><testcase name=\"a\">&x;</testcase></testsuite>"),
                    GO_EINVALID, "document type");
    ck_assert_fails(
        parse_junit("<!DOCTYPE testsuite SYSTEM \"http://127.0.0.1/x.dtd\"><testsuite/>"),
        GO_EINVALID, "document type");
    ck_assert_fails(parse_junit("<testsuite><testcase name=\"&x;\"/></testsuite>"), GO_EINVALID,
                    "undefined entity");
    ck_assert_fails(parse_junit("<html/>"), GO_EINVALID, "neither");
    ck_assert_fails(parse_junit(""), GO_EINVALID, "no XML");
}
END_TEST

START_TEST(no_mutation_of_a_file_does_harm) {
    static const char *const seeds[] = {
        "{\"score\": 1.5e1, \"tests\": [{\"name\": \"a\\u0041\", \"score\": -1, \"tags\": "
        "[\"x\"]}]}",
        "<testsuite><testcase name='a'><failure message='&#65;'>x<![CDATA[y]]></failure></testcase>"
        "</testsuite>"};
    unsigned random = 1;
    for (int i = 0; i < 4000; i++) {
        char *text = apr_pstrdup(unit_pool, seeds[i % 2]);
        apr_size_t length = strlen(text);
        for (int k = 0; k < 3; k++) {
            random = random * 1103515245 + 12345;
            text[(random >> 8) % length] = "\"\\{}[],:<>&;!-\0\xff\x1b"
                                           "0e.'/"[(random >> 20) % 22];
        }
        unit_error.status = APR_SUCCESS;
        apr_status_t status = (i % 2 ? go_results_parse_junit : go_results_parse_json)(
            text, length - i % 7, &results, unit_pool, &unit_error);
        if (status)
            ck_assert_ptr_nonnull(unit_error.what);
        else
            for (int t = 0; t < results->tests->nelts; t++)
                ck_assert(go_text_is_utf8(test_at(t)->name, strlen(test_at(t)->name)));
    }
}
END_TEST

/* --- the score that follows --------------------------------------------------------------------
 */

static const struct {
    const char *text;
    apr_int64_t earned, possible; /* -1: none follows */
} scores[] = {
    {"{}", -1, -1},
    {"{\"score\": 5}", -1, -1},
    {"{\"score\": 5, \"max_score\": 10}", 5000, 10000},
    {"{\"tests\": [{\"score\": 0.1, \"max_score\": 0.3}, {\"score\": 0.2, \"max_score\": 0.3}]}",
     300, 600},
    {"{\"tests\": [{\"score\": 1, \"max_score\": 2}, {\"score\": 9}, {\"max_score\": 3}]}", 1000,
     5000},
    {"{\"score\": 7, \"tests\": [{\"score\": 1, \"max_score\": 2}]}", 7000, 2000},
    {"{\"tests\": [{\"score\": -3, \"max_score\": 2}]}", 0, 2000},
    {"{\"tests\": [{\"score\": 3}]}", -1, -1},
};

START_TEST(a_score_follows_when_it_can_be_said_of_how_many_points) {
    go_score score = {-1, -1};
    ck_assert_ok(parse_json(scores[_i].text));
    ck_assert_int_eq(go_results_score(results, &score), scores[_i].possible >= 0);
    ck_assert_int_eq(score.earned_milli, scores[_i].earned);
    ck_assert_int_eq(score.possible_milli, scores[_i].possible);
}
END_TEST

/* --- who may see it -----------------------------------------------------------------------------
 */

START_TEST(who_may_see_a_test_is_this_table) {
    /* a student: due over and released, as no-no, yes-no, no-yes, yes-yes */
    static const char student[GO_VISIBILITY_COUNT][5] = {[GO_VISIBLE] = "1111",
                                                         [GO_HIDDEN_TEST] = "0000",
                                                         [GO_AFTER_DUE_DATE] = "0101",
                                                         [GO_AFTER_PUBLISHED] = "0011"};
    for (int visibility = 0; visibility < GO_VISIBILITY_COUNT; visibility++)
        for (int when = 0; when < 4; when++) {
            go_results_viewer viewer = {.is_due_over = when & 1, .is_released = when >> 1};
            ck_assert_int_eq(go_results_may_see((go_visibility)visibility, &viewer),
                             student[visibility][when] == '1');
            viewer.is_staff = 1;
            ck_assert_int_eq(go_results_may_see((go_visibility)visibility, &viewer), 1);
        }
    const go_results_viewer student_at_the_end = {.is_due_over = 1, .is_released = 1};
    ck_assert_int_eq(go_results_may_see((go_visibility)99, &student_at_the_end), 0);
}
END_TEST

/* --- the store ----------------------------------------------------------------------------------
 */

START_TEST(results_are_kept_with_the_run_and_come_back_as_they_were) {
    unit_site *site = unit_site_make();
    go_claim *claim;
    go_results *found;
    unit_submit(site, site->student, "x", "once");
    ck_assert_ok(
        go_run_claim(site->db, "e", site->state->objects, 1000, &claim, unit_pool, &unit_error));
    ck_assert_ok(
        parse_json("{\"output\": \"o\", \"visibility\": \"hidden\", \"tests\": [{\"name\": "
                   "\"a\", \"score\": -0.5, \"max_score\": 2, \"status\": \"error\", "
                   "\"tags\": [\"t\"]}, {\"visibility\": \"after_published\"}], "
                   "\"leaderboard\": [{\"name\": \"n\", \"value\": 3, \"order\": \"asc\"}]}"));
    const go_run_news news = {.stage = -1};
    const go_run_end end = {.news = &news,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result)),
                            .tests = results};
    ck_assert_ok(
        go_run_finish(site->db, claim->run_id, claim->lease, &end, 2000, unit_pool, &unit_error));
    ck_assert_ok(go_results_of_run(site->db, claim->run_id, &found, unit_pool, &unit_error));
    results = found;
    ck_assert_str_eq(found->source, "results.json");
    ck_assert_str_eq(found->output, "o");
    ck_assert_int_eq(found->output_visibility, GO_HIDDEN_TEST);
    ck_assert_int_eq(found->tests->nelts, 2);
    ck_assert_str_eq(test_at(0)->name, "a");
    ck_assert_int_eq(test_at(0)->score_milli, -500);
    ck_assert_int_eq(test_at(0)->status, GO_TEST_ERROR);
    ck_assert_int_eq(test_at(0)->visibility, GO_HIDDEN_TEST);
    ck_assert_str_eq(test_at(0)->tags, "t");
    ck_assert(!test_at(1)->has_score && !test_at(1)->has_max);
    ck_assert_int_eq(test_at(1)->visibility, GO_AFTER_PUBLISHED);
    const go_leader *leader = &APR_ARRAY_IDX(found->leaderboard, 0, go_leader);
    ck_assert_int_eq(leader->milli, 3000);
    ck_assert_int_eq(leader->is_ascending, 1);
    ck_assert_ok(go_results_of_run(site->db, claim->run_id + 1, &found, unit_pool, &unit_error));
    ck_assert_ptr_null(found);
}
END_TEST

START_TEST(a_release_is_a_change_once) {
    unit_site *site = unit_site_make();
    apr_int64_t id = site->assignment->id;
    int is_released = 7, changed = 7;
    ck_assert_ok(go_results_are_released(site->db, id, &is_released, unit_pool, &unit_error));
    ck_assert_int_eq(is_released, 0);
    ck_assert_ok(go_results_release(site->db, id, 1, &changed, unit_pool, &unit_error));
    ck_assert_int_eq(changed, 1);
    ck_assert_ok(go_results_release(site->db, id, 1, &changed, unit_pool, &unit_error));
    ck_assert_int_eq(changed, 0);
    ck_assert_ok(go_results_are_released(site->db, id, &is_released, unit_pool, &unit_error));
    ck_assert_int_eq(is_released, 1);
}
END_TEST

#define COUNT_OF(table) (int)(sizeof(table) / sizeof(*(table)))

Suite *results_suite(void) {
    Suite *suite = suite_create("results");
    TCase *tests = unit_case(suite, "parse");
    tcase_add_loop_test(tests, a_number_is_read_exactly_to_the_thousandth, 0, COUNT_OF(numbers));
    tcase_add_loop_test(tests, what_is_no_number_or_too_large_a_one_is_refused, 0,
                        COUNT_OF(no_numbers));
    tcase_add_test(tests, every_published_field_is_read);
    tcase_add_test(tests, a_status_that_is_not_given_follows_from_the_points);
    tcase_add_test(tests, texts_are_cleaned_and_cut);
    tcase_add_loop_test(tests, a_malformed_file_is_refused_with_where_and_why, 0,
                        COUNT_OF(malformed));
    tcase_add_test(tests, too_much_of_anything_is_refused);
    tcase_add_test(tests, junit_xml_is_read_as_runners_write_it);
    tcase_add_test(tests, a_property_says_who_may_see_a_suite_or_a_case);
    tcase_add_test(tests, a_visibility_behind_the_tests_it_is_for_is_refused);
    tcase_add_test(tests, a_document_type_and_with_it_every_entity_is_refused);
    tcase_add_test(tests, no_mutation_of_a_file_does_harm);
    tcase_add_loop_test(tests, a_score_follows_when_it_can_be_said_of_how_many_points, 0,
                        COUNT_OF(scores));
    tests = unit_case(suite, "use");
    tcase_add_test(tests, who_may_see_a_test_is_this_table);
    tcase_add_test(tests, results_are_kept_with_the_run_and_come_back_as_they_were);
    tcase_add_test(tests, a_release_is_a_change_once);
    return suite;
}
