/*
 * A file of a submission, to be read and talked about: its lines with numbers, each an anchor
 * (#L12), with the comments of staff below them. Whatever is in the file is shown as text.
 */
#include "pages/file_view.h"

#include "model/trees.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

enum { BYTES_MAX = 512 * 1024, LINES_MAX = 10000 };

/* Characters that turn the direction of what follows would make code look like other code. */
static const char *show_bidi(apr_pool_t *pool, const char *line) {
    go_buffer *shown = NULL;
    apr_size_t left = strlen(line), size;
    apr_uint32_t code = 0;
    const char *p = line;
    for (; left && (size = go_text_decode(p, left, &code)) > 0; p += size, left -= size) {
        if (!go_text_is_bidi_control(code)) {
            if (shown) go_buffer_add(shown, p, size);
            continue;
        }
        if (!shown) {
            shown = go_buffer_make(pool, strlen(line) + 16);
            go_buffer_add(shown, line, (apr_size_t)(p - line));
        }
        go_buffer_printf(shown, "[U+%04X]", code);
    }
    return shown ? shown->bytes : line;
}

static apr_status_t read_bytes(go_request *q, const go_tree_entry *entry, char **bytes) {
    apr_file_t *file;
    *bytes = apr_pcalloc(q->pool, (apr_size_t)entry->size + 1);
    apr_status_t status =
        apr_file_open(&file, entry->file, APR_FOPEN_READ | APR_FOPEN_BINARY, 0, q->pool);
    if (!status && entry->size)
        status = apr_file_read_full(file, *bytes, (apr_size_t)entry->size, NULL);
    return status ? go_error_system(&q->err, GO_EINTERNAL, NULL, "An object could not be read (%s)",
                                    entry->file)
                  : APR_SUCCESS;
}

apr_status_t file_read(go_request *q, const char *path, file_text *text) {
    go_tree *tree;
    char *bytes;
    apr_status_t status = go_submission_needs_files(q->at.submission, &q->err);
    if (!status)
        status = go_trees_read(q->db, q->at.submission->tree_id, q->site->state->objects, &tree,
                               q->pool, &q->err);
    if (status) return status;
    *text = (file_text){.tree = tree, .entry = go_tree_find(tree, path)};
    if (!text->entry || text->entry->is_directory)
        return go_error_set(&q->err, GO_ENOTFOUND, NULL, "The submission has no such file.");
    text->is_large = text->entry->size > BYTES_MAX;
    if (text->is_large || (status = read_bytes(q, text->entry, &bytes))) return status;
    apr_size_t length = (apr_size_t)text->entry->size;
    text->is_binary = memchr(bytes, '\0', length) != NULL;
    if (text->is_binary) return APR_SUCCESS;
    const char *clean = go_text_clean_utf8(q->pool, bytes, length, &length);
    text->lines = go_text_lines(q->pool, clean, length);
    if (text->lines->nelts > LINES_MAX) {
        text->is_large = 1;
        text->lines = NULL;
    }
    return APR_SUCCESS;
}

static json_t *json_comment(const go_request *q, const go_line_comment *one) {
    return json_pack(
        "{s:I, s:s, s:s, s:o, s:o, s:b, s:s}", "id", (json_int_t)one->id, "author", one->author,
        "text", one->text, "html", json_markdown(q, one->text), "created",
        go_json_time(q, q->zone, one->created_us), "is_mine", one->author_id == q->at.user->id,
        "action", submission_url(q, apr_psprintf(q->pool, "/comments/%" APR_INT64_T_FMT, one->id)));
}

/* The comments on a line, or NULL. */
static json_t *comments_on(const go_request *q, const apr_array_header_t *comments,
                           const char *path, int line) {
    json_t *list = NULL;
    for (int i = 0; i < comments->nelts; i++) {
        const go_line_comment *one = &APR_ARRAY_IDX(comments, i, go_line_comment);
        if (one->line != line || strcmp(one->path, path)) continue;
        if (!list) list = json_array();
        json_array_append_new(list, json_comment(q, one));
    }
    return list;
}

