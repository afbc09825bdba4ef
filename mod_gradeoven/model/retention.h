/*
 * How long the work of a course is kept after its end. httpd's configuration says it:
 *
 *     GradeOvenRetention cs101 2y
 *     GradeOvenRetention * 5y
 *
 * A course ends with the last of these: a due date, a closing date, something handed in; so one
 * that goes on does not end. When the time is over, the files of its submissions go, with what
 * stages and people wrote about them (removal.h) and the notes of exceptions; grades, dates and
 * statistics stay. The executor sees to it once a day.
 *
 * httpd writes the rules into the store when it starts, where pages, executor and gradeovenctl find
 * the same.
 */
#ifndef GO_MODEL_RETENTION_H
#define GO_MODEL_RETENTION_H

#include "model/audit.h"
#include "model/removal.h"

#define GO_RETENTION_ALL      "*"
#define GO_RETENTION_DAYS_MIN 30
#define GO_RETENTION_DAYS_MAX (100 * 365)
/* In the last weeks before, students are told. */
#define GO_RETENTION_TOLD_US (60 * 86400 * APR_USEC_PER_SEC)

typedef struct go_retention_rule {
    const char *course; /* its name, or "*" */
    int days;           /* 0: for ever */
} go_retention_rule;

/*
 * Pure: a rule from the two words of its directive. "90d", "18m" (months of 30 days), "2y" (years
 * of 365) or "never". NULL, or what is wrong, in `pool`.
 */
const char *go_retention_parse(go_retention_rule *rule, const char *course, const char *period,
                               apr_pool_t *pool);
/* "2 years", "90 days", "for ever" */
const char *go_retention_words(int days, apr_pool_t *pool);

/* Stores the rules (array of go_retention_rule; NULL: none) unless they are those that are there.
 */
apr_status_t go_retention_store(go_db *db, const apr_array_header_t *rules, apr_pool_t *pool,
                                go_error *err);
/* The rules that are stored: array of go_retention_rule. */
apr_status_t go_retention_rules(go_db *db, apr_array_header_t **rules, apr_pool_t *pool,
                                go_error *err);

/* What the rules mean for a course. */
typedef struct go_retention {
    apr_int64_t course_id;
    const char *course, *title, *zone;
    int days;              /* 0: no rule, or kept for ever */
    apr_time_t end_us;     /* when the course ended, as far as is known now */
    apr_time_t due_us;     /* when its work goes; 0: never */
    apr_time_t removed_us; /* when a rule was applied last; 0: never */
} go_retention;

/* Of one course, or of all: array of go_retention, by name. */
apr_status_t go_retention_of(go_db *db, apr_int64_t course_id, go_retention *retention,
                             apr_pool_t *pool, go_error *err);
apr_status_t go_retentions(go_db *db, apr_array_header_t **list, apr_pool_t *pool, go_error *err);

/* How many submissions of it still have their files. */
apr_status_t go_retention_left(go_db *db, const go_retention *retention, int *left,
                               apr_pool_t *pool, go_error *err);

/*
 * Takes the work out of a course whose time is over, noted as `by`; of another one nothing. In
 * transactions of a few submissions, with a moment for others between them; what is being graded is
 * left for the next day. `removal` (go_removal_make) tells how much it was. Not inside a
 * transaction.
 */
apr_status_t go_retention_apply(go_db *db, const go_state *state, const go_retention *retention,
                                go_removal *removal, const go_audit_entry *by, apr_pool_t *pool,
                                go_error *err);

#endif
