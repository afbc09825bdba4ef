/* Exceptions of an assignment: what is different for a student or a section. */
#include "pages/pages.h"

#include "model/names.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>
#include <string.h>

enum { NOTE_MAX = 500 };

static const char *url_of(const go_request *q) {
    return go_url(q, "/courses/%s/assignments/%s/exceptions", q->at.course->name,
                  q->at.assignment->name);
}

static json_t *json_line(const go_request *q, const go_exception_line *line) {
    const go_exception *e = &line->exception;
    json_t *json = json_pack("{s:I, s:s?, s:s?, s:s?, s:i, s:i, s:i, s:i, s:s, s:s, s:o}", "id",
                             (json_int_t)line->id, "username", line->username, "name",
                             line->display_name, "section", line->section, "extension_days",
                             e->extension_days, "extension_minutes", e->extension_minutes,
                             "time_milli", e->time_milli, "extra_attempts", e->extra_attempts,
                             "note", line->note, "text", go_exception_text(e, q->pool), "changed",
                             go_json_time(q, q->zone, line->changed_us));
    return json;
}

apr_status_t exceptions_add_people(go_request *q, json_t *page) {
    apr_array_header_t *people, *sections;
    json_t *students = json_array(), *names = json_array();
    apr_status_t status = go_enrolments(q->db, q->at.course, &people, q->pool, &q->err);
    if (!status) status = go_sections(q->db, q->at.course->id, &sections, q->pool, &q->err);
    for (int i = 0; !status && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        if (person->role == GO_ROLE_STUDENT)
            json_array_append_new(students, json_pack("{s:s, s:s}", "username", person->username,
                                                      "name", person->display_name));
    }
    for (int i = 0; !status && i < sections->nelts; i++)
        json_array_append_new(names, json_string(APR_ARRAY_IDX(sections, i, const char *)));
    json_object_set_new(page, "students", students);
    json_object_set_new(page, "sections", names);
    return status;
}

int exceptions_page(go_request *q, json_t *page) {
    apr_array_header_t *lines;
    page_begin(q, page, "Exceptions");
    if (go_exceptions(q->db, q->at.assignment, &lines, q->pool, &q->err) ||
        exceptions_add_people(q, page))
        return go_failed(q);
    json_t *list = json_array();
    for (int i = 0; i < lines->nelts; i++)
        json_array_append_new(list, json_line(q, &APR_ARRAY_IDX(lines, i, go_exception_line)));
    json_object_set_new(page, "exceptions", list);
    json_object_set_new(page, "action", json_string(url_of(q)));
    return HTTP_OK;
}

/* --- the form -------------------------------------------------------------------------------- */

/* Hours with a fraction that is whole minutes. */
static apr_status_t read_hours(go_request *q, int *minutes) {
    enum { HOURS_MAX = GO_RULES_DAYS_MAX * 24 };
    const char *text = go_form_text(q->form, "hours");
    apr_int64_t milli = 0;
    if (*text && go_score_parse_milli(text, strlen(text), &milli)) milli = -1;
    if (milli < 0 || milli > (apr_int64_t)HOURS_MAX * GO_MILLI || milli * 60 % GO_MILLI)
        return go_error_set(&q->err, GO_EINVALID, "Give a number such as 3 or 1.5.",
                            "\"%s\" is not a number of hours that is whole minutes.", text);
    *minutes = (int)(milli * 60 / GO_MILLI);
    return APR_SUCCESS;
}

apr_status_t exceptions_read_time(go_request *q, int *milli) {
    const char *text = go_form_text(q->form, "time");
    apr_int64_t value = 0;
    if (*text && go_score_parse_milli(text, strlen(text), &value)) value = -1;
    if (value < 0 || value > GO_RULES_TIME_MAX)
        return go_error_set(&q->err, GO_EINVALID, "Give a number from 1 to 10, such as 1.5.",
                            "\"%s\" is not a multiplier of the time.", text);
    *milli = (int)value;
    return APR_SUCCESS;
}

apr_status_t exceptions_read_note(go_request *q, go_exception_line *line) {
    return go_name_line(&line->note, "note", go_form_text(q->form, "note"), NOTE_MAX, 1, q->pool,
                        &q->err);
}

apr_status_t exceptions_read_student(go_request *q, go_exception_line *line) {
    const char *username = go_form_text(q->form, "username");
    go_user *user;
    go_role role;
    apr_status_t status = go_user_find(q->db, username, &user, q->pool, &q->err);
    if (!status)
        status = go_enrolment_role(q->db, q->at.course->id, user->id, &role, q->pool, &q->err);
    if (!status && role == GO_ROLE_NONE) status = GO_ENOTFOUND;
    if (status == GO_ENOTFOUND)
        return go_error_set(&q->err, GO_EINVALID, "Give the username of one of its people.",
                            "\"%s\" is not in this course.", username);
    if (status) return status;
    line->user_id = user->id;
    line->username = user->username;
    return APR_SUCCESS;
}

static apr_status_t read_whose(go_request *q, go_exception_line *line) {
    const char *section = go_form_text(q->form, "section");
    const char *username = go_form_text(q->form, "username");
    if ((*section != 0) == (*username != 0))
        return go_error_set(&q->err, GO_EINVALID, "Fill one of the two fields.",
                            "An exception is for a student or for a section.");
    if (*section) {
        line->section = section;
        return go_name_line(&line->section, "section", section, 100, 0, q->pool, &q->err);
    }
    return exceptions_read_student(q, line);
}

static apr_status_t read_line(go_request *q, go_exception_line *line) {
    go_exception *e = &line->exception;
    apr_status_t status = read_whose(q, line);
    if (!status) status = read_count(q, "days", &e->extension_days);
    if (!status) status = read_hours(q, &e->extension_minutes);
    if (!status) status = exceptions_read_time(q, &e->time_milli);
    if (!status) status = read_count(q, "attempts", &e->extra_attempts);
    return status ? status : exceptions_read_note(q, line);
}

/* The page again with what is wrong; what was typed stays. */
static int refuse(go_request *q, json_t *page) {
    static const char *const fields[] = {"username", "section",  "days", "hours",
                                         "time",     "attempts", "note"};
    go_error cause = q->err;
    if (exceptions_page(q, page) != HTTP_OK) return go_failed(q);
    page_keep(q, page, fields, sizeof(fields) / sizeof(*fields));
    q->err = cause;
    return go_page_failed(q, page);
}

int exception_set(go_request *q, json_t *page) {
    go_exception_line line = {0};
    go_audit_entry by = audit_by(q);
    if (read_line(q, &line) ||
        go_exception_set(q->db, q->at.assignment, &line, &by, q->pool, &q->err))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "exception set for %s",
                   line.section ? line.section : line.username);
    return go_reply_redirect(q, url_of(q), "saved", 0);
}

int exception_remove(go_request *q, json_t *page) {
    go_audit_entry by = audit_by(q);
    int id;
    if (read_count(q, "id", &id) ||
        go_exception_remove(q->db, q->at.assignment, id, &by, q->pool, &q->err))
        return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "exception removed");
    return go_reply_redirect(q, url_of(q), "saved", 0);
}
