/* What changed between two submissions of one student: file by file, line by line. */
#include "pages/grading.h"

#include "model/diff.h"
#include "model/text.h"
#include "model/trees.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

enum {
    FILES_MAX = 200,
    LINES_MAX = 10000,
    BYTES_MAX = 8 * 1024 * 1024
}; /* of one page; what is beyond is named only */

/* The other submission of the path: of the same student, or not there. */
static apr_status_t find_other(go_request *q, go_submission **other) {
    const char *number = go_request_param(q, "other");
    if (strspn(number, "0123456789") != strlen(number) || strlen(number) > 9)
        return go_error_set(&q->err, GO_ENOTFOUND, NULL, "There is no such submission.");
    apr_status_t status =
        go_submission_find(q->db, q->at.assignment, atoi(number), other, q->pool, &q->err);
    if (!status && (*other)->user_id != q->at.submission->user_id)
        return go_error_set(&q->err, GO_ENOTFOUND, NULL,
                            "The two submissions are not of one student.");
    return status;
}

/* The bytes of a file that may be compared; none for one that is not there. */
static apr_status_t read_side(go_request *q, const go_tree_entry *entry, const char **bytes,
                              apr_size_t *length) {
    apr_file_t *file;
    *bytes = "";
    *length = 0;
    if (!entry || !entry->size) return APR_SUCCESS;
    char *buffer = apr_palloc(q->pool, (apr_size_t)entry->size);
    apr_status_t status =
        apr_file_open(&file, entry->file, APR_FOPEN_READ | APR_FOPEN_BINARY, 0, q->pool);
    if (!status) status = apr_file_read_full(file, buffer, (apr_size_t)entry->size, length);
    *bytes = buffer;
    return status ? go_error_system(&q->err, GO_EINTERNAL, NULL, "An object could not be read (%s)",
                                    entry->file)
                  : APR_SUCCESS;
}

static json_t *json_line(const go_request *q, const go_diff_line *line) {
    static const char *const kinds[] = {"same", "removed", "added"};
    static const char *const signs[] = {" ", "-", "+"};
    json_t *json =
        json_pack("{s:s, s:s, s:s}", "kind", kinds[line->kind], "sign", signs[line->kind], "text",
                  go_text_clean_utf8(q->pool, line->text, line->length, NULL));
    json_object_set_new(json, "old",
                        line->old_number ? json_integer(line->old_number) : json_null());
    json_object_set_new(json, "new",
                        line->new_number ? json_integer(line->new_number) : json_null());
    return json;
}

/* Adds hunks until `*left` lines of the page are used up. */
static json_t *json_hunks(const go_request *q, const go_diff *diff, int *left) {
    json_t *hunks = json_array();
    for (int i = 0; i<diff->hunks->nelts && * left> 0; i++) {
        const go_diff_hunk *hunk = &APR_ARRAY_IDX(diff->hunks, i, go_diff_hunk);
        json_t *lines = json_array();
        for (int k = 0; k<hunk->lines->nelts && * left> 0; k++, (*left)--)
            json_array_append_new(lines,
                                  json_line(q, &APR_ARRAY_IDX(hunk->lines, k, go_diff_line)));
        json_array_append_new(
            hunks, json_pack("{s:s, s:o}", "header",
                             apr_psprintf(q->pool, "@@ -%d,%d +%d,%d @@", hunk->old_start,
                                          hunk->old_count, hunk->new_start, hunk->new_count),
                             "lines", lines));
    }
    return hunks;
}

static apr_int64_t size_of(const go_tree_entry *entry) {
    return entry ? entry->size : 0;
}

static apr_status_t add_content(go_request *q, json_t *json, const go_tree_change *change,
                                int *left, apr_int64_t *bytes) {
    const char *was, *is;
    apr_size_t was_length, is_length;
    int is_large = (change->was && change->was->size > GO_DIFF_BYTES_MAX) ||
                   (change->is && change->is->size > GO_DIFF_BYTES_MAX) || *left <= 0 ||
                   size_of(change->was) + size_of(change->is) > *bytes;
    if (is_large) {
        json_object_set_new(json, "is_large", json_true());
        return APR_SUCCESS;
    }
    *bytes -= size_of(change->was) + size_of(change->is);
    if (read_side(q, change->was, &was, &was_length) || read_side(q, change->is, &is, &is_length))
        return q->err.status;
    const go_diff *diff = go_diff_texts(was, was_length, is, is_length, GO_DIFF_CONTEXT, q->pool);
    json_object_set_new(json, "is_binary", json_boolean(diff->outcome == GO_DIFF_BINARY));
    json_object_set_new(json, "is_large", json_boolean(diff->outcome == GO_DIFF_TOO_LARGE));
    if (diff->outcome == GO_DIFF_TEXT)
        json_object_set_new(json, "hunks", json_hunks(q, diff, left));
    if (*left <= 0) json_object_set_new(json, "is_cut", json_true());
    return APR_SUCCESS;
}

static apr_status_t add_changes(go_request *q, json_t *page, const go_submission *other) {
    go_tree *was, *is;
    const char *objects = q->site->state->objects;
    int left = LINES_MAX;
    apr_int64_t bytes = BYTES_MAX;
    if (go_trees_read(q->db, other->tree_id, objects, &was, q->pool, &q->err) ||
        go_trees_read(q->db, q->at.submission->tree_id, objects, &is, q->pool, &q->err))
        return q->err.status;
    apr_array_header_t *changes = go_tree_changes(was, is, q->pool);
    json_t *list = json_array();
    for (int i = 0; i < changes->nelts; i++) {
        const go_tree_change *change = &APR_ARRAY_IDX(changes, i, go_tree_change);
        json_t *json = json_pack(
            "{s:s, s:s, s:b}", "path", change->is ? change->is->path : change->was->path, "change",
            go_change_name(change->kind), "is_mode_changed", change->is_mode_changed);
        json_array_append_new(list, json);
        if (change->kind == GO_CHANGE_RENAMED)
            json_object_set_new(json, "was", json_string(change->was->path));
        else if (i >= FILES_MAX)
            json_object_set_new(json, "is_large", json_true());
        else if (change->kind != GO_CHANGE_MODE && add_content(q, json, change, &left, &bytes))
            return q->err.status;
    }
    json_object_set_new(page, "has_changes", json_boolean(changes->nelts > 0));
    json_object_set_new(page, "changes", list);
    return APR_SUCCESS;
}

int submission_diff_page(go_request *q, json_t *page) {
    go_submission *other = NULL;
    if (find_other(q, &other) || !other) return go_failed(q);
    page_begin(q, page,
               apr_psprintf(q->pool, "Attempt %d beside attempt %d", other->attempt,
                            q->at.submission->attempt));
    add_submission_head(q, page);
    json_object_set_new(page, "other",
                        json_pack("{s:i, s:i, s:s}", "number", other->number, "attempt",
                                  other->attempt, "url",
                                  apr_psprintf(q->pool, "%s/submissions/%d", assignment_url(q, ""),
                                               other->number)));
    return add_changes(q, page, other) ? go_failed(q) : HTTP_OK;
}
