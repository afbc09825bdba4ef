/*
 * One connection to the store's database, through apr_dbd.
 *
 * All SQL stands in statements.inc, under names; httpd prepares every statement when it opens a
 * connection, so a mistake fails at start and not before a student. Values are always bound, never
 * written into the text. A connection serves one thread at a time; httpd's workers share a few of
 * them (site.h), the executor and gradeovenctl have their own.
 *
 * What apr_dbd's SQLite driver is like (read from its source) and what follows:
 *  - it reads a whole result before it returns, into the caller's pool: select what is needed;
 *  - it sleeps 100 ms on SQLITE_BUSY: busy_timeout is set, so that SQLite itself waits instead;
 *  - it holds one mutex for the whole process in each statement, waiting included: so this file
 * lets only one thread of a process write at a time;
 *  - its transactions begin DEFERRED, which fails without waiting when a reader turns writer: ours
 *    begin IMMEDIATE, by an ordinary statement.
 */
#ifndef GO_MODEL_DB_H
#define GO_MODEL_DB_H

#include "model/error.h"

#include <apr_time.h>

typedef struct go_db go_db;
typedef struct go_rows go_rows;

/* The names of all statements. */
typedef enum go_statement {
#define GO_STATEMENT(name, sql) GO_SQL_##name,
#include "model/statements.inc"
#undef GO_STATEMENT
    GO_SQL_COUNT
} go_statement;

/* What a write waits for. */
typedef enum go_durability {
    GO_DURABLE, /* a commit is on the disk before it returns: all that is acknowledged to a person
                 */
    GO_HASTY,   /* a power cut may take the last commits back: only the progress of a run */
} go_durability;

typedef struct go_value {
    enum { GO_VALUE_NULL, GO_VALUE_TEXT, GO_VALUE_INTEGER, GO_VALUE_BYTES } kind;
    const char *text;
    apr_int64_t integer;
    apr_size_t length; /* of GO_VALUE_BYTES */
} go_value;

static inline go_value go_null(void) {
    return (go_value){.kind = GO_VALUE_NULL};
}
/* A NULL text is SQL's NULL. */
static inline go_value go_text(const char *text) {
    return (go_value){.kind = text ? GO_VALUE_TEXT : GO_VALUE_NULL, .text = text};
}
static inline go_value go_integer(apr_int64_t integer) {
    return (go_value){.kind = GO_VALUE_INTEGER, .integer = integer};
}
static inline go_value go_bytes(const void *bytes, apr_size_t length) {
    return (go_value){.kind = GO_VALUE_BYTES, .text = bytes, .length = length};
}

/* The values of a statement, in the order of its placeholders: GO_VALUES(go_text(name), ...). */
#define GO_VALUES(...)                                                                             \
    (const go_value[]){__VA_ARGS__}, (int)(sizeof((go_value[]){__VA_ARGS__}) / sizeof(go_value))
#define GO_NO_VALUES NULL, 0

/*
 * Once a process, before any connection: initialises apr_dbd in `pool`, which must outlive all
 * connections (httpd: the process pool).
 */
apr_status_t go_db_start(apr_pool_t *pool);

/*
 * Brings the database at `params` to this program's schema, creating it when it is not there: each
 * migration in a transaction of its own. Refuses a database that a newer program has written.
 * `driver` is apr_dbd's name ("sqlite3"), `params` what that driver takes (SQLite: the file).
 */
apr_status_t go_db_migrate(const char *driver, const char *params, apr_pool_t *pool, go_error *err);

/*
 * Opens a connection; it closes with `pool`. GO_EINTERNAL. go_db_open prepares every statement and
 * fails when one is wrong, for httpd, whose start comes before everybody else's; the sparing one
 * prepares each when it is first executed, for the executor, which executes a third of them and
 * counts its memory (each costs about 10 KiB a connection), and for tables that are not there yet.
 */
apr_status_t go_db_open(go_db **db, const char *driver, const char *params,
                        go_durability durability, apr_pool_t *pool, go_error *err);
apr_status_t go_db_open_sparing(go_db **db, const char *driver, const char *params,
                                go_durability durability, apr_pool_t *pool, go_error *err);

/*
 * Changes what the next commits of this connection are worth; not within a transaction. Asking for
 * what is so already costs nothing. PostgreSQL's are always durable. GO_EINTERNAL: nothing changed.
 */
apr_status_t go_db_set_durability(go_db *db, go_durability durability, go_error *err);

/*
 * Executes a statement that returns no rows; `changed` (may be NULL) gets the number of rows it
 * wrote. GO_ECONFLICT when a UNIQUE or FOREIGN KEY constraint refuses it, else GO_EINTERNAL.
 */
apr_status_t go_db_run(go_db *db, go_statement statement, const go_value *values, int count,
                       int *changed, apr_pool_t *pool, go_error *err);

/*
 * Executes a statement that returns rows (SELECT, or RETURNING); they live in `pool`. `name` in
 * `go_db_one` is for the error when there is no row (GO_ENOTFOUND): "course \"x\"".
 */
apr_status_t go_db_select(go_db *db, go_statement statement, const go_value *values, int count,
                          go_rows **rows, apr_pool_t *pool, go_error *err);
apr_status_t go_db_one(go_db *db, go_statement statement, const go_value *values, int count,
                       go_rows **row, const char *name, apr_pool_t *pool, go_error *err);

/* Steps to the next row: 1, or 0 after the last. go_db_one stands on its row already. */
int go_rows_next(go_rows *rows);

/* The columns of the row stood on, from 0. A NULL is NULL as text, `otherwise` as integer. */
const char *go_rows_text(go_rows *rows, int column);
apr_int64_t go_rows_integer(go_rows *rows, int column, apr_int64_t otherwise);
/* Bytes of a BLOB column; `length` is set. NULL for a NULL. */
const char *go_rows_bytes(go_rows *rows, int column, apr_size_t *length);

/*
 * A transaction: begin, then commit or roll back. They nest: an inner pair joins the outer
 * transaction, and an inner roll-back makes the outer commit fail (GO_ECONFLICT).
 */
apr_status_t go_db_begin(go_db *db, go_error *err);
apr_status_t go_db_commit(go_db *db, go_error *err);
void go_db_rollback(go_db *db);

/* Rolls back what is still open: before a connection is handed to somebody else. */
void go_db_settle(go_db *db);

/* Commits when `status` is APR_SUCCESS, else rolls back; returns the first thing that failed. */
apr_status_t go_db_end(go_db *db, apr_status_t status, go_error *err);

#endif
