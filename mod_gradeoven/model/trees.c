#include "model/trees.h"

#include "model/objects.h"

#include <apr_strings.h>

#include <sodium.h>
#include <string.h>

const char *go_tree_digest(const go_tree *tree, apr_pool_t *pool) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (int i = 0; i < tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        char kind = entry->is_directory ? 'd' : entry->is_executable ? 'x' : 'f';
        crypto_hash_sha256_update(&state, (unsigned char *)&kind, 1);
        if (entry->object)
            crypto_hash_sha256_update(&state, (const unsigned char *)entry->object,
                                      strlen(entry->object));
        /* the NUL ends the path: no two lists of entries are the same bytes */
        crypto_hash_sha256_update(&state, (const unsigned char *)entry->path,
                                  strlen(entry->path) + 1);
    }
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&state, digest);
    char *text = apr_palloc(pool, 2 * sizeof(digest) + 1);
    return sodium_bin2hex(text, 2 * sizeof(digest) + 1, digest, sizeof(digest));
}

static apr_status_t insert_entries(go_db *db, const go_tree *tree, apr_int64_t tree_id,
                                   apr_pool_t *pool, go_error *err) {
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; i < tree->entries->nelts && !status; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        status =
            go_db_run(db, GO_SQL_TREE_ENTRY_CREATE,
                      GO_VALUES(go_integer(tree_id), go_text(entry->path),
                                go_integer(entry->is_directory), go_integer(entry->is_executable),
                                go_integer(entry->size), go_text(entry->object)),
                      NULL, pool, err);
    }
    return status;
}

static int count_files(const go_tree *tree) {
    int files = 0;
    for (int i = 0; i < tree->entries->nelts; i++)
        files += !APR_ARRAY_IDX(tree->entries, i, go_tree_entry).is_directory;
    return files;
}

apr_status_t go_trees_keep(go_db *db, const go_tree *tree, apr_int64_t *tree_id, apr_pool_t *pool,
                           go_error *err) {
    const char *digest = go_tree_digest(tree, pool);
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_TREE_BY_DIGEST, GO_VALUES(go_text(digest)), &rows, pool, err);
    if (status) return status;
    if (go_rows_next(rows)) {
        *tree_id = go_rows_integer(rows, 0, 0);
        return APR_SUCCESS;
    }
    status = go_db_one(
        db, GO_SQL_TREE_CREATE,
        GO_VALUES(go_text(digest), go_integer(count_files(tree)), go_integer(go_tree_bytes(tree))),
        &rows, "id", pool, err);
    if (status) return status;
    *tree_id = go_rows_integer(rows, 0, 0);
    return insert_entries(db, tree, *tree_id, pool, err);
}

apr_status_t go_trees_read(go_db *db, apr_int64_t tree_id, const char *objects, go_tree **tree,
                           apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_TREE_ENTRIES, GO_VALUES(go_integer(tree_id)), &rows, pool, err);
    if (status) return status;
    *tree = go_tree_make(pool);
    while (!status && go_rows_next(rows)) {
        const char *object = go_rows_text(rows, 4);
        go_tree_entry entry = {.path = go_rows_text(rows, 0),
                               .is_directory = (int)go_rows_integer(rows, 1, 0),
                               .is_executable = (int)go_rows_integer(rows, 2, 0),
                               .size = go_rows_integer(rows, 3, 0),
                               .object = object,
                               .file = object ? go_object_path(objects, object, pool) : NULL};
        status = go_tree_add(*tree, &entry, err);
    }
    return status ? status : go_tree_finish(*tree, err);
}
