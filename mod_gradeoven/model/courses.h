/*
 * Courses, and who is in them: an enrolment gives a user one role in a course. Staff are
 * instructors and graders of the course, and admins everywhere (rights.h decides; this only keeps
 * the facts).
 */
#ifndef GO_MODEL_COURSES_H
#define GO_MODEL_COURSES_H

#include "model/db.h"
#include "model/users.h"

#include <apr_tables.h>

typedef enum go_role {
    GO_ROLE_NONE, /* not enrolled */
    GO_ROLE_STUDENT,
    GO_ROLE_GRADER,
    GO_ROLE_INSTRUCTOR,
} go_role;

/* "student", "grader", "instructor"; "" for GO_ROLE_NONE. */
const char *go_role_name(go_role role);
/* GO_EINVALID for a word that is no role. */
apr_status_t go_role_parse(const char *name, go_role *role, go_error *err);

typedef struct go_course {
    apr_int64_t id;
    const char *name; /* as in its address */
    const char *title;
    const char *zone; /* IANA time zone: all its dates are meant and shown in it */
    go_role role;     /* in lists of a user's courses: that user's */
    int is_paused;    /* its runs do not start (turns.h) */
    int weight;       /* turns it gets in the queue for one of an ordinary course */
    int students;     /* in the list of all courses */
} go_course;

apr_status_t go_course_create(go_db *db, const char *name, const char *title, const char *zone,
                              apr_time_t now, go_course **course, apr_pool_t *pool, go_error *err);
apr_status_t go_course_find(go_db *db, const char *name, go_course **course, apr_pool_t *pool,
                            go_error *err);
apr_status_t go_course_change(go_db *db, const go_course *course, const char *title,
                              const char *zone, apr_pool_t *pool, go_error *err);

/* Arrays of go_course *, by name. */
apr_status_t go_courses_all(go_db *db, apr_array_header_t **courses, apr_pool_t *pool,
                            go_error *err);
apr_status_t go_courses_of_user(go_db *db, apr_int64_t user_id, apr_array_header_t **courses,
                                apr_pool_t *pool, go_error *err);

typedef struct go_enrolment {
    apr_int64_t user_id;
    const char *username, *display_name, *email;
    go_role role;
    const char *section;   /* "": none */
    const char *extra;     /* unknown columns of an import, as a JSON object */
    apr_time_t dropped_us; /* 0: in the course */
} go_enrolment;

/*
 * Enrols, or changes the role of who is enrolled (who was dropped is back). GO_ROLE_NONE drops: the
 * row stays with its time, and so do submissions and grades.
 */
apr_status_t go_enrolment_set(go_db *db, const go_course *course, const go_user *user, go_role role,
                              apr_time_t now, apr_pool_t *pool, go_error *err);
apr_status_t go_enrolment_role(go_db *db, apr_int64_t course_id, apr_int64_t user_id, go_role *role,
                               apr_pool_t *pool, go_error *err);
/* Array of go_enrolment, graders, instructors and students, each by username; none is dropped. */
apr_status_t go_enrolments(go_db *db, const go_course *course, apr_array_header_t **people,
                           apr_pool_t *pool, go_error *err);
/* The same with those who were dropped. */
apr_status_t go_enrolments_ever(go_db *db, const go_course *course, apr_array_header_t **people,
                                apr_pool_t *pool, go_error *err);

#endif
