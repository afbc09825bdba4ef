/*
 * Grading one submission: the rubric to tick, an adjustment with its reason, a comment; its files
 * and what was said on their lines. A form that is refused, or that comes second, loses nothing.
 */
#include "pages/grading.h"

#include "model/trees.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

/* What stands in the form: what is stored, or what was typed. */
typedef struct grade_form {
    int revision;
    const char *adjustment, *reason, *comment;
    apr_array_header_t *ticked; /* of apr_int64_t */
} grade_form;

static grade_form form_of_stored(const go_request *q, const go_feedback *feedback) {
    return (grade_form){.revision = feedback->revision,
                        .adjustment =
                            feedback->adjustment_milli
                                ? go_score_format_milli(q->pool, feedback->adjustment_milli)
                                : "",
                        .reason = feedback->reason,
                        .comment = feedback->comment,
                        .ticked = feedback->ticked};
}

static grade_form form_of_typed(const go_request *q) {
    apr_array_header_t *items = go_form_all(q->form, "item", q->pool);
    grade_form form = {.revision = (int)apr_atoi64(go_form_text(q->form, "revision")),
                       .adjustment = go_form_text(q->form, "adjustment"),
                       .reason = go_form_text(q->form, "reason"),
                       .comment = go_form_text(q->form, "comment"),
                       .ticked = apr_array_make(q->pool, 8, sizeof(apr_int64_t))};
    for (int i = 0; i < items->nelts && i < GO_RUBRIC_MAX; i++) {
        apr_int64_t id = apr_atoi64(APR_ARRAY_IDX(items, i, const char *));
        int is_new = 1;
        for (int k = 0; k < form.ticked->nelts; k++)
            if (APR_ARRAY_IDX(form.ticked, k, apr_int64_t) == id) is_new = 0;
        if (is_new) APR_ARRAY_PUSH(form.ticked, apr_int64_t) = id;
    }
    return form;
}

static int has(const apr_array_header_t *ids, apr_int64_t id) {
    for (int i = 0; i < ids->nelts; i++)
        if (APR_ARRAY_IDX(ids, i, apr_int64_t) == id) return 1;
    return 0;
}

/* The rubric in its groups, without what is retired and not ticked. */
static json_t *json_groups(const go_request *q, const apr_array_header_t *rubric,
                           const apr_array_header_t *ticked) {
    json_t *groups = json_array(), *items = NULL;
    const char *heading = NULL;
    for (int i = 0; i < rubric->nelts; i++) {
        const go_rubric_item *item = &APR_ARRAY_IDX(rubric, i, go_rubric_item);
        int is_ticked = has(ticked, item->id);
        if (item->is_retired && !is_ticked) continue;
        if (!heading || strcmp(heading, item->heading)) {
            heading = item->heading;
            items = json_array();
            json_array_append_new(groups,
                                  json_pack("{s:s, s:o}", "heading", heading, "items", items));
        }
        json_array_append_new(items, json_pack("{s:I, s:s, s:s, s:o, s:b, s:b}", "id",
                                               (json_int_t)item->id, "title", item->title,
                                               "description", item->description, "points",
                                               json_points(q, item->points_milli), "is_ticked",
                                               is_ticked, "is_retired", item->is_retired));
    }
    return groups;
}

static void add_form(go_request *q, json_t *page, const grading *g, const grade_form *form) {
    json_object_set_new(page, "form",
                        json_pack("{s:i, s:s, s:s, s:s, s:o}", "revision", form->revision,
                                  "adjustment", form->adjustment, "reason", form->reason, "comment",
                                  form->comment, "groups",
                                  json_groups(q, g->rubric, form->ticked)));
    json_object_set_new(page, "has_rubric", json_boolean(g->rubric->nelts > 0));
    json_object_set_new(page, "feedback", json_feedback(q, g));
    json_object_set_new(page, "grader",
                        g->feedback->grader ? json_string(g->feedback->grader) : json_null());
    json_object_set_new(page, "changed", go_json_time(q, q->zone, g->feedback->changed_us));
}

/* The files, with how many comments each has, and the comments themselves. */
static apr_status_t add_files(go_request *q, json_t *page) {
    go_tree *tree;
    apr_array_header_t *comments;
    if (go_trees_read(q->db, q->at.submission->tree_id, q->site->state->objects, &tree, q->pool,
                      &q->err) ||
        go_line_comments(q->db, q->at.submission, &comments, q->pool, &q->err))
        return q->err.status;
    json_t *files = json_array(), *said = json_array();
    for (int i = 0; i < tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        int count = 0;
        if (entry->is_directory) continue;
        for (int k = 0; k < comments->nelts; k++)
            count += !strcmp(APR_ARRAY_IDX(comments, k, go_line_comment).path, entry->path);
        json_array_append_new(files, json_pack("{s:s, s:s, s:s, s:i, s:b}", "path", entry->path,
                                               "size", go_bytes_text(q->pool, entry->size), "view",
                                               file_url(q, entry->path), "comments", count,
                                               "has_comments", count));
    }
    for (int i = 0; i < comments->nelts; i++) {
        const go_line_comment *one = &APR_ARRAY_IDX(comments, i, go_line_comment);
        json_array_append_new(
            said, json_pack("{s:s, s:i, s:s, s:s, s:o}", "path", one->path, "line", one->line,
                            "author", one->author, "url",
                            apr_psprintf(q->pool, "%s#L%d", file_url(q, one->path), one->line),
                            "html", json_markdown(q, one->text)));
    }
    const char *removed = go_submission_gone(q->at.submission, q->pool);
    json_object_set_new(page, "removed", removed ? json_string(removed) : json_null());
    json_object_set_new(page, "files", files);
    json_object_set_new(page, "comments", said);
    return APR_SUCCESS;
}

