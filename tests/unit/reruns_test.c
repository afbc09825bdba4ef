#include "unit/model.h"

#include "model/counted.h"
#include "model/reruns.h"
#include "model/rules.h"
#include "model/turns.h"

#include <string.h>

static unit_site *site;

/* Who does it: the instructor. */
static go_authoring who(void) {
    return (go_authoring){.course = site->course,
                          .assignment = site->assignment,
                          .author = site->instructor,
                          .address = "127.0.0.1",
                          .now = 3000};
}

static go_claim *claim(void) {
    go_claim *claimed;
    ck_assert_ok(go_run_claim(site->db, "executor-1", site->state->objects, 5000, &claimed,
                              unit_pool, &unit_error));
    return claimed;
}

/* Bakes the next run of the queue with this score of 10; whose it was. */
static const char *grade(apr_int64_t earned_milli) {
    go_claim *claimed = claim();
    const go_run_news news = {.has_score = 1, .score = {earned_milli, 10000}, .stage = -1};
    const go_run_end end = {.news = &news,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result)),
                            .stamp = {.image = "image", .limits = "limits"}};
    ck_assert_ptr_nonnull(claimed);
    ck_assert_ok(go_run_finish(site->db, claimed->run_id, claimed->lease, &end, 6000, unit_pool,
                               &unit_error));
    return claimed->username;
}

/* Bakes the next run: its stages are broken. */
static void break_next(void) {
    go_claim *claimed = claim();
    apr_array_header_t *results = apr_array_make(unit_pool, 1, sizeof(go_stage_result));
    const go_run_news news = {.stage = -1};
    const go_run_end end = {.news = &news, .results = results};
    APR_ARRAY_PUSH(results, go_stage_result) =
        (go_stage_result){.name = "test", .is_broken = 1, .problem = "It could not be started."};
    ck_assert_ptr_nonnull(claimed);
    ck_assert_ok(go_run_finish(site->db, claimed->run_id, claimed->lease, &end, 6000, unit_pool,
                               &unit_error));
}

static go_rerun *found(int number) {
    go_rerun *rerun;
    ck_assert_ok(go_rerun_find(site->db, site->assignment, number, &rerun, unit_pool, &unit_error));
    return rerun;
}

static go_rerun_order order_of(go_rerun_scope scope) {
    return (go_rerun_order){.version_id = site->assignment->version_id,
                            .source_id = site->assignment->id,
                            .scope = scope};
}

static go_rerun *propose(go_rerun_order order) {
    int number;
    const go_authoring by = who();
    ck_assert_ok(go_rerun_start(site->db, &by, &order, &number, unit_pool, &unit_error));
    return found(number);
}

static const go_rerun_line *line_of(const go_rerun *rerun, int number) {
    apr_array_header_t *lines;
    ck_assert_ok(go_rerun_lines(site->db, rerun, &lines, unit_pool, &unit_error));
    for (int i = 0; i < lines->nelts; i++)
        if (APR_ARRAY_IDX(lines, i, go_rerun_line).number == number)
            return &APR_ARRAY_IDX(lines, i, go_rerun_line);
    ck_abort_msg("submission %d is not in it", number);
    return NULL;
}

static int apply(const go_rerun *rerun, go_rerun_policy policy, int leaves_flaky) {
    int count = -1;
    const go_authoring by = who();
    const go_rerun_applying how = {.policy = policy, .leaves_flaky = leaves_flaky};
    ck_assert_ok(
        go_rerun_apply(site->db, &by, found(rerun->number), &how, &count, unit_pool, &unit_error));
    return count;
}

static apr_status_t undo(const go_rerun *rerun, int leaves_newer, int *count) {
    const go_authoring by = who();
    return go_rerun_undo(site->db, &by, found(rerun->number), leaves_newer, count, unit_pool,
                         &unit_error);
}

static go_submission *submission_of(const go_receipt *receipt) {
    go_submission *submission;
    ck_assert_ok(go_submission_find(site->db, site->assignment, receipt->number, &submission,
                                    unit_pool, &unit_error));
    return submission;
}

/* The points that stand for a submission, in thousandths; -1: none. */
static apr_int64_t points(const go_receipt *receipt) {
    int has_score;
    go_score score;
    ck_assert_ok(go_run_standing(site->db, submission_of(receipt)->id, &has_score, &score,
                                 unit_pool, &unit_error));
    return has_score ? score.earned_milli : -1;
}

