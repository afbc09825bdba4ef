/* The reference solution of an assignment, and the self-check with it. */
#include "pages/authoring.h"

#include "model/objects.h"
#include "model/text.h"
#include "model/trees.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

/* --- how it stands --------------------------------------------------------------------------- */

/* The scores are strings, as everywhere; a run that is not there yet is null. */
static json_t *json_run(const go_request *q, const char *what, const go_run *run) {
    if (!run) return json_null();
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o}", "what", what, "state", go_run_state_name(run->state), "label",
        run_label(run->state, run->is_ungradable), "tone", run_tone(run->state, run->is_ungradable),
        "score", go_json_score(q, run->has_score, run->score));
}

/* What the page calls a verdict. */
static const char *verdict_label(go_check_verdict verdict) {
    static const char *const labels[] = {[GO_CHECK_NO_REFERENCE] = "no reference solution",
                                         [GO_CHECK_MISSING] = "never checked",
                                         [GO_CHECK_OUTDATED] = "outdated",
                                         [GO_CHECK_RUNNING] = "running",
                                         [GO_CHECK_FAILED] = "failed",
                                         [GO_CHECK_PASSED] = "passed"};
    return labels[verdict];
}

static json_t *json_check(const go_request *q, const go_check *check) {
    return json_pack("{s:s, s:s, s:b, s:b, s:b, s:s, s:o, s:o, s:o, s:o}", "verdict",
                     go_check_verdict_name(check->verdict), "verdict_label",
                     verdict_label(check->verdict), "is_running",
                     check->verdict == GO_CHECK_RUNNING, "is_passed",
                     check->verdict == GO_CHECK_PASSED, "is_failed",
                     check->verdict == GO_CHECK_FAILED, "why", check->why, "version",
                     check->version_number ? json_integer(check->version_number) : json_null(),
                     "created", go_json_time(q, q->zone, check->created_us), "reference",
                     json_run(q, "Reference solution", check->reference), "empty",
                     json_run(q, "Empty submission", check->empty));
}

static apr_status_t find_both(go_request *q, json_t *page, go_check *check) {
    go_reference *reference;
    apr_status_t status = go_check_find(q->db, q->at.assignment, check, q->pool, &q->err);
    if (!status) status = go_reference_find(q->db, q->at.assignment, &reference, q->pool, &q->err);
    if (status) return status;
    json_object_set_new(page, "check", json_check(q, check));
    json_object_set_new(page, "reference",
                        reference ? json_pack("{s:i, s:s, s:s}", "files", reference->files, "size",
                                              go_bytes_text(q->pool, reference->bytes), "archive",
                                              url_authoring(q, "reference"))
                                  : json_null());
    json_object_set_new(page, "can_check",
                        json_boolean(reference && q->at.assignment->version_id &&
                                     check->verdict != GO_CHECK_RUNNING));
    return APR_SUCCESS;
}

apr_status_t add_check(go_request *q, json_t *page) {
    go_check check;
    return find_both(q, page, &check);
}

/* --- the page -------------------------------------------------------------------------------- */

static json_t *lines_of(const go_request *q, const char *text) {
    apr_array_header_t *lines = go_text_lines(q->pool, text, strlen(text));
    json_t *list = json_array();
    for (int i = 0; i < lines->nelts; i++)
        json_array_append_new(list, json_string(APR_ARRAY_IDX(lines, i, const char *)));
    return list;
}

/* All that was said in a run: whoever mends the stages needs it. */
static apr_status_t add_details(go_request *q, json_t *json, const go_run *run) {
    apr_array_header_t *results;
    apr_status_t status = go_run_stages(q->db, run->id, &results, q->pool, &q->err);
    json_t *stages = json_array();
    for (int i = 0; !status && i < results->nelts; i++) {
        const go_stage_result *result = &APR_ARRAY_IDX(results, i, go_stage_result);
        json_array_append_new(stages,
                              json_pack("{s:s, s:i, s:s, s:s}", "name", result->name, "exit",
                                        result->exit_code, "console", result->console, "problem",
                                        result->problem ? result->problem : ""));
    }
    json_object_set_new(json, "stages", stages);
    json_object_set_new(json, "status", lines_of(q, run->status));
    json_object_set_new(json, "errors", lines_of(q, run->errors));
    json_object_set_new(json, "debug", json_string(run->debug));
    json_object_set_new(json, "problem", json_string(run->problem ? run->problem : ""));
    return status;
}

int check_page(go_request *q, json_t *page) {
    go_check check;
    page_begin(q, page, "Self-check");
    if (find_both(q, page, &check)) return go_failed(q);
    json_t *runs = json_array(), *shown = json_object_get(page, "check");
    static const char *const names[] = {"reference", "empty"};
    const go_run *const found[] = {check.reference, check.empty};
    for (int i = 0; i < 2; i++) {
        if (!found[i]) continue;
        json_t *run = json_deep_copy(json_object_get(shown, names[i]));
        json_array_append_new(runs, run);
        if (add_details(q, run, found[i])) return go_failed(q);
    }
    json_object_set_new(page, "runs", runs);
    json_object_set_new(page, "reloads", json_boolean(check.verdict == GO_CHECK_RUNNING));
    return HTTP_OK;
}

int check_start(go_request *q, json_t *page) {
    const go_authoring who = authoring_of(q);
    if (go_check_start(q->db, &who, q->pool, &q->err)) return show_again(q, page, check_page);
    go_state_ring(q->site->state);
    go_request_log(q, APLOG_NOTICE, "self-check queued");
    return go_reply_redirect(q, url_authoring(q, "check"), "checking", 0);
}

/* --- the reference solution ------------------------------------------------------------------ */

int reference_archive(go_request *q, json_t *page) {
    go_reference *reference;
    go_tree *tree;
    if (go_reference_find(q->db, q->at.assignment, &reference, q->pool, &q->err))
        return go_failed(q);
    if (!reference) return HTTP_NOT_FOUND;
    if (go_trees_read(q->db, reference->tree_id, q->site->state->objects, &tree, q->pool, &q->err))
        return go_failed(q);
    return go_reply_zip(q, tree, apr_psprintf(q->pool, "%s-reference.zip", q->at.assignment->name));
}

int reference_change(go_request *q, json_t *page) {
    go_tree *tree;
    const go_authoring who = authoring_of(q);
    if (go_upload_tree(q->upload, "files", q->site->max_upload, &tree, q->pool, &q->err) ||
        go_objects_keep(q->site->state->objects, tree, q->pool, &q->err) ||
        go_reference_set(q->db, &who, tree, q->pool, &q->err))
        return show_again(q, page, check_page);
    go_request_log(q, APLOG_NOTICE, "reference solution stored");
    return go_reply_redirect(q, url_authoring(q, "check"), "reference", 1);
}
