/*
 * The stages of an assignment, in the browser: adding, renaming, moving and removing them, and
 * adding files. Each is one new version. A file's own page: stage_file.c.
 */
#include "pages/authoring.h"

#include <apr_strings.h>

#include <string.h>

static const char example_main[] = "#!/bin/bash\n"
                                   "# Runs in the directory of what the student handed in.\n"
                                   "points=0\n"
                                   "echo \"Test 1: there is a file\" >> /grade_oven/output/status\n"
                                   "[ -n \"$(ls -A)\" ] && points=1\n"
                                   "echo \"$points/1\" > /grade_oven/output/score\n";

/* --- the page -------------------------------------------------------------------------------- */

/* The files below a directory; `directory` NULL: those that are in no listed stage. */
static json_t *json_files(const go_request *q, const go_draft *draft, const char *directory) {
    json_t *list = json_array();
    for (int i = 0; i < draft->tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(draft->tree->entries, i, go_tree_entry);
        const char *slash = strchr(entry->path, '/');
        const char *top =
            slash ? apr_pstrmemdup(q->pool, entry->path, (apr_size_t)(slash - entry->path)) : "";
        int is_in_stage = 0;
        for (int s = 0; s < draft->stages->nelts; s++)
            is_in_stage |= !strcmp(APR_ARRAY_IDX(draft->stages, s, go_stage).name, top);
        if (entry->is_directory || (directory ? strcmp(top, directory) != 0 : is_in_stage))
            continue;
        json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:s, s:s}", "path", entry->path,
                                              "size", go_bytes_text(q->pool, entry->size),
                                              "is_executable", entry->is_executable, "url",
                                              url_stage_file(q, "stages", entry->path), "download",
                                              url_stage_file(q, "stage-files", entry->path)));
    }
    return list;
}

static json_t *json_stage(const go_request *q, const go_draft *draft, int place) {
    const go_stage *stage = &APR_ARRAY_IDX(draft->stages, place, go_stage);
    int is_chosen = !strcmp(go_form_text(q->form, "stage"), stage->name);
    const char *to = is_chosen ? go_form_text(q->form, "to") : "";
    return json_pack("{s:s, s:s, s:i, s:i, s:b, s:b, s:b, s:b, s:b, s:s, s:o}", "name", stage->name,
                     "description", stage->description ? stage->description : "", "timeout_seconds",
                     stage->timeout_seconds, "memory_mb", stage->memory_mb, "is_trusted",
                     stage->is_trusted, "stop_on_failure", stage->stop_on_failure, "is_first",
                     place == 0, "is_last", place == draft->stages->nelts - 1, "is_chosen",
                     is_chosen, "to", *to ? to : stage->name, "files",
                     json_files(q, draft, stage->name));
}

int stages_page(go_request *q, json_t *page) {
    static const char *const fields[] = {"do", "stage", "name", "main", "text", "note", "to"};
    go_draft draft;
    page_begin(q, page, "Stages");
    if (draft_read(q, &draft)) return go_failed(q);
    json_t *list = json_array();
    for (int i = 0; i < draft.stages->nelts; i++)
        json_array_append_new(list, json_stage(q, &draft, i));
    json_object_set_new(page, "stages", list);
    json_t *others = json_files(q, &draft, NULL);
    json_object_set_new(page, "has_others", json_boolean(json_array_size(others) > 0));
    json_object_set_new(page, "others", others);
    json_object_set_new(page, "base", json_integer(q->at.assignment->version_number));
    json_object_set_new(page, "has_version", json_boolean(q->at.assignment->version_id != 0));
    page_keep(q, page, fields, 7);
    json_t *form = json_object_get(page, "form");
    const char *what = go_form_text(q->form, "do");
    json_object_set_new(form, "adds_stage", json_boolean(!strcmp(what, "add-stage")));
    json_object_set_new(form, "adds_file", json_boolean(!strcmp(what, "add-files")));
    json_object_set_new(
        form, "is_executable",
        json_boolean(!strcmp(what, "add-files") && go_form_get(q->form, "executable")));
    if (strcmp(what, "add-stage") != 0)
        json_object_set_new(form, "main", json_string(example_main));
    return HTTP_OK;
}

