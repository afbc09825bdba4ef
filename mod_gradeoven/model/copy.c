#include "model/copy.h"

#include "model/grading_rules.h"
#include "model/names.h"
#include "model/passwords.h"
#include "model/rules.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <stdio.h>
#include <stdlib.h>

enum { TITLE_MAX = 200, SECONDS_PER_MINUTE = 60, BLIND_KEY_BYTES = 32 };

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
static long day_number(int year, int month, int day) {
    int from_march = (month + 9) % 12, y = year - (month < 3);
    return 365L * y + y / 4 - y / 100 + y / 400 + (from_march * 306 + 5) / 10 + day - 1 - 719468L;
}

static const char *day_text(long number, apr_pool_t *pool) {
    int year = (int)(1970 + number / 366), month = 1;
    while (day_number(year + 1, 1, 1) <= number)
        year++;
    while (month < 12 && day_number(year, month + 1, 1) <= number)
        month++;
    return apr_psprintf(pool, "%04d-%02d-%02d", year, month,
                        (int)(number - day_number(year, month, 1)) + 1);
}

apr_status_t go_copy_shift(const char *from, const char *to, apr_time_t time, int days,
                           apr_time_t *shifted, apr_pool_t *pool, go_error *err) {
    *shifted = 0;
    if (abs(days) > GO_COPY_DAYS_MAX)
        return go_error_set(err, GO_EINVALID, NULL, "Dates can be moved by %d days at most.",
                            GO_COPY_DAYS_MAX);
    if (!time) return APR_SUCCESS;
    const char *local = go_zone_format(pool, from, time, GO_ZONE_DATETIME_LOCAL);
    char *end;
    int year = (int)strtol(local, &end, 10);
    int month = (int)strtol(end + 1, &end, 10), day = (int)strtol(end + 1, &end, 10);
    long number = day_number(year, month, day) + days;
    if (number < 0)
        return go_error_set(err, GO_EINVALID, "Move them by fewer days.",
                            "A date would be before the year 1970.");
    const char *moved = apr_pstrcat(pool, day_text(number, pool), end, NULL);
    apr_status_t status = go_zone_parse_local(to, moved, shifted, err);
    /* the text has minutes only */
    if (!status) *shifted += time % apr_time_from_sec(SECONDS_PER_MINUTE);
    return status;
}

/* The present version becomes the copy's first. */
static apr_status_t copy_version(go_db *db, const go_authoring *who, apr_int64_t copy_id,
                                 apr_pool_t *pool, go_error *err) {
    go_rows *row;
    const go_assignment *from = who->assignment;
    if (!from->version_id) return APR_SUCCESS;
    const char *note = apr_psprintf(pool, "copied from %s, %s, version %d", who->course->name,
                                    from->name, from->version_number);
    apr_status_t status =
        go_db_one(db, GO_SQL_VERSION_COPY,
                  GO_VALUES(go_integer(copy_id), go_integer(who->author->id), go_text(note),
                            go_integer(who->now), go_integer(from->version_id)),
                  &row, "version", pool, err);
    if (status) return status;
    go_value version = go_integer(go_rows_integer(row, 0, 0));
    status = go_db_run(db, GO_SQL_VERSION_STAGES_COPY,
                       GO_VALUES(version, go_integer(from->version_id)), NULL, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_ASSIGNMENT_SET_VERSION,
                           GO_VALUES(version, go_integer(copy_id)), NULL, pool, err);
    return status;
}

/* 0 stays what it means: no such date. */
static go_value or_null(apr_time_t time) {
    return time ? go_integer(time) : go_null();
}

/* How people grade it, and whether there are a scoreboard and teams. */
static apr_status_t copy_grading(go_db *db, const go_authoring *who, const go_course *into,
                                 apr_int64_t copy_id, int days, apr_pool_t *pool, go_error *err) {
    go_grading_rules *rules;
    apr_time_t release = 0;
    const go_value from = go_integer(who->assignment->id), to = go_integer(copy_id);
    apr_status_t status = go_grading_rules_find(db, who->assignment, &rules, pool, err);
    if (!status)
        status = go_copy_shift(who->course->zone, into->zone, rules->release_us, days, &release,
                               pool, err);
    if (!status)
        status = go_db_run(
            db, GO_SQL_GRADING_RULES_COPY,
            GO_VALUES(to, go_text(go_random_hex(pool, BLIND_KEY_BYTES)), or_null(release), from),
            NULL, pool, err);
    if (!status) status = go_db_run(db, GO_SQL_RUBRIC_COPY, GO_VALUES(to, from), NULL, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_SCOREBOARD_COPY, GO_VALUES(to, from), NULL, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_TEAM_RULES_COPY, GO_VALUES(to, from), NULL, pool, err);
    return status;
}

