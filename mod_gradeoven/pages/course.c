/* A course: its assignments with one's own state in each; making and changing courses. */
#include "pages/gradebook.h"

#include "model/zone.h"

#include <http_log.h>

#include <string.h>

/* For a student: the submission that counts. For staff: how many there are. */
static apr_status_t add_own(go_request *q, const go_assignment *assignment,
                            const apr_array_header_t *lines, json_t *json) {
    const go_submission_line *mine = NULL;
    int withholds;
    apr_status_t status = view_as_withholds(q, assignment, &withholds);
    if (withholds) json_object_set_new(json, "is_withheld", json_true());
    if (status || withholds) return status;
    for (int i = 0; i < lines->nelts; i++) {
        const go_submission_line *line = &APR_ARRAY_IDX(lines, i, go_submission_line);
        if (line->assignment_id == assignment->id) mine = line;
    }
    if (mine)
        json_object_set_new(json, "mine",
                            json_submission_line(q, q->at.course->name, q->at.course->zone,
                                                 assignment->name, mine));
    return add_outlook(q, json, assignment, mine);
}

static void add_counts(const go_assignment *assignment, const apr_array_header_t *counts,
                       json_t *json) {
    int submissions = 0, students = 0;
    for (int i = 0; i < counts->nelts; i++) {
        const go_submission_count *count = &APR_ARRAY_IDX(counts, i, go_submission_count);
        if (count->assignment_id != assignment->id) continue;
        submissions = count->submissions;
        students = count->students;
    }
    json_object_set_new(json, "submissions", json_integer(submissions));
    json_object_set_new(json, "students", json_integer(students));
    json_object_set_new(json, "people", json_string(students == 1 ? "person" : "people"));
}

/* Staff are told what could not be graded, by our fault or by that of the stages. */
static void add_troubles(const go_assignment *assignment, const apr_array_header_t *troubles,
                         json_t *json) {
    for (int i = 0; i < troubles->nelts; i++) {
        const go_trouble_count *count = &APR_ARRAY_IDX(troubles, i, go_trouble_count);
        if (count->assignment_id == assignment->id)
            json_object_set_new(json, "troubles", json_integer(count->count));
    }
}

/* What the gradebook has for the student: "grade" of each assignment, "total", and "other_grades",
   of columns that people fill in. */
static json_t *json_own_grade(const go_request *q, const go_grade_column *column,
                              const go_grade *grade) {
    json_t *json = json_grade(q, column, grade);
    json_object_set_new(json, "title", go_json_text(q, column->title));
    json_object_set_new(json, "is_told",
                        json_boolean(grade->is_excused || grade->has_override ||
                                     grade->adjustment_milli || column->has_worth ||
                                     grade->has_feedback));
    return json;
}

static apr_status_t add_grades(go_request *q, json_t *page, json_t *assignments) {
    go_gradebook *book = NULL;
    json_t *others = json_array();
    json_object_set_new(page, "other_grades", others);
    json_object_set_new(page, "total", json_null());
    apr_status_t status = go_gradebook_read(q->db, q->at.course, q->at.user->id,
                                            q->view ? GO_BOOK_VIEWER : GO_BOOK_STUDENT, q->now,
                                            &book, q->pool, &q->err);
    if (status || !book || !book->rows->nelts) return status;
    const go_grade_row *row = &APR_ARRAY_IDX(book->rows, 0, go_grade_row);
    for (int i = 0; i < book->columns->nelts; i++) {
        const go_grade_column *column = &APR_ARRAY_IDX(book->columns, i, go_grade_column);
        const go_grade *grade = &row->grades[i];
        size_t index;
        json_t *assignment;
        if (!column->assignment_id && (grade->has_points || grade->is_excused))
            json_array_append_new(others, json_own_grade(q, column, grade));
        json_array_foreach(assignments, index, assignment) {
            if (column->name &&
                !strcmp(json_string_value(json_object_get(assignment, "name")), column->name))
                json_object_set_new(assignment, "grade", json_own_grade(q, column, grade));
        }
    }
    json_object_set_new(page, "total", json_total(q, row));
    return APR_SUCCESS;
}

/* The dates become those of the viewer. */
static void set_dates(const go_request *q, const go_assignment *assignment,
                      const apr_array_header_t *dates, json_t *json) {
    for (int i = 0; i < dates->nelts; i++)
        if (APR_ARRAY_IDX(dates, i, go_dates).assignment_id == assignment->id)
            json_set_dates(q, json, &APR_ARRAY_IDX(dates, i, go_dates));
}

