/* The difference of two trees (diff.h). */
#include "model/diff.h"

#include <apr_hash.h>

#include <string.h>

const char *go_change_name(go_change_kind kind) {
    static const char *const names[] = {[GO_CHANGE_ADDED] = "added",
                                        [GO_CHANGE_REMOVED] = "removed",
                                        [GO_CHANGE_CONTENT] = "changed",
                                        [GO_CHANGE_MODE] = "mode",
                                        [GO_CHANGE_RENAMED] = "renamed"};
    return names[kind];
}

/* The next file at or after *place, or NULL. */
static const go_tree_entry *next_file(const go_tree *tree, int *place) {
    for (; *place < tree->entries->nelts; ++*place) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, *place, go_tree_entry);
        if (!entry->is_directory) return entry;
    }
    return NULL;
}

static void add(apr_array_header_t *changes, go_change_kind kind, const go_tree_entry *was,
                const go_tree_entry *is) {
    APR_ARRAY_PUSH(changes, go_tree_change) =
        (go_tree_change){.kind = kind,
                         .was = was,
                         .is = is,
                         .is_mode_changed = was && is && !was->is_executable != !is->is_executable};
}

/* Both lists of files stand in byte order of their paths. */
static apr_array_header_t *walk(const go_tree *was, const go_tree *is, apr_pool_t *pool) {
    apr_array_header_t *changes = apr_array_make(pool, 16, sizeof(go_tree_change));
    int x = 0, y = 0;
    for (;;) {
        const go_tree_entry *before = next_file(was, &x), *after = next_file(is, &y);
        if (!before && !after) return changes;
        int order = !before ? 1 : !after ? -1 : strcmp(before->path, after->path);
        if (order < 0)
            add(changes, GO_CHANGE_REMOVED, before, NULL);
        else if (order > 0)
            add(changes, GO_CHANGE_ADDED, NULL, after);
        else if (strcmp(before->object, after->object) != 0)
            add(changes, GO_CHANGE_CONTENT, before, after);
        else if (!before->is_executable != !after->is_executable)
            add(changes, GO_CHANGE_MODE, before, after);
        x += order <= 0;
        y += order >= 0;
    }
}

/* What went away and came back under another path, with the same bytes. An empty file is no sign:
   all of them are the same. */
static void find_renames(apr_array_header_t *changes, apr_pool_t *pool) {
    apr_hash_t *gone = apr_hash_make(pool); /* by object: the removal */
    for (int i = 0; i < changes->nelts; i++) {
        go_tree_change *change = &APR_ARRAY_IDX(changes, i, go_tree_change);
        if (change->kind == GO_CHANGE_REMOVED && change->was->size)
            apr_hash_set(gone, change->was->object, APR_HASH_KEY_STRING, change);
    }
    for (int i = 0; i < changes->nelts; i++) {
        go_tree_change *change = &APR_ARRAY_IDX(changes, i, go_tree_change);
        if (change->kind != GO_CHANGE_ADDED) continue;
        go_tree_change *removal = apr_hash_get(gone, change->is->object, APR_HASH_KEY_STRING);
        if (!removal) continue;
        apr_hash_set(gone, change->is->object, APR_HASH_KEY_STRING, NULL);
        change->kind = GO_CHANGE_RENAMED;
        change->was = removal->was;
        change->is_mode_changed = !change->was->is_executable != !change->is->is_executable;
        removal->was = NULL; /* told by the other one */
    }
}

apr_array_header_t *go_tree_changes(const go_tree *was, const go_tree *is, apr_pool_t *pool) {
    apr_array_header_t *found = walk(was, is, pool);
    find_renames(found, pool);
    apr_array_header_t *changes = apr_array_make(pool, found->nelts, sizeof(go_tree_change));
    for (int i = 0; i < found->nelts; i++) {
        const go_tree_change *change = &APR_ARRAY_IDX(found, i, go_tree_change);
        if (change->was || change->is) APR_ARRAY_PUSH(changes, go_tree_change) = *change;
    }
    return changes;
}