START_TEST(no_grade_moves_before_it_is_applied_and_undoing_moves_it_back) {
    site = unit_site_make();
    go_receipt *mine = unit_submit(site, site->student, "1", "once-1");
    go_receipt *theirs = unit_submit(site, site->other, "2", "once-2");
    grade(7000);
    grade(7000);
    go_rerun *rerun = propose(order_of(GO_RERUN_ALL));
    ck_assert_int_eq(rerun->entries, 2);
    ck_assert_int_eq(rerun->state, GO_RERUN_BAKING);
    grade(9000);
    ck_assert_int_eq(found(1)->waiting, 1);
    grade(4000);
    ck_assert_int_eq(found(1)->state, GO_RERUN_READY);
    ck_assert_int_eq(points(mine), 7000);
    ck_assert_int_eq(points(theirs), 7000);
    ck_assert_int_eq(line_of(rerun, mine->number)->change, GO_RERUN_HIGHER);
    ck_assert_int_eq(line_of(rerun, theirs->number)->change, GO_RERUN_LOWER);
    ck_assert_int_eq(apply(rerun, GO_RERUN_REPLACE, 0), 2);
    ck_assert_int_eq(points(mine), 9000);
    ck_assert_int_eq(points(theirs), 4000);
    ck_assert_int_eq(line_of(rerun, mine->number)->is_applied, 1);
    ck_assert_int_eq(line_of(rerun, mine->number)->before.earned_milli, 7000);
    int count;
    ck_assert_ok(undo(rerun, 0, &count));
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(points(mine), 7000);
    ck_assert_int_eq(points(theirs), 7000);
    ck_assert_int_eq(found(1)->state, GO_RERUN_UNDONE);
    /* and once more, the other way */
    ck_assert_int_eq(apply(rerun, GO_RERUN_NEVER_LOWER, 0), 1);
    ck_assert_int_eq(points(mine), 9000);
    ck_assert_int_eq(points(theirs), 7000);
}
END_TEST

START_TEST(every_move_of_a_score_is_in_the_log) {
    site = unit_site_make();
    unit_submit(site, site->student, "1", "once-1");
    unit_submit(site, site->other, "2", "once-2");
    grade(7000);
    grade(8000);
    go_rerun *rerun = propose(order_of(GO_RERUN_ALL));
    grade(9000);
    grade(8000);
    apply(rerun, GO_RERUN_REPLACE, 0);
    int count;
    ck_assert_ok(undo(rerun, 0, &count));
    static const char *const expected[][4] = {
        {"rerun", "hw1, rerun 1", "applied", "undone: 2 submissions"},
        {"score", "hw1, submission 1", "9/10", "7/10"},
        {"rerun", "hw1, rerun 1", "ready", "applied: replace, 2 of 2 submissions"},
        {"score", "hw1, submission 1", "7/10", "9/10"},
        {"rerun", "hw1, rerun 1", "", "proposed: all, 2 submissions"}};
    apr_array_header_t *log;
    ck_assert_ok(go_audit_list(site->db, site->course->id, 0, "", &log, unit_pool, &unit_error));
    for (int i = 0; i < 5; i++) {
        const go_audit_entry *entry = &APR_ARRAY_IDX(log, i, go_audit_entry);
        ck_assert_str_eq(entry->actor, "instructor");
        ck_assert_str_eq(entry->action, expected[i][0]);
        ck_assert_str_eq(entry->subject, expected[i][1]);
        ck_assert_str_eq(entry->was, expected[i][2]);
        ck_assert_str_eq(entry->became, expected[i][3]);
    }
}
END_TEST

START_TEST(what_was_graded_again_meanwhile_is_passed_by) {
    site = unit_site_make();
    go_receipt *mine = unit_submit(site, site->student, "1", "once-1");
    go_receipt *theirs = unit_submit(site, site->other, "2", "once-2");
    grade(5000);
    grade(5000);
    go_rerun *rerun = propose(order_of(GO_RERUN_ALL));
    /* a single rerun is not behind the proposal */
    ck_assert_ok(go_submission_requeue(site->db, site->assignment, submission_of(mine),
                                       GO_REASON_RERUN, 3500, unit_pool, &unit_error));
    ck_assert_int_eq(line_of(rerun, mine->number)->is_stale, 1);
    grade(6000);
    ck_assert_int_eq(points(mine), 6000);
    grade(9000);
    grade(9000);
    ck_assert_int_eq(apply(rerun, GO_RERUN_REPLACE, 0), 1);
    ck_assert_int_eq(points(mine), 6000);
    ck_assert_int_eq(points(theirs), 9000);
}
END_TEST

