#include "model/db_private.h"

#include <apr_buckets.h>
#include <apr_dbd.h>
#include <apr_strings.h>

#include <pthread.h>
#include <string.h>

#define VALUES_MAX   16
#define BUSY_TIMEOUT "10000" /* ms that SQLite waits for another writer before it gives up */

static const char *const statement_texts[GO_SQL_COUNT] = {
#define GO_STATEMENT(name, sql) [GO_SQL_##name] = sql,
#include "model/statements.inc"
#undef GO_STATEMENT
};
static const char *const statement_names[GO_SQL_COUNT] = {
#define GO_STATEMENT(name, sql) [GO_SQL_##name] = #name,
#include "model/statements.inc"
#undef GO_STATEMENT
};

/*
 * Held from the begin of a transaction to its end, and around each single write: one writer at a
 * time in this process. Without it, a thread that waits in SQLite for the write lock would wait
 * with apr_dbd's process-wide mutex in its hand, which the thread that has the write lock needs for
 * its next statement; both would stand still until busy_timeout. Writers of other processes wait in
 * SQLite, which is fine.
 */
static pthread_mutex_t writer = PTHREAD_MUTEX_INITIALIZER;

struct go_db {
    apr_pool_t *pool;
    const apr_dbd_driver_t *driver;
    apr_dbd_t *handle;
    int is_sqlite;
    go_durability durability;
    int depth;     /* of nested transactions */
    int is_doomed; /* an inner transaction was rolled back */
    apr_dbd_prepared_t *prepared[GO_SQL_COUNT];
};

struct go_rows {
    go_db *db;
    apr_pool_t *pool;
    apr_dbd_results_t *results;
    apr_dbd_row_t *row;
};

apr_status_t go_db_start(apr_pool_t *pool) {
    return apr_dbd_init(pool);
}

/* The drivers keep no code of their own for a broken constraint, but their texts are stable. */
static int is_constraint(const go_db *db, int code) {
    const char *text = apr_dbd_error(db->driver, db->handle, code);
    return strstr(text, db->is_sqlite ? "constraint failed" : "violates") != NULL;
}

static apr_status_t failed(go_db *db, int code, const char *what, go_error *err) {
    if (is_constraint(db, code))
        return go_error_set(err, GO_ECONFLICT, NULL, "The store refused %s: %s.", what,
                            apr_dbd_error(db->driver, db->handle, code));
    return go_error_set(err, GO_EINTERNAL, "Look at the disk and at the database, then try again.",
                        "The store failed at %s: %s.", what,
                        apr_dbd_error(db->driver, db->handle, code));
}

apr_status_t go_db_perform(go_db *db, const char *sql, apr_int64_t *first, go_error *err) {
    apr_pool_t *scratch;
    apr_pool_create(&scratch, db->pool);
    go_rows rows = {.db = db, .pool = scratch};
    int code = apr_dbd_select(db->driver, scratch, db->handle, &rows.results, sql, 0);
    if (first) *first = !code && go_rows_next(&rows) ? go_rows_integer(&rows, 0, 0) : 0;
    apr_status_t status = code ? failed(db, code, sql, err) : APR_SUCCESS;
    apr_pool_destroy(scratch);
    return status;
}

static apr_status_t close_connection(void *data) {
    go_db *db = data;
    apr_dbd_close(db->driver, db->handle);
    return APR_SUCCESS;
}

apr_status_t go_db_set_durability(go_db *db, go_durability durability, go_error *err) {
    if (!db->is_sqlite || db->durability == durability) return APR_SUCCESS;
    apr_status_t status = go_db_perform(
        db, durability == GO_DURABLE ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
        NULL, err);
    if (!status) db->durability = durability;
    return status;
}

/* What each connection to SQLite needs; the durability is about power cuts, not about crashes. */
static apr_status_t set_up_sqlite(go_db *db, go_durability durability, go_error *err) {
    static const char *const settings[] = {"PRAGMA busy_timeout = " BUSY_TIMEOUT,
                                           "PRAGMA foreign_keys = ON",
                                           "PRAGMA trusted_schema = OFF"};
    apr_status_t status = APR_SUCCESS;
    for (size_t i = 0; i < sizeof(settings) / sizeof(*settings) && !status; i++)
        status = go_db_perform(db, settings[i], NULL, err);
    if (!status) status = go_db_perform(db, "PRAGMA synchronous = FULL", NULL, err);
    db->durability = GO_DURABLE;
    return status ? status : go_db_set_durability(db, durability, err);
}

