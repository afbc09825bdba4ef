/* Lifting one pseudonym: for instructors, once for each click, and written down. */
#include "pages/grading.h"

#include <apr_strings.h>
#include <http_log.h>

int submission_reveal(go_request *q, json_t *page) {
    go_grading_rules *rules;
    go_submission *real;
    go_audit_entry by = audit_by(q);
    if (go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err) ||
        go_submission_find(q->db, q->at.assignment, q->at.submission->number, &real, q->pool,
                           &q->err))
        return go_failed(q);
    if (!rules->is_blind) {
        go_error_set(&q->err, GO_ECONFLICT, NULL, "This assignment is not graded blind.");
        return go_failed(q);
    }
    by.action = "reveal";
    by.subject = apr_psprintf(q->pool, "%s, submission %d", q->at.assignment->name, real->number);
    by.was = q->at.submission->username;
    by.became = real->username;
    if (go_audit_add(q->db, &by, q->pool, &q->err)) return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "name of submission %d revealed", real->number);
    page_begin(q, page, "A name");
    add_submission_head(q, page);
    json_object_set_new(page, "revealed",
                        json_pack("{s:s, s:s, s:s}", "pseudonym", q->at.submission->username,
                                  "username", real->username, "name",
                                  *real->display_name ? real->display_name : real->username));
    return HTTP_OK;
}
