/* Submitting: files to objects, then submission and run in one transaction, then the doorbell. */
#include "pages/pages.h"

#include "model/objects.h"

#include <http_log.h>

static const char *url_of(const go_request *q, const go_receipt *receipt) {
    return go_url(q, "/courses/%s/assignments/%s/submissions/%d", q->at.course->name,
                  q->at.assignment->name, receipt->number);
}

/* The assignment's page again, with what is wrong; nothing was stored. */
static int refuse(go_request *q, json_t *page) {
    int status = go_http_status(q->err.status);
    go_error cause = q->err;
    if (status >= 500) return status;
    if (assignment_page(q, page) != HTTP_OK) return go_failed(q);
    q->err = cause;
    return go_page_failed(q, page);
}

static apr_status_t store(go_request *q, const char *once, go_receipt **receipt) {
    go_tree *tree;
    apr_status_t status =
        go_upload_tree(q->upload, "files", q->site->max_upload, &tree, q->pool, &q->err);
    if (!status) status = go_objects_keep(q->site->state->objects, tree, q->pool, &q->err);
    if (!status)
        status = go_submission_create(q->db, q->at.assignment, q->at.user, tree, once,
                                      q->r->useragent_ip, q->now, receipt, q->pool, &q->err);
    return status;
}

int submit(go_request *q, json_t *page) {
    const char *once = go_form_text(q->form, "once");
    go_receipt *receipt;
    /* the body is here only now: a slow one must not be older than it is */
    q->now = apr_time_now();
    if (go_submission_repeated(q->db, q->at.assignment, q->at.user, once, &receipt, q->pool,
                               &q->err))
        return go_failed(q);
    if (receipt) return go_reply_redirect(q, url_of(q, receipt), "again", 0);
    if (store(q, once, &receipt)) return refuse(q, page);
    go_state_ring(q->site->state);
    go_request_log(q, APLOG_NOTICE, "submission %d (attempt %d) stored", receipt->number,
                   receipt->attempt);
    return go_reply_redirect(q, url_of(q, receipt), receipt->is_repeated ? "again" : "submitted",
                             1);
}
