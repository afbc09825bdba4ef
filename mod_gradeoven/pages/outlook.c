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

/*
 * May they submit, and what comes of it. The one place that a student's lists ask: a policy with
 * attempts and closing times answers here.
 */
static json_t *json_again(const go_request *q, const go_assignment *assignment, int is_again) {
    int is_over = assignment->due_us && assignment->due_us < q->now;
    if (!assignment->version_id)
        return json_pack("{s:b, s:s}", "may", 0, "text", "It takes no submissions yet.");
    if (is_over)
        return json_pack("{s:b, s:s}", "may", 1, "text",
                         is_again ? "You can still try again; that would be marked late."
                                  : "You can still submit; it is marked late.");
    return json_pack("{s:b, s:s}", "may", 1, "text",
                     is_again ? "You can try again; the newest counts." : "You can submit now.");
}

void add_outlook(const go_request *q, json_t *json, const go_assignment *assignment,
                  const go_submission_line *line) {
    json_object_set_new(json, "due_in", json_distance(q, assignment->due_us));
    json_object_set_new(json, "why", line ? json_why(q, line) : json_null());
    json_object_set_new(json, "again", json_again(q, assignment, line != NULL));
}
