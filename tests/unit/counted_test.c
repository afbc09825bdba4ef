#include "unit/model.h"

#include "model/counted.h"
#include "model/exceptions.h"

#include <string.h>

static unit_site *site;

static const go_audit_entry teacher = {
    .at_us = 2000, .actor = "instructor", .address = "127.0.0.1"};

static void set_rules(go_policy policy) {
    if (!policy.late_max_milli) policy.late_max_milli = GO_MILLI;
    ck_assert_ok(
        go_rules_change(site->db, site->assignment, &policy, &teacher, unit_pool, &unit_error));
}

static go_submission *found(const go_receipt *receipt) {
    go_submission *submission;
    ck_assert_ok(go_submission_find(site->db, site->assignment, receipt->number, &submission,
                                    unit_pool, &unit_error));
    return submission;
}

/* Bakes the next run of the queue with this score. */
static void grade(apr_int64_t earned_milli) {
    go_claim *claim;
    const go_run_news news = {.has_score = 1, .score = {earned_milli, 10000}, .stage = -1};
    const go_run_end end = {.news = &news,
                            .results = apr_array_make(unit_pool, 1, sizeof(go_stage_result))};
    ck_assert_ok(go_run_claim(site->db, "executor-1", site->state->objects, 5000, &claim, unit_pool,
                              &unit_error));
    ck_assert_ptr_nonnull(claim);
    ck_assert_ok(
        go_run_finish(site->db, claim->run_id, claim->lease, &end, 6000, unit_pool, &unit_error));
}

/* Bakes the next run of the queue; its one stage ends so, and nothing writes a score. */
static void bake_without_score(go_stage_result stage) {
    go_claim *claim;
    apr_array_header_t *results = apr_array_make(unit_pool, 1, sizeof(go_stage_result));
    const go_run_news news = {.stage = -1};
    const go_run_end end = {.news = &news, .results = results};
    stage.name = "tests";
    APR_ARRAY_PUSH(results, go_stage_result) = stage;
    ck_assert_ok(go_run_claim(site->db, "executor-1", site->state->objects, 5000, &claim, unit_pool,
                              &unit_error));
    ck_assert_ptr_nonnull(claim);
    ck_assert_ok(
        go_run_finish(site->db, claim->run_id, claim->lease, &end, 6000, unit_pool, &unit_error));
}

/* Moves the due date, as the edit page does. */
static void set_due(apr_time_t due_us) {
    ck_assert_ok(go_db_begin(site->db, &unit_error));
    ck_assert_ok(go_assignment_change(site->db, site->assignment, "Homework", "", due_us, unit_pool,
                                      &unit_error));
    ck_assert_ok(go_rules_due_moved(site->db, site->assignment, &teacher, unit_pool, &unit_error));
    ck_assert_ok(go_db_commit(site->db, &unit_error));
}

static apr_status_t allowed(const go_user *user, apr_time_t now) {
    return go_counted_allow(site->db, site->assignment, user, now, unit_pool, &unit_error);
}

START_TEST(the_newest_counts_until_there_is_another_rule) {
    site = unit_site_make();
    go_receipt *first = unit_submit(site, site->student, "1", "once-1");
    ck_assert_int_eq(found(first)->counts, 1);
    go_receipt *second = unit_submit(site, site->student, "2", "once-2");
    go_receipt *others = unit_submit(site, site->other, "3", "once-3");
    ck_assert_int_eq(found(first)->counts, 0);
    ck_assert_int_eq(found(second)->counts, 1);
    ck_assert_int_eq(found(others)->counts, 1);
}
END_TEST

START_TEST(the_best_counts_from_the_moment_it_is_graded) {
    site = unit_site_make();
    set_rules((go_policy){.counting = GO_COUNTS_BEST});
    go_receipt *first = unit_submit(site, site->student, "1", "once-1");
    grade(9000);
    go_receipt *second = unit_submit(site, site->student, "2", "once-2");
    ck_assert_int_eq(found(first)->counts, 1);
    grade(8000);
    ck_assert_int_eq(found(first)->counts, 1);
    go_receipt *third = unit_submit(site, site->student, "3", "once-3");
    grade(9500);
    ck_assert_int_eq(found(first)->counts, 0);
    ck_assert_int_eq(found(second)->counts, 0);
    ck_assert_int_eq(found(third)->counts, 1);
}
END_TEST

