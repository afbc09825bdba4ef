/* Versions of an assignment: uploading one as an archive of stages, getting one back. */
#include "pages/pages.h"

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

int version_create(go_request *q, json_t *page) {
    go_stages *stages;
    int number;
    go_problems *problems = go_problems_make(q->pool);
    apr_status_t status = read_upload(q, &stages, problems);
    if (go_http_status(status) >= 500) return go_failed(q);
    if (status) return refuse(q, page, problems);
    if (go_objects_keep(q->site->state->objects, stages->tree, q->pool, &q->err) ||
        go_version_create(q->db, q->at.assignment, stages, q->at.user->id,
                          go_form_text(q->form, "note"), q->now, &number, q->pool, &q->err))
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

int version_archive(go_request *q, json_t *page) {
    apr_array_header_t *versions;
    int number = atoi(go_request_param(q, "version"));
    if (go_versions(q->db, q->at.assignment, &versions, q->pool, &q->err)) return go_failed(q);
    for (int i = 0; i < versions->nelts; i++) {
        const go_version *version = APR_ARRAY_IDX(versions, i, go_version *);
        go_tree *tree;
        if (version->number != number) continue;
        if (go_trees_read(q->db, version->tree_id, q->site->state->objects, &tree, q->pool,
                          &q->err))
            return go_failed(q);
        return go_reply_zip(q, tree,
                            apr_psprintf(q->pool, "%s-v%d.zip", q->at.assignment->name, number));
    }
    return HTTP_NOT_FOUND;
}
