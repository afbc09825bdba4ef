/*
 * Versions of an assignment: uploading one as an archive of stages, getting one back as the kind of
 * archive it came as, what each changed, and taking an old one again.
 */
#include "pages/authoring.h"

#include "model/objects.h"
#include "model/trees.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>

/* Reads the upload into stages; what is wrong with them goes into `problems`, all of it. */
static apr_status_t read_upload(go_request *q, go_stages **stages, go_problems *problems) {
    go_tree *tree;
    const go_stages_limits limits = go_settings_stages(q->site->settings);
    apr_status_t status =
        go_upload_tree(q->upload, "archive", q->site->max_upload, &tree, q->pool, &q->err);
    if (status) {
        go_problems_error(problems, "%s", go_error_text(&q->err));
        return status;
    }
    return go_stages_read(stages, tree, &limits, NULL, NULL, q->pool, problems);
}

static int refuse(go_request *q, json_t *page, const go_problems *problems) {
    if (assignment_edit_page(q, page) != HTTP_OK) return go_failed(q);
    for (int i = 0; i < problems->list->nelts; i++)
        go_page_problem(q, page, APR_ARRAY_IDX(problems->list, i, go_problem).text);
    return HTTP_UNPROCESSABLE_ENTITY;
}

/* The kind of archive that was uploaded; a folder's files are given back as a zip. */
static const char *archive_of(const go_request *q) {
    const go_upload_file *file = go_upload_first(q->upload, "archive");
    return go_archive_format_name(go_archive_format_of(file ? file->name : ""));
}

int version_create(go_request *q, json_t *page) {
    go_stages *stages;
    int number;
    go_problems *problems = go_problems_make(q->pool);
    apr_status_t status = read_upload(q, &stages, problems);
    if (go_http_status(status) >= 500) return go_failed(q);
    if (status) return refuse(q, page, problems);
    const go_authoring who = authoring_of(q);
    const go_save save = {.note = go_form_text(q->form, "note"), .archive = archive_of(q)};
    if (go_objects_keep(q->site->state->objects, stages->tree, q->pool, &q->err) ||
        go_version_save(q->db, &who, stages, &save, &number, q->pool, &q->err))
        return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "version %d stored", number);
    if (problems->list->nelts == 0)
        return go_reply_redirect(q,
                                 go_url(q, "/courses/%s/assignments/%s/edit", q->at.course->name,
                                        q->at.assignment->name),
                                 "version", 1);
    /* stored, but with warnings: they are shown at once, as they are kept nowhere */
    go_assignment *assignment;
    if (go_assignment_find(q->db, q->at.course, q->at.assignment->name, &assignment, q->pool,
                           &q->err))
        return go_failed(q);
    q->at.assignment = assignment;
    if (assignment_edit_page(q, page) != HTTP_OK) return go_failed(q);
    json_object_set_new(page, "notice", json_string(go_notice_text("version")));
    for (int i = 0; i < problems->list->nelts; i++)
        go_page_problem(q, page, APR_ARRAY_IDX(problems->list, i, go_problem).text);
    return HTTP_OK;
}

static apr_status_t read_version(go_request *q, int number, go_version **version, go_tree **tree) {
    apr_status_t status =
        go_version_find(q->db, q->at.assignment, number, version, q->pool, &q->err);
    if (status) return status;
    return go_trees_read(q->db, (*version)->tree_id, q->site->state->objects, tree, q->pool,
                         &q->err);
}

static int number_of(const go_request *q) {
    return atoi(go_request_param(q, "version"));
}

int version_archive(go_request *q, json_t *page) {
    go_version *version;
    go_tree *tree;
    if (read_version(q, number_of(q), &version, &tree)) return go_failed(q);
    return go_reply_archive(q, tree, go_archive_format_of(version->archive),
                            apr_psprintf(q->pool, "%s-v%d.%s", q->at.assignment->name,
                                         version->number, version->archive));
}

int versions_page(go_request *q, json_t *page) {
    apr_array_header_t *versions;
    page_begin(q, page, "Versions");
    if (go_versions(q->db, q->at.assignment, &versions, q->pool, &q->err)) return go_failed(q);
    json_t *list = json_array();
    for (int i = 0; i < versions->nelts; i++)
        json_array_append_new(list, json_version(q, APR_ARRAY_IDX(versions, i, go_version *)));
    json_object_set_new(page, "versions", list);
    return HTTP_OK;
}

int version_diff(go_request *q, json_t *page) {
    go_version *version, *before;
    go_tree *tree, *was = go_tree_make(q->pool);
    int number = number_of(q);
    if (read_version(q, number, &version, &tree)) return go_failed(q);
    if (number > 1 && read_version(q, number - 1, &before, &was)) return go_failed(q);
    page_begin(q, page, apr_psprintf(q->pool, "Version %d", number));
    json_object_set_new(page, "version", json_version(q, version));
    json_object_set_new(page, "before", number > 1 ? json_integer(number - 1) : json_null());
    json_object_set_new(page, "difference", json_tree_diff(q, was, tree));
    return HTTP_OK;
}

/* Its files are read again as stages: what the site allows may have changed meanwhile. */
int version_restore(go_request *q, json_t *page) {
    go_version *version;
    go_tree *tree;
    go_stages *stages;
    int number;
    go_problems *problems = go_problems_make(q->pool);
    const go_stages_limits limits = go_settings_stages(q->site->settings);
    if (read_version(q, number_of(q), &version, &tree)) return go_failed(q);
    if (go_stages_read(&stages, tree, &limits, NULL, NULL, q->pool, problems)) {
        if (versions_page(q, page) != HTTP_OK) return go_failed(q);
        for (int i = 0; i < problems->list->nelts; i++)
            go_page_problem(q, page, APR_ARRAY_IDX(problems->list, i, go_problem).text);
        return HTTP_UNPROCESSABLE_ENTITY;
    }
    const go_authoring who = authoring_of(q);
    const go_save save = {.note = apr_psprintf(q->pool, "version %d again", version->number),
                          .archive = version->archive};
    if (go_version_save(q->db, &who, stages, &save, &number, q->pool, &q->err)) return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "version %d stored, the same as %d", number, version->number);
    return go_reply_redirect(q, url_authoring(q, "versions"), "restored", 1);
}
