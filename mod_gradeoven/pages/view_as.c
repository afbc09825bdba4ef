/* Seeing a course as one of its students does: beginning and stopping; web/viewing.c is the rest.
 */
#include "pages/pages.h"

#include "model/grading_rules.h"
#include "web/session.h"
#include "web/viewing.h"

#include <http_log.h>

int view_as_begin(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    const char *username = go_form_text(q->form, "username");
    if (go_view_as_begin(q->db, q->session, q->at.course, username, &by, q->pool, &q->err))
        return q->err.status == GO_EINVALID ? roster_failed(q, page) : go_failed(q);
    if (go_web_session_renew(q, 0)) return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "sees the course as \"%s\" from now on", username);
    return go_reply_redirect(q, url_course(q), NULL, 0);
}

int view_as_stop(go_request *q, json_t *page) {
    (void)page;
    if (!q->view) return go_reply_redirect(q, go_url(q, "/"), NULL, 0);
    if (go_viewing_end(q, "stopped")) return go_failed(q);
    return go_reply_redirect(q, go_url(q, "/courses/%s/roster", q->view->course), "view-over", 0);
}

apr_status_t view_as_withholds(go_request *q, const go_assignment *assignment, int *withholds) {
    go_grading_rules *rules = NULL;
    *withholds = 0;
    if (!q->view) return APR_SUCCESS;
    apr_status_t status = go_grading_rules_find(q->db, assignment, &rules, q->pool, &q->err);
    if (!status && rules) *withholds = rules->is_blind;
    return status;
}
