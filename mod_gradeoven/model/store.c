#include "model/store.h"

#include <apr_strings.h>

#include <string.h>

enum { ESCAPE = 0x00, ESCAPED_NUL = 0xFF, PART_END = 0x01, AFTER_PART_END = 0x02 };

go_part go_part_text(const char *text) {
    return (go_part){text, strlen(text)};
}

/* The key as one BLOB; see store.h. */
static go_part encode(const go_part *key, int parts, apr_pool_t *pool) {
    apr_size_t room = 0;
    for (int i = 0; i < parts; i++)
        room += 2 * key[i].length + 2;
    char *out = apr_palloc(pool, room + 1);
    apr_size_t n = 0;
    for (int i = 0; i < parts; i++) {
        for (apr_size_t j = 0; j < key[i].length; j++) {
            out[n++] = key[i].bytes[j];
            if (key[i].bytes[j] == ESCAPE) out[n++] = (char)ESCAPED_NUL;
        }
        out[n++] = ESCAPE;
        out[n++] = PART_END;
    }
    return (go_part){out, n};
}

/*
 * The end of the range that holds a key and all below it. Every continuation starts with a byte of
 * a part or with an escape; a key's encoding ends with 00 01, so with 00 02 instead it is the first
 * that is greater than all of them. The empty key's range ends after every possible first byte.
 */
static go_part range_end(go_part encoded, apr_pool_t *pool) {
    if (encoded.length == 0) return (go_part){"\xFF\xFF\xFF\xFF", 4};
    char *end = apr_pmemdup(pool, encoded.bytes, encoded.length);
    end[encoded.length - 1] = AFTER_PART_END;
    return (go_part){end, encoded.length};
}

/* The part that starts at `from` of an encoded key; *from moves behind it. */
static go_part decode_part(const char *encoded, apr_size_t length, apr_size_t *from,
                           apr_pool_t *pool) {
    char *out = apr_palloc(pool, length - *from + 1);
    apr_size_t n = 0, i = *from;
    while (i + 1 < length && !(encoded[i] == ESCAPE && encoded[i + 1] == PART_END)) {
        out[n++] = encoded[i];
        i += encoded[i] == ESCAPE ? 2 : 1;
    }
    out[n] = '\0';
    *from = i + 2;
    return (go_part){out, n};
}

apr_status_t go_store_put(go_db *db, const go_part *key, int parts, go_part value, apr_pool_t *pool,
                          go_error *err) {
    go_part encoded = encode(key, parts, pool);
    return go_db_run(
        db, GO_SQL_TUPLE_PUT,
        GO_VALUES(go_bytes(encoded.bytes, encoded.length), go_bytes(value.bytes, value.length)),
        NULL, pool, err);
}

/* The value of exactly this key: 1 and *value, or 0. */
static apr_status_t own_value(go_db *db, go_part encoded, int *found, go_part *value,
                              apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_TUPLE_GET, GO_VALUES(go_bytes(encoded.bytes, encoded.length)), &rows, pool, err);
    if (status) return status;
    *found = go_rows_next(rows);
    if (!*found) return APR_SUCCESS;
    const char *bytes = go_rows_bytes(rows, 0, &value->length);
    char *copy = apr_palloc(pool, value->length + 1);
    if (value->length) memcpy(copy, bytes, value->length);
    copy[value->length] = '\0';
    value->bytes = copy;
    return APR_SUCCESS;
}

/* Adds the children below an encoded key; as keys come sorted, equal ones stand together. */
static apr_status_t add_children(go_db *db, go_part encoded, apr_array_header_t *children,
                                 apr_pool_t *pool, go_error *err) {
    go_part end = range_end(encoded, pool);
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_TUPLE_RANGE,
        GO_VALUES(go_bytes(encoded.bytes, encoded.length), go_bytes(end.bytes, end.length)), &rows,
        pool, err);
    if (status) return status;
    go_part last = {NULL, 0};
    while (go_rows_next(rows)) {
        apr_size_t length, from = encoded.length;
        const char *bytes = go_rows_bytes(rows, 0, &length);
        if (!bytes || length <= from) continue;
        go_part part = decode_part(bytes, length, &from, pool);
        if (last.bytes && last.length == part.length &&
            memcmp(last.bytes, part.bytes, part.length) == 0)
            continue;
        APR_ARRAY_PUSH(children, go_part) = last = part;
    }
    return APR_SUCCESS;
}

apr_status_t go_store_get_all(go_db *db, const go_part *key, int parts,
                              apr_array_header_t **children, apr_pool_t *pool, go_error *err) {
    go_part encoded = encode(key, parts, pool), value;
    int found = 0;
    *children = apr_array_make(pool, 4, sizeof(go_part));
    apr_status_t status = own_value(db, encoded, &found, &value, pool, err);
    if (status) return status;
    if (found) APR_ARRAY_PUSH(*children, go_part) = value;
    return add_children(db, encoded, *children, pool, err);
}

apr_status_t go_store_get(go_db *db, const go_part *key, int parts, go_part *value,
                          apr_pool_t *pool, go_error *err) {
    go_part encoded = encode(key, parts, pool);
    int found = 0;
    apr_status_t status = own_value(db, encoded, &found, value, pool, err);
    if (status || found) return status;
    apr_array_header_t *children = apr_array_make(pool, 2, sizeof(go_part));
    status = add_children(db, encoded, children, pool, err);
    if (status) return status;
    if (children->nelts == 0)
        return go_error_set(err, GO_ENOTFOUND, NULL, "Nothing is stored under this key.");
    if (children->nelts > 1)
        return go_error_set(err, GO_EMULTIPLE, NULL, "There are %d values under this key.",
                            children->nelts);
    *value = APR_ARRAY_IDX(children, 0, go_part);
    return APR_SUCCESS;
}

apr_status_t go_store_remove(go_db *db, const go_part *key, int parts, apr_pool_t *pool,
                             go_error *err) {
    go_part encoded = encode(key, parts, pool), end = range_end(encoded, pool);
    return go_db_run(
        db, GO_SQL_TUPLE_REMOVE,
        GO_VALUES(go_bytes(encoded.bytes, encoded.length), go_bytes(end.bytes, end.length)), NULL,
        pool, err);
}
