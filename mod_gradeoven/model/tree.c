#include "model/tree.h"

#include "model/text.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <unicode/uchar.h>

#include <stdlib.h>
#include <string.h>

static const char rename_it[] = "Rename it and try again.";

go_tree *go_tree_make(apr_pool_t *pool) {
    go_tree *tree = apr_palloc(pool, sizeof(*tree));
    tree->pool = pool;
    tree->entries = apr_array_make(pool, 16, sizeof(go_tree_entry));
    return tree;
}

static apr_status_t refuse(go_error *err, const char *path, apr_size_t length, const char *rule) {
    if (!err) return GO_EINVALID;
    return go_error_set(err, GO_EINVALID, rename_it, "The path \"%s\" %s.",
                        go_text_printable(err->pool, path, length), rule);
}

/* Which rule the code points of a path break, or NULL. */
static const char *bad_characters(const char *path, apr_size_t length) {
    apr_size_t i = 0;
    while (i < length) {
        apr_uint32_t c;
        apr_size_t n = go_text_decode(path + i, length - i, &c);
        if (!n) return "is not valid UTF-8";
        if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return "holds a control character";
        if (c == '\\') return "holds a backslash";
        if (go_text_is_bidi_control(c)) return "holds a character that reverses text";
        i += n;
    }
    return NULL;
}

/* Which rule one part of a path breaks, or NULL. */
static const char *bad_part(const char *part, apr_size_t length) {
    if (!length) return "has an empty part (\"//\", or a \"/\" at its end)";
    if (length == 1 && part[0] == '.') return "has a part \".\"";
    if (length == 2 && part[0] == '.' && part[1] == '.') return "has a part \"..\"";
    if (length > GO_TREE_PART_MAX)
        return "has a part of more than " APR_STRINGIFY(GO_TREE_PART_MAX) " bytes";
    return NULL;
}

static const char *bad_path(const char *path, apr_size_t length) {
    if (!length) return "is empty";
    if (length > GO_TREE_PATH_MAX)
        return "is longer than " APR_STRINGIFY(GO_TREE_PATH_MAX) " bytes";
    if (path[0] == '/') return "is absolute";
    const char *rule = bad_characters(path, length);
    int depth = 1;
    apr_size_t start = 0;
    for (apr_size_t i = 0; i <= length && !rule; i++) {
        if (i < length && path[i] != '/') continue;
        rule = bad_part(path + start, i - start);
        start = i + 1;
        if (i < length && ++depth > GO_TREE_DEPTH_MAX)
            rule = "has more than " APR_STRINGIFY(GO_TREE_DEPTH_MAX) " parts";
    }
    return rule;
}

apr_status_t go_tree_path_check(const char *path, apr_size_t length, go_error *err) {
    const char *rule = bad_path(path, length);
    return rule ? refuse(err, path, length, rule) : APR_SUCCESS;
}

apr_status_t go_tree_add(go_tree *tree, const go_tree_entry *entry, go_error *err) {
    apr_status_t status = go_tree_path_check(entry->path, strlen(entry->path), err);
    if (status) return status;
    go_tree_entry *added = apr_array_push(tree->entries);
    *added = *entry;
    added->path = apr_pstrdup(tree->pool, entry->path);
    added->object = entry->object ? apr_pstrdup(tree->pool, entry->object) : NULL;
    added->file = entry->file ? apr_pstrdup(tree->pool, entry->file) : NULL;
    return APR_SUCCESS;
}

static int compare_paths(const void *a, const void *b) {
    return strcmp(((const go_tree_entry *)a)->path, ((const go_tree_entry *)b)->path);
}

static void sort(go_tree *tree) {
    if (tree->entries->nelts)
        qsort(tree->entries->elts, (size_t)tree->entries->nelts, sizeof(go_tree_entry),
              compare_paths);
}

