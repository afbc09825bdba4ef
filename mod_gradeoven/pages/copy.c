/* Copying an assignment or a whole course, for a new term. */
#include "pages/authoring.h"

#include "model/copy.h"

#include <apr_strings.h>
#include <http_log.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const fields[] = {"name", "title", "days", "course"};

/* A whole number of days as typed, with a sign or without; empty: 0. */
static apr_status_t read_days(go_request *q, int *days) {
    const char *text = go_form_text(q->form, "days");
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    *days = (int)number;
    if (!errno && !*end && number >= -GO_COPY_DAYS_MAX && number <= GO_COPY_DAYS_MAX)
        return APR_SUCCESS;
    return go_error_set(&q->err, GO_EINVALID, "Write a whole number, such as 364 or -7.",
                        "Dates can be moved by up to %d days, earlier or later.", GO_COPY_DAYS_MAX);
}

/* The form: as it was typed, or for the first time with what is likely. */
static void add_form(go_request *q, json_t *page, const char *name, const char *title,
                     const char *action) {
    if (q->route->method == GO_POST)
        page_keep(q, page, fields, 4);
    else
        json_object_set_new(page, "form",
                            json_pack("{s:s, s:s, s:s, s:s}", "name", name, "title", title, "days",
                                      "0", "course", q->at.course->name));
    json_object_set_new(page, "action", json_string(action));
}

/* --- an assignment --------------------------------------------------------------------------- */

apr_status_t courses_taught(go_request *q, apr_array_header_t **found) {
    apr_array_header_t *courses;
    apr_status_t status = q->at.user->is_admin ? go_courses_all(q->db, &courses, q->pool, &q->err)
                                               : go_courses_of_user(q->db, q->at.user->id, &courses,
                                                                    q->pool, &q->err);
    *found = apr_array_make(q->pool, 8, sizeof(go_course *));
    for (int i = 0; !status && i < courses->nelts; i++) {
        go_course *course = APR_ARRAY_IDX(courses, i, go_course *);
        const go_situation at = {.user = q->at.user, .course = course, .role = course->role};
        if (go_rights_decide(GO_RIGHT_TEACH, &at) == GO_ALLOWED)
            APR_ARRAY_PUSH(*found, go_course *) = course;
    }
    return status;
}

int assignment_copy_page(go_request *q, json_t *page) {
    apr_array_header_t *courses;
    const go_assignment *from = q->at.assignment;
    page_begin(q, page, "Copy assignment");
    add_form(q, page, from->name, from->title, url_authoring(q, "copy"));
    if (courses_taught(q, &courses)) return go_failed(q);
    const char *chosen =
        json_string_value(json_object_get(json_object_get(page, "form"), "course"));
    json_t *list = json_array();
    for (int i = 0; i < courses->nelts; i++) {
        const go_course *course = APR_ARRAY_IDX(courses, i, go_course *);
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "name", course->name, "title",
                                              course->title, "is_chosen",
                                              chosen && !strcmp(course->name, chosen)));
    }
    json_object_set_new(page, "courses", list);
    json_object_set_new(page, "is_assignment", json_true());
    return HTTP_OK;
}

static apr_status_t find_target(go_request *q, const go_course **into) {
    apr_array_header_t *courses;
    const char *name = go_form_text(q->form, "course");
    apr_status_t status = courses_taught(q, &courses);
    for (int i = 0; !status && i < courses->nelts; i++) {
        *into = APR_ARRAY_IDX(courses, i, go_course *);
        if (!strcmp((*into)->name, name)) return APR_SUCCESS;
    }
    return status ? status
                  : go_error_set(&q->err, GO_EINVALID, "Choose one of the list.",
                                 "You teach no course \"%s\".", name);
}

int assignment_copy(go_request *q, json_t *page) {
    int days;
    const go_course *into = NULL;
    const go_authoring who = authoring_of(q);
    const char *name = go_form_text(q->form, "name");
    if (read_days(q, &days) || find_target(q, &into) || !into ||
        go_assignment_copy(q->db, &who, into, name, go_form_text(q->form, "title"), days, q->pool,
                           &q->err))
        return show_again(q, page, assignment_copy_page);
    go_request_log(q, APLOG_NOTICE, "assignment copied into course \"%s\"", into->name);
    return go_reply_redirect(q, go_url(q, "/courses/%s", into->name), "copied", 1);
}

/* --- a course -------------------------------------------------------------------------------- */

/* Who teaches a course does not always make new ones. */
static int may_copy(go_request *q) {
    if (go_request_may(q, GO_RIGHT_MAKE_COURSE)) return 1;
    go_error_set(&q->err, GO_EDENIED, "Ask an admin for a course, and copy assignments into it.",
                 "You may not make courses.");
    return 0;
}

int course_copy_page(go_request *q, json_t *page) {
    if (!may_copy(q)) return go_failed(q);
    page_begin(q, page, "Copy course");
    add_form(q, page, "", q->at.course->title, go_url(q, "/courses/%s/copy", q->at.course->name));
    return HTTP_OK;
}

int course_copy(go_request *q, json_t *page) {
    int days;
    go_course *copy;
    const go_authoring who = authoring_of(q);
    if (!may_copy(q)) return go_failed(q);
    if (read_days(q, &days) ||
        go_course_copy(q->db, &who, go_form_text(q->form, "name"), go_form_text(q->form, "title"),
                       days, &copy, q->pool, &q->err))
        return show_again(q, page, course_copy_page);
    go_request_log(q, APLOG_NOTICE, "course copied as \"%s\"", copy->name);
    return go_reply_redirect(q, go_url(q, "/courses/%s", copy->name), "copied", 1);
}
