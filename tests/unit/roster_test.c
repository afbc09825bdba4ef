/* Lists of people: their encodings, their mistakes, and what they would change. */
#include "unit/unit.h"

#include "model/roster.h"

#include <apr_strings.h>

#include <string.h>

static const struct {
    const char *bytes;
    apr_size_t length;
    const char *text;
} encodings[] = {
    {"", 0, ""},
    {"a\r\nb\rc\n", 7, "a\nb\nc\n"},
    {"\xEF\xBB\xBF\xC3\xBC", 5, "\xC3\xBC"},
    {"\xC3\xBC", 2, "\xC3\xBC"},
    {"\xFC\x80", 2, "\xC3\xBC\xE2\x82\xAC"},               /* Windows-1252 */
    {"\xFF\xFE\xFC\0\xAC\x20", 6, "\xC3\xBC\xE2\x82\xAC"}, /* UTF-16 LE */
    {"\xFE\xFF\0\xFC\x20\xAC", 6, "\xC3\xBC\xE2\x82\xAC"}, /* UTF-16 BE */
    {"\xFE\xFF\xD8\x3C\xDF\x5E", 6, "\xF0\x9F\x8D\x9E"},   /* a pair of surrogates */
    {"\xFE\xFF\xD8\x3C\0\x61", 6, "\xEF\xBF\xBD\x61"},     /* half of one */
    {"\xFF\xFE\x61\0\x62", 5, "a"},                        /* half a unit at the end */
};

START_TEST(each_encoding_becomes_utf8) {
    apr_size_t length;
    const char *text =
        go_roster_decode(encodings[_i].bytes, encodings[_i].length, &length, unit_pool);
    ck_assert_str_eq(text, encodings[_i].text);
    ck_assert_uint_eq(length, strlen(encodings[_i].text));
}
END_TEST

static go_problems *problems;

static apr_array_header_t *parsed(const char *csv) {
    apr_array_header_t *lines;
    problems = go_problems_make(unit_pool);
    go_roster_parse(csv, strlen(csv), GO_ROLE_STUDENT, &lines, unit_pool, problems);
    return lines;
}

START_TEST(a_header_is_read_in_its_usual_spellings) {
    static const char *const lists[] = {
        "username,name,email,section,role\nada,Ada L,a@x.org,Tue,grader\n",
        "NetID;First Name;Last_Name;E-Mail;Group;Role\nada;Ada;L;a@x.org;Tue;Grader\n",
        "sep=\t\nlogin\tfull name\tmail\tsection\trole\nADA\tAda L\ta@x.org\tTue\tgrader\n"};
    for (int i = 0; i < 3; i++) {
        const apr_array_header_t *lines = parsed(lists[i]);
        ck_assert_int_eq(problems->errors, 0);
        ck_assert_int_eq(lines->nelts, 1);
        const go_roster_line *line = &APR_ARRAY_IDX(lines, 0, go_roster_line);
        ck_assert_str_eq(line->username, "ada");
        ck_assert_str_eq(line->display_name, "Ada L");
        ck_assert_str_eq(line->email, "a@x.org");
        ck_assert_str_eq(line->section, "Tue");
        ck_assert_int_eq(line->role, GO_ROLE_GRADER);
        ck_assert_ptr_null(line->extra);
    }
}
END_TEST

START_TEST(unknown_columns_are_kept_and_formulas_come_back) {
    const apr_array_header_t *lines = parsed("username,name,b,a\nx,'=1,'+2,O'K\n");
    const go_roster_line *line = &APR_ARRAY_IDX(lines, 0, go_roster_line);
    ck_assert_str_eq(line->display_name, "=1");
    ck_assert_str_eq(line->extra, "{\"a\":\"O'K\",\"b\":\"+2\"}");
    ck_assert_ptr_null(line->section);
    ck_assert_int_eq(line->says_role, 0);
}
END_TEST

START_TEST(mistakes_are_all_told) {
    parsed("name\nx\n");
    ck_assert_int_eq(problems->errors, 1);
    parsed("username,login\nx,y\n");
    ck_assert_int_eq(problems->errors, 1);
    parsed("username,role\nBAD NAME,\nx,king\ny,\ny,\nz,,q\n");
    ck_assert_int_eq(problems->errors, 4);
}
END_TEST

static void person(apr_array_header_t *people, const char *username, go_role role,
                   const char *section, const char *extra, apr_time_t dropped_us) {
    APR_ARRAY_PUSH(people, go_enrolment) = (go_enrolment){.user_id = people->nelts,
                                                          .username = username,
                                                          .role = role,
                                                          .section = section,
                                                          .extra = extra,
                                                          .dropped_us = dropped_us};
}

START_TEST(a_diff_says_what_differs_and_no_more) {
    apr_array_header_t *people = apr_array_make(unit_pool, 8, sizeof(go_enrolment));
    person(people, "same", GO_ROLE_GRADER, "Tue", "{\"k\":\"1\",\"z\":\"9\"}", 0);
    person(people, "moved", GO_ROLE_STUDENT, "Tue", "{\"k\":\"1\"}", 0);
    person(people, "gone", GO_ROLE_STUDENT, "", "{}", 7);
    person(people, "away", GO_ROLE_STUDENT, "", "{}", 7);
    person(people, "absent", GO_ROLE_STUDENT, "", "{}", 0);
    const char *csv = "username,role,section,k\nsame,,Tue,1\nmoved,grader,Wed,2\ngone,,,\nnew,,,\n";
    const apr_array_header_t *changes = go_roster_diff(parsed(csv), people, unit_pool);
    static const unsigned expected[] = {0, GO_ROSTER_ROLE | GO_ROSTER_SECTION | GO_ROSTER_EXTRA,
                                        GO_ROSTER_BACK, GO_ROSTER_ADDED, GO_ROSTER_ABSENT};
    ck_assert_int_eq(changes->nelts, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_uint_eq(APR_ARRAY_IDX(changes, i, go_roster_change).what, expected[i]);
    ck_assert_str_eq(APR_ARRAY_IDX(changes, 4, go_roster_change).person->username, "absent");
    /* the digest is of all of it: the same again, and another when anything moves */
    const char *digest = go_roster_digest(changes, unit_pool);
    ck_assert_str_eq(go_roster_digest(go_roster_diff(parsed(csv), people, unit_pool), unit_pool),
                     digest);
    APR_ARRAY_IDX(people, 4, go_enrolment).section = "Fri";
    ck_assert_str_ne(go_roster_digest(go_roster_diff(parsed(csv), people, unit_pool), unit_pool),
                     digest);
}
END_TEST

Suite *roster_suite(void) {
    Suite *suite = suite_create("roster");
    TCase *rules = unit_case(suite, "rules");
    tcase_add_loop_test(rules, each_encoding_becomes_utf8, 0,
                        (int)(sizeof(encodings) / sizeof(encodings[0])));
    tcase_add_test(rules, a_header_is_read_in_its_usual_spellings);
    tcase_add_test(rules, unknown_columns_are_kept_and_formulas_come_back);
    tcase_add_test(rules, mistakes_are_all_told);
    tcase_add_test(rules, a_diff_says_what_differs_and_no_more);
    return suite;
}