START_TEST(a_change_of_the_due_date_judges_what_was_handed_in) {
    site = unit_site_make();
    set_rules((go_policy){.late_rule = GO_LATE_FIXED, .late_milli = 250});
    go_receipt *first = unit_submit(site, site->student, "1", "once-1");
    grade(8000);
    ck_assert_int_eq(found(first)->penalty_milli, 0);
    set_due(2);
    ck_assert_int_eq(found(first)->penalty_milli, 250);
    ck_assert_int_eq(found(first)->is_late, 1);
    apr_array_header_t *lines;
    ck_assert_ok(go_submissions(site->db, GO_SUBMISSIONS_LATEST, site->assignment->id, 0, &lines,
                                unit_pool, &unit_error));
    const go_submission_line *line = &APR_ARRAY_IDX(lines, 0, go_submission_line);
    ck_assert_int_eq(line->score.earned_milli, 6000);
    ck_assert_int_eq(line->raw_score.earned_milli, 8000);
    set_due(0);
    ck_assert_int_eq(found(first)->penalty_milli, 0);
    ck_assert_int_eq(found(first)->is_late, 0);
}
END_TEST

START_TEST(an_extension_takes_a_penalty_back_and_is_logged) {
    site = unit_site_make();
    set_rules((go_policy){.late_rule = GO_LATE_PER_DAY, .late_milli = 100});
    set_due(2);
    go_receipt *mine = unit_submit(site, site->student, "1", "once-1");
    go_receipt *others = unit_submit(site, site->other, "1", "once-1");
    ck_assert_int_eq(found(mine)->penalty_milli, 100);
    const go_exception_line line = {.user_id = site->student->id,
                                    .username = "student",
                                    .exception = {.extension_days = 1},
                                    .note = "ill"};
    go_audit_entry by = teacher;
    by.course_id = site->course->id;
    ck_assert_ok(go_exception_set(site->db, site->assignment, &line, &by, unit_pool, &unit_error));
    ck_assert_int_eq(found(mine)->penalty_milli, 0);
    ck_assert_int_eq(found(others)->penalty_milli, 100);
    apr_array_header_t *log, *lines;
    ck_assert_ok(go_audit_list(site->db, site->course->id, 0, "", &log, unit_pool, &unit_error));
    ck_assert_str_eq(APR_ARRAY_IDX(log, 0, go_audit_entry).action, "extension");
    ck_assert_str_eq(APR_ARRAY_IDX(log, 0, go_audit_entry).subject, "hw1, student");
    ck_assert_str_eq(APR_ARRAY_IDX(log, 0, go_audit_entry).became, "1 day");
    ck_assert_ok(go_exceptions(site->db, site->assignment, &lines, unit_pool, &unit_error));
    ck_assert_int_eq(lines->nelts, 1);
    ck_assert_ok(go_exception_remove(site->db, site->assignment,
                                     APR_ARRAY_IDX(lines, 0, go_exception_line).id, &by, unit_pool,
                                     &unit_error));
    ck_assert_int_eq(found(mine)->penalty_milli, 100);
}
END_TEST

START_TEST(the_rules_bind_students_and_not_staff) {
    site = unit_site_make();
    ck_assert_ok(go_enrolment_set(site->db, site->course, site->instructor, GO_ROLE_INSTRUCTOR, 1,
                                  unit_pool, &unit_error));
    set_rules((go_policy){.closes_us = 1000, .attempts = 1});
    ck_assert_ok(allowed(site->student, 1000));
    ck_assert_fails(allowed(site->student, 1001), GO_ECONFLICT, "closed");
    ck_assert_ok(allowed(site->instructor, 1001));
    unit_submit(site, site->student, "1", "once-1");
    ck_assert_fails(allowed(site->student, 1000), GO_ECONFLICT, "all your attempts");
}
END_TEST

/* Otherwise a program that prints what it learns and then hangs could be handed in without end. */
START_TEST(an_attempt_is_free_only_when_the_student_cannot_be_the_cause) {
    site = unit_site_make();
    set_rules((go_policy){.attempts = 1});
    unit_submit(site, site->student, "1", "once-1");
    bake_without_score((go_stage_result){.timed_out = 1});
    ck_assert_int_eq(allowed(site->student, 7000), GO_ECONFLICT);
    unit_submit(site, site->other, "2", "once-2");
    bake_without_score((go_stage_result){.is_broken = 1, .problem = "It could not be started."});
    ck_assert_ok(allowed(site->other, 7000));
}
END_TEST

