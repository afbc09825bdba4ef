#include "model/enrol_code.h"

#include "model/names.h"
#include "model/passwords.h"
#include "model/roster.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>

apr_status_t go_enrol_code_find(go_db *db, const go_course *course, go_enrol_code **code,
                                apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    *code = NULL;
    apr_status_t status = go_db_select(db, GO_SQL_ENROL_CODE_OF_COURSE,
                                       GO_VALUES(go_integer(course->id)), &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    *code = apr_palloc(pool, sizeof(**code));
    **code = (go_enrol_code){.code = go_rows_text(rows, 0),
                             .section = go_rows_text(rows, 1),
                             .expires_us = go_rows_integer(rows, 2, 0)};
    return APR_SUCCESS;
}

/* The code itself does not stand in the log: who reads it there could use it. */
static apr_status_t note(go_db *db, const go_course *course, const go_audit_entry *by,
                         const char *became, apr_pool_t *pool, go_error *err) {
    go_audit_entry entry = *by;
    entry.course_id = course->id;
    entry.action = "enrol-code";
    entry.subject = course->name;
    entry.became = became;
    return go_audit_add(db, &entry, pool, err);
}

apr_status_t go_enrol_code_rotate(go_db *db, const go_course *course, const char *section,
                                  apr_time_t expires_us, const go_audit_entry *by, apr_pool_t *pool,
                                  go_error *err) {
    apr_status_t status =
        go_name_line(&section, "section", section, GO_ROSTER_SECTION_MAX, 1, pool, err);
    if (!status && expires_us <= by->at_us)
        status = go_error_set(err, GO_EINVALID, "Choose one to come.",
                              "The time until which the code is valid is over.");
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_ENROL_CODE_SET,
                       GO_VALUES(go_integer(course->id), go_text(go_password_generate(pool)),
                                 go_text(section), go_integer(expires_us)),
                       NULL, pool, err);
    const char *until = go_zone_format(pool, course->zone, expires_us, GO_ZONE_HUMAN);
    if (!status)
        status = note(db, course, by,
                      apr_psprintf(pool, "a new one until %s%s%s", until,
                                   *section ? ", into section " : "", section),
                      pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_enrol_code_end(go_db *db, const go_course *course, const go_audit_entry *by,
                               apr_pool_t *pool, go_error *err) {
    int ended = 0;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status =
        go_db_run(db, GO_SQL_ENROL_CODE_END, GO_VALUES(go_integer(course->id)), &ended, pool, err);
    if (!status && ended) status = note(db, course, by, "none", pool, err);
    return go_db_end(db, status, err);
}

/* The code as it is kept: small letters and digits in groups of four. */
static const char *usual(const char *typed, apr_pool_t *pool) {
    char text[20];
    int length = 0;
    for (; *typed && length < 19; typed++) {
        char c = (char)(*typed >= 'A' && *typed <= 'Z' ? *typed - 'A' + 'a' : *typed);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) continue;
        if (length % 5 == 4) text[length++] = '-';
        text[length++] = c;
    }
    return apr_pstrmemdup(pool, text, (apr_size_t)length);
}

static apr_status_t check_guesses(go_db *db, const go_user *user, apr_time_t now, apr_pool_t *pool,
                                  go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_ENROL_GUESSES,
                     GO_VALUES(go_integer(user->id), go_integer(now - apr_time_from_sec(3600))),
                     &rows, pool, err);
    if (status || !go_rows_next(rows) || go_rows_integer(rows, 0, 0) < GO_ENROL_WRONG_MAX)
        return status;
    return go_error_set(err, GO_EDENIED, "Try again in an hour, or ask your instructor to add you.",
                        "There were too many wrong codes.");
}

/* A wrong code counts even though nothing else is written. */
static apr_status_t refuse_guess(go_db *db, const go_user *user, apr_time_t now, apr_pool_t *pool,
                                 go_error *err) {
    apr_time_t since = now - apr_time_from_sec(3600);
    apr_status_t status = go_db_run(
        db, GO_SQL_ENROL_GUESS,
        GO_VALUES(go_integer(user->id), go_integer(now), go_integer(since), go_integer(since)),
        NULL, pool, err);
    return status ? status
                  : go_error_set(err, GO_EINVALID,
                                 "Look at it again, or ask your instructor: it may have been "
                                 "replaced by a new one.",
                                 "No course has this code.");
}

static apr_status_t enrol(go_db *db, const go_user *user, go_rows *found, const go_audit_entry *by,
                          apr_pool_t *pool, go_error *err) {
    if (go_rows_integer(found, 5, 0)) /* dropped */
        return go_error_set(err, GO_EDENIED, "Ask your instructor to add you again.",
                            "You were dropped from this course.");
    if (go_rows_text(found, 4)) return APR_SUCCESS; /* has a role */
    if (go_rows_integer(found, 3, 0) <= by->at_us)
        return go_error_set(err, GO_EINVALID, "Ask your instructor for a new one.",
                            "This code is not valid any more.");
    go_audit_entry entry = *by;
    entry.course_id = go_rows_integer(found, 0, 0);
    entry.action = "enrol";
    entry.subject = user->username;
    entry.became = "student, by the code";
    apr_status_t status =
        go_db_run(db, GO_SQL_ENROLMENT_PUT,
                  GO_VALUES(go_integer(entry.course_id), go_integer(user->id),
                            go_text(go_role_name(GO_ROLE_STUDENT)), go_text(go_rows_text(found, 2)),
                            go_text("{}"), go_integer(by->at_us)),
                  NULL, pool, err);
    if (!status) status = go_user_rights_changed(db, user->id, pool, err);
    return status ? status : go_audit_add(db, &entry, pool, err);
}

apr_status_t go_enrol_by_code(go_db *db, const go_user *user, const char *typed,
                              const go_audit_entry *by, const char **course, apr_pool_t *pool,
                              go_error *err) {
    go_rows *rows;
    apr_status_t status = check_guesses(db, user, by->at_us, pool, err);
    if (status) return status;
    status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_select(db, GO_SQL_ENROL_CODE_FIND,
                          GO_VALUES(go_integer(user->id), go_text(usual(typed, pool))), &rows, pool,
                          err);
    int is_known = !status && go_rows_next(rows);
    if (is_known) {
        *course = go_rows_text(rows, 1);
        status = enrol(db, user, rows, by, pool, err);
    }
    status = go_db_end(db, status, err);
    return status || is_known ? status : refuse_guess(db, user, by->at_us, pool, err);
}
