/* The second step of a login: the code of the second factor. */
#include "pages/pages.h"

#include "model/login_step.h"
#include "web/session.h"

#include <apr_strings.h>

static apr_status_t find_step(go_request *q, go_login_step **step) {
    return go_login_step_find(q->db, go_web_step(q), q->now, step, q->pool, &q->err);
}

/* From the beginning: there is no step, or it is over. */
static int begin_again(go_request *q) {
    go_web_step_end(q);
    return go_reply_redirect(q, go_url(q, "/login"), "login-again", 0);
}

static void fill(go_request *q, json_t *page, const go_login_step *step, const char *next) {
    page_begin(q, page, "Second factor");
    json_object_set_new(page, "username", json_string(step->user->username));
    json_object_set_new(page, "next", json_string(next));
}

int login_code_page(go_request *q, json_t *page) {
    go_login_step *step;
    if (find_step(q, &step)) return go_failed(q);
    if (!step) return begin_again(q);
    fill(q, page, step, go_form_text(q->query, "next"));
    return HTTP_OK;
}

/* The page again; a wait is told to programs as well. */
static int refuse(go_request *q, json_t *page, const go_login_step *step,
                  const go_factor_answer *answer) {
    if (answer->wait_seconds) {
        apr_table_setn(q->r->err_headers_out, "Retry-After",
                       apr_itoa(q->pool, answer->wait_seconds));
        q->err.remedy = apr_pstrcat(q->pool, q->err.remedy, " A recovery code is taken now.", NULL);
    }
    fill(q, page, step, go_form_text(q->form, "next"));
    return go_page_failed(q, page);
}

int login_code_submit(go_request *q, json_t *page) {
    go_login_step *step;
    go_factor_answer answer;
    int may;
    if (find_step(q, &step)) return go_failed(q);
    if (!step) return begin_again(q);
    if (go_login_step_try(q->db, step, &may, q->pool, &q->err)) return go_failed(q);
    if (!may) return begin_again(q);
    apr_status_t status = login_check_code(q, step->user, go_form_text(q->form, "code"), &answer);
    if (status == GO_ECONFLICT) return begin_again(q); /* switched off meanwhile */
    if (status) return refuse(q, page, step, &answer);
    if (go_login_step_end(q->db, step, q->pool, &q->err)) return go_failed(q);
    go_web_step_end(q);
    return login_finish(q, step->user, go_form_get(q->form, "next"));
}
