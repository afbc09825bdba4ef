#include "web/viewing.h"

#include "web/reply.h"
#include "web/session.h"

#include "model/grading_rules.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

#define ASSIGNMENT "/courses/:course/assignments/:assignment"
#define SUBMISSION ASSIGNMENT "/submissions/:number"

/* The pages that are shown. Receipts and archives are documents for the student: not they. */
static const char *const shown[] = {"/avatars/:user",
                                    "/courses/:course",
                                    ASSIGNMENT,
                                    ASSIGNMENT "/scoreboard",
                                    SUBMISSION,
                                    SUBMISSION "/files/*path",
                                    SUBMISSION "/view/*path",
                                    SUBMISSION "/regrade",
                                    SUBMISSION "/diff/:other"};

/* What may still be sent. */
static const char *const sent[] = {"/logout", "/view-as/stop"};

static int is_in(const char *const *list, size_t count, const char *pattern) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], pattern) == 0) return 1;
    return 0;
}

static go_audit_entry by_viewer(const go_request *q) {
    return (go_audit_entry){
        .at_us = q->now, .actor = q->session->user->username, .address = q->r->useragent_ip};
}

apr_status_t go_viewing_load(go_request *q) {
    go_view_as *view = NULL;
    apr_status_t status = go_view_as_find(q->db, q->session, q->now, &view, q->pool, &q->err);
    if (status || !view) return status;
    if (view->over) {
        const go_audit_entry by = by_viewer(q);
        q->view_over = view;
        status = go_view_as_end(q->db, q->session, view, view->over, &by, q->pool, &q->err);
        return status ? status : go_web_session_renew(q, 1);
    }
    q->view = view;
    q->at.user = view->student;
    q->at.is_viewing = 1;
    return APR_SUCCESS;
}

apr_status_t go_viewing_end(go_request *q, const char *why) {
    if (!q->view) return APR_SUCCESS;
    const go_audit_entry by = by_viewer(q);
    apr_status_t status = go_view_as_end(q->db, q->session, q->view, why, &by, q->pool, &q->err);
    return status ? status : go_web_session_renew(q, 0);
}

/* It has just ended: what was asked for was meant as the student, and is not done as oneself. */
static int tell_end(go_request *q) {
    const go_view_as *view = q->view_over;
    if (q->route->method == GO_GET && !q->wants_json)
        return go_reply_redirect(
            q, view->may_again ? go_url(q, "/courses/%s/roster", view->course) : go_url(q, "/"),
            "view-over", 0);
    go_error_set(&q->err, GO_EDENIED, "Nothing was changed. Load the page again, as yourself.",
                 "You do not see the course as %s any more: %s.", view->student->username,
                 view->over);
    return HTTP_FORBIDDEN;
}

static int refuse(go_request *q, const char *what) {
    go_error_set(&q->err, GO_EDENIED, "Stop to be yourself again.", "%s", what);
    return HTTP_FORBIDDEN;
}

int go_viewing_admit(go_request *q) {
    const char *pattern = q->route->pattern, *course = apr_table_get(q->params, "course");
    if (q->view_over) return tell_end(q);
    if (!q->view) return HTTP_OK;
    if (q->route->method == GO_POST) {
        if (is_in(sent, sizeof(sent) / sizeof(*sent), pattern)) return HTTP_OK;
        return refuse(q, "Nothing was changed: while you see a course as a student, you can only "
                         "look.");
    }
    int is_shown = is_in(shown, sizeof(shown) / sizeof(*shown), pattern);
    if (course ? strcmp(course, q->view->course) != 0 : !is_shown) {
        if (q->wants_json)
            return refuse(q, "While you see a course as a student, you see nothing else.");
        return go_reply_redirect(q, go_url(q, "/courses/%s", q->view->course), "view-inside", 0);
    }
    /* pages of staff are refused by their right, as they are to the student */
    if (is_shown || q->route->right > GO_RIGHT_SEE_SUBMISSION) return HTTP_OK;
    return refuse(q, "This is not given out while you see a course as a student. Staff have their "
                     "own pages for it.");
}

apr_status_t go_viewing_check(go_request *q) {
    go_grading_rules *rules = NULL;
    if (!q->view || !q->at.assignment->is_published) return APR_SUCCESS; /* a draft is not there */
    apr_status_t status = go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err);
    if (status || !rules) return status;
    q->hides_work = rules->is_blind;
    if (!rules->is_blind || strcmp(q->route->pattern, ASSIGNMENT) == 0) return APR_SUCCESS;
    return go_error_set(&q->err, GO_EDENIED, "Stop, and look at it under its pseudonym.",
                        "This assignment is graded blind: what a student handed in is not shown "
                        "to who looks as them, since that would tell whose it is.");
}
