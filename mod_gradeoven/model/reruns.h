/*
 * Reruns as proposals: many submissions of an assignment are graded again by one of its versions,
 * and nothing is changed by that until an instructor has seen the result and says so.
 *
 *                             apply              undo
 *      baking ──> ready ───────────────> applied ─────> undone ──┐
 *        │          │                       ^                    │
 *        └──────────┴──> dropped            └─────── apply ──────┘
 *
 * What a proposal bakes are stand-ins: submissions of assignment 0 (as those of self-checks), which
 * no list, count or grade meets, each with the files of its original; the stages are told the
 * original's student and attempt. Their runs wait behind everything else of the course.
 *
 * To apply is to give the stand-in's finished run to the original. It was queued later than all
 * that the original had, so it is the newest from then on, with all that hangs on it (stages,
 * tests, leaderboard, what it was made with), and every statement that asks for the newest run
 * finds it. To undo is to take it back. Nothing is overwritten or deleted on either way.
 *
 * A submission that got another run after the proposal was made (a rerun of its own, another
 * proposal) is stale: applying passes it by. One that was regraded after it was applied keeps what
 * it has: undoing refuses, or leaves it out when asked to.
 *
 * A trial bakes the submissions of another assignment, such as last term's, with this one's
 * version. It can be looked at and dropped, and never touches a grade.
 */
#ifndef GO_MODEL_RERUNS_H
#define GO_MODEL_RERUNS_H

#include "model/authoring.h"
#include "model/runs.h"

#define GO_REASON_PROPOSAL "proposal" /* of a run */
#define GO_RERUN_MAX       20000      /* submissions in one proposal */

typedef enum go_rerun_scope {
    GO_RERUN_ALL,      /* every submission */
    GO_RERUN_LATEST,   /* of each student the newest */
    GO_RERUN_BEST,     /* the one with the best score after penalty; the newest if none has one */
    GO_RERUN_COUNTED,  /* the one that counts */
    GO_RERUN_TROUBLED, /* all whose newest run failed, could not be graded, or never was */
    GO_RERUN_STUDENT,  /* all of one student */
    GO_RERUN_SECTION,  /* all of the students of a section */
    GO_RERUN_SCOPE_COUNT
} go_rerun_scope;

typedef enum go_rerun_state {
    GO_RERUN_BAKING, /* some run of it waits or runs */
    GO_RERUN_READY,
    GO_RERUN_APPLIED,
    GO_RERUN_DROPPED,
    GO_RERUN_UNDONE,
    GO_RERUN_STATE_COUNT
} go_rerun_state;

typedef enum go_rerun_policy {
    GO_RERUN_REPLACE,     /* every new result replaces the old one */
    GO_RERUN_NEVER_LOWER, /* except one that is worse */
} go_rerun_policy;

/* The words of the pages and of the database; and back: 0 when it is none. */
const char *go_rerun_scope_name(go_rerun_scope scope);
int go_rerun_scope_parse(const char *name, go_rerun_scope *scope);
const char *go_rerun_state_name(go_rerun_state state);
const char *go_rerun_policy_name(go_rerun_policy policy);
int go_rerun_policy_parse(const char *name, go_rerun_policy *policy);

/* What is asked for. */
typedef struct go_rerun_order {
    apr_int64_t version_id;  /* a version of the assignment at hand */
    apr_int64_t source_id;   /* whose submissions: the assignment at hand, or another: a trial */
    const char *source_name; /* of a trial, for the log: "course, assignment"; else NULL */
    go_rerun_scope scope;
    apr_int64_t user_id; /* of GO_RERUN_STUDENT */
    const char *section; /* of GO_RERUN_SECTION */
    int is_twice;        /* bake each twice, to find results that differ by chance */
} go_rerun_order;

typedef struct go_rerun {
    apr_int64_t id, assignment_id;
    int number; /* of the assignment, as in its address */
    int version_number;
    go_rerun_scope scope;
    const char *section;                 /* "" */
    const char *username, *display_name; /* of GO_RERUN_STUDENT, else NULL */
    int is_twice;
    go_rerun_state state;
    int has_policy;
    go_rerun_policy policy; /* by which it was applied last */
    const char *author;     /* username */
    apr_time_t created_us;
    const char *closed_by; /* who applied, dropped or undid it last; NULL: nobody yet */
    apr_time_t closed_us;
    int is_trial;
    apr_int64_t source_id, source_course_id;
    const char *source, *source_title, *source_course; /* names, as in addresses */
    int entries, waiting;                              /* submissions; runs that have not ended */
} go_rerun;

