/* Differences as a page shows them (templates/diff.html), of texts and of trees. */
#include "pages/authoring.h"

#include "model/stages_private.h"
#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

/* Of one page: what is more is said to be too large. */
enum { BYTES_SHOWN = 8 * 1024 * 1024, LINES_SHOWN = 20000 };

/* What is left to be shown. */
typedef struct budget {
    apr_int64_t bytes;
    int lines;
} budget;

/* A line for the eye: a carriage return at its end, and a missing line end, have a sign. */
static json_t *text_of(const go_request *q, const go_diff_line *line) {
    apr_size_t length = line->length, clean_length;
    int has_return = length && line->text[length - 1] == '\r';
    const char *clean =
        go_text_clean_utf8(q->pool, line->text, length - (apr_size_t)has_return, &clean_length);
    return json_string(apr_pstrcat(q->pool, clean, has_return ? " \xE2\x90\x8D" : "",
                                   line->is_unended ? " (no line end)" : "", NULL));
}

static json_t *number_of(int number) {
    return number ? json_integer(number) : json_null();
}

static json_t *json_line(const go_request *q, const go_diff_line *line) {
    static const char *const names[] = {"same", "removed", "added"}, *const signs[] = {"", "-",
                                                                                       "+"};
    return json_pack("{s:s, s:s, s:o, s:o, s:o}", "kind", names[line->kind], "sign",
                     signs[line->kind], "old", number_of(line->old_number), "new",
                     number_of(line->new_number), "text", text_of(q, line));
}

static json_t *json_hunk(const go_request *q, const go_diff_hunk *hunk) {
    json_t *lines = json_array();
    for (int i = 0; i < hunk->lines->nelts; i++)
        json_array_append_new(lines, json_line(q, &APR_ARRAY_IDX(hunk->lines, i, go_diff_line)));
    return json_pack("{s:i, s:i, s:i, s:i, s:o}", "old_start", hunk->old_start, "old_count",
                     hunk->old_count, "new_start", hunk->new_start, "new_count", hunk->new_count,
                     "lines", lines);
}

json_t *json_text_diff(const go_request *q, const go_diff *diff) {
    json_t *hunks = json_array();
    for (int i = 0; i < diff->hunks->nelts; i++)
        json_array_append_new(hunks, json_hunk(q, &APR_ARRAY_IDX(diff->hunks, i, go_diff_hunk)));
    return json_pack("{s:b, s:b, s:i, s:i, s:o}", "is_binary", diff->outcome == GO_DIFF_BINARY,
                     "is_too_large", diff->outcome == GO_DIFF_TOO_LARGE, "added", diff->added,
                     "removed", diff->removed, "hunks", hunks);
}

/* The whole file, or NULL when it is over the limit of a comparison. */
static const char *read_whole(const go_request *q, const go_tree_entry *entry, apr_size_t *length) {
    const char *bytes = "";
    *length = 0;
    if (!entry) return bytes;
    if (entry->size > GO_DIFF_BYTES_MAX) return NULL;
    if (go_stages_read_file(NULL, entry, GO_DIFF_BYTES_MAX, &bytes, length, q->pool)) return NULL;
    return bytes;
}

static apr_off_t size_of(const go_tree_entry *entry) {
    return entry ? entry->size : 0;
}

/* How the bytes of a file differ; null where they are the same. */
static json_t *json_contents(const go_request *q, const go_tree_change *change, budget *left) {
    static const go_diff too_large = {.outcome = GO_DIFF_TOO_LARGE};
    go_diff none = too_large;
    apr_size_t was_length, is_length;
    none.hunks = apr_array_make(q->pool, 1, sizeof(go_diff_hunk));
    if (change->kind == GO_CHANGE_MODE || change->kind == GO_CHANGE_RENAMED) return json_null();
    left->bytes -= size_of(change->was) + size_of(change->is);
    if (left->bytes < 0) return json_text_diff(q, &none);
    const char *was = read_whole(q, change->was, &was_length);
    const char *is = read_whole(q, change->is, &is_length);
    if (!was || !is) return json_text_diff(q, &none);
    go_diff *diff = go_diff_texts(was, was_length, is, is_length, GO_DIFF_CONTEXT, q->pool);
    for (int i = 0; i < diff->hunks->nelts; i++)
        left->lines -= APR_ARRAY_IDX(diff->hunks, i, go_diff_hunk).lines->nelts;
    return json_text_diff(q, left->lines < 0 ? &none : diff);
}

static const char *mode_text(const go_tree_change *change) {
    if (!change->is || !change->is_mode_changed) return "";
    return change->is->is_executable ? "now executable" : "no longer executable";
}

json_t *json_tree_diff(const go_request *q, const go_tree *was, const go_tree *is) {
    budget left = {BYTES_SHOWN, LINES_SHOWN};
    apr_array_header_t *changes = go_tree_changes(was, is, q->pool);
    json_t *list = json_array();
    for (int i = 0; i < changes->nelts; i++) {
        const go_tree_change *change = &APR_ARRAY_IDX(changes, i, go_tree_change);
        int is_renamed = change->kind == GO_CHANGE_RENAMED;
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:s, s:o}", "change", go_change_name(change->kind),
                            "path", change->is ? change->is->path : change->was->path, "from",
                            is_renamed ? json_string(change->was->path) : json_null(), "mode",
                            mode_text(change), "contents", json_contents(q, change, &left)));
    }
    return json_pack("{s:o, s:i, s:b}", "changes", list, "count", changes->nelts, "is_same",
                     changes->nelts == 0);
}
