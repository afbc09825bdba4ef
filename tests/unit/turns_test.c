#include "unit/model.h"

#include "model/engines.h"
#include "model/turns.h"

#include <apr_strings.h>

#include <string.h>

enum { NOW = 1000 }; /* when all that was submitted (at 500) may start */

static unit_site *site;

static go_claim *claim(void) {
    go_claim *claimed;
    ck_assert_ok(go_run_claim(site->db, "executor-1", site->state->objects, NOW, &claimed,
                              unit_pool, &unit_error));
    return claimed;
}

static void finish(const go_claim *claimed, apr_time_t now) {
    const go_run_news news = {.has_score = 1, .score = {1000, 1000}, .stage = -1};
    const go_run_end end = {.news = &news,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result))};
    ck_assert_ok(go_run_finish(site->db, claimed->run_id, claimed->lease, &end, now, unit_pool,
                               &unit_error));
}

/* Who is claimed next, one after the other, each finished before the next: "a b c". */
static const char *order(void) {
    const char *names = "";
    for (go_claim *claimed = claim(); claimed; claimed = claim()) {
        names = apr_pstrcat(unit_pool, names, *names ? " " : "", claimed->username, ":",
                            claimed->assignment, NULL);
        finish(claimed, NOW + 1);
    }
    return names;
}

static go_run *run_of(go_assignment *assignment, const go_receipt *receipt) {
    go_submission *submission;
    go_run *run;
    ck_assert_ok(go_submission_find(site->db, assignment, receipt->number, &submission, unit_pool,
                                    &unit_error));
    ck_assert_ok(go_run_newest(site->db, submission->id, &run, unit_pool, &unit_error));
    return run;
}

static void rerun(go_assignment *assignment, const go_receipt *receipt) {
    apr_int64_t id;
    ck_assert_ok(go_run_queue(site->db, run_of(assignment, receipt)->submission_id,
                              assignment->version_id, GO_REASON_RERUN, 500, &id, unit_pool,
                              &unit_error));
}

static void report_executor(int slots, const char *trouble) {
    const go_executor executor = {.holder = "executor-1", .slots = slots, .trouble = trouble};
    ck_assert_ok(go_executor_report(site->db, &executor, NOW, unit_pool, &unit_error));
}

static go_wait wait_of(const go_run *run) {
    go_wait wait;
    ck_assert_ok(go_run_wait(site->db, run->id, NOW, &wait, unit_pool, &unit_error));
    return wait;
}

START_TEST(among_equals_who_came_first_is_first) {
    site = unit_site_make();
    unit_submit(site, site->other, "x", "1");
    unit_submit(site, site->student, "x", "1");
    ck_assert_str_eq(order(), "other:hw1 student:hw1");
}
END_TEST

START_TEST(five_hundred_submissions_of_one_student_delay_another_by_one_run) {
    site = unit_site_make();
    enum { FLOOD = 500, ASSIGNMENTS = 25 }; /* of each only the newest waits */
    go_assignment *assignments[ASSIGNMENTS];
    for (int i = 0; i < ASSIGNMENTS; i++)
        assignments[i] = unit_assignment(site, site->course, apr_psprintf(unit_pool, "f%d", i));
    for (int i = 0; i < FLOOD; i++)
        unit_submit_to(site, assignments[i % ASSIGNMENTS], site->student, "x",
                       apr_psprintf(unit_pool, "%d", i));
    go_claim *first = claim(); /* goes on already when the other one comes */
    ck_assert_str_eq(first->username, "student");
    const go_run *others = run_of(site->assignment, unit_submit(site, site->other, "y", "1"));
    report_executor(1, NULL);
    ck_assert_int_eq(wait_of(others).ahead, 0);
    finish(first, NOW + 1);
    ck_assert_str_eq(claim()->username, "other");
}
END_TEST

