/* For admins: the executors and the queue, and all courses with who instructs them. */
#include "pages/pages.h"

#include <http_log.h>

static apr_status_t add_executors(go_request *q, json_t *page) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(q->db, GO_SQL_EXECUTORS_ALL, GO_NO_VALUES, &rows, q->pool, &q->err);
    json_t *list = json_array();
    while (!status && go_rows_next(rows)) {
        apr_time_t reported = go_rows_integer(rows, 4, 0);
        const char *trouble = go_rows_text(rows, 3);
        json_t *json =
            json_pack("{s:s, s:i, s:i, s:b, s:o}", "holder", go_rows_text(rows, 0), "warm",
                      (int)go_rows_integer(rows, 1, 0), "baking", (int)go_rows_integer(rows, 2, 0),
                      "is_alive", q->now - reported < apr_time_from_sec(60), "reported",
                      go_json_time(q, q->zone, reported));
        if (trouble) json_object_set_new(json, "trouble", go_json_text(q, trouble));
        json_array_append_new(list, json);
    }
    json_object_set_new(page, "executors", list);
    return status;
}

static apr_status_t add_counts(go_request *q, json_t *page) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(q->db, GO_SQL_RUNS_BY_STATE, GO_NO_VALUES, &rows, q->pool, &q->err);
    json_t *list = json_array();
    while (!status && go_rows_next(rows))
        json_array_append_new(list, json_pack("{s:s, s:i}", "state", go_rows_text(rows, 0), "count",
                                              (int)go_rows_integer(rows, 1, 0)));
    json_object_set_new(page, "counts", list);
    return status;
}

static apr_status_t add_runs(go_request *q, json_t *page) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(q->db, GO_SQL_RUNS_RECENT, GO_NO_VALUES, &rows, q->pool, &q->err);
    json_t *list = json_array();
    while (!status && go_rows_next(rows)) {
        const char *problem = go_rows_text(rows, 6);
        int number = (int)go_rows_integer(rows, 9, 0);
        json_t *json = json_pack("{s:i, s:s, s:o, s:s, s:s, s:s, s:s}", "id",
                                 (int)go_rows_integer(rows, 0, 0), "state", go_rows_text(rows, 1),
                                 "queued", go_json_time(q, q->zone, go_rows_integer(rows, 2, 0)),
                                 "course", go_rows_text(rows, 7), "assignment",
                                 go_rows_text(rows, 8), "username", go_rows_text(rows, 10), "url",
                                 go_url(q, "/courses/%s/assignments/%s/submissions/%d",
                                        go_rows_text(rows, 7), go_rows_text(rows, 8), number));
        if (problem) json_object_set_new(json, "problem", go_json_text(q, problem));
        json_array_append_new(list, json);
    }
    json_object_set_new(page, "runs", list);
    return status;
}

int admin_page(go_request *q, json_t *page) {
    page_begin(q, page, "Administration");
    if (add_executors(q, page) || add_counts(q, page) || add_runs(q, page)) return go_failed(q);
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