/* --- the changes ----------------------------------------------------------------------------- */

/* A change under way: what was typed, and what becomes of it. */
typedef struct change {
    go_request *q;
    const go_draft *draft;
    go_edit *edit;
    const char *stage;
    apr_array_header_t *names; /* of the stages, in order */
    int place;                 /* of `stage` in them, or -1 */
    const char *note;          /* unless one was typed */
} change;

static apr_status_t set_stages(change *c, const char *from, const char *to) {
    return go_edit_set_stages(c->edit, c->names, from, to, &c->q->err);
}

static apr_status_t add_stage(change *c) {
    const char *name = go_form_text(c->q->form, "name");
    const char *text = go_edit_line_ends(go_form_text(c->q->form, "main"), NULL, c->q->pool);
    const char *path = apr_pstrcat(c->q->pool, name, "/main", NULL);
    if (!*name || strchr(name, '/'))
        return go_error_set(&c->q->err, GO_EINVALID, "Write a name such as \"tests\".",
                            "A stage needs a name, without a \"/\" in it.");
    if (go_tree_find(c->draft->tree, name))
        return go_error_set(&c->q->err, GO_EINVALID, "Choose another name.",
                            "There is a \"%s\" in this assignment already.", name);
    c->note = apr_psprintf(c->q->pool, "stage %s added", name);
    APR_ARRAY_PUSH(c->names, const char *) = name;
    if (go_edit_write(c->edit, path, 1, text, strlen(text), &c->q->err)) return c->q->err.status;
    return set_stages(c, NULL, NULL);
}

static apr_status_t rename_stage(change *c) {
    const char *to = go_form_text(c->q->form, "to");
    if (!*to || strchr(to, '/'))
        return go_error_set(&c->q->err, GO_EINVALID, "Write a name such as \"tests\".",
                            "A stage needs a name, without a \"/\" in it.");
    c->note = apr_psprintf(c->q->pool, "stage %s renamed to %s", c->stage, to);
    if (go_edit_rename(c->edit, c->stage, to, &c->q->err)) return c->q->err.status;
    APR_ARRAY_IDX(c->names, c->place, const char *) = to;
    return set_stages(c, c->stage, to);
}

static apr_status_t move_stage(change *c, int by, const char *where) {
    int to = c->place + by;
    if (to < 0 || to >= c->names->nelts)
        return go_error_set(&c->q->err, GO_EINVALID, NULL, "Stage \"%s\" is the %s one already.",
                            c->stage, by < 0 ? "first" : "last");
    APR_ARRAY_IDX(c->names, c->place, const char *) = APR_ARRAY_IDX(c->names, to, const char *);
    APR_ARRAY_IDX(c->names, to, const char *) = c->stage;
    c->note = apr_psprintf(c->q->pool, "stage %s moved %s", c->stage, where);
    return set_stages(c, NULL, NULL);
}

static apr_status_t move_up(change *c) {
    return move_stage(c, -1, "up");
}

static apr_status_t move_down(change *c) {
    return move_stage(c, 1, "down");
}

static apr_status_t remove_stage(change *c) {
    if (go_edit_remove(c->edit, c->stage, &c->q->err)) return c->q->err.status;
    for (int i = c->place; i + 1 < c->names->nelts; i++)
        APR_ARRAY_IDX(c->names, i, const char *) = APR_ARRAY_IDX(c->names, i + 1, const char *);
    c->names->nelts--;
    c->note = apr_psprintf(c->q->pool, "stage %s removed", c->stage);
    return set_stages(c, NULL, NULL);
}

static const char *in_directory(const change *c, const char *name) {
    return *c->stage ? apr_pstrcat(c->q->pool, c->stage, "/", name, NULL) : name;
}

