/*
 * Runs: one grading of one submission by one version of its assignment.
 *
 *                  claim                 finish
 *      queued ───────────────> running ───────────> finished (graded, or it cannot be graded)
 *        │ ^                    │ │  │
 *        │ └─── release, lease ─┘ │  └─ give up ──> failed
 *        │      over, engine lost │     (after several attempts: our fault, never the student's)
 *        └────────────────────────┴───────────────> cancelled (by staff, or by a newer submission)
 *
 * A finished run "cannot be graded" when the instructor's stages are broken: one could not be run,
 * the files did not fit, or none gave a score and one failed. Staff are told of these, and of what
 * failed. Which run is next is turns.h.
 *
 * A running run is leased: whoever claimed it holds a token and must renew before the lease is
 * over; every change asks for that token, so an executor that was thought dead and comes back
 * changes nothing. A finished run never changes again; grading anew is a new run. What a proposed
 * rerun has finished may be given to the submission that it was for, and taken back (reruns.h).
 */
#ifndef GO_MODEL_RUNS_H
#define GO_MODEL_RUNS_H

#include "model/db.h"
#include "model/results.h"
#include "model/score.h"
#include "model/tree.h"

#include <apr_tables.h>

typedef enum go_run_state {
    GO_RUN_QUEUED,
    GO_RUN_RUNNING,
    GO_RUN_FINISHED,
    GO_RUN_FAILED,
    GO_RUN_CANCELLED,
    GO_RUN_STATE_COUNT
} go_run_state;

const char *go_run_state_name(go_run_state state);
/* 1 and *state, or 0 for a name that is none. */
int go_run_state_parse(const char *name, go_run_state *state);
/* Does the table of moves allow it? */
int go_run_may_move(go_run_state from, go_run_state to);

/* Why a run was queued. */
#define GO_REASON_SUBMIT "submit" /* it was handed in */
#define GO_REASON_DEMAND "demand" /* superseded or cancelled before, and wanted all the same */
#define GO_REASON_RERUN  "rerun"  /* staff grade it again */

/* In `ended_by` of a run that a newer submission took the place of. */
#define GO_SUPERSEDED "*superseded" /* no username */

/* What runs are ordered by before all else, within a course; and reruns between courses as well. */
typedef enum go_precedence {
    GO_PRECEDENCE_FIRST,   /* staff want it next */
    GO_PRECEDENCE_AWAITED, /* a student waits for it */
    GO_PRECEDENCE_RERUN,
} go_precedence;

typedef struct go_stage {
    const char *name;
    const char *description; /* or NULL */
    int is_trusted;
    int timeout_seconds;
    int memory_mb;
    int stop_on_failure;
} go_stage;

/* A claimed run with all that is needed to bake it. */
typedef struct go_claim {
    apr_int64_t run_id;
    const char *lease;    /* the token */
    int attempt;          /* of this run, from 1; grows when it is queued again */
    const char *username; /* whose submission */
    const char *course;   /* names, as in the URLs */
    const char *assignment;
    int submission_attempt; /* the student's how-manyth for this assignment: GRADEOVEN_ATTEMPT */
    int submission_number;
    go_tree *submission;        /* entries' `file` is where the object is */
    apr_array_header_t *stages; /* of go_stage, in order */
    apr_array_header_t *trees;  /* of go_tree *, one per stage, paths relative to the stage */
} go_claim;

#define GO_LEASE_SECONDS 30
/*
 * Then a run is failed, and staff are told: after some five minutes of back-off, so that an engine
 * that is restarted a few times costs nobody a grade, and a run that itself ends executors ends
 * too.
 */
#define GO_RUN_ATTEMPTS 10

/*
 * Claims the queued run whose turn it is; *claim is NULL when there is none that may start now.
 * `holder` names the executor instance (kept with the lease, see go_runs_release_holder). `objects`
 * is the directory of the object files.
 */
