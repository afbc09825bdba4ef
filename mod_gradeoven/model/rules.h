/*
 * The rules of an assignment, kept: what policy.h decides by; their exceptions are in exceptions.h.
 * A change sets anew which submissions count (counted.h) and is written to the log (audit.h), all
 * in one transaction.
 */
#ifndef GO_MODEL_RULES_H
#define GO_MODEL_RULES_H

#include "model/audit.h"
#include "model/policy.h"
#include "model/submissions.h"

/* The most that a form may ask for. */
enum {
    GO_RULES_GRACE_MAX = 7 * 24 * 60,    /* minutes */
    GO_RULES_ATTEMPTS_MAX = 1000,        /* in the bucket, or granted */
    GO_RULES_REFILL_MAX = 366 * 24 * 60, /* minutes */
    GO_RULES_DAYS_MAX = 366,             /* of a budget or an extension */
    GO_RULES_TIME_MAX = 10 * GO_MILLI    /* of a multiplier */
};

/* The rules that go with an assignment, its course's zone and late days among them; in `pool`. */
apr_status_t go_rules_of(go_db *db, apr_int64_t assignment_id, go_policy *policy, apr_pool_t *pool,
                         go_error *err);

/* For a list: the rules of every assignment of a course, by the assignment's id. */
typedef struct go_rules_line {
    apr_int64_t assignment_id;
    go_policy policy;
} go_rules_line;
apr_status_t go_rules_of_course(go_db *db, apr_int64_t course_id, apr_array_header_t **lines,
                                apr_pool_t *pool, go_error *err);

/*
 * Stores all but the due date, the zone and the budget, which stand elsewhere. `by` says who does
 * it, when and from where; its other parts are filled in here. GO_EINVALID: numbers out of range,
 * or dates that are not in the order opening, due, closing.
 */
apr_status_t go_rules_change(go_db *db, const go_assignment *assignment, const go_policy *policy,
                             const go_audit_entry *by, apr_pool_t *pool, go_error *err);

/* The due date of `assignment` (which holds what it was) has been changed: judges what was handed
   in by the new one. In the transaction of the change. GO_EINVALID as above. */
apr_status_t go_rules_due_moved(go_db *db, const go_assignment *assignment,
                                const go_audit_entry *by, apr_pool_t *pool, go_error *err);

/* GO_EINVALID unless 0 <= value <= highest; `name` in the plural, for the text. */
apr_status_t go_rules_check_number(const char *name, int value, int highest, go_error *err);

/* Is this the order opening, due, closing? GO_EINVALID with what is wrong. */
apr_status_t go_rules_check_dates(const go_policy *policy, go_error *err);

/* The rules in a line, for the log: "opens ..., 3 attempts, the best counts". */
const char *go_rules_text(const go_policy *policy, apr_pool_t *pool);

/* How many days each student may be late in all of a course. */
apr_status_t go_late_days_of_course(go_db *db, apr_int64_t course_id, int *days, apr_pool_t *pool,
                                    go_error *err);
apr_status_t go_late_days_set(go_db *db, apr_int64_t course_id, int days, const go_audit_entry *by,
                              apr_pool_t *pool, go_error *err);

#endif
