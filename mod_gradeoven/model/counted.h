/*
 * Which submission of a student counts for an assignment, and what its score is after penalty.
 *
 * The answer is policy.h's. It is kept with each submission (counts, penalty_milli, late_days,
 * is_late), so that a course of thousands reads it by an index, and is set anew in the transaction
 * of whatever it depends on: a submission, the end of a run, the rules, an exception, a section, a
 * choice. Whoever changes one of these calls go_counted_refresh() before committing.
 */
#ifndef GO_MODEL_COUNTED_H
#define GO_MODEL_COUNTED_H

#include "model/policy.h"
#include "model/submissions.h"

/*
 * Sets anew what counts: of one student for an assignment, or of all (`user_id` 0). Writes only the
 * rows that change. Part of the caller's transaction.
 */
apr_status_t go_counted_refresh(go_db *db, apr_int64_t assignment_id, apr_int64_t user_id,
                                apr_pool_t *pool, go_error *err);

/* The same in every assignment of a course: the zone or the person's section has changed. */
apr_status_t go_counted_refresh_course(go_db *db, apr_int64_t course_id, apr_int64_t user_id,
                                       apr_pool_t *pool, go_error *err);

/* A run has ended; those whose submission it was are judged again where scores matter for that. */
apr_status_t go_counted_after_run(go_db *db, apr_int64_t run_id, apr_pool_t *pool, go_error *err);

/* The verdict on a submission by this user at `now`, and on what they handed in. */
apr_status_t go_counted_verdict(go_db *db, const go_assignment *assignment, apr_int64_t user_id,
                                apr_time_t now, go_policy *policy, go_verdict *verdict,
                                apr_pool_t *pool, go_error *err);

/* The dates of each assignment of a course for one user: array of go_dates, by the assignment's id.
 */
typedef struct go_dates {
    apr_int64_t assignment_id;
    apr_time_t opens_us, due_us, closes_us; /* 0: none */
    go_phase phase;
} go_dates;
apr_status_t go_counted_dates(go_db *db, apr_int64_t course_id, apr_int64_t user_id, apr_time_t now,
                              apr_array_header_t **dates, apr_pool_t *pool, go_error *err);

/*
 * Can this user hand in nothing more for it that is not late? With a closing date: nothing more at
 * all. By their own dates, and the minutes of grace: from then on results help nobody any more.
 */
apr_status_t go_counted_is_over(go_db *db, apr_int64_t course_id, apr_int64_t assignment_id,
                                apr_int64_t user_id, apr_time_t now, int *is_over, apr_pool_t *pool,
                                go_error *err);

/*
 * Can nothing on time be handed in any more (closed, or due and grace are over)? *is_over is that
 * for who has no exception; `others` (array of go_over, by user) those who have one.
 */
typedef struct go_over {
    apr_int64_t user_id;
    int is_over;
} go_over;
apr_status_t go_counted_over(go_db *db, apr_int64_t assignment_id, apr_time_t now, int *is_over,
                             apr_array_header_t **others, apr_pool_t *pool, go_error *err);

/*
 * GO_ECONFLICT with the reason when the rules refuse a submission now. They bind the students of
 * the course and not its staff, who try things out. In the transaction that stores the submission,
 * so that two at once never exceed a limit.
 */
apr_status_t go_counted_allow(go_db *db, const go_assignment *assignment, const go_user *user,
                              apr_time_t now, apr_pool_t *pool, go_error *err);

/*
 * The student chooses which one counts, where that is the rule and the assignment is not closed for
 * them; `is_staff` may at any time. GO_ECONFLICT otherwise.
 */
apr_status_t go_counted_choose(go_db *db, const go_assignment *assignment,
                               const go_submission *submission, int is_staff, apr_time_t now,
                               apr_pool_t *pool, go_error *err);

#endif
