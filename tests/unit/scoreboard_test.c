#include "unit/model.h"

#include "model/scoreboard.h"

#include <apr_strings.h>

#include <string.h>

static unit_site *site;

/* A student whose submission is graded with this score. */
static go_user *graded(const char *name, apr_int64_t earned, apr_int64_t possible) {
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
    const go_run_news news = {.has_score = 1, .score = {earned, possible}, .stage = -1};
    const go_run_end end = {.news = &news,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result)),
                            .stamp = {.limits = ""}};
    ck_assert_ok(go_run_finish(site->db, claimed->run_id, claimed->lease, &end, now++, unit_pool,
                               &unit_error));
    return user;
}

/* "name:rank name:rank(hidden)" */
static const char *lines(int sees_hidden, const go_user *viewer) {
    apr_array_header_t *list;
    char *text = "";
    ck_assert_ok(go_board_lines(site->db, site->course, site->assignment, sees_hidden, viewer->id,
                                &list, unit_pool, &unit_error));
    for (int i = 0; i < list->nelts; i++) {
        const go_board_line *line = &APR_ARRAY_IDX(list, i, go_board_line);
        text = apr_psprintf(unit_pool, "%s%s%s:%d%s", text, i ? " " : "", line->username,
                            line->rank, line->is_hidden ? "(hidden)" : "");
    }
    return text;
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

START_TEST(a_scoreboard_is_off_until_it_is_turned_on) {
    go_board board;
    site = unit_site_make();
    ck_assert_ok(go_board_find(site->db, site->assignment, &board, unit_pool, &unit_error));
    ck_assert_int_eq(board, GO_BOARD_OFF);
    for (int i = GO_BOARD_COUNT - 1; i >= 0; i--) {
        ck_assert_ok(go_board_set(site->db, site->course, site->assignment, (go_board)i,
                                  site->instructor, "::1", 1, unit_pool, &unit_error));
        ck_assert_ok(go_board_find(site->db, site->assignment, &board, unit_pool, &unit_error));
        ck_assert_int_eq(board, i);
    }
    ck_assert_fails(go_board_parse("Names", &board, &unit_error), GO_EINVALID, "off");
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
    return suite;
}
