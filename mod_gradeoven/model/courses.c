#include "model/courses.h"

#include "model/names.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>

enum { TITLE_MAX = 200 };

static const char *const role_names[] = {"", "student", "grader", "instructor"};

const char *go_role_name(go_role role) {
    return role_names[role];
}

apr_status_t go_role_parse(const char *name, go_role *role, go_error *err) {
    for (int i = GO_ROLE_STUDENT; i <= GO_ROLE_INSTRUCTOR; i++)
        if (name && strcmp(name, role_names[i]) == 0) {
            *role = (go_role)i;
            return APR_SUCCESS;
        }
    return go_error_set(err, GO_EINVALID, "The roles are student, grader and instructor.",
                        "\"%s\" is no role.", name ? name : "");
}

static apr_status_t check(const char **title, const char *zone, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_name_line(title, "title", *title, TITLE_MAX, 0, pool, err);
    if (!status && !go_zone_is(zone))
        status = go_error_set(err, GO_EINVALID,
                              "Use a name like Europe/Berlin, America/New_York or UTC.",
                              "\"%s\" is no time zone.", zone ? zone : "");
    return status;
}

apr_status_t go_course_create(go_db *db, const char *name, const char *title, const char *zone,
                              apr_time_t now, go_course **course, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_name_slug(&name, "a course", name, pool, err);
    if (!status) status = check(&title, zone, pool, err);
    if (status) return status;
    go_rows *row;
    status = go_db_one(db, GO_SQL_COURSE_CREATE,
                       GO_VALUES(go_text(name), go_text(title), go_text(zone), go_integer(now)),
                       &row, "id", pool, err);
    if (status == GO_ECONFLICT)
        return go_error_set(err, status, "Choose another name, such as one with the term in it.",
                            "There is a course \"%s\" already.", name);
    return status ? status : go_course_find(db, name, course, pool, err);
}

static go_course *from_row(go_rows *row, apr_pool_t *pool) {
    go_course *course = apr_pcalloc(pool, sizeof(*course));
    course->id = go_rows_integer(row, 0, 0);
    course->name = go_rows_text(row, 1);
    course->title = go_rows_text(row, 2);
    course->zone = go_rows_text(row, 3);
    course->is_paused = (int)go_rows_integer(row, 4, 0);
    course->weight = (int)go_rows_integer(row, 5, 1);
    return course;
}

apr_status_t go_course_find(go_db *db, const char *name, go_course **course, apr_pool_t *pool,
                            go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(db, GO_SQL_COURSE_BY_NAME, GO_VALUES(go_text(name)), &row,
                                    apr_psprintf(pool, "course \"%s\"", name), pool, err);
    if (!status) *course = from_row(row, pool);
    return status;
}

apr_status_t go_course_change(go_db *db, const go_course *course, const char *title,
                              const char *zone, apr_pool_t *pool, go_error *err) {
    apr_status_t status = check(&title, zone, pool, err);
    if (status) return status;
    return go_db_run(db, GO_SQL_COURSE_CHANGE,
                     GO_VALUES(go_text(title), go_text(zone), go_integer(course->id)), NULL, pool,
                     err);
}

apr_status_t go_courses_all(go_db *db, apr_array_header_t **courses, apr_pool_t *pool,
                            go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_COURSES_ALL, GO_NO_VALUES, &rows, pool, err);
    *courses = apr_array_make(pool, 8, sizeof(go_course *));
    while (!status && go_rows_next(rows)) {
        go_course *course = from_row(rows, pool);
        course->students = (int)go_rows_integer(rows, 6, 0);
        APR_ARRAY_PUSH(*courses, go_course *) = course;
    }
    return status;
}

static go_role role_of(const char *name) {
    go_role role = GO_ROLE_NONE;
    go_role_parse(name, &role, NULL);
    return role;
}

apr_status_t go_courses_of_user(go_db *db, apr_int64_t user_id, apr_array_header_t **courses,
                                apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_COURSES_OF_USER, GO_VALUES(go_integer(user_id)), &rows, pool, err);
    *courses = apr_array_make(pool, 8, sizeof(go_course *));
    while (!status && go_rows_next(rows)) {
        go_course *course = from_row(rows, pool);
        course->role = role_of(go_rows_text(rows, 6));
        APR_ARRAY_PUSH(*courses, go_course *) = course;
    }
    return status;
}

apr_status_t go_enrolment_set(go_db *db, const go_course *course, const go_user *user, go_role role,
                              apr_time_t now, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    if (role == GO_ROLE_NONE)
        status = go_db_run(db, GO_SQL_ENROLMENT_DROP,
                           GO_VALUES(go_integer(now), go_integer(course->id), go_integer(user->id)),
                           NULL, pool, err);
    else
        status = go_db_run(db, GO_SQL_ENROLMENT_SET,
                           GO_VALUES(go_integer(course->id), go_integer(user->id),
                                     go_text(go_role_name(role)), go_integer(now)),
                           NULL, pool, err);
    if (!status) status = go_user_rights_changed(db, user->id, pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_enrolment_role(go_db *db, apr_int64_t course_id, apr_int64_t user_id, go_role *role,
                               apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_ENROLMENT_ROLE,
                     GO_VALUES(go_integer(course_id), go_integer(user_id)), &rows, pool, err);
    *role = !status && go_rows_next(rows) ? role_of(go_rows_text(rows, 0)) : GO_ROLE_NONE;
    return status;
}

apr_status_t go_enrolments_ever(go_db *db, const go_course *course, apr_array_header_t **people,
                                apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_ENROLMENTS_OF_COURSE,
                                       GO_VALUES(go_integer(course->id)), &rows, pool, err);
    *people = apr_array_make(pool, 64, sizeof(go_enrolment));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*people, go_enrolment) =
            (go_enrolment){.user_id = go_rows_integer(rows, 0, 0),
                           .username = go_rows_text(rows, 1),
                           .display_name = go_rows_text(rows, 2),
                           .email = go_rows_text(rows, 3),
                           .role = role_of(go_rows_text(rows, 4)),
                           .section = go_rows_text(rows, 5),
                           .extra = go_rows_text(rows, 6),
                           .dropped_us = go_rows_integer(rows, 7, 0)};
    return status;
}

apr_status_t go_enrolments(go_db *db, const go_course *course, apr_array_header_t **people,
                           apr_pool_t *pool, go_error *err) {
    apr_array_header_t *ever;
    apr_status_t status = go_enrolments_ever(db, course, &ever, pool, err);
    *people = apr_array_make(pool, 64, sizeof(go_enrolment));
    for (int i = 0; !status && i < ever->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(ever, i, go_enrolment);
        if (!person->dropped_us) APR_ARRAY_PUSH(*people, go_enrolment) = *person;
    }
    return status;
}
