/* Settings: one's own name, e-mail, password and picture. */
#include "pages/pages.h"

#include "web/session.h"
#include "model/passwords.h"
#include "web/remote.h"

#include <http_log.h>

#include <string.h>

/* "sessions": where one is logged in, this one marked. */
static apr_status_t add_sessions(go_request *q, json_t *page) {
    apr_array_header_t *lines = NULL;
    json_t *list = json_array();
    apr_status_t status = go_sessions_of_user(q->db, q->session, &q->site->sessions, q->now, &lines,
                                              q->pool, &q->err);
    for (int i = 0; !status && lines && i < lines->nelts; i++) {
        const go_session_line *line = &APR_ARRAY_IDX(lines, i, go_session_line);
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:o, s:o, s:b}", "name", line->name, "address",
                            go_json_text(q, line->address), "agent", go_json_text(q, line->agent),
                            "begun", go_json_time(q, "UTC", line->created_us), "seen",
                            go_json_time(q, "UTC", line->seen_us), "is_this", line->is_this));
    }
    json_object_set_new(page, "sessions", list);
    json_object_set_new(page, "has_others", json_boolean(json_array_size(list) > 1));
    return status;
}

static int fill(go_request *q, json_t *page) {
    const go_user *user = q->at.user;
    page_begin(q, page, "Settings");
    json_object_set_new(page, "profile",
                        json_pack("{s:s, s:s, s:s, s:b, s:s}", "username", user->username, "name",
                                  user->display_name, "email", user->email, "has_password",
                                  user->password_hash && go_auth_takes_passwords(q), "avatar",
                                  go_url(q, "/avatars/%s", user->username)));
    return add_sessions(q, page) ? go_failed(q) : HTTP_OK;
}

int settings_session_end(go_request *q, json_t *page) {
    const char *name = go_form_text(q->form, "name");
    int ended = 0;
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (!status) status = go_session_revoke(q->db, q->session, name, &ended, q->pool, &q->err);
    if (!status && ended)
        status =
            audit_account(q, "sessions", q->at.user, "", *name ? "one ended" : "all others ended");
    if (go_db_end(q->db, status, &q->err)) return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "%d sessions ended", ended);
    return go_reply_redirect(q, go_url(q, "/settings"), "session-ended", 0);
}

int settings_page(go_request *q, json_t *page) {
    return fill(q, page);
}

/* The page again, with what is wrong above it. */
static int refuse(go_request *q, json_t *page) {
    go_error cause = q->err;
    if (fill(q, page) != HTTP_OK) return go_failed(q);
    q->err = cause;
    return go_page_failed(q, page);
}

int settings_profile(go_request *q, json_t *page) {
    if (go_user_set_profile(q->db, q->at.user->id, go_form_text(q->form, "name"),
                            go_form_text(q->form, "email"), q->pool, &q->err))
        return refuse(q, page);
    return go_reply_redirect(q, go_url(q, "/settings"), "saved", 0);
}

int settings_password(go_request *q, json_t *page) {
    const char *fresh = go_form_text(q->form, "new");
    if (!q->at.user->password_hash || !go_auth_takes_passwords(q)) {
        go_error_set(&q->err, GO_EINVALID, NULL,
                     "You have no password here: you log in through your institution.");
        return refuse(q, page);
    }
    if (login_check_password(q, go_form_text(q->form, "current"))) return refuse(q, page);
    if (strcmp(fresh, go_form_text(q->form, "repeat"))) {
        go_error_set(&q->err, GO_EINVALID, "Type the new password twice.",
                     "The two new passwords differ.");
        return refuse(q, page);
    }
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (!status)
        status = go_user_set_password(q->db, q->at.user->id, fresh, q->session->token_hash, q->pool,
                                      &q->err);
    if (!status) status = audit_account(q, "password", q->at.user, "", "changed");
    if (!status) status = go_web_session_renew(q, 0);
    if (go_db_end(q->db, status, &q->err)) return refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "password changed");
    return go_reply_redirect(q, go_url(q, "/settings"), "password", 0);
}
