/* Requests to look again: the thread of a submission, and the list of an assignment for staff. */
#include "pages/grading.h"

#include "model/pseudonym.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

/* Who wrote it: students under the names that the viewer may see, staff under their own. */
static const char *author_of(const apr_array_header_t *sharers, const go_regrade_message *message) {
    for (int i = 0; i < sharers->nelts; i++) {
        const go_sharer *one = &APR_ARRAY_IDX(sharers, i, go_sharer);
        if (one->user_id == message->author_id)
            return *one->display_name ? one->display_name : one->username;
    }
    return *message->display_name ? message->display_name : message->username;
}

static void add_thread(const go_request *q, json_t *page, const go_regrade *thread,
                       const apr_array_header_t *sharers) {
    json_t *messages = json_array();
    for (int i = 0; i < thread->messages->nelts; i++) {
        const go_regrade_message *one = &APR_ARRAY_IDX(thread->messages, i, go_regrade_message);
        json_array_append_new(messages,
                              json_pack("{s:s, s:b, s:o, s:o}", "author", author_of(sharers, one),
                                        "is_student", is_sharer(sharers, one->author_id), "html",
                                        json_markdown(q, one->text), "created",
                                        go_json_time(q, q->zone, one->created_us)));
    }
    json_object_set_new(page, "regrade",
                        json_pack("{s:s, s:o, s:b}", "state", go_regrade_state_name(thread->state),
                                  "messages", messages, "is_there",
                                  thread->state != GO_REGRADE_NONE));
}

/* Staff answer, unless it is their own submission. */
static int acts_as_staff(const go_request *q) {
    return go_request_may(q, GO_RIGHT_GRADE) && q->at.submission->user_id != q->at.user->id;
}

static apr_status_t load(go_request *q, go_regrade **thread, apr_time_t *deadline) {
    grading g;
    if (grading_load(q, &g) || go_regrade_find(q->db, q->at.submission, thread, q->pool, &q->err))
        return q->err.status;
    *deadline = go_regrade_deadline(g.rules, g.is_released ? g.released_us : 0);
    return APR_SUCCESS;
}

static apr_status_t fill(go_request *q, json_t *page) {
    go_regrade *thread = NULL;
    apr_time_t deadline = 0;
    apr_array_header_t *sharers = NULL;
    if (load(q, &thread, &deadline) || !thread || find_sharers(q, &sharers) || !sharers)
        return q->err.status;
    int is_staff = acts_as_staff(q), is_there = thread->state != GO_REGRADE_NONE;
    int may_write = go_regrade_next(thread->state, is_staff, GO_REGRADE_WRITE) != GO_REGRADE_COUNT;
    if (!is_there && deadline < q->now) may_write = 0;
    page_begin(q, page, "Request to look again");
    add_submission_head(q, page);
    add_thread(q, page, thread, sharers);
    json_object_set_new(page, "deadline", go_json_time(q, q->zone, deadline));
    json_object_set_new(page, "may_write", json_boolean(may_write));
    json_object_set_new(page, "may_decide",
                        json_boolean(go_regrade_next(thread->state, is_staff, GO_REGRADE_ACCEPT) !=
                                     GO_REGRADE_COUNT));
    json_object_set_new(page, "action", json_string(submission_url(q, "/regrade")));
    json_object_set_new(page, "grade_url", json_string(submission_url(q, "/grade")));
    return APR_SUCCESS;
}

int regrade_page(go_request *q, json_t *page) {
    return fill(q, page) ? go_failed(q) : HTTP_OK;
}

int regrade_write(go_request *q, json_t *page) {
    go_regrade *thread = NULL;
    apr_time_t deadline = 0;
    static const char *const fields[] = {"text"};
    go_audit_entry by = audit_by(q);
    const char *action = go_form_text(q->form, "action");
    go_regrade_act act = strcmp(action, "accept") == 0    ? GO_REGRADE_ACCEPT
                         : strcmp(action, "decline") == 0 ? GO_REGRADE_DECLINE
                                                          : GO_REGRADE_WRITE;
    if (load(q, &thread, &deadline) || !thread) return go_failed(q);
    if (go_regrade_do(q->db, q->at.assignment, q->at.submission, act, go_form_text(q->form, "text"),
                      q->at.user->id, acts_as_staff(q), deadline, &by, q->pool, &q->err)) {
        go_error cause = q->err;
        if (go_failed(q) >= 500) return go_failed(q);
        q->err = (go_error)GO_ERROR_INIT(q->pool);
        if (fill(q, page)) return go_failed(q);
        page_keep(q, page, fields, 1);
        q->err = cause;
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "request about submission %d written to",
                   q->at.submission->number);
    return go_reply_redirect(q, submission_url(q, "/regrade"), "sent", 0);
}

int regrades_page(go_request *q, json_t *page) {
    apr_array_header_t *list;
    go_grading_rules *rules;
    json_t *lines = json_array();
    page_begin(q, page, "Requests to look again");
    json_object_set_new(page, "regrades", lines);
    json_object_set_new(page, "base", json_string(assignment_url(q, "")));
    if (go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err) ||
        go_regrades(q->db, q->at.assignment, &list, q->pool, &q->err))
        return go_failed(q);
    for (int i = 0; i < list->nelts; i++) {
        const go_regrade *one = &APR_ARRAY_IDX(list, i, go_regrade);
        const char *name = *one->display_name ? one->display_name : one->username;
        int is_live = one->state == GO_REGRADE_OPEN;
        if (rules->is_blind) name = go_pseudonym(rules->blind_key, one->username, q->pool);
        json_array_append_new(lines, json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:s}", "number",
                                               one->number, "name", name, "state",
                                               go_regrade_state_name(one->state), "tone",
                                               is_live ? "open" : "none", "opened",
                                               go_json_time(q, q->zone, one->opened_us), "changed",
                                               go_json_time(q, q->zone, one->changed_us), "url",
                                               apr_psprintf(q->pool, "%s/submissions/%d/regrade",
                                                            assignment_url(q, ""), one->number)));
    }
    return HTTP_OK;
}