int course_page(go_request *q, json_t *page) {
    const go_course *course = q->at.course;
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    apr_array_header_t *assignments, *lines, *dates, *counts = NULL, *troubles = NULL;
    page_begin(q, page, course->title);
    if (go_assignments_of_course(q->db, course, &assignments, q->pool, &q->err) ||
        go_submissions_in_course(q->db, course->id, q->at.user->id, &lines, q->pool, &q->err) ||
        go_counted_dates(q->db, course->id, q->at.user->id, q->now, &dates, q->pool, &q->err) ||
        (is_staff && go_submissions_count(q->db, course->id, &counts, q->pool, &q->err)) ||
        (is_staff && go_troubles_of_course(q->db, course->id, &troubles, q->pool, &q->err)))
        return go_failed(q);
    json_t *list = json_array();
    for (int i = 0; i < assignments->nelts; i++) {
        const go_assignment *assignment = APR_ARRAY_IDX(assignments, i, go_assignment *);
        if (!assignment->is_published && !is_staff) continue;
        json_t *json = json_assignment(q, course, assignment);
        set_dates(q, assignment, dates, json);
        json_array_append_new(list, json);
        if (add_own(q, assignment, lines, json)) break;
        if (is_staff) {
            add_counts(assignment, counts, json);
            add_troubles(assignment, troubles, json);
        }
    }
    json_object_set_new(page, "assignments", list);
    if (q->err.status || (!is_staff && add_grades(q, page, list)) || add_retention(q, page))
        return go_failed(q);
    json_object_set_new(page, "has_submissions", json_boolean(lines->nelts > 0 && !q->view));
    return HTTP_OK;
}

/* The zones for the form's list, the present one marked. */
static void add_zones(go_request *q, json_t *page, const char *chosen) {
    apr_array_header_t *names = go_zone_names(q->pool);
    json_t *list = json_array();
    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        json_array_append_new(
            list, json_pack("{s:s, s:b}", "name", name, "is_chosen", strcmp(name, chosen) == 0));
    }
    json_object_set_new(page, "zones", list);
}

static const char *const fields[] = {"name", "title", "zone"};

int course_new_page(go_request *q, json_t *page) {
    page_begin(q, page, "New course");
    json_object_set_new(page, "is_new", json_true());
    json_object_set_new(page, "action", json_string(go_url(q, "/courses")));
    add_zones(q, page, "UTC");
    return HTTP_OK;
}

int course_create(go_request *q, json_t *page) {
    go_course *course;
    const char *zone = go_form_text(q->form, "zone");
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return go_failed(q);
    status = go_course_create(q->db, go_form_text(q->form, "name"), go_form_text(q->form, "title"),
                              zone, q->now, &course, q->pool, &q->err);
    if (!status)
        status = go_enrolment_set(q->db, course, q->at.user, GO_ROLE_INSTRUCTOR, q->now, q->pool,
                                  &q->err);
    if (go_db_end(q->db, status, &q->err)) {
        course_new_page(q, page);
        page_keep(q, page, fields, 3);
        add_zones(q, page, zone);
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "course \"%s\" made", course->name);
    return go_reply_redirect(q, go_url(q, "/courses/%s", course->name), "created", 1);
}

static apr_status_t add_late_days(go_request *q, json_t *page) {
    int days;
    apr_status_t status = go_late_days_of_course(q->db, q->at.course->id, &days, q->pool, &q->err);
    if (!status) json_object_set_new(page, "late_days", json_integer(days));
    return status;
}

/* Days begin and end by the zone: when it changes, what is late is judged again. */
static apr_status_t change(go_request *q, const char *zone) {
    const go_course *course = q->at.course;
    go_audit_entry by = audit_by(q);
    int days;
    apr_status_t status = read_late_days(q, &days);
    if (!status) status = go_db_begin(q->db, &q->err);
    if (status) return status;
    status =
        go_course_change(q->db, course, go_form_text(q->form, "title"), zone, q->pool, &q->err);
    if (!status) status = go_late_days_set(q->db, course->id, days, &by, q->pool, &q->err);
    if (!status && strcmp(zone, course->zone) != 0)
        status = go_counted_refresh_course(q->db, course->id, 0, q->pool, &q->err);
    return go_db_end(q->db, status, &q->err);
}

int course_edit_page(go_request *q, json_t *page) {
    page_begin(q, page, "Course settings");
    json_object_set_new(page, "action",
                        json_string(go_url(q, "/courses/%s/edit", q->at.course->name)));
    json_object_set_new(page, "form",
                        json_pack("{s:s, s:s, s:s}", "name", q->at.course->name, "title",
                                  q->at.course->title, "zone", q->at.course->zone));
    add_zones(q, page, q->at.course->zone);
    return add_late_days(q, page) ? go_failed(q) : HTTP_OK;
}

int course_change(go_request *q, json_t *page) {
    const char *zone = go_form_text(q->form, "zone");
    if (change(q, zone)) {
        go_error cause = q->err;
        course_edit_page(q, page);
        q->err = cause;
        json_object_set_new(page, "late_days", json_string(go_form_text(q->form, "late_days")));
        page_keep(q, page, fields, 3);
        add_zones(q, page, zone);
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "course changed");
    return go_reply_redirect(q, url_course(q), "saved", 0);
}
