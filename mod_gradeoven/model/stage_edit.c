#include "model/stage_edit.h"

#include "model/stages_private.h"
#include "model/text.h"

#include <apr_strings.h>
#include <jansson.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

go_edit *go_edit_begin(const go_tree *tree, const char *workspace, apr_pool_t *pool) {
    go_edit *edit = apr_pcalloc(pool, sizeof(*edit));
    edit->tree = go_tree_make(pool);
    if (tree) edit->tree->entries = apr_array_copy(pool, tree->entries);
    edit->workspace = workspace;
    edit->pool = pool;
    return edit;
}

/* --- files ----------------------------------------------------------------------------------- */

/* Is it `path`, or below it? */
static int is_within(const char *path, const char *directory) {
    apr_size_t length = strlen(directory);
    return !strncmp(path, directory, length) && (!path[length] || path[length] == '/');
}

static apr_status_t not_there(const char *path, apr_pool_t *pool, go_error *err) {
    return go_error_set(err, GO_ENOTFOUND, "Load the page again.", "There is no file \"%s\".",
                        go_text_printable(pool, path, strlen(path)));
}

/* The tree again without `left_out` and all below it, unfinished. */
static go_tree *without(const go_edit *edit, const char *left_out) {
    go_tree *tree = go_tree_make(edit->pool);
    for (int i = 0; i < edit->tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(edit->tree->entries, i, go_tree_entry);
        if (!is_within(entry->path, left_out))
            APR_ARRAY_PUSH(tree->entries, go_tree_entry) = *entry;
    }
    return tree;
}

static apr_status_t finish(go_edit *edit, go_tree *tree, go_error *err) {
    apr_status_t status = go_tree_finish(tree, err);
    if (!status) edit->tree = tree;
    return status;
}

apr_status_t go_edit_put(go_edit *edit, const char *path, const go_tree_entry *file,
                         go_error *err) {
    const go_tree_entry *there = go_tree_find(edit->tree, path);
    if (there && there->is_directory)
        return go_error_set(err, GO_EINVALID, "Choose another name.",
                            "There is a directory \"%s\" already.",
                            go_text_printable(edit->pool, path, strlen(path)));
    go_tree *tree = without(edit, path);
    go_tree_entry entry = *file;
    entry.path = path;
    apr_status_t status = go_tree_add(tree, &entry, err);
    return status ? status : finish(edit, tree, err);
}

static apr_status_t write_all(int fd, const char *bytes, apr_size_t length) {
    while (length) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        bytes += n;
        length -= (apr_size_t)n;
    }
    return APR_SUCCESS;
}

apr_status_t go_edit_write(go_edit *edit, const char *path, int is_executable, const char *bytes,
                           apr_size_t length, go_error *err) {
    const char *file = apr_psprintf(edit->pool, "%s/edit-%d", edit->workspace, edit->written++);
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    apr_status_t status = fd < 0 ? errno : write_all(fd, bytes, length);
    if (fd >= 0 && close(fd) && !status) status = errno;
    if (status) return go_error_system(err, status, NULL, "A file could not be written");
    const go_tree_entry entry = {
        .is_executable = is_executable, .size = (apr_off_t)length, .file = file};
    return go_edit_put(edit, path, &entry, err);
}

apr_status_t go_edit_remove(go_edit *edit, const char *path, go_error *err) {
    if (!go_tree_find(edit->tree, path)) return not_there(path, edit->pool, err);
    return finish(edit, without(edit, path), err);
}

apr_status_t go_edit_rename(go_edit *edit, const char *path, const char *to, go_error *err) {
    if (!go_tree_find(edit->tree, path)) return not_there(path, edit->pool, err);
    if (!strcmp(path, to)) return APR_SUCCESS;
    if (go_tree_find(edit->tree, to))
        return go_error_set(err, GO_ECONFLICT, "Choose another name.", "There is a \"%s\" already.",
                            go_text_printable(edit->pool, to, strlen(to)));
    go_tree *tree = without(edit, path);
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; !status && i < edit->tree->entries->nelts; i++) {
        go_tree_entry entry = APR_ARRAY_IDX(edit->tree->entries, i, go_tree_entry);
        if (!is_within(entry.path, path)) continue;
        entry.path = apr_pstrcat(edit->pool, to, entry.path + strlen(path), NULL);
        status = go_tree_add(tree, &entry, err);
    }
    return status ? status : finish(edit, tree, err);
}