START_TEST(undoing_refuses_when_something_newer_came_since) {
    int count;
    site = unit_site_make();
    go_receipt *mine = unit_submit(site, site->student, "1", "once-1");
    go_receipt *theirs = unit_submit(site, site->other, "2", "once-2");
    grade(5000);
    grade(5000);
    go_rerun *rerun = propose(order_of(GO_RERUN_ALL));
    grade(8000);
    grade(8000);
    apply(rerun, GO_RERUN_REPLACE, 0);
    ck_assert_ok(go_submission_requeue(site->db, site->assignment, submission_of(mine),
                                       GO_REASON_RERUN, 3500, unit_pool, &unit_error));
    grade(6000);
    ck_assert_fails(undo(rerun, 0, &count), GO_ECONFLICT, "graded again since");
    ck_assert_int_eq(points(theirs), 8000);
    ck_assert_int_eq(found(1)->state, GO_RERUN_APPLIED);
    ck_assert_ok(undo(rerun, 1, &count));
    ck_assert_int_eq(count, 1);
    ck_assert_int_eq(points(mine), 6000);
    ck_assert_int_eq(points(theirs), 5000);
    ck_assert_int_eq(apply(rerun, GO_RERUN_REPLACE, 0), 1);
    ck_assert_int_eq(points(mine), 6000);
    ck_assert_int_eq(points(theirs), 8000);
}
END_TEST

START_TEST(stand_ins_are_behind_everything_and_are_told_the_original) {
    site = unit_site_make();
    unit_submit(site, site->student, "1", "once-1");
    unit_submit(site, site->student, "2", "once-2");
    grade(5000); /* the newer one: the first was superseded */
    go_rerun_order order = order_of(GO_RERUN_LATEST);
    order.is_twice = 1;
    propose(order);
    unit_submit(site, site->other, "3", "once-3");
    ck_assert_str_eq(grade(1000), "other");
    const go_claim *claimed = claim();
    ck_assert_ptr_nonnull(claimed);
    ck_assert_str_eq(claimed->username, "student");
    ck_assert_str_eq(claimed->assignment, "hw1");
    ck_assert_str_eq(claimed->course, "c1");
    ck_assert_int_eq(claimed->submission_attempt, 2);
    ck_assert_int_eq(claimed->submission_number, 2);
    ck_assert_ok(go_assignment_publish(site->db, site->assignment, 1, unit_pool, &unit_error));
    /* they take neither a student's nor a teacher's places in the queue, and are in no list */
    apr_array_header_t *lines;
    ck_assert_ok(
        go_submissions_recent(site->db, site->student->id, &lines, unit_pool, &unit_error));
    ck_assert_int_eq(lines->nelts, 2);
    go_run_counts counts;
    ck_assert_ok(go_runs_count(site->db, &counts, unit_pool, &unit_error));
    ck_assert_int_eq(counts.queued, 1);
    unit_submit(site, site->student, "4", "once-4");
    const go_rerun *rerun = found(1);
    ck_assert_int_eq(rerun->waiting, 2); /* a newer submission supersedes none of them */
}
END_TEST

START_TEST(results_that_differ_between_two_bakings_are_flagged) {
    site = unit_site_make();
    go_receipt *mine = unit_submit(site, site->student, "1", "once-1");
    go_receipt *theirs = unit_submit(site, site->other, "2", "once-2");
    grade(5000);
    break_next(); /* no earlier result of the same to compare with */
    go_rerun_order order = order_of(GO_RERUN_ALL);
    order.is_twice = 1;
    go_rerun *rerun = propose(order);
    grade(5000);
    grade(6000);
    grade(5000);
    grade(7000);
    ck_assert_int_eq(line_of(rerun, mine->number)->is_flaky, 0);
    ck_assert_int_eq(line_of(rerun, theirs->number)->is_flaky, 1);
    ck_assert_int_eq(line_of(rerun, theirs->number)->after.earned_milli, 6000);
    ck_assert_int_eq(apply(rerun, GO_RERUN_REPLACE, 1), 1);
    ck_assert_int_eq(points(theirs), -1);
}
END_TEST

START_TEST(what_stood_by_the_same_version_counts_as_a_baking_too) {
    site = unit_site_make();
    go_receipt *mine = unit_submit(site, site->student, "1", "once-1");
    grade(5000);
    go_rerun *rerun = propose(order_of(GO_RERUN_ALL));
    grade(5500);
    ck_assert_int_eq(line_of(rerun, mine->number)->is_flaky, 1);
}
END_TEST