/* What becomes of a score. */
typedef enum go_rerun_change {
    GO_RERUN_LOWER,
    GO_RERUN_HIGHER,
    GO_RERUN_NOT_GRADED, /* failed, stopped, or the stages are broken for it: never applied */
    GO_RERUN_WAITING,
    GO_RERUN_SAME,
    GO_RERUN_CHANGE_COUNT
} go_rerun_change;

/* "lower", "higher", "not-graded", "waiting", "same" */
const char *go_rerun_change_name(go_rerun_change change);

typedef struct go_rerun_line {
    apr_int64_t submission_id, user_id;
    int number, attempt, counts;
    const char *username, *display_name;
    int has_before, has_after;
    go_score before, after; /* as the stages gave them, before any penalty */
    go_rerun_change change;
    int is_flaky;   /* two runs of the same files by the same version differ */
    int is_stale;   /* graded again since the proposal was made, or being graded: is passed by */
    int is_applied; /* its new result is the submission's now */
    /* for applying and undoing */
    apr_int64_t standin_id, run_id, newest_id;
} go_rerun_line;

typedef struct go_rerun_totals {
    int changes[GO_RERUN_CHANGE_COUNT];
    int flaky, stale, applied;
    int both;                         /* how many have a score before and after */
    go_score mean_before, mean_after; /* of these, rounded to a thousandth; 0/0: none */
} go_rerun_totals;

/* The proposals of an assignment, newest first, 50 at most: array of go_rerun. */
apr_status_t go_reruns(go_db *db, const go_assignment *assignment, apr_array_header_t **reruns,
                       apr_pool_t *pool, go_error *err);
/* GO_ENOTFOUND */
apr_status_t go_rerun_find(go_db *db, const go_assignment *assignment, int number, go_rerun **rerun,
                           apr_pool_t *pool, go_error *err);

/* The submissions of a proposal by number: array of go_rerun_line; and what they come to. */
apr_status_t go_rerun_lines(go_db *db, const go_rerun *rerun, apr_array_header_t **lines,
                            apr_pool_t *pool, go_error *err);
void go_rerun_sum(const apr_array_header_t *lines, go_rerun_totals *totals);

/*
 * Makes a proposal and queues its runs, in one transaction with its entry of the log; *number is
 * its number. GO_ECONFLICT: another one of this assignment is being baked, or nothing is in scope;
 * GO_ETOOBIG: more than GO_RERUN_MAX submissions are.
 */
apr_status_t go_rerun_start(go_db *db, const go_authoring *who, const go_rerun_order *order,
                            int *number, apr_pool_t *pool, go_error *err);

/* How it is applied. */
typedef struct go_rerun_applying {
    go_rerun_policy policy;
    int leaves_flaky; /* pass those by whose two results differ */
} go_rerun_applying;

/* Would applying in this way change this submission's result? Pure. */
int go_rerun_applies(const go_rerun_line *line, const go_rerun_applying *how);

/*
 * Applies what is ready (or was undone): each submission's new result, what counts, and the log in
 * one transaction; *count is how many got one. GO_ECONFLICT: it is not ready, a trial,
 * or none would get one.
 */
apr_status_t go_rerun_apply(go_db *db, const go_authoring *who, const go_rerun *rerun,
                            const go_rerun_applying *how, int *count, apr_pool_t *pool,
                            go_error *err);

/*
 * Takes an applied one back, all in one transaction; *count is how many. GO_ECONFLICT: it is not
 * applied; or some were graded again since, unless `leaves_newer`: these then stay as they are.
 */
apr_status_t go_rerun_undo(go_db *db, const go_authoring *who, const go_rerun *rerun,
                           int leaves_newer, int *count, apr_pool_t *pool, go_error *err);

/* Drops what is not applied; what still waits or runs is cancelled. GO_ECONFLICT otherwise. */
apr_status_t go_rerun_drop(go_db *db, const go_authoring *who, const go_rerun *rerun,
                           apr_pool_t *pool, go_error *err);

/* Appends to the log, in the change's transaction; `subject` is put behind the assignment's name.
 */
apr_status_t go_rerun_note(go_db *db, const go_authoring *who, const char *action,
                           const char *subject, const char *was, const char *became,
                           apr_pool_t *pool, go_error *err);

#endif
