/* Links by which somebody sets a password: using one, and inviting the students of a course. */
#include "pages/pages.h"

#include "model/csv.h"
#include "web/remote.h"

#include <apr_base64.h>
#include <http_log.h>

#include <string.h>

json_t *json_link(go_request *q, const go_link *link) {
    const char *url = go_request_absolute(q, go_url(q, "/welcome/%s", link->token));
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:o}", "username", link->user->username, "name",
                     link->user->display_name, "email", link->user->email, "url", url,
                     "is_invitation", link->is_invitation, "expires",
                     go_json_time(q, q->zone, link->expires_us));
}

/* --- using one ------------------------------------------------------------------------------- */

/* Where passwords let nobody in, a link to set one is worth nothing. */
static apr_status_t refuse_where_remote(go_request *q) {
    if (go_auth_takes_passwords(q)) return APR_SUCCESS;
    return go_error_set(&q->err, GO_ECONFLICT, "Log in by the button of the login page.",
                        "Passwords of this site let nobody in, so there is none to set.");
}

/* Nothing of the address, which is the secret, goes anywhere or stays. */
static apr_status_t fill(go_request *q, json_t *page) {
    go_link *link;
    q->shows_secret = q->hides_address = 1;
    apr_status_t status = refuse_where_remote(q);
    if (!status)
        status = go_link_find(q->db, go_request_param(q, "token"), q->now, &link, q->pool, &q->err);
    if (status) return status;
    page_begin(q, page, link->is_invitation ? "Welcome" : "New password");
    json_object_set_new(page, "link",
                        json_pack("{s:s, s:s, s:b, s:s, s:o}", "username", link->user->username,
                                  "name", go_user_label(link->user), "is_invitation",
                                  link->is_invitation, "action",
                                  go_url(q, "/welcome/%s", go_request_param(q, "token")), "expires",
                                  go_json_time(q, "UTC", link->expires_us)));
    return APR_SUCCESS;
}

/* A link that is none is told so: 410, since a page that is not there tells no reason. */
static int failed(go_request *q) {
    return q->err.status == GO_ENOTFOUND ? HTTP_GONE : go_failed(q);
}

int welcome_page(go_request *q, json_t *page) {
    return fill(q, page) ? failed(q) : HTTP_OK;
}

static apr_status_t use(go_request *q, go_user **user) {
    const char *password = go_form_text(q->form, "new");
    const go_audit_entry by = {.at_us = q->now, .address = q->r->useragent_ip};
    if (refuse_where_remote(q)) return q->err.status;
    if (strcmp(password, go_form_text(q->form, "repeat")) != 0)
        return go_error_set(&q->err, GO_EINVALID, "Type the new password twice.",
                            "The two passwords differ.");
    return go_link_use(q->db, go_request_param(q, "token"), password, &by, user, q->pool, &q->err);
}

int welcome_submit(go_request *q, json_t *page) {
    go_user *user = NULL;
    apr_status_t status = use(q, &user);
    q->shows_secret = q->hides_address = 1;
    if (status == GO_EINVALID) {
        go_error cause = q->err;
        if (fill(q, page)) return failed(q);
        q->err = cause;
        return go_page_failed(q, page);
    }
    if (status || !user) return failed(q);
    go_request_log(q, APLOG_NOTICE, "\"%s\" has set a password by a link", user->username);
    return login_proven(q, user, NULL);
}

/* --- inviting a course's students ------------------------------------------------------------ */

/* The links as a CSV that a link of the page carries in itself: kept nowhere. */
static const char *links_csv(go_request *q, const apr_array_header_t *links) {
    static const char *const titles[] = {"username", "name", "email", "link"};
    go_buffer *csv = go_buffer_make(q->pool, 4096);
    go_csv_write_row(csv, titles, 4);
    for (int i = 0; i < links->nelts; i++) {
        const go_link *link = &APR_ARRAY_IDX(links, i, go_link);
        const char *const cells[] = {link->user->username, link->user->display_name,
                                     link->user->email,
                                     go_request_absolute(q, go_url(q, "/welcome/%s", link->token))};
        go_csv_write_row(csv, cells, 4);
    }
    char *text = apr_palloc(q->pool, (apr_size_t)apr_base64_encode_len((int)csv->length));
    apr_base64_encode(text, csv->bytes, (int)csv->length);
    return text;
}

int roster_invite(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    const char *username = go_form_get(q->form, "username"); /* none: all */
    apr_array_header_t *links = NULL;
    json_t *list = json_array();
    q->shows_secret = 1;
    if (refuse_where_remote(q) ||
        go_links_invite(q->db, q->at.course, username, &by, &links, q->pool, &q->err)) {
        json_decref(list);
        return roster_failed(q, page);
    }
    for (int i = 0; i < links->nelts; i++)
        json_array_append_new(list, json_link(q, &APR_ARRAY_IDX(links, i, go_link)));
    go_request_log(q, APLOG_NOTICE, "%d invitations made", links->nelts);
    json_object_set_new(page, "links", list);
    json_object_set_new(page, "links_count", json_integer(links->nelts));
    if (links->nelts) json_object_set_new(page, "links_csv", json_string(links_csv(q, links)));
    return roster_fill(q, page) ? go_failed(q) : HTTP_OK;
}