/* Files as they were chosen. One that was there keeps its executable bit; of a new one the browser
   does not tell it. */
static apr_status_t add_uploads(change *c) {
    int is_executable = go_form_get(c->q->form, "executable") != NULL;
    for (int i = 0; c->q->upload && i < c->q->upload->files->nelts; i++) {
        const go_upload_file *file = &APR_ARRAY_IDX(c->q->upload->files, i, go_upload_file);
        if (strcmp(file->field, "files") != 0) continue;
        const char *path = in_directory(c, file->name);
        const go_tree_entry *before = go_tree_find(c->edit->tree, path);
        const go_tree_entry entry = {.is_executable =
                                         before ? before->is_executable : is_executable,
                                     .size = file->size,
                                     .object = file->object,
                                     .file = file->path};
        if (go_edit_put(c->edit, path, &entry, &c->q->err)) return c->q->err.status;
    }
    return APR_SUCCESS;
}

static apr_status_t add_files(change *c) {
    const char *name = go_form_text(c->q->form, "name");
    int has_uploads = go_upload_first(c->q->upload, "files") != NULL;
    const char *path = in_directory(c, name);
    if (!*name && !has_uploads)
        return go_error_set(&c->q->err, GO_EINVALID, "Write a name, or choose files.",
                            "There is nothing to add.");
    c->note = apr_psprintf(c->q->pool, "files added%s%s", *c->stage ? " to " : "", c->stage);
    if (add_uploads(c) || !*name) return c->q->err.status;
    if (go_tree_find(c->edit->tree, path))
        return go_error_set(&c->q->err, GO_EINVALID, "Open it to change it.",
                            "There is a file \"%s\" already.", path);
    const char *text = go_edit_line_ends(go_form_text(c->q->form, "text"), NULL, c->q->pool);
    if (!has_uploads) c->note = apr_psprintf(c->q->pool, "%s added", path);
    return go_edit_write(c->edit, path, go_form_get(c->q->form, "executable") != NULL, text,
                         strlen(text), &c->q->err);
}

static const struct {
    const char *name;
    int needs_stage;
    apr_status_t (*make)(change *c);
} changes[] = {{"add-stage", 0, add_stage}, {"rename", 1, rename_stage},
               {"up", 1, move_up},          {"down", 1, move_down},
               {"remove", 1, remove_stage}, {"add-files", 0, add_files}};

static int find_place(change *c) {
    for (int i = 0; i < c->draft->stages->nelts; i++) {
        APR_ARRAY_PUSH(c->names, const char *) = APR_ARRAY_IDX(c->draft->stages, i, go_stage).name;
        if (!strcmp(APR_ARRAY_IDX(c->names, i, const char *), c->stage)) c->place = i;
    }
    return c->place;
}

static apr_status_t make_change(change *c) {
    const char *what = go_form_text(c->q->form, "do");
    find_place(c);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        if (strcmp(changes[i].name, what) != 0) continue;
        if (changes[i].needs_stage && c->place < 0)
            return go_error_set(&c->q->err, GO_EINVALID, "Load the page again.",
                                "There is no stage \"%s\" any more.", c->stage);
        return changes[i].make(c);
    }
    return go_error_set(&c->q->err, GO_EINVALID, "Load the page again, and choose there.",
                        "The form does not say what to do.");
}

int stages_change(go_request *q, json_t *page) {
    go_draft draft;
    change c = {.q = q,
                .draft = &draft,
                .stage = go_form_text(q->form, "stage"),
                .names = apr_array_make(q->pool, 8, sizeof(const char *)),
                .place = -1,
                .note = ""};
    if (!is_newest(q)) return show_conflict(q, page, stages_page);
    if (draft_read(q, &draft) || draft_edit(q, &draft, &c.edit)) return go_failed(q);
    if (make_change(&c)) return show_again(q, page, stages_page);
    return edit_save(q, page, c.edit, &draft, c.note, url_authoring(q, "stages"), stages_page);
}
