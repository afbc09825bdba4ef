/* What a team hands in: whose rows there are, which runs, and what counts for whom. */
#include "unit/model.h"

#include "model/counted.h"
#include "model/exceptions.h"
#include "model/teams.h"

#include <string.h>

static unit_site *site;

static const go_audit_entry teacher = {
    .at_us = 2000, .actor = "instructor", .address = "127.0.0.1"};

/* "student" and "other" in one team. */
static void begin(void) {
    site = unit_site_make();
    const go_team_rules rules = {GO_TEAMS_BY_STAFF, 2};
    ck_assert_ok(go_enrolment_set(site->db, site->course, site->other, GO_ROLE_STUDENT, 1,
                                  unit_pool, &unit_error));
    ck_assert_ok(
        go_team_rules_set(site->db, site->assignment, rules, &teacher, unit_pool, &unit_error));
    ck_assert_ok(go_team_add(site->db, site->assignment, "Red", "student", &teacher, unit_pool,
                             &unit_error));
    ck_assert_ok(
        go_team_add(site->db, site->assignment, "Red", "other", &teacher, unit_pool, &unit_error));
}

static void set_rules(go_policy policy) {
    policy.late_max_milli = GO_MILLI;
    ck_assert_ok(
        go_rules_change(site->db, site->assignment, &policy, &teacher, unit_pool, &unit_error));
}

/* Bakes the next run of the queue with this score; 0 when there is none. */
static int grade(apr_int64_t earned_milli) {
    go_claim *claim = NULL;
    const go_run_news news = {.has_score = 1, .score = {earned_milli, 10000}, .stage = -1};
    const go_run_end end = {.news = &news,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result))};
    ck_assert_ok(go_run_claim(site->db, "executor-1", site->state->objects, 5000, &claim, unit_pool,
                              &unit_error));
    if (!claim) return 0;
    ck_assert_ok(
        go_run_finish(site->db, claim->run_id, claim->lease, &end, 6000, unit_pool, &unit_error));
    return 1;
}

/* The lines of a user, the newest first. */
static const go_submission_line *lines_of(const go_user *user, int count) {
    apr_array_header_t *lines;
    ck_assert_ok(go_submissions(site->db, GO_SUBMISSIONS_OF_USER, site->assignment->id, user->id,
                                &lines, unit_pool, &unit_error));
    ck_assert_int_eq(lines->nelts, count);
    return (const go_submission_line *)lines->elts;
}

START_TEST(it_is_a_submission_of_each_and_one_run) {
    begin();
    const go_receipt *receipt = unit_submit(site, site->student, "1", "once-1");
    const go_submission_line *own = lines_of(site->student, 1), *mates = lines_of(site->other, 1);
    ck_assert_int_eq(own->number, receipt->number);
    ck_assert_int_eq(own->graded_id, own->id);
    ck_assert_int_eq(mates->graded_id, own->id);
    ck_assert_int_ne(mates->id, own->id);
    ck_assert_int_eq(mates->created_us, own->created_us);
    ck_assert(own->counts && mates->counts);
    ck_assert_int_eq(grade(7000), 1);
    ck_assert_int_eq(grade(7000), 0);
    ck_assert_int_eq(lines_of(site->other, 1)->score.earned_milli, 7000);
}
END_TEST

START_TEST(the_best_counts_for_each_of_them_when_it_is_graded) {
    begin();
    set_rules((go_policy){.counting = GO_COUNTS_BEST});
    unit_submit(site, site->student, "1", "once-1");
    unit_submit(site, site->other, "2", "once-2");
    ck_assert_int_eq(grade(3000), 1);
    ck_assert_int_eq(grade(2000), 1);
    for (int i = 0; i < 2; i++) {
        const go_submission_line *lines = lines_of(i ? site->other : site->student, 2);
        ck_assert_int_eq(lines[0].counts, 0);
        ck_assert_int_eq(lines[1].counts, 1);
        ck_assert_int_eq(lines[1].score.earned_milli, 3000);
    }
}
END_TEST

START_TEST(a_newer_one_supersedes_what_is_the_newest_of_nobody) {
    begin();
    unit_submit(site, site->student, "1", "once-1");
    unit_submit(site, site->student, "2", "once-2");
    ck_assert_int_eq(grade(1000), 1);
    ck_assert_int_eq(grade(1000), 0);
    ck_assert_int_eq(lines_of(site->other, 2)[1].state, GO_RUN_CANCELLED);
}
END_TEST

