/* What a student asks of an assignment at a glance: how long have I got, why this score, may I try
   again. */
#include "pages/pages.h"

#include <apr_strings.h>

#include <string.h>

const char *time_distance(apr_pool_t *pool, apr_time_t now, apr_time_t then) {
    static const struct {
        apr_int64_t seconds, until; /* one of it, and the distance to which it is used */
        const char *name;
    } units[] = {{60, 5400, "minute"}, {3600, 2 * 86400, "hour"}, {86400, 0, "day"}};
    apr_int64_t distance = apr_time_sec(then > now ? then - now : now - then);
    int unit = 0;
    if (distance < 60) return then > now ? "in less than a minute" : "a moment ago";
    while (units[unit].until && distance >= units[unit].until)
        unit++;
    apr_int64_t count = distance / units[unit].seconds;
    return apr_psprintf(pool, "%s%" APR_INT64_T_FMT " %s%s%s", then > now ? "in " : "", count,
                        units[unit].name, count == 1 ? "" : "s", then > now ? "" : " ago");
}

json_t *json_distance(const go_request *q, apr_time_t then) {
    return then ? json_string(time_distance(q->pool, q->now, then)) : json_null();
}

/* The first line of what the stages say to the student, else the first stage that failed. */
json_t *json_why(const go_request *q, const go_submission_line *line) {
    const char *errors = line->errors ? line->errors : "";
    apr_size_t length = strcspn(errors, "\n");
    if (length) return go_json_text(q, apr_pstrmemdup(q->pool, errors, length));
    if (!line->failed_stage) return json_null();
    return go_json_text(q, apr_pstrcat(q->pool, "The stage \xe2\x80\x9c", line->failed_stage,
                                       "\xe2\x80\x9d failed.", NULL));
}

/* May they submit, and what comes of it: the rules say (model/policy.h). */
static apr_status_t json_again(go_request *q, const go_assignment *assignment, int is_again,
                               json_t **json) {
    go_policy policy;
    go_verdict verdict;
    if (!assignment->version_id) {
        *json = json_pack("{s:b, s:s}", "may", 0, "text", "It takes no submissions yet.");
        return APR_SUCCESS;
    }
    apr_status_t status = go_counted_verdict(q->db, assignment, q->at.user->id, q->now, &policy,
                                             &verdict, q->pool, &q->err);
    if (status) return status;
    const char *text = is_again ? "You can try again." : "You can submit now.";
    if (verdict.refusal)
        text = verdict.why_not;
    else if (verdict.now.penalty_milli)
        text = apr_psprintf(q->pool, "%s It costs %s of the score.", text,
                            go_percent_text(q->pool, verdict.now.penalty_milli));
    else if (verdict.now.is_late)
        text = apr_pstrcat(q->pool, text, " It would be late.", NULL);
    *json =
        json_pack("{s:b, s:o, s:o}", "may", verdict.refusal == GO_MAY_SUBMIT, "text",
                  go_json_text(q, text), "attempts_left",
                  verdict.attempts_left < 0 ? json_null() : json_integer(verdict.attempts_left));
    json_object_set_new(*json, "next_attempt", go_json_time(q, q->zone, verdict.next_attempt_us));
    return APR_SUCCESS;
}

apr_status_t add_outlook(go_request *q, json_t *json, const go_assignment *assignment,
                         const go_submission_line *line) {
    json_t *again = NULL;
    apr_status_t status = json_again(q, assignment, line != NULL, &again);
    if (status) return status;
    json_object_set_new(json, "why", line ? json_why(q, line) : json_null());
    json_object_set_new(json, "again", again);
    return APR_SUCCESS;
}
