/*
 * The tuple store: a tuple of byte strings -> bytes. For what has no relations: settings of the
 * site and of courses, preferences of users, avatars.
 *
 * Seen as a tree of byte strings, in which a value is the child of its full key:
 *
 *     put (courses, c++, assignments, homework 1) -> c++ 1
 *     put (courses, python, assignments, homework 1) -> python 1
 *
 *     courses ─┬─ c++ ───── assignments ── homework 1 ── c++ 1
 *              └─ python ── assignments ── homework 1 ── python 1
 *
 * `get` follows a key and answers the one child there is; `get_all` answers all children. Keys and
 * values may hold any byte, and the empty string.
 *
 * In the table, a key is one BLOB that sorts as its tuple does: each part with 0x00 written as 0x00
 * 0xFF, then 0x00 0x01. So everything below a key is one range of the primary key.
 */
#ifndef GO_MODEL_STORE_H
#define GO_MODEL_STORE_H

#include "model/db.h"

#include <apr_tables.h>

typedef struct go_part {
    const char *bytes;
    apr_size_t length;
} go_part;

/* A part from a C string. */
go_part go_part_text(const char *text);

/* The parts of a key in order: GO_KEY(go_part_text("courses"), go_part_text(name)). */
#define GO_KEY(...)                                                                                \
    (const go_part[]){__VA_ARGS__}, (int)(sizeof((go_part[]){__VA_ARGS__}) / sizeof(go_part))

/* Sets the value of a full key, durably; an old value is replaced. */
apr_status_t go_store_put(go_db *db, const go_part *key, int parts, go_part value, apr_pool_t *pool,
                          go_error *err);

/*
 * The value of a full key; for an inner key its only child's name. GO_EMULTIPLE when it has several
 * children, GO_ENOTFOUND when it has none. A key that has a value answers the value even when there
 * are longer keys below it. The value lives in `pool`, with a NUL behind its last byte.
 */
apr_status_t go_store_get(go_db *db, const go_part *key, int parts, go_part *value,
                          apr_pool_t *pool, go_error *err);

/* All children of a key, each once, in byte order: array of go_part; empty when there are none. */
apr_status_t go_store_get_all(go_db *db, const go_part *key, int parts,
                              apr_array_header_t **children, apr_pool_t *pool, go_error *err);

/* Removes the value of this key and of all keys below it. Removing nothing is no error. */
apr_status_t go_store_remove(go_db *db, const go_part *key, int parts, apr_pool_t *pool,
                             go_error *err);

#endif