START_TEST(what_cannot_be_graded_keeps_what_it_has) {
    site = unit_site_make();
    go_receipt *mine = unit_submit(site, site->student, "1", "once-1");
    grade(5000);
    go_rerun *rerun = propose(order_of(GO_RERUN_ALL));
    break_next();
    ck_assert_int_eq(line_of(rerun, mine->number)->change, GO_RERUN_NOT_GRADED);
    int count;
    const go_authoring by = who();
    const go_rerun_applying how = {.policy = GO_RERUN_REPLACE};
    ck_assert_fails(go_rerun_apply(site->db, &by, found(1), &how, &count, unit_pool, &unit_error),
                    GO_ECONFLICT, "None of its results");
    ck_assert_int_eq(found(1)->state, GO_RERUN_READY);
    ck_assert_int_eq(points(mine), 5000);
}
END_TEST

START_TEST(each_scope_takes_what_it_says) {
    site = unit_site_make();
    go_receipt *first = unit_submit(site, site->student, "1", "once-1");
    grade(9000);
    go_receipt *second = unit_submit(site, site->student, "2", "once-2");
    grade(4000);
    go_receipt *theirs = unit_submit(site, site->other, "3", "once-3");
    break_next();
    ck_assert_ok(go_enrolment_set(site->db, site->course, site->other, GO_ROLE_STUDENT, 1,
                                  unit_pool, &unit_error));
    static const struct {
        go_rerun_scope scope;
        int first, second, theirs;
    } cases[] = {{GO_RERUN_ALL, 1, 1, 1},      {GO_RERUN_LATEST, 0, 1, 1},
                 {GO_RERUN_BEST, 1, 0, 1},     {GO_RERUN_COUNTED, 0, 1, 1},
                 {GO_RERUN_TROUBLED, 0, 0, 1}, {GO_RERUN_STUDENT, 1, 1, 0}};
    const go_authoring by = who();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        go_rerun_order order = order_of(cases[i].scope);
        order.user_id = site->student->id;
        go_rerun *rerun = propose(order);
        ck_assert_int_eq(rerun->entries, cases[i].first + cases[i].second + cases[i].theirs);
        if (cases[i].first) line_of(rerun, first->number);
        if (cases[i].second) line_of(rerun, second->number);
        if (cases[i].theirs) line_of(rerun, theirs->number);
        ck_assert_ok(go_rerun_drop(site->db, &by, rerun, unit_pool, &unit_error));
    }
    int number;
    go_rerun_order order = order_of(GO_RERUN_SECTION);
    order.section = "Tue 10:00";
    ck_assert_fails(go_rerun_start(site->db, &by, &order, &number, unit_pool, &unit_error),
                    GO_ECONFLICT, "no such submissions");
    ck_assert_ptr_null(claim()); /* what was dropped does not wait any more */
}
END_TEST

START_TEST(the_best_counts_anew_when_a_proposal_is_applied) {
    site = unit_site_make();
    const go_policy policy = {.counting = GO_COUNTS_BEST, .late_max_milli = GO_MILLI};
    const go_audit_entry by = {.at_us = 1, .actor = "instructor", .address = ""};
    ck_assert_ok(go_rules_change(site->db, site->assignment, &policy, &by, unit_pool, &unit_error));
    go_receipt *first = unit_submit(site, site->student, "1", "once-1");
    grade(9000);
    go_receipt *second = unit_submit(site, site->student, "2", "once-2");
    grade(4000);
    go_rerun *rerun = propose(order_of(GO_RERUN_ALL));
    grade(3000);
    grade(8000);
    ck_assert_int_eq(submission_of(first)->counts, 1);
    apply(rerun, GO_RERUN_REPLACE, 0);
    ck_assert_int_eq(submission_of(second)->counts, 1);
    ck_assert_int_eq(submission_of(first)->counts, 0);
    int count;
    ck_assert_ok(undo(rerun, 0, &count));
    ck_assert_int_eq(submission_of(first)->counts, 1);
}
END_TEST

START_TEST(one_bakes_at_a_time_and_each_step_needs_its_state) {
    int number, count;
    site = unit_site_make();
    unit_submit(site, site->student, "1", "once-1");
    grade(5000);
    const go_authoring by = who();
    const go_rerun_applying how = {.policy = GO_RERUN_REPLACE};
    go_rerun_order order = order_of(GO_RERUN_ALL);
    go_rerun *rerun = propose(order);
    ck_assert_fails(go_rerun_start(site->db, &by, &order, &number, unit_pool, &unit_error),
                    GO_ECONFLICT, "still being baked");
    ck_assert_fails(go_rerun_apply(site->db, &by, rerun, &how, &count, unit_pool, &unit_error),
                    GO_ECONFLICT, "still being baked");
    ck_assert_fails(undo(rerun, 0, &count), GO_ECONFLICT, "is baking");
    grade(6000);
    apply(rerun, GO_RERUN_REPLACE, 0);
    ck_assert_fails(go_rerun_drop(site->db, &by, found(1), unit_pool, &unit_error), GO_ECONFLICT,
                    "is applied");
    rerun = found(1);
    ck_assert_fails(go_rerun_apply(site->db, &by, rerun, &how, &count, unit_pool, &unit_error),
                    GO_ECONFLICT, "is applied");
}
END_TEST