START_TEST(late_days_of_a_course_are_used_by_all_its_assignments) {
    site = unit_site_make();
    ck_assert_ok(go_late_days_set(site->db, site->course->id, 1, &teacher, unit_pool, &unit_error));
    set_rules((go_policy){.late_rule = GO_LATE_DAYS});
    set_due(2);
    ck_assert_ok(allowed(site->student, 3));
    go_receipt *late = unit_submit(site, site->student, "1", "once-1");
    ck_assert_int_eq(found(late)->late_days, 1);
    site->assignment = unit_assignment(site, site->course, "hw2"); /* due at 1000 */
    set_rules((go_policy){.late_rule = GO_LATE_DAYS});
    ck_assert_ok(allowed(site->student, 1000));
    ck_assert_fails(allowed(site->student, 1001), GO_ECONFLICT, "1 late day");
}
END_TEST

START_TEST(one_chooses_only_where_that_is_the_rule) {
    site = unit_site_make();
    go_receipt *first = unit_submit(site, site->student, "1", "once-1");
    go_receipt *second = unit_submit(site, site->student, "2", "once-2");
    ck_assert_fails(
        go_counted_choose(site->db, site->assignment, found(first), 0, 900, unit_pool, &unit_error),
        GO_ECONFLICT, "not chosen");
    set_rules((go_policy){.counting = GO_COUNTS_CHOSEN, .closes_us = 1000});
    ck_assert_int_eq(found(second)->counts, 1);
    ck_assert_ok(go_counted_choose(site->db, site->assignment, found(first), 0, 900, unit_pool,
                                   &unit_error));
    ck_assert_int_eq(found(first)->counts, 1);
    ck_assert_int_eq(found(second)->counts, 0);
    ck_assert_fails(go_counted_choose(site->db, site->assignment, found(second), 0, 1001, unit_pool,
                                      &unit_error),
                    GO_ECONFLICT, "closed");
    ck_assert_ok(go_counted_choose(site->db, site->assignment, found(second), 1, 1001, unit_pool,
                                   &unit_error));
    ck_assert_int_eq(found(second)->counts, 1);
}
END_TEST

START_TEST(dates_out_of_order_and_numbers_out_of_range_are_refused) {
    static const struct {
        go_policy policy;
        const char *says;
    } bad[] = {{{.opens_us = 1000}, "due before it opens"},
               {{.closes_us = 999}, "close before it is due"},
               {{.attempts = GO_RULES_ATTEMPTS_MAX + 1}, "attempts"},
               {{.attempts = -1}, "attempts"},
               {{.grace_minutes = GO_RULES_GRACE_MAX + 1}, "grace"},
               {{.late_milli = GO_MILLI + 1}, "penalty"}};
    site = unit_site_make();
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        ck_assert_fails(go_rules_change(site->db, site->assignment, &bad[i].policy, &teacher,
                                        unit_pool, &unit_error),
                        GO_EINVALID, bad[i].says);
    const go_exception_line nothing = {.user_id = site->student->id, .note = ""};
    ck_assert_fails(
        go_exception_set(site->db, site->assignment, &nothing, &teacher, unit_pool, &unit_error),
        GO_EINVALID, "changes nothing");
}
END_TEST

/* The rights were asked when the upload began; the files may be on their way for minutes. */
START_TEST(who_is_dropped_while_the_files_are_on_their_way_is_refused) {
    site = unit_site_make();
    ck_assert_ok(allowed(site->student, 5000));
    ck_assert_ok(go_enrolment_set(site->db, site->course, site->student, GO_ROLE_NONE, 5001,
                                  unit_pool, &unit_error));
    ck_assert_fails(allowed(site->student, 5002), GO_EDENIED, "no longer in this course");
    ck_assert_ok(go_enrolment_set(site->db, site->course, site->student, GO_ROLE_STUDENT, 5003,
                                  unit_pool, &unit_error));
    ck_assert_ok(allowed(site->student, 5004));
}
END_TEST

Suite *counted_suite(void) {
    Suite *suite = suite_create("counted");
    TCase *counted = unit_case(suite, "counted");
    tcase_add_test(counted, the_newest_counts_until_there_is_another_rule);
    tcase_add_test(counted, the_best_counts_from_the_moment_it_is_graded);
    tcase_add_test(counted, a_change_of_the_due_date_judges_what_was_handed_in);
    tcase_add_test(counted, an_extension_takes_a_penalty_back_and_is_logged);
    tcase_add_test(counted, the_rules_bind_students_and_not_staff);
    tcase_add_test(counted, who_is_dropped_while_the_files_are_on_their_way_is_refused);
    tcase_add_test(counted, an_attempt_is_free_only_when_the_student_cannot_be_the_cause);
    tcase_add_test(counted, late_days_of_a_course_are_used_by_all_its_assignments);
    tcase_add_test(counted, one_chooses_only_where_that_is_the_rule);
    tcase_add_test(counted, dates_out_of_order_and_numbers_out_of_range_are_refused);
    return suite;
}