apr_status_t go_run_claim(go_db *db, const char *holder, const char *objects, apr_time_t now,
                          go_claim **claim, apr_pool_t *pool, go_error *err);

/*
 * What a run was baked from, in any state, without claiming it: the claim has no lease. To bake it
 * again (gradeovenctl replay).
 */
apr_status_t go_run_parts(go_db *db, apr_int64_t run_id, const char *objects, go_claim **claim,
                          apr_pool_t *pool, go_error *err);

/* All changes below answer GO_ELOST when the lease is not held (any more). */
apr_status_t go_run_renew(go_db *db, apr_int64_t run_id, const char *lease, apr_time_t now,
                          apr_pool_t *pool, go_error *err);

/* What a run says while it runs. A member that is NULL (or has_* 0) is left as it is. */
typedef struct go_run_news {
    const char *status, *errors, *debug; /* whole current texts, valid UTF-8 */
    int has_score, has_progress;
    go_score score, progress;
    int stage; /* position of the stage being run, from 0; -1: leave */
} go_run_news;

apr_status_t go_run_tell(go_db *db, apr_int64_t run_id, const char *lease, const go_run_news *news,
                         apr_pool_t *pool, go_error *err);

typedef struct go_stage_result {
    const char *name;
    int exit_code; /* meaningful when signal is 0 */
    int signal;    /* 0: none */
    int timed_out;
    apr_int64_t wall_ms, cpu_ms, max_rss_kib;
    const char *console; /* valid UTF-8, staff only */
    const char *problem; /* what staff must know (malformed score...), or NULL */
    int is_broken;       /* its "main" could not be run at all; stored, not read back */
} go_stage_result;

/* What a run was made with: with the submission and the version, all that its result depends on. */
typedef struct go_stamp {
    const char *image;    /* name and id of the grading image */
    const char *limits;   /* memory, files, processes, processors, in words */
    const char *executor; /* version of Grade Oven */
    const char *oven;     /* SHA-256 of the oven program, shortened */
    const char *engine;   /* its address; for staff */
} go_stamp;

/* All that ends a run. */
typedef struct go_run_end {
    const go_run_news *news;           /* the last of it */
    const apr_array_header_t *results; /* of go_stage_result: of the stages that were run */
    const go_results *tests;           /* what the stages said of single tests, or NULL */
    const char *problem;               /* why it could not be graded further, or NULL */
    go_stamp stamp;
} go_run_end;

/* Ends a run with its results in one transaction, durably; once only. */
apr_status_t go_run_finish(go_db *db, apr_int64_t run_id, const char *lease, const go_run_end *end,
                           apr_time_t now, apr_pool_t *pool, go_error *err);

/*
 * Gives a run back: our fault (`reason`, a sentence for staff) or our shutting down (reason NULL,
 * which costs no attempt). It is queued again after a back-off that doubles with each attempt, or
 * failed after GO_RUN_ATTEMPTS.
 */
apr_status_t go_run_release(go_db *db, apr_int64_t run_id, const char *lease, const char *reason,
                            apr_time_t now, apr_pool_t *pool, go_error *err);

/*
 * The same for a run whose engine went away: it is queued again at once, for another engine. It
 * costs an attempt, so that a run that takes engines down ends as well.
 */
apr_status_t go_run_pass_on(go_db *db, apr_int64_t run_id, const char *lease, const char *reason,
                            apr_time_t now, apr_pool_t *pool, go_error *err);

/* Queues again what has outlived its lease; `count` (may be NULL) gets how many. */
apr_status_t go_runs_expire(go_db *db, apr_time_t now, int *count, apr_pool_t *pool, go_error *err);

/* The holders of all current leases: (const char *). An executor asks which of them are dead... */
apr_status_t go_runs_holders(go_db *db, apr_array_header_t **holders, apr_pool_t *pool,
                             go_error *err);
