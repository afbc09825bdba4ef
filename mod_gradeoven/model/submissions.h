/*
 * Submissions: immutable sets of files that a student handed in, at the server's time. All are kept
 * and numbered; which one of a student counts, the assignment's rules say (counted.h). What a team
 * handed in is a submission of each member (teams.h), with the same files and time, graded once.
 */
#ifndef GO_MODEL_SUBMISSIONS_H
#define GO_MODEL_SUBMISSIONS_H

#include "model/assignments.h"
#include "model/policy.h"
#include "model/runs.h"
#include "model/state.h"

typedef struct go_submission {
    apr_int64_t id;
    int number;         /* of the assignment, as in its address */
    int attempt;        /* of this student for this assignment */
    int newest_attempt; /* of the student */
    int counts;         /* it is the one that counts */
    int penalty_milli;  /* thousandths of its score that it loses */
    int late_days;      /* of the course's budget, used up to this one */
    apr_int64_t tree_id;
    int is_late;
    apr_time_t created_us;
    apr_int64_t user_id;
    const char *username, *display_name;
    apr_time_t removed_us;  /* its files and texts are gone since; 0: they are there */
    const char *removed_by; /* GO_REMOVED_..., or NULL */
    apr_int64_t graded_id;  /* of the row that is graded for the whole team; `id` when it is this
                               one. Runs, feedback, comments and requests are asked for by it */
} go_submission;

/* Why the files and texts of a submission are gone (removal.h). */
#define GO_REMOVED_BY_RETENTION "retention"
#define GO_REMOVED_BY_ERASURE   "erasure"

/* Why its files cannot be had, a sentence in `pool`; NULL: they can. */
const char *go_submission_gone(const go_submission *submission, apr_pool_t *pool);
/* The same as an error, GO_EGONE: for whatever needs the files. */
apr_status_t go_submission_needs_files(const go_submission *submission, go_error *err);

typedef struct go_receipt {
    int number, attempt;
    int is_repeated; /* the same form was sent before: this is what it made then */
} go_receipt;

/* Was this form (its `once`) sent already? *receipt or NULL. Saves unpacking a second click. */
apr_status_t go_submission_repeated(go_db *db, const go_assignment *assignment, const go_user *user,
                                    const char *once, go_receipt **receipt, apr_pool_t *pool,
                                    go_error *err);

/*
 * Stores a submission and queues its run in one durable transaction, for the student's team too
 * (go_team_share); when it returns APR_SUCCESS the student may be told "submitted". `tree` is
 * finished, its files are objects already. `once` (1 to 64 bytes) is the form's: sending it twice
 * makes one submission.
 */
apr_status_t go_submission_create(go_db *db, const go_assignment *assignment, const go_user *user,
                                  const go_tree *tree, const char *once, const char *address,
                                  apr_time_t now, go_receipt **receipt, apr_pool_t *pool,
                                  go_error *err);

apr_status_t go_submission_find(go_db *db, const go_assignment *assignment, int number,
                                go_submission **submission, apr_pool_t *pool, go_error *err);

/* Whose submission it is: array of go_sharer, who handed in first; one when it is of no team. */
typedef struct go_sharer {
    apr_int64_t user_id;
    const char *username, *display_name;
    int number; /* of their own submission */
} go_sharer;
apr_status_t go_submission_sharers(go_db *db, const go_submission *submission,
                                   apr_array_header_t **sharers, apr_pool_t *pool, go_error *err);

/*
 * Queues it again, by the present version: GO_REASON_RERUN for staff, GO_REASON_DEMAND for whose
 * newer submission superseded it. GO_ECONFLICT when it is being graded already, or is demanded and
 * was not superseded.
 */
apr_status_t go_submission_requeue(go_db *db, const go_assignment *assignment,
                                   const go_submission *submission, const char *reason,
                                   apr_time_t now, apr_pool_t *pool, go_error *err);

/* A line of a list: a submission with its newest run. */
typedef struct go_submission_line {
    apr_int64_t id, assignment_id;
    apr_int64_t graded_id; /* in lists of an assignment: as of go_submission */
    const char *course, *zone, *assignment, *assignment_title; /* in lists over assignments */
    int number, attempt, is_late;
    apr_time_t created_us;
    const char *username, *display_name; /* in lists over users */
    int has_run;
    go_run_state state;
    int is_ungradable;
    int has_score;
    go_score score;     /* after penalty */
    go_score raw_score; /* as the stages gave it */
    int penalty_milli, counts;
    int files;
    apr_int64_t bytes;
    const char *errors, *failed_stage; /* in lists over assignments: of the run whose score stands;
                                          the beginning, and the first one, or NULL */
} go_submission_line;

typedef enum go_submission_list {
    GO_SUBMISSIONS_OF_USER,  /* of one user for one assignment, newest first */
    GO_SUBMISSIONS_LATEST,   /* the one that counts of each user, by username */
    GO_SUBMISSIONS_ALL,      /* of an assignment, newest first, below `before`; 201 at most */
    GO_SUBMISSIONS_TROUBLED, /* of those that count: could not be graded, or failed by our fault */
} go_submission_list;

/* Arrays of go_submission_line. `argument` is the user's id or `before`, by the kind of list. */
apr_status_t go_submissions(go_db *db, go_submission_list list, apr_int64_t assignment_id,
                            apr_int64_t argument, apr_array_header_t **lines, apr_pool_t *pool,
                            go_error *err);

/* The last ten of a user, over all courses. */
apr_status_t go_submissions_recent(go_db *db, apr_int64_t user_id, apr_array_header_t **lines,
                                   apr_pool_t *pool, go_error *err);

/* The one that counts of a user for each assignment of a course. */
apr_status_t go_submissions_in_course(go_db *db, apr_int64_t course_id, apr_int64_t user_id,
                                      apr_array_header_t **lines, apr_pool_t *pool, go_error *err);

/*
 * The first submission of a user in a course that is newer than the one with the id `*last`, which
 * becomes its id: for going through all of them one by one. `assignment_id` 0: of all assignments,
 * drafts only when `shows_drafts`. *assignment is NULL after the last.
 */
apr_status_t go_submission_next(go_db *db, const go_course *course, apr_int64_t assignment_id,
                                apr_int64_t user_id, int shows_drafts, apr_int64_t *last,
                                go_assignment **assignment, go_submission **submission,
                                apr_pool_t *pool, go_error *err);

/* How many there are in each assignment of a course: array of go_submission_count. */
typedef struct go_submission_count {
    apr_int64_t assignment_id;
    int submissions, students;
} go_submission_count;
apr_status_t go_submissions_count(go_db *db, apr_int64_t course_id, apr_array_header_t **counts,
                                  apr_pool_t *pool, go_error *err);

#endif
