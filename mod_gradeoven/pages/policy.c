/* What the rules say to the one who looks at an assignment, and choosing which submission counts.
 */
#include "pages/pages.h"

#include <apr_strings.h>
#include <http_log.h>

static json_t *json_lines(const go_request *q, const apr_array_header_t *lines) {
    json_t *list = json_array();
    for (int i = 0; i < lines->nelts; i++)
        json_array_append_new(list, go_json_text(q, APR_ARRAY_IDX(lines, i, const char *)));
    return list;
}

static json_t *json_limit(const go_verdict *verdict) {
    return verdict->attempts_left < 0 ? json_null() : json_integer(verdict->attempts_left);
}

void json_set_dates(const go_request *q, json_t *json, const go_dates *dates) {
    json_object_set_new(json, "opens", go_json_time(q, q->zone, dates->opens_us));
    json_object_set_new(json, "due", go_json_time(q, q->zone, dates->due_us));
    json_object_set_new(json, "due_in", json_distance(q, dates->due_us));
    json_object_set_new(json, "closes", go_json_time(q, q->zone, dates->closes_us));
    json_object_set_new(json, "phase", json_string(go_phase_name(dates->phase)));
    json_object_set_new(json, "is_early", json_boolean(dates->phase == GO_PHASE_EARLY));
    json_object_set_new(json, "is_closed", json_boolean(dates->phase == GO_PHASE_CLOSED));
    json_object_set_new(json, "is_over", json_boolean(dates->due_us && dates->due_us < q->now));
}

apr_status_t add_policy(go_request *q, json_t *page) {
    go_policy policy;
    go_verdict verdict;
    int is_bound = !go_request_may(q, GO_RIGHT_GRADE); /* staff may try at any time */
    apr_status_t status = go_counted_verdict(q->db, q->at.assignment, q->at.user->id, q->now,
                                             &policy, &verdict, q->pool, &q->err);
    if (status) return status;
    int may = !is_bound || !verdict.refusal;
    json_t *json = json_pack("{s:s, s:b, s:b, s:s, s:s?, s:s?, s:s, s:o}", "phase",
                             go_phase_name(verdict.phase), "may_submit", may, "is_bound", is_bound,
                             "refusal", go_refusal_name(verdict.refusal), "why_not",
                             verdict.why_not, "remedy", verdict.remedy, "summary", verdict.summary,
                             "lines", json_lines(q, verdict.lines));
    json_object_set_new(json, "attempts_left", json_limit(&verdict));
    json_object_set_new(json, "next_attempt", go_json_time(q, q->zone, verdict.next_attempt_us));
    json_object_set_new(json, "penalty_milli", json_integer(verdict.now.penalty_milli));
    json_object_set_new(json, "late_days_needed", json_integer(verdict.late_days_needed));
    json_object_set_new(json, "late_days_left", json_integer(verdict.late_days_left));
    json_object_set_new(json, "late_rule", json_string(go_late_rule_name(policy.late_rule)));
    json_object_set_new(json, "counting", json_string(go_counting_name(policy.counting)));
    json_object_set_new(json, "is_late", json_boolean(verdict.phase == GO_PHASE_LATE));
    json_object_set_new(json, "is_early", json_boolean(verdict.phase == GO_PHASE_EARLY));
    json_object_set_new(json, "is_closed", json_boolean(verdict.phase == GO_PHASE_CLOSED));
    json_object_set_new(json, "may_choose",
                        json_boolean(policy.counting == GO_COUNTS_CHOSEN &&
                                     (!is_bound || verdict.phase != GO_PHASE_CLOSED)));
    json_object_set_new(page, "policy", json);
    json_set_dates(q, json_object_get(page, "assignment"),
                   &(go_dates){.opens_us = verdict.opens_us,
                               .due_us = verdict.due_us,
                               .closes_us = verdict.closes_us,
                               .phase = verdict.phase});
    return APR_SUCCESS;
}

/* Whose it is chooses; what staff choose for a student is written to the log. */
static apr_status_t choose(go_request *q) {
    const go_submission *submission = q->at.submission;
    int is_own = submission->user_id == q->at.user->id;
    int is_staff = go_request_may(q, is_own ? GO_RIGHT_TEACH : GO_RIGHT_GRADE);
    apr_status_t status =
        go_counted_choose(q->db, q->at.assignment, submission, is_staff, q->now, q->pool, &q->err);
    if (status || is_own) return status;
    go_audit_entry by = audit_by(q);
    by.action = "choice";
    by.subject = apr_psprintf(q->pool, "%s, %s", q->at.assignment->name, submission->username);
    by.was = submission->counts ? "counts" : "does not count";
    by.became = apr_psprintf(q->pool, "attempt %d counts", submission->attempt);
    return go_audit_add(q->db, &by, q->pool, &q->err);
}

int submission_choose(go_request *q, json_t *page) {
    (void)page;
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (!status) status = go_db_end(q->db, choose(q), &q->err);
    if (status) return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "submission %d chosen", q->at.submission->number);
    return go_reply_redirect(
        q, go_url(q, "/courses/%s/assignments/%s", q->at.course->name, q->at.assignment->name),
        "chosen", 0);
}
