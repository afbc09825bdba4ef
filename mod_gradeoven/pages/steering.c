/*
 * Steering the queue: staff grade again, put first and cancel runs and pause a course; students ask
 * for a superseded submission to be graded; admins stop the queue and weigh courses. Each changes
 * one thing, rings the executor, and leads back to where the button was.
 */
#include "pages/pages.h"

#include "model/turns.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>
#include <string.h>

static int done(go_request *q, const char *url, const char *notice, const char *what) {
    go_state_ring(q->site->state);
    go_request_log(q, APLOG_NOTICE, "%s", what);
    return go_reply_redirect(q, url, notice, 0);
}

static const char *url_submission(const go_request *q) {
    return go_url(q, "/courses/%s/assignments/%s/submissions/%d", q->at.course->name,
                  q->at.assignment->name, q->at.submission->number);
}

int submission_rerun(go_request *q, json_t *page) {
    if (go_submission_requeue(q->db, q->at.assignment, q->at.submission, GO_REASON_RERUN, q->now,
                              q->pool, &q->err))
        return go_failed(q);
    return done(q, url_submission(q), "rerun", "submission queued again");
}

int submission_demand(go_request *q, json_t *page) {
    if (go_submission_requeue(q->db, q->at.assignment, q->at.submission, GO_REASON_DEMAND, q->now,
                              q->pool, &q->err))
        return go_failed(q);
    return done(q, url_submission(q), "demand", "superseded submission queued");
}

/* The newest run, if it is the one that the page showed. */
static apr_status_t newest_run(go_request *q, go_run **run) {
    apr_status_t status = go_run_newest(q->db, q->at.submission->graded_id, run, q->pool, &q->err);
    if (status) return status;
    const char *shown = go_form_text(q->form, "run");
    if (*run && (!*shown || apr_atoi64(shown) == (*run)->id)) return APR_SUCCESS;
    return go_error_set(&q->err, GO_ECONFLICT, "Load the page again.",
                        "This submission has another run by now.");
}

int submission_cancel(go_request *q, json_t *page) {
    go_run *run;
    if (newest_run(q, &run) ||
        go_run_cancel(q->db, run->id, q->at.user->username, q->now, q->pool, &q->err))
        return go_failed(q);
    return done(q, url_submission(q), "cancelled", "run cancelled");
}

int submission_prioritise(go_request *q, json_t *page) {
    go_run *run;
    if (newest_run(q, &run) || go_run_prioritise(q->db, run->id, q->pool, &q->err))
        return go_failed(q);
    return done(q, url_submission(q), "first", "run put first");
}

/* A form's "1" or "0". */
static int is_on(const go_request *q, const char *field) {
    return strcmp(go_form_text(q->form, field), "1") == 0;
}

int course_pause(go_request *q, json_t *page) {
    int is_paused = is_on(q, "pause");
    if (go_course_pause(q->db, q->at.course, is_paused, q->pool, &q->err)) return go_failed(q);
    return done(q, url_course(q), is_paused ? "paused" : "resumed",
                is_paused ? "grading paused" : "grading goes on");
}

int admin_drain(go_request *q, json_t *page) {
    int is_drained = is_on(q, "drain");
    if (go_queue_drain(q->db, is_drained, q->pool, &q->err)) return go_failed(q);
    return done(q, go_url(q, "/admin"), is_drained ? "drained" : "resumed",
                is_drained ? "queue stopped" : "queue goes on");
}

int admin_weight(go_request *q, json_t *page) {
    go_course *course;
    int weight = atoi(go_form_text(q->form, "weight"));
    if (go_course_find(q->db, go_form_text(q->form, "course"), &course, q->pool, &q->err) ||
        go_course_weigh(q->db, course, weight, q->pool, &q->err)) {
        go_error cause = q->err;
        admin_courses_page(q, page);
        q->err = cause;
        return go_page_failed(q, page);
    }
    return done(q, go_url(q, "/admin/courses"), "saved", "course weighed");
}
