/*
 * One's own data as an archive, for everybody; the same of anybody, and erasing a person, for
 * admins. The course's page tells from here how long its work is kept.
 */
#include "pages/pages.h"

#include "model/erasure.h"
#include "model/export.h"
#include "model/retention.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

/* --- how long work is kept ---------------------------------------------------------------------
 */

static json_t *json_retention(const go_request *q, const go_retention *one) {
    int is_soon = one->due_us && one->due_us - q->now < GO_RETENTION_TOLD_US;
    /* handed in again after it was applied: then it has another date to come */
    int is_removed = one->removed_us && one->removed_us >= one->end_us;
    /* no "course" in it: the template of the course's page asks for that one inside of this */
    return json_pack("{s:s, s:s, s:o, s:o, s:b}", "title", one->title, "kept",
                     go_retention_words(one->days, q->pool), "removed",
                     go_json_time(q, one->zone, is_removed ? one->removed_us : 0), "due",
                     go_json_time(q, one->zone, is_removed ? 0 : one->due_us), "is_soon", is_soon);
}

apr_status_t add_retention(go_request *q, json_t *page) {
    go_retention one;
    apr_status_t status = go_retention_of(q->db, q->at.course->id, &one, q->pool, &q->err);
    json_object_set_new(page, "retention",
                        !status && (one.due_us || one.removed_us) ? json_retention(q, &one)
                                                                  : json_null());
    return status;
}

static apr_status_t add_courses(go_request *q, json_t *page) {
    apr_array_header_t *courses = NULL;
    json_t *list = json_array();
    json_object_set_new(page, "courses", list);
    apr_status_t status =
        go_courses_of_user(q->db, q->session->user->id, &courses, q->pool, &q->err);
    for (int i = 0; !status && courses && i < courses->nelts; i++) {
        go_retention one;
        status = go_retention_of(q->db, APR_ARRAY_IDX(courses, i, go_course *)->id, &one, q->pool,
                                 &q->err);
        if (!status) json_array_append_new(list, json_retention(q, &one));
    }
    return status;
}

/* --- exports -----------------------------------------------------------------------------------
 */

typedef struct sending {
    go_site *site;
    go_export *export;
} sending;

/* A connection for each piece: a client that reads slowly must not keep one. */
static apr_status_t next_piece(void *baton, go_archive_piece *piece, apr_pool_t *pool,
                               go_error *err) {
    const sending *from = baton;
    apr_pool_t *loan;
    go_db *db = NULL;
    apr_pool_create(&loan, pool);
    apr_status_t status = go_site_connect(from->site, &db, loan, err);
    if (!status) status = go_export_next(from->export, db, piece, pool, err);
    apr_pool_destroy(loan);
    return status;
}

static int send_export(go_request *q, const go_user *user, int is_full) {
    sending *from = apr_palloc(q->pool, sizeof(*from));
    if (audit_account(q, "export", user, "", is_full ? "in full" : "as they see it"))
        return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "data of \"%s\" exported%s", user->username,
                   is_full ? " in full" : "");
    *from = (sending){
        q->site, go_export_make(q->site->state, q->site->name, user, is_full, q->now, q->pool)};
    return go_reply_zip_pieces(q, next_piece, from,
                               apr_psprintf(q->pool, "%s-data.zip", user->username));
}

int privacy_page(go_request *q, json_t *page) {
    page_begin(q, page, "Your data");
    if (add_courses(q, page)) return go_failed(q);
    json_object_set_new(page, "has_courses",
                        json_boolean(json_array_size(json_object_get(page, "courses")) > 0));
    return HTTP_OK;
}

int privacy_export(go_request *q, json_t *page) {
    (void)page;
    return send_export(q, q->session->user, 0);
}

/* --- for admins --------------------------------------------------------------------------------
 */

static apr_status_t find_person(go_request *q, go_user **user) {
    return go_user_find(q->db, go_request_param(q, "user"), user, q->pool, &q->err);
}

static json_t *json_preview(const go_erasure *found) {
    json_t *courses = json_array();
    for (int i = 0; i < found->courses->nelts; i++)
        json_array_append_new(
            courses, json_pack("{s:s}", "text", APR_ARRAY_IDX(found->courses, i, const char *)));
    return json_pack("{s:i, s:i, s:b, s:i, s:i, s:i, s:o, s:b, s:b, s:b, s:b}", "submissions",
                     found->submissions, "of_teams", found->of_teams, "has_teams",
                     found->of_teams > 0, "files", found->files, "sessions", found->sessions,
                     "tokens", found->tokens, "courses", courses, "is_in_courses",
                     found->courses->nelts > 0, "is_live", found->live > 0, "is_last_admin",
                     found->is_last_admin, "is_erased", found->is_erased);
}

static apr_status_t fill(go_request *q, json_t *page, const go_user *user) {
    go_erasure found = {0};
    apr_status_t status = go_erasure_look(q->db, user, &found, q->pool, &q->err);
    page_begin(q, page, apr_psprintf(q->pool, "Data of %s", user->username));
    if (status) return status;
    int is_me = user->id == q->at.user->id;
    json_object_set_new(
        page, "person",
        json_pack("{s:s, s:s, s:s, s:b, s:b}", "username", user->username, "name",
                  user->display_name, "base", go_url(q, "/admin/users/%s", user->username), "is_me",
                  is_me, "may_erase",
                  !is_me && !found.is_erased && !found.is_last_admin && !found.live));
    json_object_set_new(page, "preview", json_preview(&found));
    return APR_SUCCESS;
}

int admin_privacy_page(go_request *q, json_t *page) {
    go_user *user = NULL;
    return find_person(q, &user) || fill(q, page, user) ? go_failed(q) : HTTP_OK;
}

int admin_privacy_export(go_request *q, json_t *page) {
    go_user *user = NULL;
    (void)page;
    if (find_person(q, &user)) return go_failed(q);
    return send_export(q, user, go_form_get(q->form, "full") != NULL);
}

static apr_status_t erase(go_request *q, const go_user *user, go_erasure *erasure) {
    const go_erasure_order order = {.keeps_work = go_form_get(q->form, "keep_work") != NULL,
                                    .forces = go_form_get(q->form, "force") != NULL};
    const go_audit_entry by = audit_by(q);
    if (strcmp(go_form_text(q->form, "confirm"), user->username) != 0)
        return go_error_set(&q->err, GO_EINVALID, "Type it as it stands above.",
                            "What you typed is not the username.");
    return go_erase(q->db, q->site->state, user, &order, &by, erasure, q->pool, &q->err);
}

int admin_privacy_erase(go_request *q, json_t *page) {
    go_user *user = NULL;
    go_erasure erasure = {0};
    if (find_person(q, &user)) return go_failed(q);
    if (erase(q, user, &erasure)) {
        go_error cause = q->err;
        if (go_failed(q) >= 500 || fill(q, page, user)) return go_failed(q);
        q->err = cause;
        return go_page_failed(q, page);
    }
    /* not by the name that was just erased: httpd's log would have it longer than we do */
    go_request_log(q, APLOG_NOTICE, "a person was erased, now \"%s\"", erasure.pseudonym);
    return go_reply_redirect(q, go_url(q, "/admin/users/%s/privacy", erasure.pseudonym), "erased",
                             0);
}
