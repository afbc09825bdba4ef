#include "unit/model.h"

#include <apr_strings.h>

#include <string.h>

static unit_site *site;

static go_claim *claim(apr_time_t now) {
    go_claim *claimed;
    ck_assert_ok(go_run_claim(site->db, "executor-1", site->state->objects, now, &claimed,
                              unit_pool, &unit_error));
    return claimed;
}

static go_run *newest(const go_receipt *receipt) {
    go_submission *submission;
    go_run *run;
    ck_assert_ok(go_submission_find(site->db, site->assignment, receipt->number, &submission,
                                    unit_pool, &unit_error));
    ck_assert_ok(go_run_newest(site->db, submission->id, &run, unit_pool, &unit_error));
    return run;
}

static apr_status_t finish(const go_claim *claimed, apr_time_t now) {
    apr_array_header_t *results = apr_array_make(unit_pool, 1, sizeof(go_stage_result));
    APR_ARRAY_PUSH(results, go_stage_result) =
        (go_stage_result){.name = "test", .exit_code = 3, .wall_ms = 7, .console = "said"};
    const go_run_news news = {
        .status = "one\ntwo\n", .has_score = 1, .score = {99500, 100000}, .stage = -1};
    const go_run_end end = {.news = &news, .results = results, .stamp = {.limits = "1 CPU"}};
    return go_run_finish(site->db, claimed->run_id, claimed->lease, &end, now, unit_pool,
                         &unit_error);
}

START_TEST(the_table_of_moves_is_the_diagram) {
    static const char allowed[GO_RUN_STATE_COUNT][GO_RUN_STATE_COUNT + 1] = {
        /* to: queued running finished failed cancelled */
        "01001", "10111", "00000", "00000", "00000"};
    for (int from = 0; from < GO_RUN_STATE_COUNT; from++)
        for (int to = 0; to < GO_RUN_STATE_COUNT; to++)
            ck_assert_int_eq(go_run_may_move((go_run_state)from, (go_run_state)to),
                             allowed[from][to] == '1');
}
END_TEST

START_TEST(a_submission_is_claimed_once_with_all_its_files) {
    site = unit_site_make();
    unit_submit(site, site->student, "int main;", "once-1");
    go_claim *claimed = claim(1000);
    ck_assert_ptr_nonnull(claimed);
    ck_assert_str_eq(claimed->username, "student");
    ck_assert_str_eq(claimed->course, "c1");
    ck_assert_int_eq(claimed->submission_attempt, 1);
    apr_size_t length;
    const go_tree_entry *file = go_tree_find(claimed->submission, "main.c");
    ck_assert_str_eq(unit_read(file->file, &length), "int main;");
    ck_assert_int_eq(claimed->stages->nelts, 1);
    ck_assert_ptr_nonnull(go_tree_find(APR_ARRAY_IDX(claimed->trees, 0, go_tree *), "main"));
    ck_assert_ptr_null(claim(1001));
}
END_TEST

START_TEST(a_finished_run_has_its_results_and_never_changes_again) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "once-1");
    go_claim *claimed = claim(1000);
    ck_assert_ok(finish(claimed, 2000));
    go_run *run = newest(receipt);
    ck_assert_int_eq(run->state, GO_RUN_FINISHED);
    ck_assert_int_eq(run->score.earned_milli, 99500);
    ck_assert_str_eq(run->status, "one\ntwo\n");
    apr_array_header_t *stages;
    ck_assert_ok(go_run_stages(site->db, run->id, &stages, unit_pool, &unit_error));
    ck_assert_int_eq(stages->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(stages, 0, go_stage_result).exit_code, 3);
    ck_assert_int_eq(finish(claimed, 3000), GO_ELOST);
    ck_assert_int_eq(newest(receipt)->finished_us, 2000);
}
END_TEST

START_TEST(an_executor_whose_lease_is_over_changes_nothing) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "once-1");
    go_claim *slow = claim(1000);
    apr_time_t later = 1000 + apr_time_from_sec(GO_LEASE_SECONDS + 1);
    int count;
    ck_assert_ok(go_runs_expire(site->db, later, &count, unit_pool, &unit_error));
    ck_assert_int_eq(count, 1);
    ck_assert_int_eq(newest(receipt)->state, GO_RUN_QUEUED);
    ck_assert_int_eq(finish(slow, later), GO_ELOST);
    go_claim *second = claim(later + apr_time_from_sec(60));
    ck_assert_int_eq(second->run_id, slow->run_id);
    ck_assert_int_eq(second->attempt, 2);
    ck_assert_int_eq(finish(slow, later), GO_ELOST);
    ck_assert_ok(finish(second, later));
}
END_TEST

