/* Writing, changing and deleting comments on lines. */
#include "pages/file_view.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>
#include <string.h>

/* Back to the line. */
static int back(go_request *q, const char *path, int line, const char *what, int is_new) {
    go_request_log(q, APLOG_NOTICE, "%s on submission %d", what, q->at.submission->number);
    return go_reply_redirect(q, apr_psprintf(q->pool, "%s#L%d", file_url(q, path), line), NULL,
                             is_new);
}

/* The file again, with the comment as it was typed. */
static int refuse(go_request *q, json_t *page, const char *path, const draft_comment *draft) {
    go_error cause = q->err;
    if (go_failed(q) >= 500 || q->err.status == GO_ENOTFOUND) return go_failed(q);
    q->err = (go_error)GO_ERROR_INIT(q->pool);
    if (file_fill(q, page, path, draft)) return go_failed(q);
    q->err = cause;
    return go_page_failed(q, page);
}

static apr_status_t check_line(go_request *q, const char *path, int line) {
    file_text text;
    apr_status_t status = file_read(q, path, &text);
    if (!status && (!text.lines || line < 1 || line > text.lines->nelts))
        return go_error_set(&q->err, GO_EINVALID, "Choose a line of the file.",
                            "The file has no line %d.", line);
    return status;
}

int comment_add(go_request *q, json_t *page) {
    const char *path = go_form_text(q->form, "path"), *text = go_form_text(q->form, "text");
    draft_comment draft = {.line = atoi(go_form_text(q->form, "line")), .text = text};
    if (!text[strspn(text, " \t\r\n")]) text = go_form_text(q->form, "earlier");
    if (refuse_own_work(q)) return go_failed(q);
    if (check_line(q, path, draft.line) ||
        go_line_comment_add(q->db, q->at.assignment, q->at.submission, path, draft.line,
                            q->at.user->id, text, q->now, q->pool, &q->err))
        return refuse(q, page, path, &draft);
    return back(q, path, draft.line, "comment written", 1);
}

int comment_change(go_request *q, json_t *page) {
    const char *path = go_form_text(q->form, "path");
    apr_int64_t id = apr_atoi64(go_request_param(q, "comment"));
    int is_removal = strcmp(go_form_text(q->form, "action"), "remove") == 0;
    const draft_comment none = {.text = ""};
    apr_status_t status =
        is_removal
            ? go_line_comment_remove(q->db, q->at.submission, id, q->at.user->id, q->pool, &q->err)
            : go_line_comment_change(q->db, q->at.submission, id, q->at.user->id,
                                     go_form_text(q->form, "text"), q->pool, &q->err);
    if (status) return refuse(q, page, path, &none);
    return back(q, path, atoi(go_form_text(q->form, "line")),
                is_removal ? "comment deleted" : "comment changed", 0);
}
