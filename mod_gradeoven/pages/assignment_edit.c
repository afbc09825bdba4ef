/* Making and changing an assignment: texts, due date, publishing. Its stages: versions.c. */
#include "pages/authoring.h"

#include "model/stages_lint.h"
#include "model/trees.h"
#include "model/zone.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static const char *const fields[] = {"name", "title", "description", "due"};

/* The due date as typed, in the course's zone; empty: none. */
static apr_status_t read_due(go_request *q, apr_time_t *due) {
    const char *text = go_form_text(q->form, "due");
    *due = 0;
    return *text ? go_zone_parse_local(q->zone, text, due, &q->err) : APR_SUCCESS;
}

int assignment_new_page(go_request *q, json_t *page) {
    page_begin(q, page, "New assignment");
    json_object_set_new(page, "is_new", json_true());
    json_object_set_new(page, "action",
                        json_string(go_url(q, "/courses/%s/assignments", q->at.course->name)));
    return HTTP_OK;
}

int assignment_create(go_request *q, json_t *page) {
    apr_time_t due;
    go_assignment *assignment;
    if (read_due(q, &due) ||
        go_assignment_create(q->db, q->at.course, go_form_text(q->form, "name"),
                             go_form_text(q->form, "title"), go_form_text(q->form, "description"),
                             due, q->now, &assignment, q->pool, &q->err)) {
        assignment_new_page(q, page);
        page_keep(q, page, fields, 4);
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "assignment \"%s\" made", assignment->name);
    return go_reply_redirect(
        q, go_url(q, "/courses/%s/assignments/%s/edit", q->at.course->name, assignment->name),
        "created", 1);
}

static void add_versions(const go_request *q, json_t *page, const apr_array_header_t *versions) {
    json_t *list = json_array();
    for (int i = 0; i < versions->nelts; i++)
        json_array_append_new(list, json_version(q, APR_ARRAY_IDX(versions, i, go_version *)));
    json_object_set_new(page, "versions", list);
}

/*
 * What the lint says of the version in use. It is kept nowhere: the files do not change, but the
 * lint may learn.
 */
static apr_status_t add_warnings(go_request *q, json_t *page, const apr_array_header_t *versions,
                                 apr_array_header_t *in_order) {
    go_problems *problems = go_problems_make(q->pool);
    go_stages stages = {.stages = in_order};
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; i < versions->nelts; i++) {
        const go_version *version = APR_ARRAY_IDX(versions, i, go_version *);
        if (version->id != q->at.assignment->version_id) continue;
        status = go_trees_read(q->db, version->tree_id, q->site->state->objects, &stages.tree,
                               q->pool, &q->err);
        if (!status) go_stages_lint(&stages, NULL, NULL, q->pool, problems);
    }
    json_t *list = json_array();
    for (int i = 0; i < problems->list->nelts; i++)
        json_array_append_new(
            list, json_pack("{s:o}", "text",
                            go_json_text(q, APR_ARRAY_IDX(problems->list, i, go_problem).text)));
    json_object_set_new(page, "has_warnings", json_boolean(json_array_size(list) > 0));
    json_object_set_new(page, "warnings", list);
    return status;
}

static void add_stages(json_t *page, const apr_array_header_t *stages) {
    json_t *list = json_array();
    for (int i = 0; i < stages->nelts; i++) {
        const go_stage *stage = &APR_ARRAY_IDX(stages, i, go_stage);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b, s:i, s:i, s:b}", "name", stage->name,
                                        "description", stage->description ? stage->description : "",
                                        "is_trusted", stage->is_trusted, "timeout_seconds",
                                        stage->timeout_seconds, "memory_mb", stage->memory_mb,
                                        "stop_on_failure", stage->stop_on_failure));
    }
    json_object_set_new(page, "stages", list);
}