/* ...and queues their runs again at once, without waiting for the lease. */
apr_status_t go_runs_release_holder(go_db *db, const char *holder, apr_time_t now, int *count,
                                    apr_pool_t *pool, go_error *err);

/*
 * When the next queued run may start: `now` when it may already, later during a back-off, 0 when
 * none waits, or none may start (paused, drained).
 */
apr_status_t go_runs_next_start(go_db *db, apr_time_t now, apr_time_t *when, apr_pool_t *pool,
                                go_error *err);

/* How many runs this holder has: fewer than it bakes when one was cancelled. */
apr_status_t go_runs_count_of_holder(go_db *db, const char *holder, int *count, apr_pool_t *pool,
                                     go_error *err);

/* --- for the pages ------------------------------------------------------------------------- */

typedef struct go_run {
    apr_int64_t id, submission_id;
    int version_number;
    go_run_state state;
    apr_time_t queued_us, started_us, finished_us; /* 0: not yet */
    int has_score, has_progress;
    go_score score, progress;
    int stage; /* position being run, or -1 */
    int attempts;
    apr_int64_t revision;                /* grows with every change: what a live page compares */
    const char *status, *errors, *debug; /* "" when nothing was said */
    const char *problem;  /* for staff: why it failed or could not be graded; or NULL */
    const char *reason;   /* GO_REASON_... */
    int precedence;       /* go_precedence */
    const char *ended_by; /* of a cancelled one: a username, or GO_SUPERSEDED */
    int is_ungradable;    /* finished, and the stages are broken */
    apr_int64_t course_id;
} go_run;

/* Queues a run of a submission by a version; `reason` is one of GO_REASON_... */
apr_status_t go_run_queue(go_db *db, apr_int64_t submission_id, apr_int64_t version_id,
                          const char *reason, apr_time_t now, apr_int64_t *run_id, apr_pool_t *pool,
                          go_error *err);

/* The newest run of a submission, or *run NULL when it has none. */
apr_status_t go_run_newest(go_db *db, apr_int64_t submission_id, go_run **run, apr_pool_t *pool,
                           go_error *err);

/* The run of this id; GO_ENOTFOUND. */
apr_status_t go_run_find(go_db *db, apr_int64_t run_id, go_run **run, apr_pool_t *pool,
                         go_error *err);

/* The score that stands: of the newest run that finished; *has_score 0 when there is none. */
apr_status_t go_run_standing(go_db *db, apr_int64_t submission_id, int *has_score, go_score *score,
                             apr_pool_t *pool, go_error *err);

/* The stages' results of a run: array of go_stage_result. */
apr_status_t go_run_stages(go_db *db, apr_int64_t run_id, apr_array_header_t **results,
                           apr_pool_t *pool, go_error *err);

/* What a finished run was made with, and the digests of the two trees that went into it. */
typedef struct go_run_origin {
    go_stamp stamp; /* members are NULL for a run that has not finished */
    const char *submission_digest, *version_digest;
} go_run_origin;

apr_status_t go_run_origin_of(go_db *db, apr_int64_t run_id, go_run_origin **origin,
                              apr_pool_t *pool, go_error *err);

/* --- for the admin's page ------------------------------------------------------------------ */

/* A run with where it belongs: the newest 100. */
typedef struct go_run_line {
    apr_int64_t id;
    go_run_state state;
    int is_ungradable;
    apr_time_t queued_us;
    const char *problem; /* or NULL */
    const char *course, *assignment, *username;
    int number; /* of the submission */
} go_run_line;

/* Array of go_run_line. */
apr_status_t go_runs_recent(go_db *db, apr_array_header_t **lines, apr_pool_t *pool, go_error *err);

typedef struct go_run_counts {
    int queued, running;
    int not_graded;  /* failed, or the stages are broken */
    apr_int64_t all; /* ever queued */
} go_run_counts;
apr_status_t go_runs_count(go_db *db, go_run_counts *counts, apr_pool_t *pool, go_error *err);

#endif