apr_status_t go_db_open_sparing(go_db **result, const char *driver, const char *params,
                                go_durability durability, apr_pool_t *pool, go_error *err) {
    go_db *db = apr_pcalloc(pool, sizeof(*db));
    db->pool = pool;
    db->is_sqlite = strcmp(driver, "sqlite3") == 0;
    apr_status_t status = apr_dbd_get_driver(pool, driver, &db->driver);
    if (status)
        return go_error_set(err, GO_EINTERNAL,
                            db->is_sqlite ? "On Debian: apt-get install libaprutil1-dbd-sqlite3."
                                          : "Install APR-util's driver for it.",
                            "The database driver \"%s\" could not be loaded (%s).", driver,
                            apr_psprintf(pool, "APR status %d", status));
    const char *reason = NULL;
    status = apr_dbd_open_ex(db->driver, pool, params, &db->handle, &reason);
    if (status)
        return go_error_set(err, GO_EINTERNAL,
                            "Does it exist, and may this process read and write it?",
                            "The database \"%s\" could not be opened (%s).", params,
                            reason ? reason : "no reason given");
    apr_pool_cleanup_register(pool, db, close_connection, apr_pool_cleanup_null);
    *result = db;
    return db->is_sqlite ? set_up_sqlite(db, durability, err) : APR_SUCCESS;
}

static apr_status_t prepare(go_db *db, go_statement statement, go_error *err) {
    if (db->prepared[statement]) return APR_SUCCESS;
    int code = apr_dbd_prepare(db->driver, db->pool, db->handle, statement_texts[statement], NULL,
                               &db->prepared[statement]);
    if (!code) return APR_SUCCESS;
    db->prepared[statement] = NULL; /* the driver leaves half of one */
    return failed(db, code, statement_names[statement], err);
}

apr_status_t go_db_open(go_db **result, const char *driver, const char *params,
                        go_durability durability, apr_pool_t *pool, go_error *err) {
    go_db *db = NULL;
    apr_status_t status = go_db_open_sparing(&db, driver, params, durability, pool, err);
    if (status || !db) return status;
    for (int i = 0; i < GO_SQL_COUNT && !status; i++)
        status = prepare(db, (go_statement)i, err);
    if (!status) *result = db;
    return status;
}

/* apr_dbd takes pointers to values; a blob takes four of them, of which two are not used here. */
typedef struct bound {
    const void *args[VALUES_MAX * 4];
    apr_int64_t integers[VALUES_MAX];
    apr_size_t lengths[VALUES_MAX];
} bound;

static void bind_values(bound *b, const go_value *values, int count) {
    int n = 0;
    for (int i = 0; i < count && i < VALUES_MAX; i++) {
        switch (values[i].kind) {
        case GO_VALUE_NULL:
            b->args[n++] = NULL;
            break;
        case GO_VALUE_TEXT:
            b->args[n++] = values[i].text;
            break;
        case GO_VALUE_INTEGER:
            b->integers[i] = values[i].integer;
            b->args[n++] = &b->integers[i];
            break;
        case GO_VALUE_BYTES:
            b->lengths[i] = values[i].length;
            b->args[n++] = values[i].text;
            b->args[n++] = &b->lengths[i];
            b->args[n++] = NULL;
            b->args[n++] = NULL;
            break;
        }
    }
}

static int is_write(go_statement statement) {
    return strncmp(statement_texts[statement], "SELECT", 6) != 0;
}

/* A write outside a transaction is one by itself: 1 when the writer's mutex was taken for it. */
static int lock_single(const go_db *db, go_statement statement) {
    if (db->depth > 0 || !is_write(statement)) return 0;
    pthread_mutex_lock(&writer);
    return 1;
}

static void unlock_single(int is_single) {
    if (is_single) pthread_mutex_unlock(&writer);
}

