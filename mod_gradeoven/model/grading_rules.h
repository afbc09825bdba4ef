/*
 * How people grade an assignment: bounds of the manual score, blind or not, when students see what
 * was said, and whether they may ask to look again. One function decides what is released; pages
 * and JSON both ask it.
 */
#ifndef GO_MODEL_GRADING_RULES_H
#define GO_MODEL_GRADING_RULES_H

#include "model/assignments.h"
#include "model/audit.h"

typedef enum go_release_rule {
    GO_RELEASE_DONE,   /* each as soon as its grader has done it */
    GO_RELEASE_DATE,   /* all at a date */
    GO_RELEASE_BUTTON, /* all when an instructor says so */
    GO_RELEASE_COUNT
} go_release_rule;

#define GO_REGRADE_DAYS_MAX 365

typedef struct go_grading_rules {
    int has_max;
    apr_int64_t max_milli; /* the manual score is kept from 0 to it */
    int is_blind;
    const char *blind_key; /* "": none was made yet */
    go_release_rule release;
    apr_time_t release_us; /* by date: that; by button: when it was pressed; 0: not (yet) */
    int regrade_days;      /* of 24 hours, after the release; 0: no requests */
} go_grading_rules;

/* "done", "date", "button"; and back: 0 when it is none of them. */
const char *go_release_name(go_release_rule rule);
int go_release_parse(const char *name, go_release_rule *rule);

/* The rules of an assignment, or the defaults: never NULL when it succeeds. */
apr_status_t go_grading_rules_find(go_db *db, const go_assignment *assignment,
                                   go_grading_rules **rules, apr_pool_t *pool, go_error *err);

/*
 * Stores them; audited as `by` (which has actor, address, time and course). `rules->blind_key` is
 * not read: it is made once and stays. GO_EINVALID: days or points out of bounds, or "date" without
 * a date.
 */
apr_status_t go_grading_rules_set(go_db *db, const go_assignment *assignment,
                                  const go_grading_rules *rules, const go_audit_entry *by,
                                  apr_pool_t *pool, go_error *err);

/*
 * Since when a student may see feedback that was done at `done_us` (0: it is not done): 0 when that
 * is not known yet. They may see it now if it is not 0 and not after now. Pure.
 */
apr_time_t go_release_time(const go_grading_rules *rules, int is_done, apr_time_t done_us);
int go_is_released(const go_grading_rules *rules, int is_done, apr_time_t done_us, apr_time_t now);

/* Until when a student may ask to look again; 0: there are no requests, or nothing is released. */
apr_time_t go_regrade_deadline(const go_grading_rules *rules, apr_time_t released_us);

#endif
