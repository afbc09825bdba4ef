/* Grades into the institution's database: those that differ from what was written last, in one
 * transaction there. What was written is noted here only after its commit. */
#include "gradeovenctl/sync.h"

#include <apr_strings.h>

#include <stdio.h>
#include <string.h>

typedef struct writer {
    ctl_sync *sync;
    apr_array_header_t *written; /* of const go_sync_grade * */
    int unmatched, unchanged;
} writer;

/* Several rows for one grade may be meant, or a condition is missing. */
static void print_grade(const char *what, const go_sync_grade *grade, int rows) {
    printf("  %-9s %s, %s: %s/%s", what, grade->values[GO_SYNC_USERNAME],
           grade->values[GO_SYNC_ASSIGNMENT], grade->values[GO_SYNC_SCORE],
           grade->values[GO_SYNC_POSSIBLE]);
    if (rows > 1) printf(" (%d rows)", rows);
    putchar('\n');
}

/* Says whose grade it was: the statement is the same for all. */
static apr_status_t write_one(writer *out, go_sync_grade *grade, const char *digest,
                              apr_pool_t *pool) {
    ctl_sync *sync = out->sync;
    go_error *err = &sync->site.err;
    int changed = 0;
    apr_status_t status = ctl_driver_grade(sync->driver, grade, &changed, pool, err);
    if (status) {
        err->what = apr_psprintf(sync->pool, "%s, %s: %s", grade->values[GO_SYNC_USERNAME],
                                 grade->values[GO_SYNC_ASSIGNMENT], err->what);
        return status;
    }
    print_grade(changed ? "write" : "unmatched", grade, changed);
    if (changed) {
        grade->digest = apr_pstrdup(sync->pool, digest);
        APR_ARRAY_PUSH(out->written, const go_sync_grade *) = grade;
    }
    out->unmatched += !changed;
    return APR_SUCCESS;
}

static apr_status_t write_changed(writer *out, const apr_array_header_t *grades) {
    apr_status_t status = APR_SUCCESS;
    apr_pool_t *pool;
    apr_pool_create(&pool, out->sync->pool);
    for (int i = 0; !status && i < grades->nelts; i++) {
        go_sync_grade *grade = &APR_ARRAY_IDX(grades, i, go_sync_grade);
        apr_pool_clear(pool);
        const char *digest = go_sync_digest(out->sync->setting, grade, pool);
        if (!out->sync->writes_all && grade->digest && !strcmp(grade->digest, digest))
            out->unchanged++;
        else
            status = write_one(out, grade, digest, pool);
    }
    apr_pool_destroy(pool);
    return status;
}

/* Their commit comes first: what is not noted here is written once more, which is no harm. */
static apr_status_t settle(const writer *out, apr_status_t status) {
    ctl_sync *sync = out->sync;
    go_error *err = &sync->site.err;
    if (status || !sync->applies) {
        ctl_driver_rollback(sync->driver);
        return status;
    }
    status = ctl_driver_commit(sync->driver, err);
    if (status) return status;
    status = go_sync_wrote(sync->site.db, out->written, apr_time_now(), sync->pool, err);
    if (status)
        err->what = apr_psprintf(sync->pool,
                                 "The grades were written, but that could not be noted here, so "
                                 "the next run writes them again: %s",
                                 err->what);
    return status;
}

apr_status_t ctl_sync_grades(ctl_sync *sync) {
    apr_array_header_t *grades;
    go_error *err = &sync->site.err;
    writer out = {.sync = sync,
                  .written = apr_array_make(sync->pool, 64, sizeof(const go_sync_grade *))};
    apr_status_t status =
        go_sync_grades(sync->site.db, sync->course, apr_time_now(), &grades, sync->pool, err);
    if (!status) status = ctl_driver_begin(sync->driver, err);
    if (status) return status;
    status = settle(&out, write_changed(&out, grades));
    if (status) return status;
    const char *line = apr_psprintf(
        sync->pool, "Grades: %d written, %d unmatched, %d unchanged since the last time.",
        out.written->nelts, out.unmatched, out.unchanged);
    printf("%s\n", line);
    go_buffer_printf(sync->summary, "%s%s", sync->summary->length ? " " : "", line);
    return APR_SUCCESS;
}
