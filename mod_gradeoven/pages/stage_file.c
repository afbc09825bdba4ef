/* One file of the stages: its text in an editor, its executable bit, its name; getting and
   replacing it. Each change is a new version. */
#include "pages/authoring.h"

#include <apr_strings.h>

#include <string.h>

static const go_tree_entry *find_file(const go_request *q, const go_draft *draft) {
    const go_tree_entry *entry = go_tree_find(draft->tree, go_request_param(q, "file"));
    return entry && !entry->is_directory ? entry : NULL;
}

/* What was typed, when it is shown again; with how it differs from what is there. */
static void add_typed(go_request *q, json_t *page, const char *text, apr_size_t length) {
    const char *typed = go_form_get(q->form, "text");
    json_object_set_new(page, "text", typed ? json_string(typed) : json_stringn(text, length));
    if (!typed || !json_object_get(page, "conflict")) return;
    const char *mine = go_edit_line_ends(typed, text, q->pool);
    const go_diff *diff = go_diff_texts(text, length, mine, strlen(mine), GO_DIFF_CONTEXT, q->pool);
    json_object_set_new(json_object_get(page, "conflict"), "mine", json_text_diff(q, diff));
}

int stage_file_page(go_request *q, json_t *page) {
    static const char *const fields[] = {"to", "note"};
    go_draft draft;
    apr_size_t length = 0;
    const char *path = go_request_param(q, "file");
    if (draft_read(q, &draft)) return go_failed(q);
    const go_tree_entry *entry = find_file(q, &draft);
    /* one that somebody else has removed meanwhile is shown as it was typed */
    int is_gone = !entry && go_form_get(q->form, "text") && json_object_get(page, "conflict");
    if (!entry && !is_gone)
        return go_http_status(go_error_set(&q->err, GO_ENOTFOUND, NULL,
                                           "There is no such file in the present version."));
    page_begin(q, page, path);
    const char *text = entry ? go_edit_text(entry, &length, q->pool) : "";
    int is_sent = go_form_get(q->form, "do") && !strcmp(go_form_text(q->form, "do"), "save");
    int is_executable =
        is_sent ? go_form_get(q->form, "executable") != NULL : entry && entry->is_executable;
    json_object_set_new(page, "path", json_string(path));
    json_object_set_new(page, "action", json_string(url_stage_file(q, "stages", path)));
    json_object_set_new(page, "download", json_string(url_stage_file(q, "stage-files", path)));
    json_object_set_new(page, "size", json_string(go_bytes_text(q->pool, entry ? entry->size : 0)));
    json_object_set_new(page, "is_executable", json_boolean(is_executable));
    json_object_set_new(page, "is_text", json_boolean(text != NULL));
    json_object_set_new(page, "base", json_integer(q->at.assignment->version_number));
    if (text) add_typed(q, page, text, length);
    page_keep(q, page, fields, 2);
    if (!*go_form_text(q->form, "to"))
        json_object_set_new(json_object_get(page, "form"), "to", json_string(path));
    return HTTP_OK;
}

int stage_file_download(go_request *q, json_t *page) {
    go_draft draft;
    if (draft_read(q, &draft)) return go_failed(q);
    const go_tree_entry *entry = find_file(q, &draft);
    return entry ? go_reply_object(q, entry) : HTTP_NOT_FOUND;
}

/* --- the changes ----------------------------------------------------------------------------- */

/* A change of one file: where to go afterwards, and what it is called in the list of versions. */
typedef struct change {
    go_request *q;
    go_edit *edit;
    const char *path;
    const go_tree_entry *entry; /* NULL: it is gone */
    const char *to;             /* its path afterwards, or NULL */
    const char *verb;
} change;

static apr_status_t save(change *c) {
    apr_size_t length;
    int is_executable = go_form_get(c->q->form, "executable") != NULL;
    const char *typed = go_form_get(c->q->form, "text");
    c->verb = "changed";
    if (!typed) return go_edit_set_executable(c->edit, c->path, is_executable, &c->q->err);
    const char *before = c->entry ? go_edit_text(c->entry, &length, c->q->pool) : NULL;
    const char *text = go_edit_line_ends(typed, before, c->q->pool);
    return go_edit_write(c->edit, c->path, is_executable, text, strlen(text), &c->q->err);
}

static apr_status_t rename_file(change *c) {
    c->to = go_form_text(c->q->form, "to");
    c->verb = apr_psprintf(c->q->pool, "renamed to %s", c->to);
    return go_edit_rename(c->edit, c->path, c->to, &c->q->err);
}

static apr_status_t remove_file(change *c) {
    c->to = NULL;
    c->verb = "removed";
    return go_edit_remove(c->edit, c->path, &c->q->err);
}

static apr_status_t replace_file(change *c) {
    const go_upload_file *file = go_upload_first(c->q->upload, "file");
    if (!file)
        return go_error_set(&c->q->err, GO_EINVALID, "Choose the file that takes its place.",
                            "No file was chosen.");
    const go_tree_entry entry = {.is_executable = c->entry && c->entry->is_executable,
                                 .size = file->size,
                                 .object = file->object,
                                 .file = file->path};
    c->verb = "replaced";
    return go_edit_put(c->edit, c->path, &entry, &c->q->err);
}

static apr_status_t make_change(change *c) {
    static const struct {
        const char *name;
        apr_status_t (*make)(change *c);
    } changes[] = {{"save", save},
                   {"rename", rename_file},
                   {"remove", remove_file},
                   {"replace", replace_file}};
    const char *what = go_form_text(c->q->form, "do");
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
        if (!strcmp(changes[i].name, what)) return changes[i].make(c);
    return go_error_set(&c->q->err, GO_EINVALID, "Load the page again, and choose there.",
                        "The form does not say what to do.");
}

int stage_file_change(go_request *q, json_t *page) {
    go_draft draft;
    change c = {.q = q, .path = go_request_param(q, "file"), .verb = ""};
    c.to = c.path;
    if (!is_newest(q)) return show_conflict(q, page, stage_file_page);
    if (draft_read(q, &draft) || draft_edit(q, &draft, &c.edit)) return go_failed(q);
    c.entry = find_file(q, &draft);
    /* gone: what was typed on top of a conflict puts it back */
    if (!c.entry && !go_form_get(q->form, "text")) return HTTP_NOT_FOUND;
    if (make_change(&c)) return show_again(q, page, stage_file_page);
    return edit_save(q, page, c.edit, &draft, apr_psprintf(q->pool, "%s %s", c.path, c.verb),
                     c.to ? url_stage_file(q, "stages", c.to) : url_authoring(q, "stages"),
                     stage_file_page);
}
