/* For admins: the engines and the queue, and all courses with who instructs them. */
#include "pages/pages.h"

#include "model/engines.h"

#include <http_log.h>

/* Each engine of each executor that has reported lately. */
static apr_status_t add_engines(go_request *q, json_t *page) {
    apr_array_header_t *engines;
    apr_status_t status = go_engines_list(q->db, &engines, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < engines->nelts; i++) {
        const go_engine_state *engine = &APR_ARRAY_IDX(engines, i, go_engine_state);
        json_t *json = json_pack(
            "{s:s, s:s, s:i, s:i, s:i, s:b, s:o}", "endpoint", engine->endpoint, "executor",
            engine->holder, "slots", engine->slots, "warm", engine->warm, "baking", engine->baking,
            "is_alive", q->now - engine->reported_us < apr_time_from_sec(GO_SILENT_SECONDS),
            "reported", go_json_time(q, q->zone, engine->reported_us));
        json_object_set_new(json, "trouble",
                            engine->trouble ? go_json_text(q, engine->trouble) : json_null());
        json_array_append_new(list, json);
    }
    json_object_set_new(page, "engines", list);
    return status;
}

static apr_status_t add_counts(go_request *q, json_t *page) {
    go_run_counts counts;
    apr_status_t status = go_runs_count(q->db, &counts, q->pool, &q->err);
    if (status) return status;
    json_object_set_new(page, "counts",
                        json_pack("{s:i, s:i, s:i, s:I, s:b}", "queued", counts.queued, "running",
                                  counts.running, "not_graded", counts.not_graded, "all",
                                  (json_int_t)counts.all, "has_trouble", counts.not_graded > 0));
    return APR_SUCCESS;
}

/* What waits, by course; and does anything start at all? */
static apr_status_t add_queue(go_request *q, json_t *page) {
    int is_drained;
    apr_array_header_t *queues;
    if (go_course_queues(q->db, &queues, q->pool, &q->err) ||
        go_queue_is_drained(q->db, &is_drained, q->pool, &q->err))
        return q->err.status;
    json_t *list = json_array();
    for (int i = 0; i < queues->nelts; i++) {
        const go_course_queue *queue = &APR_ARRAY_IDX(queues, i, go_course_queue);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:i, s:b, s:i, s:i}", "course", queue->course,
                                        "url", go_url(q, "/courses/%s", queue->course), "weight",
                                        queue->weight, "is_paused", queue->is_paused, "awaited",
                                        queue->awaited, "reruns", queue->reruns));
    }
    json_object_set_new(page, "queue", list);
    json_object_set_new(page, "is_drained", json_boolean(is_drained));
    return APR_SUCCESS;
}

static json_t *json_line(const go_request *q, const go_run_line *line) {
    json_t *json = json_pack("{s:I, s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "id", (json_int_t)line->id,
                             "state", go_run_state_name(line->state), "label",
                             run_label(line->state, line->is_ungradable), "queued",
                             go_json_time(q, q->zone, line->queued_us), "course", line->course,
                             "assignment", line->assignment, "username", line->username, "url",
                             go_url(q, "/courses/%s/assignments/%s/submissions/%d", line->course,
                                    line->assignment, line->number));
    json_object_set_new(json, "tone", json_string(run_tone(line->state, line->is_ungradable)));
    if (line->problem) json_object_set_new(json, "problem", go_json_text(q, line->problem));
    return json;
}

static apr_status_t add_runs(go_request *q, json_t *page) {
    apr_array_header_t *lines;
    apr_status_t status = go_runs_recent(q->db, &lines, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < lines->nelts; i++)
        json_array_append_new(list, json_line(q, &APR_ARRAY_IDX(lines, i, go_run_line)));
    json_object_set_new(page, "runs", list);
    return status;
}

int admin_page(go_request *q, json_t *page) {
    page_begin(q, page, "Administration");
    if (add_engines(q, page) || add_queue(q, page) || add_counts(q, page) || add_runs(q, page))
        return go_failed(q);
    return HTTP_OK;
}

static apr_status_t add_instructors(go_request *q, const go_course *course, json_t *json) {
    apr_array_header_t *people;
    apr_status_t status = go_enrolments(q->db, course, &people, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        if (person->role == GO_ROLE_INSTRUCTOR)
            json_array_append_new(list, json_pack("{s:s}", "username", person->username));
    }
    json_object_set_new(json, "instructors", list);
    return status;
}

int admin_courses_page(go_request *q, json_t *page) {
    apr_array_header_t *courses;
    page_begin(q, page, "Courses");
    if (go_courses_all(q->db, &courses, q->pool, &q->err)) return go_failed(q);
    json_t *list = json_array();
    json_object_set_new(page, "courses", list);
    for (int i = 0; i < courses->nelts; i++) {
        const go_course *course = APR_ARRAY_IDX(courses, i, go_course *);
        json_t *json = json_course(q, course);
        json_object_set_new(json, "students", json_integer(course->students));
        json_object_set_new(json, "weight", json_integer(course->weight));
        json_array_append_new(list, json);
        if (add_instructors(q, course, json)) return go_failed(q);
    }
    return HTTP_OK;
}

int admin_instructor(go_request *q, json_t *page) {
    go_user *user;
    go_course *course;
    apr_status_t status =
        go_course_find(q->db, go_form_text(q->form, "course"), &course, q->pool, &q->err);
    if (!status)
        status = go_user_find(q->db, go_form_text(q->form, "username"), &user, q->pool, &q->err);
    if (!status)
        status =
            go_enrolment_set(q->db, course, user, GO_ROLE_INSTRUCTOR, q->now, q->pool, &q->err);
    if (status) {
        go_error cause = q->err;
        admin_courses_page(q, page);
        q->err = cause;
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "\"%s\" instructs \"%s\" now", user->username, course->name);
    return go_reply_redirect(q, go_url(q, "/admin/courses"), "saved", 0);
}