START_TEST(a_renewed_lease_is_not_over) {
    site = unit_site_make();
    unit_submit(site, site->student, "x", "once-1");
    go_claim *claimed = claim(1000);
    apr_time_t later = 1000 + apr_time_from_sec(GO_LEASE_SECONDS - 1);
    int count;
    ck_assert_ok(
        go_run_renew(site->db, claimed->run_id, claimed->lease, later, unit_pool, &unit_error));
    ck_assert_ok(
        go_runs_expire(site->db, later + apr_time_from_sec(5), &count, unit_pool, &unit_error));
    ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(our_fault_is_tried_again_later_and_given_up_after_some_attempts) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "once-1");
    apr_time_t now = 1000;
    for (int attempt = 1; attempt <= GO_RUN_ATTEMPTS; attempt++) {
        go_claim *claimed = claim(now);
        ck_assert_int_eq(claimed->attempt, attempt);
        ck_assert_ok(go_run_release(site->db, claimed->run_id, claimed->lease, "No engine.", now,
                                    unit_pool, &unit_error));
        ck_assert_ptr_null(claim(now)); /* not at once */
        now += apr_time_from_sec(3600);
    }
    ck_assert_int_eq(newest(receipt)->state, GO_RUN_FAILED);
    ck_assert_str_eq(newest(receipt)->problem, "No engine.");
}
END_TEST

START_TEST(the_back_off_doubles_and_ends_at_a_minute) {
    site = unit_site_make();
    unit_submit(site, site->student, "x", "once-1");
    const int seconds[] = {2, 4, 8, 16, 32, 60, 60, 60, 60};
    apr_time_t now = 1000;
    for (int i = 0; i < (int)(sizeof(seconds) / sizeof(*seconds)); i++) {
        go_claim *claimed = claim(now);
        ck_assert_ptr_nonnull(claimed);
        ck_assert_ok(go_run_release(site->db, claimed->run_id, claimed->lease, "No engine.", now,
                                    unit_pool, &unit_error));
        now += apr_time_from_sec(seconds[i]);
        ck_assert_ptr_null(claim(now - 1));
    }
}
END_TEST

START_TEST(a_rerun_that_fails_by_our_fault_takes_no_score_away) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "once-1");
    ck_assert_ok(finish(claim(1000), 2000));
    apr_int64_t run_id;
    ck_assert_ok(go_run_queue(site->db, newest(receipt)->submission_id,
                              site->assignment->version_id, "rerun", 3000, &run_id, unit_pool,
                              &unit_error));
    apr_time_t now = 4000;
    const go_run_news half = {.has_score = 1, .score = {1000, 100000}, .stage = -1};
    for (int attempt = 1; attempt <= GO_RUN_ATTEMPTS; attempt++, now += apr_time_from_sec(3600)) {
        go_claim *claimed = claim(now);
        ck_assert_ok(
            go_run_tell(site->db, claimed->run_id, claimed->lease, &half, unit_pool, &unit_error));
        ck_assert_ok(go_run_release(site->db, claimed->run_id, claimed->lease, "No engine.", now,
                                    unit_pool, &unit_error));
    }
    ck_assert_int_eq(newest(receipt)->state, GO_RUN_FAILED);
    ck_assert_int_eq(newest(receipt)->has_score, 0);
    apr_array_header_t *lines;
    ck_assert_ok(go_submissions(site->db, GO_SUBMISSIONS_LATEST, site->assignment->id, 0, &lines,
                                unit_pool, &unit_error));
    const go_submission_line *line = &APR_ARRAY_IDX(lines, 0, go_submission_line);
    ck_assert_int_eq(line->state, GO_RUN_FAILED);
    ck_assert_int_eq(line->score.earned_milli, 99500);
}
END_TEST

START_TEST(shutting_down_costs_no_attempt_and_no_wait) {
    site = unit_site_make();
    unit_submit(site, site->student, "x", "once-1");
    go_claim *claimed = claim(1000);
    ck_assert_ok(go_run_release(site->db, claimed->run_id, claimed->lease, NULL, 2000, unit_pool,
                                &unit_error));
    claimed = claim(2000);
    ck_assert_ptr_nonnull(claimed);
    ck_assert_int_eq(claimed->attempt, 1);
}
END_TEST

START_TEST(the_runs_of_a_dead_executor_are_queued_again) {
    site = unit_site_make();
    unit_submit(site, site->student, "x", "once-1");
    apr_array_header_t *holders;
    int count;
    claim(1000);
    ck_assert_ok(go_runs_holders(site->db, &holders, unit_pool, &unit_error));
    ck_assert_int_eq(holders->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(holders, 0, const char *), "executor-1");
    ck_assert_ok(
        go_runs_release_holder(site->db, "executor-1", 2000, &count, unit_pool, &unit_error));
    ck_assert_int_eq(count, 1);
}
END_TEST