START_TEST(courses_take_turns_however_much_one_of_them_has) {
    site = unit_site_make();
    go_course *second = unit_course(site, "c2");
    go_assignment *b1 = unit_assignment(site, second, "b1"),
                  *b2 = unit_assignment(site, second, "b2");
    for (int i = 2; i <= 4; i++)
        unit_submit_to(site,
                       unit_assignment(site, site->course, apr_psprintf(unit_pool, "hw%d", i)),
                       site->student, "x", "1");
    unit_submit_to(site, b1, site->other, "x", "1");
    const go_run *last = run_of(b2, unit_submit_to(site, b2, site->other, "x", "1"));
    report_executor(1, NULL);
    ck_assert_int_eq(wait_of(last).ahead, 2); /* b1, and one of the first course */
    ck_assert_str_eq(order(), "student:hw2 other:b1 student:hw3 other:b2 student:hw4");
}
END_TEST

START_TEST(a_course_that_had_nothing_to_do_gathers_no_turns) {
    site = unit_site_make();
    go_course *second = unit_course(site, "c2");
    go_assignment *b1 = unit_assignment(site, second, "b1"),
                  *b2 = unit_assignment(site, second, "b2");
    for (int i = 2; i <= 9; i++)
        unit_submit_to(site,
                       unit_assignment(site, site->course, apr_psprintf(unit_pool, "hw%d", i)),
                       site->student, "x", "1");
    for (int i = 0; i < 5; i++)
        finish(claim(), NOW + 1);
    unit_submit_to(site, b1, site->other, "x", "1");
    unit_submit_to(site, b2, site->other, "x", "1");
    ck_assert_str_eq(order(), "student:hw7 other:b1 student:hw8 other:b2 student:hw9");
}
END_TEST

START_TEST(a_heavier_course_gets_more_turns) {
    site = unit_site_make();
    go_course *second = unit_course(site, "c2");
    ck_assert_ok(go_course_weigh(site->db, second, 3, unit_pool, &unit_error));
    for (int i = 1; i <= 6; i++) {
        const char *name = apr_psprintf(unit_pool, "%d", i);
        unit_submit_to(site, unit_assignment(site, site->course, name), site->student, "x", "1");
        unit_submit_to(site, unit_assignment(site, second, name), site->other, "x", "1");
    }
    int heavy = 0;
    for (int i = 0; i < 8; i++) {
        go_claim *claimed = claim();
        heavy += strcmp(claimed->course, "c2") == 0;
        finish(claimed, NOW + 1);
    }
    ck_assert_int_eq(heavy, 6);
    ck_assert_int_eq(go_course_weigh(site->db, second, 0, unit_pool, &unit_error), GO_EINVALID);
}
END_TEST

START_TEST(a_course_with_long_runs_does_not_take_all_places) {
    site = unit_site_make();
    go_course *second = unit_course(site, "c2");
    for (int i = 2; i <= 5; i++)
        unit_submit_to(site,
                       unit_assignment(site, site->course, apr_psprintf(unit_pool, "hw%d", i)),
                       site->student, "x", "1");
    for (int i = 1; i <= 3; i++)
        unit_submit_to(site, unit_assignment(site, second, apr_psprintf(unit_pool, "b%d", i)),
                       site->other, "x", "1");
    ck_assert_str_eq(claim()->course, "c1"); /* long: goes on for all of the test */
    for (int i = 1; i <= 3; i++) {
        go_claim *claimed = claim();
        ck_assert_str_eq(claimed->course, "c2");
        finish(claimed, NOW + 1);
    }
}
END_TEST

START_TEST(reruns_wait_behind_all_that_students_wait_for) {
    site = unit_site_make();
    go_course *second = unit_course(site, "c2");
    go_assignment *b1 = unit_assignment(site, second, "b1");
    go_receipt *old = unit_submit(site, site->student, "x", "1");
    finish(claim(), NOW + 1);
    rerun(site->assignment, old);
    unit_submit(site, site->other, "x", "1");
    unit_submit_to(site, b1, site->other, "x", "1");
    report_executor(1, NULL);
    ck_assert_int_eq(wait_of(run_of(site->assignment, old)).ahead, 2);
    const char *all = order();
    ck_assert_str_eq(all + strlen(all) - strlen("student:hw1"), "student:hw1");
}
END_TEST

