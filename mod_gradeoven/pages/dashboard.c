/* The dashboard: my courses, what is due, recent results. */
#include "pages/pages.h"

static apr_status_t add_courses(go_request *q, json_t *page) {
    apr_array_header_t *courses;
    apr_status_t status = go_courses_of_user(q->db, q->at.user->id, &courses, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < courses->nelts; i++)
        json_array_append_new(list, json_course(q, APR_ARRAY_IDX(courses, i, go_course *)));
    json_object_set_new(page, "courses", list);
    return status;
}

static apr_status_t add_due(go_request *q, json_t *page) {
    apr_array_header_t *due;
    apr_status_t status = go_assignments_due(q->db, q->at.user->id, q->now, &due, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < due->nelts; i++) {
        const go_due *one = &APR_ARRAY_IDX(due, i, go_due);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:o, s:o, s:i, s:b}", "course", one->course_title,
                            "title", one->title, "url",
                            go_url(q, "/courses/%s/assignments/%s", one->course, one->assignment),
                            "due", go_json_time(q, one->zone, one->due_us), "due_in",
                            json_distance(q, one->due_us), "submissions", one->submissions,
                            "is_submitted", one->submissions > 0));
    }
    json_object_set_new(page, "due", list);
    return status;
}

static apr_status_t add_recent(go_request *q, json_t *page) {
    apr_array_header_t *lines;
    apr_status_t status = go_submissions_recent(q->db, q->at.user->id, &lines, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < lines->nelts; i++) {
        const go_submission_line *line = &APR_ARRAY_IDX(lines, i, go_submission_line);
        json_t *json = json_submission_line(q, line->course, line->zone, line->assignment, line);
        json_object_set_new(json, "title", json_string(line->assignment_title));
        json_object_set_new(json, "course", json_string(line->course));
        json_object_set_new(json, "why", json_why(q, line));
        json_array_append_new(list, json);
    }
    json_object_set_new(page, "recent", list);
    return status;
}

int dashboard_page(go_request *q, json_t *page) {
    page_begin(q, page, "Dashboard");
    if (add_courses(q, page) || add_due(q, page) || add_recent(q, page)) return go_failed(q);
    return HTTP_OK;
}