int assignment_edit_page(go_request *q, json_t *page) {
    const go_assignment *assignment = q->at.assignment;
    apr_array_header_t *versions, *stages;
    page_begin(q, page, "Edit assignment");
    const char *due = assignment->due_us ? go_zone_format(q->pool, q->zone, assignment->due_us,
                                                          GO_ZONE_DATETIME_LOCAL)
                                         : "";
    json_object_set_new(page, "form",
                        json_pack("{s:s, s:s, s:s, s:s}", "name", assignment->name, "title",
                                  assignment->title, "description", assignment->description, "due",
                                  due));
    json_object_set_new(page, "action",
                        json_string(go_url(q, "/courses/%s/assignments/%s/edit", q->at.course->name,
                                           assignment->name)));
    if (go_versions(q->db, assignment, &versions, q->pool, &q->err) ||
        go_version_stages(q->db, assignment->version_id, &stages, q->pool, &q->err) ||
        add_rules(q, page) || add_warnings(q, page, versions, stages) ||
        add_scoreboard_form(q, page) || add_check(q, page))
        return go_failed(q);
    int is_released;
    if (go_results_are_released(q->db, assignment->id, &is_released, q->pool, &q->err))
        return go_failed(q);
    json_object_set_new(page, "results_released", json_boolean(is_released));
    add_versions(q, page, versions);
    add_stages(page, stages);
    return HTTP_OK;
}

/* Texts and the due date, on which it depends what is late and what counts. */
static apr_status_t change(go_request *q, apr_time_t due) {
    go_audit_entry by = audit_by(q);
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return status;
    status = go_assignment_change(q->db, q->at.assignment, go_form_text(q->form, "title"),
                                  go_form_text(q->form, "description"), due, q->pool, &q->err);
    if (!status && due != q->at.assignment->due_us)
        status = go_rules_due_moved(q->db, q->at.assignment, &by, q->pool, &q->err);
    return go_db_end(q->db, status, &q->err);
}

int assignment_change(go_request *q, json_t *page) {
    apr_time_t due;
    if (read_due(q, &due) || change(q, due)) {
        go_error cause = q->err;
        assignment_edit_page(q, page);
        page_keep(q, page, fields, 4);
        q->err = cause;
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "assignment changed");
    return go_reply_redirect(
        q, go_url(q, "/courses/%s/assignments/%s/edit", q->at.course->name, q->at.assignment->name),
        "saved", 0);
}

/*
 * What nobody has seen work is published only by who says so: unless the self-check of the present
 * version has passed, the form's "anyway" must be ticked. Answers what the audit log says of it.
 */
static apr_status_t ask_before_publishing(go_request *q, const char **became) {
    go_check check;
    *became = "published";
    if (!q->at.assignment->version_id) return APR_SUCCESS; /* refused by the model */
    apr_status_t status = go_check_find(q->db, q->at.assignment, &check, q->pool, &q->err);
    if (status || check.verdict == GO_CHECK_PASSED) return status;
    *became = apr_pstrcat(q->pool, "published anyway. ", check.why, NULL);
    if (go_form_get(q->form, "anyway")) return APR_SUCCESS;
    return go_error_set(&q->err, GO_ECONFLICT, "Do a self-check first, or tick \"Publish anyway\".",
                        "It was not published: no self-check of these stages has passed. %s",
                        check.why);
}

static apr_status_t publish(go_request *q, int is_published) {
    const char *became = "draft";
    const go_authoring who = authoring_of(q);
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return status;
    if (is_published) status = ask_before_publishing(q, &became);
    if (!status)
        status = go_assignment_publish(q->db, q->at.assignment, is_published, q->pool, &q->err);
    if (!status)
        status = go_authoring_note(q->db, &who, "publish",
                                   q->at.assignment->is_published ? "published" : "draft", became,
                                   q->pool, &q->err);
    return go_db_end(q->db, status, &q->err);
}

int assignment_publish(go_request *q, json_t *page) {
    int is_published = strcmp(go_form_text(q->form, "published"), "1") == 0;
    if (publish(q, is_published)) {
        go_error cause = q->err;
        assignment_edit_page(q, page);
        q->err = cause;
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, is_published ? "published" : "unpublished");
    return go_reply_redirect(
        q, go_url(q, "/courses/%s/assignments/%s/edit", q->at.course->name, q->at.assignment->name),
        is_published ? "published" : "unpublished", 0);
}
