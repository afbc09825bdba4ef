#include "model/view_as.h"

#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

enum { CSRF_BYTES = 24 };

static apr_status_t note(go_db *db, apr_int64_t course_id, const char *username, const char *was,
                         const char *became, const go_audit_entry *by, apr_pool_t *pool,
                         go_error *err) {
    go_audit_entry entry = *by;
    entry.course_id = course_id;
    return go_audit_change(db, &entry, "view-as", username, was, became, pool, err);
}

static apr_status_t refuse_others(go_db *db, const go_course *course, const go_user *student,
                                  apr_pool_t *pool, go_error *err) {
    go_role role = GO_ROLE_NONE;
    apr_status_t status = go_enrolment_role(db, course->id, student->id, &role, pool, err);
    if (status) return status;
    if (role == GO_ROLE_STUDENT && !student->is_admin && !student->is_disabled) return APR_SUCCESS;
    return go_error_set(err, GO_EDENIED, "Choose a student of this course.",
                        "\"%s\" is not a student here whom one can look as.", student->username);
}

static apr_status_t begin(go_db *db, go_session *session, const go_course *course,
                          const char *username, const go_audit_entry *by, const char *csrf,
                          apr_pool_t *pool, go_error *err) {
    go_user *student = NULL;
    int changed = 0;
    apr_status_t status = go_user_find(db, username, &student, pool, err);
    if (status || !student) return status;
    status = refuse_others(db, course, student, pool, err);
    if (!status)
        status =
            go_db_run(db, GO_SQL_VIEW_AS_BEGIN,
                      GO_VALUES(go_integer(student->id), go_integer(course->id),
                                go_integer(by->at_us), go_text(csrf), go_text(session->token_hash)),
                      &changed, pool, err);
    if (!status && !changed)
        return go_error_set(err, GO_ECONFLICT, "Stop that first.",
                            "You look as a student already.");
    return status ? status
                  : note(db, course->id, student->username, "",
                         apr_psprintf(pool, "begun, for %d minutes at most", GO_VIEW_AS_MINUTES),
                         by, pool, err);
}

apr_status_t go_view_as_begin(go_db *db, go_session *session, const go_course *course,
                              const char *username, const go_audit_entry *by, apr_pool_t *pool,
                              go_error *err) {
    const char *csrf = go_random_hex(pool, CSRF_BYTES);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = begin(db, session, course, username, by, csrf, pool, err);
    status = go_db_end(db, status, err);
    if (!status) session->csrf = csrf;
    return status;
}

static int is_role(const char *role, const char *dropped, const char *wanted) {
    return role && !dropped && strcmp(role, wanted) == 0;
}

apr_status_t go_view_as_find(go_db *db, const go_session *session, apr_time_t now,
                             go_view_as **view, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    *view = NULL;
    if (!session->is_viewing) return APR_SUCCESS;
    apr_status_t status = go_db_select(db, GO_SQL_VIEW_AS_FIND,
                                       GO_VALUES(go_text(session->token_hash)), &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    go_user *student = apr_pcalloc(pool, sizeof(*student));
    go_view_as *found = apr_pcalloc(pool, sizeof(*found));
    student->id = go_rows_integer(rows, 0, 0);
    student->username = go_rows_text(rows, 1);
    student->display_name = go_rows_text(rows, 2);
    student->email = "";
    found->student = student;
    found->course_id = go_rows_integer(rows, 4, 0);
    found->course = go_rows_text(rows, 5);
    found->course_title = go_rows_text(rows, 6);
    found->since_us = go_rows_integer(rows, 7, 0);
    found->until_us = found->since_us + apr_time_from_sec(GO_VIEW_AS_MINUTES * 60);
    found->may_again = session->user->is_admin ||
                       is_role(go_rows_text(rows, 10), go_rows_text(rows, 11), "instructor");
    if (!found->may_again)
        found->over = "no instructor of the course any more";
    else if (go_rows_integer(rows, 3, 1) ||
             !is_role(go_rows_text(rows, 8), go_rows_text(rows, 9), "student"))
        found->over = "no student of the course any more";
    else if (now >= found->until_us || now < found->since_us) /* or a clock was set back */
        found->over = "the time is over";
    *view = found;
    return APR_SUCCESS;
}

apr_status_t go_view_as_end(go_db *db, go_session *session, const go_view_as *view, const char *why,
                            const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    const char *csrf = go_random_hex(pool, CSRF_BYTES);
    int changed = 0;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_VIEW_AS_END,
                       GO_VALUES(go_text(csrf), go_text(session->token_hash)), &changed, pool, err);
    if (!status && changed)
        status = note(db, view->course_id, view->student->username, "begun",
                      apr_pstrcat(pool, "ended: ", why, NULL), by, pool, err);
    status = go_db_end(db, status, err);
    if (!status && changed) session->csrf = csrf;
    return status;
}