static void add_lines(const go_request *q, json_t *file, const file_text *text,
                      const apr_array_header_t *comments, const draft_comment *draft) {
    json_t *lines = json_array();
    for (int i = 0; text->lines && i < text->lines->nelts; i++) {
        json_t *line = json_pack("{s:i, s:s}", "number", i + 1, "text",
                                 show_bidi(q->pool, APR_ARRAY_IDX(text->lines, i, const char *)));
        json_t *said = comments_on(q, comments, text->entry->path, i + 1);
        if (said) json_object_set_new(line, "comments", said);
        if (draft->line == i + 1)
            json_object_set_new(line, "draft",
                                json_pack("{s:i, s:s}", "line", draft->line, "text", draft->text));
        json_array_append_new(lines, line);
    }
    json_object_set_new(file, "lines", lines);
}

static void add_files(const go_request *q, json_t *page, const file_text *text) {
    json_t *files = json_array();
    for (int i = 0; i < text->tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(text->tree->entries, i, go_tree_entry);
        if (!entry->is_directory)
            json_array_append_new(files, json_pack("{s:s, s:s, s:b}", "path", entry->path, "view",
                                                   file_url(q, entry->path), "is_current",
                                                   entry == text->entry));
    }
    json_object_set_new(page, "files", files);
}

static apr_status_t add_earlier(go_request *q, json_t *page) {
    apr_array_header_t *texts;
    json_t *list = json_array();
    apr_status_t status =
        go_line_comments_earlier(q->db, q->at.assignment, &texts, q->pool, &q->err);
    for (int i = 0; !status && i < texts->nelts; i++)
        json_array_append_new(list, json_string(APR_ARRAY_IDX(texts, i, const char *)));
    json_object_set_new(page, "has_earlier", json_boolean(json_array_size(list) > 0));
    json_object_set_new(page, "earlier", list);
    return status;
}

apr_status_t file_fill(go_request *q, json_t *page, const char *path, const draft_comment *draft) {
    file_text text;
    grading g;
    apr_array_header_t *comments = apr_array_make(q->pool, 0, sizeof(go_line_comment));
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    if (file_read(q, path, &text) || grading_load(q, &g)) return q->err.status;
    if (may_see_feedback(q, &g) &&
        go_line_comments(q->db, q->at.submission, &comments, q->pool, &q->err))
        return q->err.status;
    page_begin(q, page, path);
    add_submission_head(q, page);
    json_t *file = json_pack("{s:s, s:s, s:b, s:b, s:s, s:s}", "path", path, "size",
                             go_bytes_text(q->pool, text.entry->size), "is_binary", text.is_binary,
                             "is_large", text.is_large, "download",
                             apr_pstrcat(q->pool, submission_url(q, "/files/"),
                                         go_form_encode_path(q->pool, path), NULL),
                             "url", file_url(q, path));
    add_lines(q, file, &text, comments, draft);
    json_object_set_new(page, "file", file);
    json_object_set_new(page, "has_lines", json_boolean(text.lines && text.lines->nelts));
    json_object_set_new(page, "is_empty", json_boolean(!text.entry->size));
    add_files(q, page, &text);
    json_object_set_new(page, "may_comment", json_boolean(is_staff && text.lines));
    json_object_set_new(page, "comment_url", json_string(submission_url(q, "/comments")));
    json_object_set_new(page, "has_code", json_true());
    json_object_set_new(page, "has_keys", json_true());
    return is_staff ? add_earlier(q, page) : APR_SUCCESS;
}

int file_view_page(go_request *q, json_t *page) {
    draft_comment draft = {.text = ""};
    if (go_request_may(q, GO_RIGHT_GRADE)) draft.line = atoi(go_form_text(q->query, "line"));
    return file_fill(q, page, go_request_param(q, "path"), &draft) ? go_failed(q) : HTTP_OK;
}