START_TEST(staff_can_put_a_run_first_in_its_course) {
    site = unit_site_make();
    unit_submit(site, site->student, "x", "1");
    go_receipt *receipt = unit_submit(site, site->other, "x", "1");
    const go_run *run = run_of(site->assignment, receipt);
    ck_assert_ok(go_run_prioritise(site->db, run->id, unit_pool, &unit_error));
    ck_assert_str_eq(order(), "other:hw1 student:hw1");
    ck_assert_int_eq(go_run_prioritise(site->db, run->id, unit_pool, &unit_error), GO_ECONFLICT);
}
END_TEST

START_TEST(a_newer_submission_supersedes_the_waiting_one_and_takes_its_place) {
    site = unit_site_make();
    go_receipt *first = unit_submit(site, site->student, "x", "1");
    unit_submit(site, site->other, "x", "1");
    go_receipt *second = unit_submit(site, site->student, "y", "2");
    const go_run *old = run_of(site->assignment, first);
    ck_assert_int_eq(old->state, GO_RUN_CANCELLED);
    ck_assert_str_eq(old->ended_by, GO_SUPERSEDED);
    go_claim *claimed = claim();
    ck_assert_int_eq(claimed->submission_number, second->number);
    /* the one that runs is not superseded */
    unit_submit(site, site->student, "z", "3");
    ck_assert_int_eq(run_of(site->assignment, second)->state, GO_RUN_RUNNING);
    finish(claimed, NOW + 1);
}
END_TEST

START_TEST(a_superseded_submission_can_be_graded_on_demand_and_stays) {
    site = unit_site_make();
    go_receipt *first = unit_submit(site, site->student, "x", "1");
    unit_submit(site, site->student, "y", "2");
    apr_int64_t id;
    ck_assert_ok(go_run_queue(site->db, run_of(site->assignment, first)->submission_id,
                              site->assignment->version_id, GO_REASON_DEMAND, 500, &id, unit_pool,
                              &unit_error));
    unit_submit(site, site->student, "z", "3"); /* supersedes the second, not what was asked for */
    ck_assert_int_eq(run_of(site->assignment, first)->state, GO_RUN_QUEUED);
    ck_assert_str_eq(order(), "student:hw1 student:hw1");
}
END_TEST

START_TEST(a_cancelled_run_is_off_the_queue_and_its_executor_changes_nothing) {
    site = unit_site_make();
    go_receipt *first = unit_submit(site, site->student, "x", "1");
    go_receipt *second = unit_submit(site, site->other, "x", "1");
    go_claim *claimed = claim();
    int count;
    ck_assert_ok(go_run_cancel(site->db, claimed->run_id, "ada", NOW, unit_pool, &unit_error));
    ck_assert_ok(go_runs_count_of_holder(site->db, "executor-1", &count, unit_pool, &unit_error));
    ck_assert_int_eq(count, 0);
    ck_assert_int_eq(
        go_run_renew(site->db, claimed->run_id, claimed->lease, NOW, unit_pool, &unit_error),
        GO_ELOST);
    ck_assert_ok(go_run_cancel(site->db, run_of(site->assignment, second)->id, "ada", NOW,
                               unit_pool, &unit_error));
    ck_assert_ptr_null(claim());
    ck_assert_str_eq(run_of(site->assignment, first)->ended_by, "ada");
    ck_assert_int_eq(go_run_cancel(site->db, claimed->run_id, "ada", NOW, unit_pool, &unit_error),
                     GO_ECONFLICT);
}
END_TEST