START_TEST(a_trial_bakes_another_assignments_work_and_touches_no_grade) {
    site = unit_site_make();
    go_receipt *mine = unit_submit(site, site->student, "1", "once-1");
    grade(5000);
    const go_assignment *old = site->assignment;
    go_course *term = unit_course(site, "c2");
    site->assignment = unit_assignment(site, term, "hw1-again");
    site->course = term;
    go_rerun_order order = order_of(GO_RERUN_ALL);
    order.source_id = old->id;
    order.source_name = "c1, hw1";
    go_rerun *rerun = propose(order);
    ck_assert_int_eq(rerun->is_trial, 1);
    const go_claim *claimed = claim();
    ck_assert_ptr_nonnull(claimed);
    ck_assert_str_eq(claimed->course, "c2");
    ck_assert_str_eq(claimed->assignment, "hw1-again");
    ck_assert_ok(go_run_release(site->db, claimed->run_id, claimed->lease, NULL, 4000, unit_pool,
                                &unit_error));
    grade(9000);
    ck_assert_int_eq(line_of(rerun, mine->number)->change, GO_RERUN_HIGHER);
    int count;
    const go_authoring by = who();
    const go_rerun_applying how = {.policy = GO_RERUN_REPLACE};
    ck_assert_fails(go_rerun_apply(site->db, &by, found(1), &how, &count, unit_pool, &unit_error),
                    GO_ECONFLICT, "touches no grade");
}
END_TEST

START_TEST(the_means_are_of_those_with_both_scores) {
    apr_array_header_t *lines = apr_array_make(unit_pool, 3, sizeof(go_rerun_line));
    APR_ARRAY_PUSH(lines, go_rerun_line) = (go_rerun_line){.has_before = 1,
                                                           .before = {1000, 3000},
                                                           .has_after = 1,
                                                           .after = {2000, 3000},
                                                           .change = GO_RERUN_HIGHER};
    APR_ARRAY_PUSH(lines, go_rerun_line) = (go_rerun_line){.has_before = 1,
                                                           .before = {2001, 3000},
                                                           .has_after = 1,
                                                           .after = {2001, 3000},
                                                           .change = GO_RERUN_SAME};
    APR_ARRAY_PUSH(lines, go_rerun_line) =
        (go_rerun_line){.has_after = 1, .after = {9000, 9000}, .change = GO_RERUN_HIGHER};
    go_rerun_totals totals;
    go_rerun_sum(lines, &totals);
    ck_assert_int_eq(totals.both, 2);
    ck_assert_int_eq(totals.changes[GO_RERUN_HIGHER], 2);
    ck_assert_int_eq(totals.mean_before.earned_milli, 1501); /* 1500.5, rounded */
    ck_assert_int_eq(totals.mean_after.earned_milli, 2001);
    ck_assert_int_eq(totals.mean_after.possible_milli, 3000);
}
END_TEST

Suite *reruns_suite(void) {
    Suite *suite = suite_create("reruns");
    TCase *tests = unit_case(suite, "proposals");
    tcase_add_test(tests, no_grade_moves_before_it_is_applied_and_undoing_moves_it_back);
    tcase_add_test(tests, every_move_of_a_score_is_in_the_log);
    tcase_add_test(tests, what_was_graded_again_meanwhile_is_passed_by);
    tcase_add_test(tests, undoing_refuses_when_something_newer_came_since);
    tcase_add_test(tests, stand_ins_are_behind_everything_and_are_told_the_original);
    tcase_add_test(tests, results_that_differ_between_two_bakings_are_flagged);
    tcase_add_test(tests, what_stood_by_the_same_version_counts_as_a_baking_too);
    tcase_add_test(tests, what_cannot_be_graded_keeps_what_it_has);
    tcase_add_test(tests, each_scope_takes_what_it_says);
    tcase_add_test(tests, the_best_counts_anew_when_a_proposal_is_applied);
    tcase_add_test(tests, one_bakes_at_a_time_and_each_step_needs_its_state);
    tcase_add_test(tests, a_trial_bakes_another_assignments_work_and_touches_no_grade);
    tcase_add_test(tests, the_means_are_of_those_with_both_scores);
    return suite;
}