/* Who stands before and behind it on the desk, for the keys j and k. */
static apr_status_t add_neighbours(go_request *q, json_t *page, const go_grading_rules *rules) {
    apr_array_header_t *lines;
    int graded = 0, here = -1;
    if (desk_lines(q, rules, &lines)) return q->err.status;
    for (int i = 0; i < lines->nelts; i++) {
        const desk_line *one = &APR_ARRAY_IDX(lines, i, desk_line);
        graded += one->state == GO_GRADING_DONE || one->state == GO_GRADING_RELEASED;
        if (one->line->number == q->at.submission->number) here = i;
    }
    const struct {
        const char *name;
        int place;
    } links[] = {{"previous", here - 1}, {"following", here < 0 ? -1 : here + 1}};
    for (int i = 0; i < 2; i++)
        if (links[i].place >= 0 && links[i].place < lines->nelts)
            json_object_set_new(page, links[i].name,
                                json_string(apr_psprintf(
                                    q->pool, "%s/submissions/%d/grade", assignment_url(q, ""),
                                    APR_ARRAY_IDX(lines, links[i].place, desk_line).line->number)));
    json_object_set_new(page, "graded", json_integer(graded));
    json_object_set_new(page, "all", json_integer(lines->nelts));
    json_object_set_new(
        page, "next",
        json_string(assignment_url(
            q, apr_psprintf(q->pool, "/grading/next?after=%d", q->at.submission->number))));
    return APR_SUCCESS;
}

static apr_status_t fill(go_request *q, json_t *page, const grading *g, const grade_form *form) {
    page_begin(q, page, apr_psprintf(q->pool, "Grading submission %d", q->at.submission->number));
    add_submission_head(q, page);
    add_form(q, page, g, form);
    json_object_set_new(page, "is_blind", json_boolean(g->rules->is_blind));
    json_object_set_new(page, "can_reveal",
                        json_boolean(g->rules->is_blind && go_request_may(q, GO_RIGHT_TEACH)));
    json_object_set_new(page, "has_keys", json_true());
    json_object_set_new(page, "base", json_string(assignment_url(q, "")));
    return add_files(q, page) ? q->err.status : add_neighbours(q, page, g->rules);
}

int grade_page(go_request *q, json_t *page) {
    grading g;
    if (grading_load(q, &g)) return go_failed(q);
    grade_form form = form_of_stored(q, g.feedback);
    return fill(q, page, &g, &form) ? go_failed(q) : HTTP_OK;
}

/* The page again, with what was typed; after a conflict beside what is stored, and on top of it. */
static int again(go_request *q, json_t *page, grade_form form) {
    grading g;
    go_error cause = q->err;
    if (go_failed(q) >= 500) return go_failed(q);
    q->err = (go_error)GO_ERROR_INIT(q->pool);
    if (grading_load(q, &g)) return go_failed(q);
    int is_conflict = g.feedback->revision != form.revision;
    form.revision = g.feedback->revision;
    if (fill(q, page, &g, &form)) return go_failed(q);
    json_object_set_new(page, "is_conflict", json_boolean(is_conflict));
    q->err = cause;
    return go_page_failed(q, page);
}

int grade_save(go_request *q, json_t *page) {
    grade_form form = form_of_typed(q);
    const char *action = go_form_text(q->form, "action");
    go_audit_entry by = audit_by(q);
    go_feedback typed = {.revision = form.revision,
                         .is_done = strcmp(action, "done") == 0 || strcmp(action, "next") == 0,
                         .reason = form.reason,
                         .comment = form.comment,
                         .ticked = form.ticked};
    if (refuse_own_work(q)) return go_failed(q);
    if ((*form.adjustment &&
         go_points_parse(form.adjustment, "The adjustment", &typed.adjustment_milli, &q->err)) ||
        go_feedback_save(q->db, q->at.assignment, q->at.submission, &typed, q->at.user->id, &by,
                         q->pool, &q->err))
        return again(q, page, form);
    go_request_log(q, APLOG_NOTICE, "submission %d graded (%s)", q->at.submission->number,
                   typed.is_done ? "done" : "draft");
    if (strcmp(action, "next") == 0)
        return go_reply_redirect(q,
                                 assignment_url(q, apr_psprintf(q->pool, "/grading/next?after=%d",
                                                                q->at.submission->number)),
                                 NULL, 0);
    return go_reply_redirect(q, submission_url(q, "/grade"), "saved", 0);
}
