/* How exchanges ended, and what was written. */
#include "model/sync.h"

#include "model/buffer.h"
#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

enum { KEPT_DAYS = 400 };

apr_status_t go_sync_begin(go_db *db, const go_course *course, int is_scheduled, apr_time_t now,
                           apr_int64_t *id, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    *id = 0;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(
        db, GO_SQL_SYNC_RUNS_FORGET,
        GO_VALUES(go_integer(course->id), go_integer(now - apr_time_from_sec(KEPT_DAYS * 86400LL))),
        NULL, pool, err);
    if (!status)
        status = go_db_one(
            db, GO_SQL_SYNC_RUN_BEGIN,
            GO_VALUES(go_integer(course->id), go_integer(is_scheduled != 0), go_integer(now)), &row,
            "the exchange", pool, err);
    if (!status) *id = go_rows_integer(row, 0, 0);
    return go_db_end(db, status, err);
}

apr_status_t go_sync_end(go_db *db, apr_int64_t id, const go_sync_run *run, apr_pool_t *pool,
                         go_error *err) {
    return go_db_run(db, GO_SQL_SYNC_RUN_END,
                     GO_VALUES(go_integer(run->ended_us), go_integer(run->is_ok != 0),
                               go_text(run->summary), go_text(run->detail), go_integer(id)),
                     NULL, pool, err);
}

static void read_run(go_rows *rows, go_sync_run *run) {
    *run = (go_sync_run){.course = go_rows_text(rows, 0),
                         .is_scheduled = (int)go_rows_integer(rows, 1, 0),
                         .started_us = go_rows_integer(rows, 2, 0),
                         .ended_us = go_rows_integer(rows, 3, 0),
                         .is_ok = (int)go_rows_integer(rows, 4, 0),
                         .summary = go_rows_text(rows, 5),
                         .detail = go_rows_text(rows, 6)};
}

apr_status_t go_sync_last(go_db *db, apr_int64_t course_id, go_sync_run **run, apr_pool_t *pool,
                          go_error *err) {
    go_rows *rows;
    *run = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_SYNC_RUN_LAST, GO_VALUES(go_integer(course_id)), &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    *run = apr_palloc(pool, sizeof(**run));
    read_run(rows, *run);
    return APR_SUCCESS;
}

apr_status_t go_sync_last_of_all(go_db *db, apr_array_header_t **runs, apr_pool_t *pool,
                                 go_error *err) {
    go_rows *rows;
    *runs = apr_array_make(pool, 8, sizeof(go_sync_run));
    apr_status_t status = go_db_select(db, GO_SQL_SYNC_RUNS_LAST, GO_NO_VALUES, &rows, pool, err);
    while (!status && go_rows_next(rows))
        read_run(rows, apr_array_push(*runs));
    return status;
}

apr_status_t go_sync_last_start(go_db *db, const char *course, const char **zone,
                                apr_time_t *last_us, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    *zone = "UTC";
    *last_us = 0;
    apr_status_t status = go_db_one(db, GO_SQL_SYNC_LAST_START, GO_VALUES(go_text(course)), &row,
                                    apr_psprintf(pool, "course \"%s\"", course), pool, err);
    if (status) return status;
    *zone = go_rows_text(row, 0);
    *last_us = go_rows_integer(row, 1, 0);
    return APR_SUCCESS;
}

/* Each text with its length before it, so that no two lists read the same. */
static void add(go_buffer *all, const char *text) {
    go_buffer_printf(all, "%d:", text ? (int)strlen(text) : -1);
    go_buffer_puts(all, text ? text : "");
}

const char *go_sync_digest(const go_sync_setting *setting, const go_sync_grade *grade,
                           apr_pool_t *pool) {
    go_buffer *all = go_buffer_make(pool, 512);
    add(all, setting->driver);
    for (int i = 0; i < setting->options->nelts; i++) {
        add(all, APR_ARRAY_IDX(setting->options, i, go_sync_option).name);
        add(all, APR_ARRAY_IDX(setting->options, i, go_sync_option).value);
    }
    add(all, setting->grade);
    for (int i = 0; i < GO_SYNC_VALUES; i++)
        add(all, grade->values[i]);
    return go_sha256_hex(pool, all->bytes, all->length);
}

apr_status_t go_sync_wrote(go_db *db, const apr_array_header_t *grades, apr_time_t now,
                           apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    for (int i = 0; !status && i < grades->nelts; i++) {
        const go_sync_grade *grade = APR_ARRAY_IDX(grades, i, const go_sync_grade *);
        status = go_db_run(db, GO_SQL_SYNC_GRADE_WROTE,
                           GO_VALUES(go_integer(grade->assignment_id), go_integer(grade->user_id),
                                     go_text(grade->digest), go_text(grade->values[GO_SYNC_SCORE]),
                                     go_integer(now)),
                           NULL, pool, err);
    }
    return go_db_end(db, status, err);
}
