/*
 * The institution's database: rosters come in, grades go out (sync_setting.h says how). This is
 * Grade Oven's side of it: which grades there are, what was written last, how each exchange ended.
 * The other side is gradeovenctl's, which talks to that database.
 */
#ifndef GO_MODEL_SYNC_H
#define GO_MODEL_SYNC_H

#include "model/assignments.h"
#include "model/sync_setting.h"

/* An exchange that was applied; trials are not kept. */
typedef struct go_sync_run {
    const char *course;
    int is_scheduled, is_ok;
    apr_time_t started_us, ended_us; /* 0: it runs, or was killed */
    const char *summary;             /* names nobody */
    const char *detail;              /* for admins: what the database said; may name people */
} go_sync_run;

/* Notes its beginning, and its end. Those of more than 400 days ago are forgotten. */
apr_status_t go_sync_begin(go_db *db, const go_course *course, int is_scheduled, apr_time_t now,
                           apr_int64_t *id, apr_pool_t *pool, go_error *err);
apr_status_t go_sync_end(go_db *db, apr_int64_t id, const go_sync_run *run, apr_pool_t *pool,
                         go_error *err);

/* The last one of a course: *run is NULL when there was none. */
apr_status_t go_sync_last(go_db *db, apr_int64_t course_id, go_sync_run **run, apr_pool_t *pool,
                          go_error *err);

/* The last one of each course: array of go_sync_run. */
apr_status_t go_sync_last_of_all(go_db *db, apr_array_header_t **runs, apr_pool_t *pool,
                                 go_error *err);

/* Of a course by its name: its zone, and when the last scheduled one began (0: none did). */
apr_status_t go_sync_last_start(go_db *db, const char *course, const char **zone,
                                apr_time_t *last_us, apr_pool_t *pool, go_error *err);

/* A score that counts, of a student who is in the course, for a published assignment. */
typedef struct go_sync_grade {
    apr_int64_t assignment_id, user_id;
    const char *values[GO_SYNC_VALUES]; /* NULL: SQL's NULL */
    const char *digest;                 /* of what was written last; NULL: nothing was */
} go_sync_grade;

/*
 * All of a course: after the penalty, with what people gave as soon as that is released. Array of
 * go_sync_grade, by assignment and username. Points are exact decimals; the percentage is rounded
 * to thousandths, and NULL where nothing was possible; times are UTC ("2026-11-23 22:59:00").
 */
apr_status_t go_sync_grades(go_db *db, const go_course *course, apr_time_t now,
                            apr_array_header_t **grades, apr_pool_t *pool, go_error *err);

/* What would be written by this section: the same only when nothing of it has changed. */
const char *go_sync_digest(const go_sync_setting *setting, const go_sync_grade *grade,
                           apr_pool_t *pool);

/* Notes that these grades (of const go_sync_grade *, digests set) were written. A transaction. */
apr_status_t go_sync_wrote(go_db *db, const apr_array_header_t *grades, apr_time_t now,
                           apr_pool_t *pool, go_error *err);

#endif