START_TEST(a_paused_course_waits_and_the_others_go_on) {
    site = unit_site_make();
    go_course *second = unit_course(site, "c2");
    go_assignment *b1 = unit_assignment(site, second, "b1");
    const go_run *paused = run_of(site->assignment, unit_submit(site, site->student, "x", "1"));
    unit_submit_to(site, b1, site->other, "x", "1");
    ck_assert_ok(go_course_pause(site->db, site->course, 1, unit_pool, &unit_error));
    report_executor(1, NULL);
    ck_assert_int_eq(wait_of(paused).reason, GO_WAIT_PAUSED);
    ck_assert_str_eq(order(), "other:b1");
    apr_time_t next;
    ck_assert_ok(go_runs_next_start(site->db, NOW, &next, unit_pool, &unit_error));
    ck_assert_int_eq(next, 0);
    ck_assert_ok(go_course_pause(site->db, site->course, 0, unit_pool, &unit_error));
    ck_assert_str_eq(order(), "student:hw1");
}
END_TEST

/* What a course has that cannot go on must not keep the others' turns back. */
START_TEST(a_paused_course_or_one_with_reruns_gives_nobody_else_turns) {
    site = unit_site_make();
    go_course *busy = unit_course(site, "busy"), *late = unit_course(site, "late");
    go_receipt *old = unit_submit(site, site->student, "x", "1");
    finish(claim(), NOW + 1);
    rerun(site->assignment, old); /* waits behind all that follows */
    for (int i = 0; i < 12; i++)
        unit_submit_to(site, unit_assignment(site, busy, apr_psprintf(unit_pool, "b%d", i)),
                       site->student, "x", "1");
    for (int i = 0; i < 6; i++)
        finish(claim(), NOW + 1);
    for (int i = 0; i < 3; i++)
        unit_submit_to(site, unit_assignment(site, late, apr_psprintf(unit_pool, "l%d", i)),
                       site->other, "x", "1");
    ck_assert_str_eq(order(), "student:b6 other:l0 student:b7 other:l1 student:b8 other:l2 "
                              "student:b9 student:b10 student:b11 student:hw1");
}
END_TEST

START_TEST(a_course_that_was_paused_does_not_make_up_for_it) {
    site = unit_site_make();
    go_course *busy = unit_course(site, "busy");
    ck_assert_ok(go_course_pause(site->db, site->course, 1, unit_pool, &unit_error));
    for (int i = 2; i <= 4; i++)
        unit_submit_to(site,
                       unit_assignment(site, site->course, apr_psprintf(unit_pool, "hw%d", i)),
                       site->other, "x", "1");
    for (int i = 0; i < 9; i++)
        unit_submit_to(site, unit_assignment(site, busy, apr_psprintf(unit_pool, "b%d", i)),
                       site->student, "x", "1");
    for (int i = 0; i < 6; i++)
        finish(claim(), NOW + 1);
    ck_assert_ok(go_course_pause(site->db, site->course, 0, unit_pool, &unit_error));
    ck_assert_str_eq(order(), "other:hw2 student:b6 other:hw3 student:b7 other:hw4 student:b8");
}
END_TEST

START_TEST(an_ungradable_rerun_and_a_cancelled_run_take_no_score_away) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "1");
    finish(claim(), NOW + 1);
    rerun(site->assignment, receipt);
    go_claim *claimed = claim();
    const go_run_news zero = {.has_score = 1, .score = {0, 1000}, .stage = -1};
    const go_run_end end = {.news = &zero,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result)),
                            .problem = "It does not fit."};
    ck_assert_ok(go_run_finish(site->db, claimed->run_id, claimed->lease, &end, NOW, unit_pool,
                               &unit_error));
    apr_array_header_t *lines;
    ck_assert_ok(go_submissions(site->db, GO_SUBMISSIONS_LATEST, site->assignment->id, 0, &lines,
                                unit_pool, &unit_error));
    ck_assert_int_eq(APR_ARRAY_IDX(lines, 0, go_submission_line).score.earned_milli, 1000);
    ck_assert_int_eq(APR_ARRAY_IDX(lines, 0, go_submission_line).is_ungradable, 1);
    go_receipt *others = unit_submit(site, site->other, "x", "1");
    claimed = claim();
    ck_assert_ok(
        go_run_tell(site->db, claimed->run_id, claimed->lease, &zero, unit_pool, &unit_error));
    ck_assert_ok(go_run_cancel(site->db, claimed->run_id, "ada", NOW, unit_pool, &unit_error));
    ck_assert_int_eq(run_of(site->assignment, others)->has_score, 0);
}
END_TEST