apr_status_t go_db_run(go_db *db, go_statement statement, const go_value *values, int count,
                       int *changed, apr_pool_t *pool, go_error *err) {
    apr_status_t status = prepare(db, statement, err);
    if (status) return status;
    bound b;
    bind_values(&b, values, count);
    int rows = 0;
    int is_single = lock_single(db, statement);
    int code =
        apr_dbd_pbquery(db->driver, pool, db->handle, &rows, db->prepared[statement], b.args);
    status = code ? failed(db, code, statement_names[statement], err) : APR_SUCCESS;
    unlock_single(is_single);
    if (!status && changed) *changed = rows;
    return status;
}

apr_status_t go_db_select(go_db *db, go_statement statement, const go_value *values, int count,
                          go_rows **result, apr_pool_t *pool, go_error *err) {
    go_rows *rows = *result = apr_pcalloc(pool, sizeof(*rows));
    rows->db = db;
    rows->pool = pool;
    apr_status_t status = prepare(db, statement, err);
    if (status) return status;
    bound b;
    bind_values(&b, values, count);
    int is_single = lock_single(db, statement);
    int code = apr_dbd_pbselect(db->driver, pool, db->handle, &rows->results,
                                db->prepared[statement], 0, b.args);
    status = code ? failed(db, code, statement_names[statement], err) : APR_SUCCESS;
    unlock_single(is_single);
    return status;
}

apr_status_t go_db_one(go_db *db, go_statement statement, const go_value *values, int count,
                       go_rows **row, const char *name, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_select(db, statement, values, count, row, pool, err);
    if (!status && !go_rows_next(*row))
        status = go_error_set(err, GO_ENOTFOUND, NULL, "There is no %s.", name);
    return status;
}

int go_rows_next(go_rows *rows) {
    return rows->results &&
           apr_dbd_get_row(rows->db->driver, rows->pool, rows->results, &rows->row, -1) == 0;
}

const char *go_rows_text(go_rows *rows, int column) {
    return apr_dbd_get_entry(rows->db->driver, rows->row, column);
}

apr_int64_t go_rows_integer(go_rows *rows, int column, apr_int64_t otherwise) {
    const char *text = go_rows_text(rows, column);
    return text ? apr_atoi64(text) : otherwise;
}

const char *go_rows_bytes(go_rows *rows, int column, apr_size_t *length) {
    apr_bucket_alloc_t *allocator = apr_bucket_alloc_create(rows->pool);
    apr_bucket_brigade *brigade = apr_brigade_create(rows->pool, allocator);
    char *bytes = NULL;
    *length = 0;
    if (apr_dbd_datum_get(rows->db->driver, rows->row, column, APR_DBD_TYPE_BLOB, brigade) ||
        apr_brigade_pflatten(brigade, &bytes, length, rows->pool))
        return NULL;
    apr_brigade_destroy(brigade);
    return bytes ? bytes : "";
}

apr_status_t go_db_begin(go_db *db, go_error *err) {
    if (db->depth == 0) {
        pthread_mutex_lock(&writer);
        apr_status_t status =
            go_db_perform(db, db->is_sqlite ? "BEGIN IMMEDIATE" : "BEGIN", NULL, err);
        if (status) {
            pthread_mutex_unlock(&writer);
            return status;
        }
        db->is_doomed = 0;
    }
    db->depth++;
    return APR_SUCCESS;
}

/* Ends the outermost transaction, one way or the other. */
static apr_status_t finish(go_db *db, int is_commit, go_error *err) {
    apr_status_t status = is_commit ? go_db_perform(db, "COMMIT", NULL, err) : APR_SUCCESS;
    if (!is_commit || status) go_db_perform(db, "ROLLBACK", NULL, NULL);
    pthread_mutex_unlock(&writer);
    return status;
}

apr_status_t go_db_commit(go_db *db, go_error *err) {
    if (--db->depth > 0) return APR_SUCCESS;
    apr_status_t status = finish(db, !db->is_doomed, err);
    if (db->is_doomed)
        return go_error_set(err, GO_ECONFLICT, "Try again.", "A part of the change failed.");
    return status;
}

void go_db_rollback(go_db *db) {
    if (--db->depth > 0)
        db->is_doomed = 1;
    else
        finish(db, 0, NULL);
}

void go_db_settle(go_db *db) {
    if (db->depth == 0) return;
    db->depth = 0;
    finish(db, 0, NULL);
}

apr_status_t go_db_end(go_db *db, apr_status_t status, go_error *err) {
    if (status == APR_SUCCESS) return go_db_commit(db, err);
    go_db_rollback(db);
    return status;
}