apr_status_t go_edit_set_executable(go_edit *edit, const char *path, int is_executable,
                                    go_error *err) {
    /* the list of entries is our own copy */
    go_tree_entry *entry = (go_tree_entry *)go_tree_find(edit->tree, path);
    if (!entry || entry->is_directory) return not_there(path, edit->pool, err);
    entry->is_executable = is_executable;
    return APR_SUCCESS;
}

/* --- the order of the stages ------------------------------------------------------------------ */

static const char *read_file(const go_tree_entry *entry, apr_size_t *length, apr_pool_t *pool) {
    const char *bytes;
    if (entry->size > GO_EDIT_TEXT_MAX) return NULL;
    if (go_stages_read_file(NULL, entry, GO_EDIT_TEXT_MAX, &bytes, length, pool)) return NULL;
    return apr_pstrmemdup(pool, bytes, *length);
}

static apr_status_t write_list(go_edit *edit, const apr_array_header_t *names, go_error *err) {
    const go_tree_entry *list = go_tree_find(edit->tree, "stages");
    apr_size_t length;
    const char *before = list ? go_edit_text(list, &length, edit->pool) : NULL;
    const char *end = before && strstr(before, "\r\n") ? "\r\n" : "\n", *text = "";
    for (int i = 0; i < names->nelts; i++)
        text = apr_pstrcat(edit->pool, text, APR_ARRAY_IDX(names, i, const char *), end, NULL);
    return go_edit_write(edit, "stages", list && list->is_executable, text, strlen(text), err);
}

/* What the list says of this stage, with its name; a new reference. */
static json_t *stage_of(const json_t *stages, const char *old_name, const char *name) {
    size_t i;
    json_t *stage, *found = NULL;
    json_array_foreach(stages, i, stage) {
        const char *directory = json_string_value(json_object_get(stage, "directory_name"));
        if (!found && directory && !strcmp(directory, old_name)) found = json_deep_copy(stage);
    }
    if (!found) found = json_object();
    json_object_set_new(found, "directory_name", json_string(name));
    return found;
}

static apr_status_t write_metadata(go_edit *edit, const go_tree_entry *metadata,
                                   const apr_array_header_t *names, const char *renamed_from,
                                   const char *renamed_to, go_error *err) {
    apr_size_t length = 0;
    const char *text = read_file(metadata, &length, edit->pool);
    json_t *json = text ? json_loadb(text, length, 0, NULL) : NULL;
    json_t *list = json_array();
    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        int is_renamed = renamed_to && !strcmp(name, renamed_to);
        json_array_append_new(list, stage_of(json_object_get(json, "stages"),
                                             is_renamed ? renamed_from : name, name));
    }
    if (!json_is_object(json)) {
        json_decref(json);
        json = json_object();
    }
    json_object_set_new(json, "stages", list);
    char *written = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    json_decref(json);
    const char *copy = apr_pstrcat(edit->pool, written ? written : "", "\n", NULL);
    free(written);
    return go_edit_write(edit, "metadata.json", metadata->is_executable, copy, strlen(copy), err);
}

apr_status_t go_edit_set_stages(go_edit *edit, const apr_array_header_t *names,
                                const char *renamed_from, const char *renamed_to, go_error *err) {
    const go_tree_entry *metadata = go_tree_find(edit->tree, "metadata.json");
    if (metadata && !metadata->is_directory && !go_tree_find(edit->tree, "stages"))
        return write_metadata(edit, metadata, names, renamed_from, renamed_to, err);
    return write_list(edit, names, err);
}

/* --- text as a browser sends it -------------------------------------------------------------- */

const char *go_edit_text(const go_tree_entry *entry, apr_size_t *length, apr_pool_t *pool) {
    const char *text = entry->is_directory ? NULL : read_file(entry, length, pool);
    if (!text || memchr(text, '\0', *length) || !go_text_is_utf8(text, *length)) return NULL;
    int with_return = 0, without_return = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '\r' && c[1] != '\n') return NULL;
        if (*c == '\n' && c > text && c[-1] == '\r')
            with_return = 1;
        else if (*c == '\n')
            without_return = 1;
    }
    return with_return && without_return ? NULL : text;
}

const char *go_edit_line_ends(const char *typed, const char *before, apr_pool_t *pool) {
    int wants_return = before && strstr(before, "\r\n");
    char *text = apr_palloc(pool, 2 * strlen(typed) + 1), *to = text;
    for (const char *c = typed; *c; c++) {
        if (*c == '\r' && c[1] == '\n') continue;
        if (wants_return && (*c == '\n' || *c == '\r')) *to++ = '\r';
        *to++ = *c == '\r' ? '\n' : *c;
    }
    *to = '\0';
    return text;
}
