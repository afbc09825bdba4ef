/* Exceptions for a whole course: what is different for a student in all of its assignments. */
#include "pages/pages.h"

#include "model/course_exceptions.h"

#include <http_log.h>

static const char *url_of(const go_request *q) {
    return go_url(q, "/courses/%s/exceptions", q->at.course->name);
}

static json_t *json_line(const go_request *q, const go_exception_line *line) {
    const go_exception *e = &line->exception;
    return json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:o}", "username", line->username, "name",
                     line->display_name, "time_milli", e->time_milli, "late_days", e->late_days,
                     "note", line->note, "text", go_exception_text(e, q->pool), "changed",
                     go_json_time(q, q->zone, line->changed_us));
}

int course_exceptions_page(go_request *q, json_t *page) {
    apr_array_header_t *lines;
    int late_days;
    page_begin(q, page, "Exceptions for the whole course");
    if (go_course_exceptions(q->db, q->at.course->id, &lines, q->pool, &q->err) ||
        go_late_days_of_course(q->db, q->at.course->id, &late_days, q->pool, &q->err) ||
        exceptions_add_people(q, page))
        return go_failed(q);
    json_t *list = json_array();
    for (int i = 0; i < lines->nelts; i++)
        json_array_append_new(list, json_line(q, &APR_ARRAY_IDX(lines, i, go_exception_line)));
    json_object_set_new(page, "exceptions", list);
    json_object_set_new(page, "late_days", json_integer(late_days));
    json_object_set_new(page, "action", json_string(url_of(q)));
    return HTTP_OK;
}

/* The page again with what is wrong; what was typed stays. */
static int refuse(go_request *q, json_t *page) {
    static const char *const fields[] = {"username", "time", "late_days", "note"};
    go_error cause = q->err;
    if (course_exceptions_page(q, page) != HTTP_OK) return go_failed(q);
    page_keep(q, page, fields, sizeof(fields) / sizeof(*fields));
    q->err = cause;
    return go_page_failed(q, page);
}

int course_exception_set(go_request *q, json_t *page) {
    go_exception_line line = {0};
    go_audit_entry by = audit_by(q);
    if (exceptions_read_student(q, &line) || exceptions_read_time(q, &line.exception.time_milli) ||
        read_count(q, "late_days", &line.exception.late_days) || exceptions_read_note(q, &line) ||
        go_course_exception_set(q->db, q->at.course->id, &line, &by, q->pool, &q->err))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "exception for the whole course set for %s", line.username);
    return go_reply_redirect(q, url_of(q), "saved", 0);
}

int course_exception_remove(go_request *q, json_t *page) {
    go_audit_entry by = audit_by(q);
    go_user *user;
    if (go_user_find(q->db, go_form_text(q->form, "username"), &user, q->pool, &q->err) ||
        go_course_exception_remove(q->db, q->at.course->id, user->id, &by, q->pool, &q->err))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "exception for the whole course of %s removed", user->username);
    return go_reply_redirect(q, url_of(q), "saved", 0);
}