/* What a path becomes when letter case is ignored, as macOS and Windows do. */
static const char *fold(const char *path, apr_pool_t *pool) {
    apr_size_t length = strlen(path);
    char *folded = apr_palloc(pool, length * 2 + 1); /* no simple folding is longer than that */
    char *to = folded;
    apr_uint32_t c = 0;
    for (apr_size_t i = 0, n; i < length && (n = go_text_decode(path + i, length - i, &c));
         i += n) {
        c = (apr_uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
        int offset = 0;
        U8_APPEND_UNSAFE(to, offset, c);
        to += offset;
    }
    *to = '\0';
    return folded;
}

/* Merges directories that were named twice; refuses any other path that stands there twice. */
static apr_status_t merge_twins(go_tree *tree, go_error *err) {
    go_tree_entry *entries = (go_tree_entry *)tree->entries->elts;
    int kept = 0;
    for (int i = 0; i < tree->entries->nelts; i++) {
        go_tree_entry *last = kept ? &entries[kept - 1] : NULL;
        if (!last || strcmp(last->path, entries[i].path)) {
            entries[kept++] = entries[i];
            continue;
        }
        const char *path = entries[i].path;
        if (last->is_directory != entries[i].is_directory)
            return refuse(err, path, strlen(path), "is both a file and a directory");
        if (!last->is_directory) return refuse(err, path, strlen(path), "stands there twice");
    }
    tree->entries->nelts = kept;
    return APR_SUCCESS;
}

/* Adds the directories above `entry` that nobody named; `seen` knows every path there is. */
static apr_status_t add_parents(go_tree *tree, const char *path, apr_hash_t *seen, go_error *err) {
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        apr_ssize_t length = slash - path;
        const go_tree_entry *parent = apr_hash_get(seen, path, length);
        if (parent && parent->is_directory) continue;
        if (parent) return refuse(err, path, (apr_size_t)length, "is both a file and a directory");
        /* `seen` keeps a copy of its own: the array moves when it grows. */
        go_tree_entry *added = apr_pcalloc(tree->pool, sizeof(*added));
        added->path = apr_pstrmemdup(tree->pool, path, (apr_size_t)length);
        added->is_directory = 1;
        apr_hash_set(seen, added->path, length, added);
        APR_ARRAY_PUSH(tree->entries, go_tree_entry) = *added;
    }
    return APR_SUCCESS;
}

static apr_status_t complete(go_tree *tree, apr_pool_t *scratch, go_error *err) {
    int count = tree->entries->nelts;
    apr_hash_t *seen = apr_hash_make(scratch);
    for (int i = 0; i < count; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        apr_hash_set(seen, entry->path, APR_HASH_KEY_STRING,
                     apr_pmemdup(scratch, entry, sizeof(*entry)));
    }
    for (int i = 0; i < count; i++) {
        const char *path = APR_ARRAY_IDX(tree->entries, i, go_tree_entry).path;
        apr_status_t status = add_parents(tree, path, seen, err);
        if (status) return status;
    }
    sort(tree);
    return APR_SUCCESS;
}

static apr_status_t refuse_case_twins(const go_tree *tree, apr_pool_t *scratch, go_error *err) {
    apr_hash_t *seen = apr_hash_make(scratch);
    for (int i = 0; i < tree->entries->nelts; i++) {
        const char *path = APR_ARRAY_IDX(tree->entries, i, go_tree_entry).path;
        const char *folded = fold(path, scratch);
        const char *other = apr_hash_get(seen, folded, APR_HASH_KEY_STRING);
        if (other)
            return go_error_set(
                err, GO_EINVALID, "Many computers take them for the same: rename one of them.",
                "The paths \"%s\" and \"%s\" differ only in letter case.", other, path);
        apr_hash_set(seen, folded, APR_HASH_KEY_STRING, path);
    }
    return APR_SUCCESS;
}

apr_status_t go_tree_finish(go_tree *tree, go_error *err) {
    apr_pool_t *scratch;
    apr_status_t status = apr_pool_create(&scratch, tree->pool);
    if (status) return go_error_system(err, status, NULL, "No memory for a list of files");
    sort(tree);
    status = merge_twins(tree, err);
    if (!status) status = complete(tree, scratch, err);
    if (!status) status = refuse_case_twins(tree, scratch, err);
    apr_pool_destroy(scratch);
    return status;
}

const go_tree_entry *go_tree_find(const go_tree *tree, const char *path) {
    const go_tree_entry key = {.path = path};
    if (!tree->entries->nelts) return NULL;
    return bsearch(&key, tree->entries->elts, (size_t)tree->entries->nelts, sizeof(key),
                   compare_paths);
}

go_tree *go_tree_below(const go_tree *tree, const char *directory, apr_pool_t *pool) {
    go_tree *below = go_tree_make(pool);
    apr_size_t length = strlen(directory);
    for (int i = 0; i < tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        if (strncmp(entry->path, directory, length) || entry->path[length] != '/') continue;
        go_tree_entry *added = apr_array_push(below->entries);
        *added = *entry;
        added->path = entry->path + length + 1;
    }
    return below;
}

apr_off_t go_tree_bytes(const go_tree *tree) {
    apr_off_t bytes = 0;
    for (int i = 0; i < tree->entries->nelts; i++)
        bytes += APR_ARRAY_IDX(tree->entries, i, go_tree_entry).size;
    return bytes;
}