/* The dates of the rules, moved: opening, due, closing. */
static apr_status_t moved_dates(go_db *db, const go_authoring *who, const go_course *into, int days,
                                apr_time_t dates[3], apr_pool_t *pool, go_error *err) {
    go_policy policy;
    apr_status_t status = go_rules_of(db, who->assignment->id, &policy, pool, err);
    const apr_time_t were[3] = {status ? 0 : policy.opens_us, who->assignment->due_us,
                                status ? 0 : policy.closes_us};
    for (int i = 0; !status && i < 3; i++)
        status = go_copy_shift(who->course->zone, into->zone, were[i], days, &dates[i], pool, err);
    return status;
}

static apr_status_t copy_assignment(go_db *db, const go_authoring *who, const go_course *into,
                                    const char *name, const char *title, int days, apr_pool_t *pool,
                                    go_error *err) {
    go_rows *row;
    apr_time_t dates[3];
    apr_status_t status = moved_dates(db, who, into, days, dates, pool, err);
    if (status) return status;
    status = go_db_one(db, GO_SQL_ASSIGNMENT_COPY,
                       GO_VALUES(go_integer(into->id), go_text(name), go_text(title),
                                 or_null(dates[0]), or_null(dates[1]), or_null(dates[2]),
                                 go_integer(who->now), go_integer(who->assignment->id)),
                       &row, "assignment", pool, err);
    if (status == GO_ECONFLICT)
        return go_error_set(err, status, "Choose another name.",
                            "The course %s has an assignment \"%s\" already.", into->name, name);
    apr_int64_t copy_id = status ? 0 : go_rows_integer(row, 0, 0);
    if (!status) status = copy_version(db, who, copy_id, pool, err);
    if (!status) status = copy_grading(db, who, into, copy_id, days, pool, err);
    if (status) return status;
    go_authoring noted = *who;
    noted.course = into;
    return go_authoring_note(db, &noted, "copy", "",
                             apr_psprintf(pool, "%s, from the course %s, dates moved by %d days",
                                          name, who->course->name, days),
                             pool, err);
}

apr_status_t go_assignment_copy(go_db *db, const go_authoring *who, const go_course *into,
                                const char *name, const char *title, int days, apr_pool_t *pool,
                                go_error *err) {
    apr_status_t status = go_name_slug(&name, "an assignment", name, pool, err);
    if (!status) status = go_name_line(&title, "title", title, TITLE_MAX, 0, pool, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = copy_assignment(db, who, into, name, title, days, pool, err);
    return go_db_end(db, status, err);
}

static apr_status_t make_course(go_db *db, const go_authoring *who, const char *name,
                                const char *title, go_course **copy, apr_pool_t *pool,
                                go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(
        db, GO_SQL_COURSE_COPY,
        GO_VALUES(go_text(name), go_text(title), go_integer(who->now), go_integer(who->course->id)),
        &row, "course", pool, err);
    if (status == GO_ECONFLICT)
        return go_error_set(err, status, "Choose another name, such as one with the term in it.",
                            "There is a course \"%s\" already.", name);
    if (!status) status = go_course_find(db, name, copy, pool, err);
    if (!status)
        status = go_enrolment_set(db, *copy, who->author, GO_ROLE_INSTRUCTOR, who->now, pool, err);
    return status;
}

static apr_status_t copy_all(go_db *db, const go_authoring *who, const go_course *into, int days,
                             apr_pool_t *pool, go_error *err) {
    apr_array_header_t *assignments;
    apr_status_t status = go_assignments_of_course(db, who->course, &assignments, pool, err);
    for (int i = 0; !status && i < assignments->nelts; i++) {
        go_authoring one = *who;
        one.assignment = APR_ARRAY_IDX(assignments, i, go_assignment *);
        status = copy_assignment(db, &one, into, one.assignment->name, one.assignment->title, days,
                                 pool, err);
    }
    return status;
}

/* What the grade is made of; after the assignments, whose columns are found by their names. */
static apr_status_t copy_grade_settings(go_db *db, const go_course *from, const go_course *into,
                                        apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_GRADE_CATEGORIES_COPY,
                  GO_VALUES(go_integer(into->id), go_integer(from->id)), NULL, pool, err);
    return status
               ? status
               : go_db_run(db, GO_SQL_GRADE_COLUMNS_COPY,
                           GO_VALUES(go_integer(from->id), go_integer(into->id)), NULL, pool, err);
}

apr_status_t go_course_copy(go_db *db, const go_authoring *who, const char *name, const char *title,
                            int days, go_course **copy, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_name_slug(&name, "a course", name, pool, err);
    if (!status) status = go_name_line(&title, "title", title, TITLE_MAX, 0, pool, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = make_course(db, who, name, title, copy, pool, err);
    if (!status) status = copy_all(db, who, *copy, days, pool, err);
    if (!status) status = copy_grade_settings(db, who->course, *copy, pool, err);
    return go_db_end(db, status, err);
}
