/*
 * The results of single tests on the page of a submission, and their release. What the viewer may
 * not see is not counted, numbered or hinted at either.
 */
#include "pages/pages.h"

#include "model/audit.h"
#include "model/counted.h"
#include "model/text.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

apr_status_t tests_viewer(go_request *q, go_results_viewer *viewer) {
    int is_over;
    apr_status_t status =
        go_counted_is_over(q->db, q->at.course->id, q->at.assignment->id, q->at.submission->user_id,
                           q->now, &is_over, q->pool, &q->err);
    if (status) return status;
    *viewer =
        (go_results_viewer){.is_staff = go_request_may(q, GO_RIGHT_GRADE), .is_due_over = is_over};
    return go_results_are_released(q->db, q->at.assignment->id, &viewer->is_released, q->pool,
                                   &q->err);
}

static json_t *json_points(const go_request *q, int has, apr_int64_t milli) {
    return has ? json_string(go_score_format_milli(q->pool, milli)) : json_null();
}

/* The state whose colour it has. */
static const char *tone_of(go_test_status status) {
    switch (status) {
    case GO_TEST_PASSED:
        return "finished";
    case GO_TEST_FAILED:
    case GO_TEST_ERROR:
        return "failed";
    default:
        return "none";
    }
}

/* Where its HTML is, for a frame; null when it is text. */
static json_t *json_frame(const go_request *q, go_text_format format, const char *output,
                          const char *which) {
    if (format != GO_FORMAT_HTML || !*output) return json_null();
    return json_string(go_url(q, "/courses/%s/assignments/%s/submissions/%d/tests/%s",
                              q->at.course->name, q->at.assignment->name, q->at.submission->number,
                              which));
}

/* Every member is there, null where it says nothing: a template would find an outer one instead. */
static json_t *json_test(const go_request *q, const go_test *test, int number) {
    const char *status = go_test_status_name(test->status);
    json_t *frame = json_frame(q, test->format, test->output, apr_itoa(q->pool, number));
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:s, s:o}", "name", test->name,
                             "number", test->number, "status", status, "tone",
                             tone_of(test->status), "has_points", test->has_score || test->has_max,
                             "score", json_points(q, test->has_score, test->score_milli),
                             "max_score", json_points(q, test->has_max, test->max_milli), "output",
                             test->output, "frame", frame);
    return json;
}

/* What staff see more of: what it is tagged with, and who else sees it. */
static void add_staff_part(const go_request *q, json_t *json, const go_test *test) {
    apr_array_header_t *lines = go_text_lines(q->pool, test->tags, strlen(test->tags));
    json_t *tags = json_array();
    for (int i = 0; i < lines->nelts; i++)
        json_array_append_new(tags, json_string(APR_ARRAY_IDX(lines, i, const char *)));
    json_object_set_new(json, "tags", tags);
    json_object_set_new(json, "visibility", json_string(go_visibility_name(test->visibility)));
    json_object_set_new(json, "limited",
                        test->visibility == GO_VISIBLE
                            ? json_null()
                            : json_string(go_visibility_name(test->visibility)));
}

/* Students want to know first what failed; for staff the order is the file's. */
static int rank_of(const go_test *test, const go_results_viewer *viewer) {
    if (viewer->is_staff) return 0;
    if (test->status == GO_TEST_FAILED || test->status == GO_TEST_ERROR) return 0;
    return test->status == GO_TEST_PASSED ? 2 : 1;
}

static json_t *json_tests(const go_request *q, const go_results *results,
                          const go_results_viewer *viewer, int *passed) {
    json_t *list = json_array();
    *passed = 0;
    for (int rank = 0; rank <= 2; rank++)
        for (int i = 0; i < results->tests->nelts; i++) {
            const go_test *test = &APR_ARRAY_IDX(results->tests, i, go_test);
            if (rank_of(test, viewer) != rank) continue;
            if (!go_results_may_see(test->visibility, viewer)) continue;
            json_t *json = json_test(q, test, i + 1);
            if (viewer->is_staff) add_staff_part(q, json, test);
            json_array_append_new(list, json);
            *passed += test->status == GO_TEST_PASSED;
        }
    return list;
}

static json_t *json_leaderboard(const go_results *results) {
    json_t *list = json_array();
    for (int i = 0; i < results->leaderboard->nelts; i++) {
        const go_leader *leader = &APR_ARRAY_IDX(results->leaderboard, i, go_leader);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", leader->name, "value",
                                              leader->value, "order",
                                              leader->is_ascending ? "asc" : "desc"));
    }
    return list;
}

apr_status_t add_tests(go_request *q, json_t *page, const go_run *run,
                       const go_results_viewer *viewer) {
    go_results *results = NULL;
    int passed;
    json_t *to = json_object_get(page, "run");
    if (run && run->state == GO_RUN_FINISHED &&
        go_results_of_run(q->db, run->id, &results, q->pool, &q->err))
        return q->err.status;
    json_object_set_new(to, "results", json_null());
    if (!results) return APR_SUCCESS;
    json_t *tests = json_tests(q, results, viewer, &passed);
    int may_see = *results->output && go_results_may_see(results->output_visibility, viewer);
    int shown = (int)json_array_size(tests);
    json_t *json = json_pack(
        "{s:o, s:i, s:i, s:b, s:s, s:o}", "tests", tests, "shown", shown, "passed", passed,
        "has_tests", shown > 0, "output", may_see ? results->output : "", "frame",
        may_see ? json_frame(q, results->output_format, results->output, "all") : json_null());
    if (viewer->is_staff) {
        json_object_set_new(json, "source", json_string(results->source));
        json_object_set_new(json, "leaderboard", json_leaderboard(results));
    }
    /* a student for whom everything is hidden does not learn that there is anything */
    if (shown || may_see || viewer->is_staff)
        json_object_set_new(to, "results", json);
    else
        json_decref(json);
    return APR_SUCCESS;
}

/* --- releasing them ----------------------------------------------------------------------------
 */

static const char *word(int is_released) {
    return is_released ? "released" : "withheld";
}

int assignment_release(go_request *q, json_t *page) {
    int is_released = strcmp(go_form_text(q->form, "released"), "1") == 0;
    int changed = 0;
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return go_failed(q);
    status =
        go_results_release(q->db, q->at.assignment->id, is_released, &changed, q->pool, &q->err);
    const go_audit_entry entry = {.at_us = q->now,
                                  .actor = q->at.user->username,
                                  .address = q->r->useragent_ip,
                                  .course_id = q->at.course->id,
                                  .action = "results",
                                  .subject = q->at.assignment->name,
                                  .was = word(!is_released),
                                  .became = word(is_released)};
    if (!status && changed) status = go_audit_add(q->db, &entry, q->pool, &q->err);
    if (go_db_end(q->db, status, &q->err)) return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "results of tests %s", word(is_released));
    return go_reply_redirect(
        q, go_url(q, "/courses/%s/assignments/%s/edit", q->at.course->name, q->at.assignment->name),
        word(is_released), 0);
}