START_TEST(a_run_whose_engine_went_away_is_passed_on_at_once_but_not_for_ever) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "1");
    for (int attempt = 1; attempt <= GO_RUN_ATTEMPTS; attempt++) {
        go_claim *claimed = claim();
        ck_assert_int_eq(claimed->attempt, attempt);
        ck_assert_ok(go_run_pass_on(site->db, claimed->run_id, claimed->lease, "It is away.", NOW,
                                    unit_pool, &unit_error));
    }
    ck_assert_ptr_null(claim());
    ck_assert_int_eq(run_of(site->assignment, receipt)->state, GO_RUN_FAILED);
}
END_TEST

START_TEST(a_submission_is_graded_once_at_a_time) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "1");
    apr_int64_t id;
    ck_assert_int_eq(go_run_queue(site->db, run_of(site->assignment, receipt)->submission_id,
                                  site->assignment->version_id, GO_REASON_RERUN, 500, &id,
                                  unit_pool, &unit_error),
                     GO_ECONFLICT);
}
END_TEST

START_TEST(a_drained_queue_starts_nothing) {
    site = unit_site_make();
    const go_run *run = run_of(site->assignment, unit_submit(site, site->student, "x", "1"));
    ck_assert_ok(go_queue_drain(site->db, 1, unit_pool, &unit_error));
    report_executor(1, NULL);
    ck_assert_int_eq(wait_of(run).reason, GO_WAIT_DRAINED);
    ck_assert_ptr_null(claim());
    ck_assert_ok(go_queue_drain(site->db, 0, unit_pool, &unit_error));
    ck_assert_str_eq(order(), "student:hw1");
}
END_TEST

START_TEST(without_an_executor_that_works_a_run_waits_for_an_oven) {
    site = unit_site_make();
    const go_run *run = run_of(site->assignment, unit_submit(site, site->student, "x", "1"));
    ck_assert_int_eq(wait_of(run).reason, GO_WAIT_OVEN);
    report_executor(2, "The Docker engine does not answer.");
    ck_assert_int_eq(wait_of(run).reason, GO_WAIT_OVEN);
    report_executor(2, NULL);
    ck_assert_int_eq(wait_of(run).reason, GO_WAIT_TURN);
    go_wait later;
    ck_assert_ok(go_run_wait(site->db, run->id, NOW + apr_time_from_sec(60), &later, unit_pool,
                             &unit_error));
    ck_assert_int_eq(later.reason, GO_WAIT_OVEN);
}
END_TEST

/* Runs of this assignment took 8 s; 5 are before it, 2 are baked at a time, both half through. */
START_TEST(the_estimate_follows_from_what_runs_of_the_assignment_took) {
    site = unit_site_make();
    unit_submit(site, site->student, "x", "0");
    finish(claim(), NOW + apr_time_from_sec(8));
    report_executor(2, NULL);
    go_run *last = NULL;
    for (int i = 1; i <= 8; i++) {
        go_user *user;
        ck_assert_ok(go_user_create(site->db, apr_psprintf(unit_pool, "s%d", i), "", "", NULL, 1,
                                    &user, unit_pool, &unit_error));
        last = run_of(site->assignment, unit_submit(site, user, "x", "1"));
    }
    claim();
    claim();
    go_wait wait = wait_of(last);
    ck_assert_int_eq(wait.ahead, 5);
    ck_assert_int_eq(wait.has_estimate, 1);
    ck_assert_int_eq(wait.starts_in_s, (5 * 8 + 2 * 4) / 2);
    ck_assert_int_eq(wait.ends_in_s, 24 + 8);
}
END_TEST

