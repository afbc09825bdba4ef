/*
 * Migrations: conf/schema/NNNN-name.sql, embedded at build time, each applied once and in order.
 * The number of the last one is in schema_version, and is read again inside the transaction that
 * applies the next, so that two processes that start together do not both apply it.
 */
#include "model/db_private.h"

#include <apr_strings.h>

#include <string.h>

typedef struct migration {
    int number;
    const char *name;
    const char *sql;
} migration;

static const migration migrations[] = {
#include "schema.inc"
};
enum { MIGRATION_COUNT = sizeof(migrations) / sizeof(*migrations) };

int go_db_schema_known(void) {
    return migrations[MIGRATION_COUNT - 1].number;
}

/* Performs the statements of a migration one by one; ";\n" ends one, as the files are written. */
static apr_status_t apply(go_db *db, const migration *m, apr_pool_t *pool, go_error *err) {
    char *text = apr_pstrdup(pool, m->sql);
    apr_status_t status = APR_SUCCESS;
    while (!status && *text) {
        char *end = strstr(text, ";\n");
        if (!end) break;
        *end = '\0';
        status = go_db_perform(db, text, NULL, err);
        text = end + 2;
    }
    return status;
}

static apr_status_t step(go_db *db, const migration *m, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    apr_int64_t version = 0;
    status = go_db_perform(db, "SELECT max(version) FROM schema_version", &version, err);
    if (!status && version < m->number) {
        status = apply(db, m, pool, err);
        if (!status)
            status = go_db_perform(
                db,
                apr_psprintf(pool, "INSERT INTO schema_version (version) VALUES (%d)", m->number),
                NULL, err);
    }
    return go_db_end(db, status, err);
}

static apr_status_t refuse_newer(go_db *db, const char *params, go_error *err) {
    apr_int64_t version = 0;
    apr_status_t status =
        go_db_perform(db, "SELECT max(version) FROM schema_version", &version, err);
    if (status || version <= migrations[MIGRATION_COUNT - 1].number) return status;
    return go_error_set(
        err, GO_EINTERNAL, "Install that version again, or restore a backup.",
        "The database \"%s\" was written by a newer Grade Oven (schema %" APR_INT64_T_FMT
        ", this one knows %d).",
        params, version, migrations[MIGRATION_COUNT - 1].number);
}

apr_status_t go_db_migrate(const char *driver, const char *params, apr_pool_t *pool,
                           go_error *err) {
    apr_pool_t *scratch; /* closes the connection at the end */
    apr_pool_create(&scratch, pool);
    go_db *db;
    apr_status_t status = go_db_open_sparing(&db, driver, params, GO_DURABLE, scratch, err);
    if (!status && strcmp(driver, "sqlite3") == 0)
        status = go_db_perform(db, "PRAGMA journal_mode = WAL", NULL, err);
    if (!status)
        status = go_db_perform(
            db, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)", NULL, err);
    if (!status) status = refuse_newer(db, params, err);
    for (int i = 0; i < MIGRATION_COUNT && !status; i++)
        status = step(db, &migrations[i], scratch, err);
    apr_pool_destroy(scratch);
    return status;
}
