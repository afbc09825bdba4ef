/* What the pages for authors share (authoring.h). */
#include "pages/authoring.h"

#include "model/objects.h"
#include "model/trees.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>
#include <string.h>

go_authoring authoring_of(const go_request *q) {
    return (go_authoring){.course = q->at.course,
                          .assignment = q->at.assignment,
                          .author = q->at.user,
                          .address = q->r->useragent_ip,
                          .now = q->now};
}

const char *url_authoring(const go_request *q, const char *page) {
    return go_url(q, "/courses/%s/assignments/%s/%s", q->at.course->name, q->at.assignment->name,
                  page);
}

const char *url_stage_file(const go_request *q, const char *below, const char *path) {
    return apr_pstrcat(q->pool, url_authoring(q, below), "/", go_form_encode_path(q->pool, path),
                       NULL);
}

/* --- the version at hand --------------------------------------------------------------------- */

apr_status_t draft_read(go_request *q, go_draft *draft) {
    go_version *version;
    const go_assignment *assignment = q->at.assignment;
    *draft = (go_draft){.tree = go_tree_make(q->pool),
                        .stages = apr_array_make(q->pool, 1, sizeof(go_stage)),
                        .archive = go_archive_format_name(GO_ARCHIVE_ZIP)};
    if (!assignment->version_id) return APR_SUCCESS;
    apr_status_t status =
        go_version_find(q->db, assignment, assignment->version_number, &version, q->pool, &q->err);
    if (status) return status;
    draft->archive = version->archive;
    status = go_version_stages(q->db, version->id, &draft->stages, q->pool, &q->err);
    if (status) return status;
    return go_trees_read(q->db, version->tree_id, q->site->state->objects, &draft->tree, q->pool,
                         &q->err);
}

apr_status_t draft_edit(go_request *q, const go_draft *draft, go_edit **edit) {
    const char *workspace = q->upload ? q->upload->workspace : NULL;
    if (!workspace && go_state_workspace(q->site->state, &workspace, q->pool, &q->err))
        return q->err.status;
    *edit = go_edit_begin(draft->tree, workspace, q->pool);
    return APR_SUCCESS;
}

/* --- saving ---------------------------------------------------------------------------------- */

int is_newest(const go_request *q) {
    return atoi(go_form_text(q->form, "base")) == q->at.assignment->version_number;
}

int show_again(go_request *q, json_t *page, go_page again) {
    go_error cause = q->err;
    if (go_http_status(cause.status) >= 500 || again(q, page) != HTTP_OK) return go_failed(q);
    q->err = cause;
    return go_page_failed(q, page);
}

/* What happened between the form's base and now, as far as the base is one. */
static apr_status_t add_changes(go_request *q, json_t *conflict) {
    go_version *base, *newest;
    go_tree *was = go_tree_make(q->pool), *is;
    int number = atoi(go_form_text(q->form, "base"));
    const char *objects = q->site->state->objects;
    apr_status_t status = go_version_find(q->db, q->at.assignment, q->at.assignment->version_number,
                                          &newest, q->pool, &q->err);
    if (!status) status = go_trees_read(q->db, newest->tree_id, objects, &is, q->pool, &q->err);
    if (!status && !go_version_find(q->db, q->at.assignment, number, &base, q->pool, NULL))
        status = go_trees_read(q->db, base->tree_id, objects, &was, q->pool, &q->err);
    if (status) return status;
    json_object_set_new(conflict, "base", json_integer(number));
    json_object_set_new(conflict, "newest", json_version(q, newest));
    json_object_set_new(conflict, "theirs", json_tree_diff(q, was, is));
    return APR_SUCCESS;
}

int show_conflict(go_request *q, json_t *page, go_page again) {
    go_assignment *present;
    if (go_assignment_find(q->db, q->at.course, q->at.assignment->name, &present, q->pool, &q->err))
        return go_failed(q);
    q->at.assignment = present;
    json_t *conflict = json_object();
    json_object_set_new(page, "conflict", conflict);
    if (add_changes(q, conflict) || again(q, page) != HTTP_OK) return go_failed(q);
    go_page_problem(q, page,
                    "Nothing was saved: somebody else has saved a newer version since you began. "
                    "What they changed is shown below, and what you typed is still in the form. "
                    "Save again to put yours on top of theirs.");
    return HTTP_UNPROCESSABLE_ENTITY;
}

static int show_problems(go_request *q, json_t *page, const go_problems *problems, go_page again) {
    if (again(q, page) != HTTP_OK) return go_failed(q);
    for (int i = 0; i < problems->list->nelts; i++)
        go_page_problem(q, page, APR_ARRAY_IDX(problems->list, i, go_problem).text);
    return HTTP_UNPROCESSABLE_ENTITY;
}

/* Are these the files of the present version? Compared by their digest. */
static int is_unchanged(const go_request *q, const go_tree *was, const go_tree *is) {
    return strcmp(go_tree_digest(was, q->pool), go_tree_digest(is, q->pool)) == 0;
}

int edit_save(go_request *q, json_t *page, const go_edit *edit, const go_draft *draft,
              const char *note, const char *url, go_page again) {
    go_stages *stages;
    int number;
    go_problems *problems = go_problems_make(q->pool);
    const go_stages_limits limits = go_settings_stages(q->site->settings);
    const char *typed = go_form_text(q->form, "note");
    const go_save save = {.is_based = 1,
                          .base = atoi(go_form_text(q->form, "base")),
                          .note = *typed ? typed : note,
                          .archive = draft->archive};
    const go_authoring who = authoring_of(q);
    if (go_stages_read(&stages, edit->tree, &limits, NULL, NULL, q->pool, problems))
        return show_problems(q, page, problems, again);
    if (go_objects_keep(q->site->state->objects, stages->tree, q->pool, &q->err))
        return go_failed(q);
    if (is_unchanged(q, draft->tree, stages->tree))
        return go_reply_redirect(q, url, "unchanged", 0);
    apr_status_t status = go_version_save(q->db, &who, stages, &save, &number, q->pool, &q->err);
    if (status == GO_ECONFLICT) return show_conflict(q, page, again);
    if (status) return show_again(q, page, again);
    go_request_log(q, APLOG_NOTICE, "version %d stored", number);
    return go_reply_redirect(q, url, "version", 1);
}

/* --- versions -------------------------------------------------------------------------------- */

json_t *json_version(const go_request *q, const go_version *version) {
    const char *url = go_url(q, "/courses/%s/assignments/%s/versions/%d", q->at.course->name,
                             q->at.assignment->name, version->number);
    return json_pack("{s:i, s:s, s:s, s:o, s:i, s:s, s:b, s:b, s:s, s:s, s:s, s:s}", "number",
                     version->number, "author", version->author ? version->author : "", "note",
                     version->note, "created", go_json_time(q, q->zone, version->created_us),
                     "files", version->files, "size", go_bytes_text(q->pool, version->bytes),
                     "is_current", version->id == q->at.assignment->version_id, "is_first",
                     version->number == 1, "archive", url, "kind", version->archive, "diff",
                     apr_pstrcat(q->pool, url, "/diff", NULL), "restore",
                     apr_pstrcat(q->pool, url, "/restore", NULL));
}