START_TEST(there_is_no_estimate_before_a_run_was_measured) {
    site = unit_site_make();
    const go_run *run = run_of(site->assignment, unit_submit(site, site->student, "x", "1"));
    report_executor(2, NULL);
    ck_assert_int_eq(wait_of(run).has_estimate, 0);
}
END_TEST

START_TEST(staff_are_told_what_could_not_be_graded_until_it_is) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "1");
    go_claim *claimed = claim();
    const go_run_news news = {.stage = -1};
    const go_run_end end = {.news = &news,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result)),
                            .problem = "It does not fit."};
    ck_assert_ok(go_run_finish(site->db, claimed->run_id, claimed->lease, &end, NOW, unit_pool,
                               &unit_error));
    apr_array_header_t *counts, *lines;
    ck_assert_ok(
        go_troubles_of_course(site->db, site->course->id, &counts, unit_pool, &unit_error));
    ck_assert_int_eq(counts->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(counts, 0, go_trouble_count).count, 1);
    ck_assert_ok(go_submissions(site->db, GO_SUBMISSIONS_TROUBLED, site->assignment->id, 0, &lines,
                                unit_pool, &unit_error));
    ck_assert_int_eq(lines->nelts, 1);
    rerun(site->assignment, receipt);
    finish(claim(), NOW);
    ck_assert_ok(
        go_troubles_of_course(site->db, site->course->id, &counts, unit_pool, &unit_error));
    ck_assert_int_eq(counts->nelts, 0);
}
END_TEST

Suite *turns_suite(void) {
    Suite *suite = suite_create("turns");
    TCase *cases = unit_case(suite, "turns");
    tcase_add_test(cases, among_equals_who_came_first_is_first);
    tcase_add_test(cases, five_hundred_submissions_of_one_student_delay_another_by_one_run);
    tcase_add_test(cases, courses_take_turns_however_much_one_of_them_has);
    tcase_add_test(cases, a_course_that_had_nothing_to_do_gathers_no_turns);
    tcase_add_test(cases, a_heavier_course_gets_more_turns);
    tcase_add_test(cases, a_course_with_long_runs_does_not_take_all_places);
    tcase_add_test(cases, reruns_wait_behind_all_that_students_wait_for);
    tcase_add_test(cases, staff_can_put_a_run_first_in_its_course);
    tcase_add_test(cases, a_newer_submission_supersedes_the_waiting_one_and_takes_its_place);
    tcase_add_test(cases, a_superseded_submission_can_be_graded_on_demand_and_stays);
    tcase_add_test(cases, a_cancelled_run_is_off_the_queue_and_its_executor_changes_nothing);
    tcase_add_test(cases, a_paused_course_waits_and_the_others_go_on);
    tcase_add_test(cases, a_paused_course_or_one_with_reruns_gives_nobody_else_turns);
    tcase_add_test(cases, a_course_that_was_paused_does_not_make_up_for_it);
    tcase_add_test(cases, an_ungradable_rerun_and_a_cancelled_run_take_no_score_away);
    tcase_add_test(cases, a_run_whose_engine_went_away_is_passed_on_at_once_but_not_for_ever);
    tcase_add_test(cases, a_submission_is_graded_once_at_a_time);
    tcase_add_test(cases, a_drained_queue_starts_nothing);
    tcase_add_test(cases, without_an_executor_that_works_a_run_waits_for_an_oven);
    tcase_add_test(cases, the_estimate_follows_from_what_runs_of_the_assignment_took);
    tcase_add_test(cases, there_is_no_estimate_before_a_run_was_measured);
    tcase_add_test(cases, staff_are_told_what_could_not_be_graded_until_it_is);
    return suite;
}