START_TEST(a_form_sent_twice_makes_one_submission) {
    site = unit_site_make();
    go_receipt *first = unit_submit(site, site->student, "x", "once-1");
    go_receipt *second = unit_submit(site, site->student, "y", "once-1");
    ck_assert_ptr_nonnull(claim(1000));
    go_receipt *third = unit_submit(site, site->student, "y", "once-2");
    ck_assert_int_eq(first->is_repeated, 0);
    ck_assert_int_eq(second->is_repeated, 1);
    ck_assert_int_eq(second->number, first->number);
    ck_assert_int_eq(third->attempt, 2);
    ck_assert_ptr_nonnull(claim(1000));
    ck_assert_ptr_null(claim(1000));
}
END_TEST

static go_run *finish_with(go_receipt *receipt, const go_run_end *end) {
    go_claim *claimed = claim(1000);
    ck_assert_ok(go_run_finish(site->db, claimed->run_id, claimed->lease, end, 2000, unit_pool,
                               &unit_error));
    return newest(receipt);
}

static apr_array_header_t *one_result(go_stage_result result) {
    apr_array_header_t *results = apr_array_make(unit_pool, 1, sizeof(go_stage_result));
    result.name = "test";
    APR_ARRAY_PUSH(results, go_stage_result) = result;
    return results;
}

/* Each line: what came of the only stage, and is it the stages' fault? */
START_TEST(a_run_that_broken_stages_could_not_grade_is_told_from_a_graded_one) {
    const go_run_news nothing = {.stage = -1}, score = {.has_score = 1, .stage = -1};
    const struct {
        go_run_end end;
        int is_ungradable;
    } cases[] = {
        {{.news = &score, .results = one_result((go_stage_result){0})}, 0},
        {{.news = &nothing, .results = one_result((go_stage_result){0})}, 0},
        {{.news = &score, .results = one_result((go_stage_result){.exit_code = 1})}, 0},
        {{.news = &score, .results = one_result((go_stage_result){.problem = "malformed"})}, 0},
        {{.news = &nothing, .results = one_result((go_stage_result){.exit_code = 1})}, 1},
        {{.news = &nothing, .results = one_result((go_stage_result){.signal = 9})}, 1},
        {{.news = &nothing, .results = one_result((go_stage_result){.timed_out = 1})}, 1},
        {{.news = &nothing, .results = one_result((go_stage_result){.problem = "malformed"})}, 1},
        {{.news = &score, .results = one_result((go_stage_result){.is_broken = 1})}, 1},
        {{.news = &score, .results = one_result((go_stage_result){0}), .problem = "full"}, 1},
    };
    site = unit_site_make();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        go_receipt *receipt =
            unit_submit(site, site->student, "x", apr_psprintf(unit_pool, "once-%d", (int)i));
        const go_run *run = finish_with(receipt, &cases[i].end);
        ck_assert_msg(run->is_ungradable == cases[i].is_ungradable, "case %d", (int)i);
    }
}
END_TEST

START_TEST(a_finished_run_tells_what_it_was_made_with) {
    site = unit_site_make();
    go_receipt *receipt = unit_submit(site, site->student, "x", "once-1");
    ck_assert_ok(finish(claim(1000), 2000));
    go_run_origin *origin;
    ck_assert_ok(go_run_origin_of(site->db, newest(receipt)->id, &origin, unit_pool, &unit_error));
    ck_assert_str_eq(origin->stamp.limits, "1 CPU");
    ck_assert_uint_eq(strlen(origin->submission_digest), 64);
    ck_assert_uint_eq(strlen(origin->version_digest), 64);
    ck_assert_str_ne(origin->submission_digest, origin->version_digest);
}
END_TEST

Suite *runs_suite(void) {
    Suite *suite = suite_create("runs");
    TCase *cases = unit_case(suite, "runs");
    tcase_add_test(cases, the_table_of_moves_is_the_diagram);
    tcase_add_test(cases, a_submission_is_claimed_once_with_all_its_files);
    tcase_add_test(cases, a_finished_run_has_its_results_and_never_changes_again);
    tcase_add_test(cases, an_executor_whose_lease_is_over_changes_nothing);
    tcase_add_test(cases, a_renewed_lease_is_not_over);
    tcase_add_test(cases, our_fault_is_tried_again_later_and_given_up_after_some_attempts);
    tcase_add_test(cases, the_back_off_doubles_and_ends_at_a_minute);
    tcase_add_test(cases, a_rerun_that_fails_by_our_fault_takes_no_score_away);
    tcase_add_test(cases, shutting_down_costs_no_attempt_and_no_wait);
    tcase_add_test(cases, the_runs_of_a_dead_executor_are_queued_again);
    tcase_add_test(cases, a_form_sent_twice_makes_one_submission);
    tcase_add_test(cases, a_run_that_broken_stages_could_not_grade_is_told_from_a_graded_one);
    tcase_add_test(cases, a_finished_run_tells_what_it_was_made_with);
    return suite;
}