/* The student hands in twice, and the second time it does not count for the mate. */
static void submit_twice_and_once(void) {
    begin();
    set_rules((go_policy){.attempts = 1});
    const go_exception_line more = {.user_id = site->student->id,
                                    .username = "student",
                                    .exception = {.extra_attempts = 5},
                                    .note = ""};
    ck_assert_ok(
        go_exception_set(site->db, site->assignment, &more, &teacher, unit_pool, &unit_error));
    unit_submit(site, site->student, "1", "once-1");
    unit_submit(site, site->student, "2", "once-2");
}

START_TEST(what_still_counts_for_a_mate_is_graded) {
    submit_twice_and_once();
    lines_of(site->student, 2);
    ck_assert_int_eq(lines_of(site->other, 1)->counts, 1);
    ck_assert_int_eq(grade(1000), 1);
    ck_assert_int_eq(grade(2000), 1);
    ck_assert_int_eq(lines_of(site->other, 1)->has_score, 1);
}
END_TEST

START_TEST(trouble_of_what_is_the_newest_of_a_mate_is_told) {
    go_claim *claim;
    go_rows *rows;
    submit_twice_and_once();
    const go_run_news news = {.stage = -1};
    const go_run_end end = {.news = &news,
                            .problem = "broken",
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result))};
    ck_assert_ok(go_run_claim(site->db, "executor-1", site->state->objects, 5000, &claim, unit_pool,
                              &unit_error));
    ck_assert_ptr_nonnull(claim);
    ck_assert_ok(
        go_run_finish(site->db, claim->run_id, claim->lease, &end, 6000, unit_pool, &unit_error));
    ck_assert_int_eq(grade(2000), 1);
    ck_assert_ok(go_db_select(site->db, GO_SQL_RUNS_TROUBLED,
                              GO_VALUES(go_integer(site->course->id)), &rows, unit_pool,
                              &unit_error));
    ck_assert_int_eq(go_rows_next(rows), 1);
    ck_assert_int_eq(go_rows_integer(rows, 1, 0), 1);
}
END_TEST

START_TEST(who_is_no_student_any_more_hands_in_alone) {
    begin();
    ck_assert_ok(go_enrolment_set(site->db, site->course, site->student, GO_ROLE_GRADER, 1,
                                  unit_pool, &unit_error));
    unit_submit(site, site->student, "1", "once-1");
    unit_submit(site, site->other, "2", "once-2");
    lines_of(site->student, 1);
    lines_of(site->other, 1);
}
END_TEST

/* The first problem of a list, or NULL. */
static const char *problem_of(const char *csv) {
    apr_array_header_t *lines;
    go_problems *problems = go_problems_make(unit_pool);
    go_team_list_parse(csv, strlen(csv), &lines, unit_pool, problems);
    return problems->errors ? APR_ARRAY_IDX(problems->list, 0, go_problem).text : NULL;
}

START_TEST(a_list_is_read_with_and_without_a_heading) {
    ck_assert_ptr_null(problem_of("Red,ada\n"));
    ck_assert_ptr_null(problem_of("team;username\r\n\"Red; or blue\";ada\r\n"));
    ck_assert_ptr_null(problem_of("\xEF\xBB\xBFTeam\tUsername\nRed\tADA\n"));
    ck_assert_ptr_nonnull(problem_of("team,username\n"));
    ck_assert_ptr_nonnull(problem_of("Red,ada\nBlue,ADA\n"));
    ck_assert_ptr_nonnull(problem_of("Red,ada,more\n"));
    ck_assert_ptr_nonnull(problem_of(",ada\n"));
}
END_TEST

Suite *teams_suite(void) {
    Suite *suite = suite_create("teams");
    TCase *teams = unit_case(suite, "teams");
    tcase_add_test(teams, it_is_a_submission_of_each_and_one_run);
    tcase_add_test(teams, the_best_counts_for_each_of_them_when_it_is_graded);
    tcase_add_test(teams, a_newer_one_supersedes_what_is_the_newest_of_nobody);
    tcase_add_test(teams, what_still_counts_for_a_mate_is_graded);
    tcase_add_test(teams, trouble_of_what_is_the_newest_of_a_mate_is_told);
    tcase_add_test(teams, who_is_no_student_any_more_hands_in_alone);
    tcase_add_test(teams, a_list_is_read_with_and_without_a_heading);
    return suite;
}
