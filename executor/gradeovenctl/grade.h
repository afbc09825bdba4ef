/*
 * `gradeovenctl grade`, in three parts: what is asked for (grade.c), baking it (grade_bake.c), and
 * saying what came of it (grade_report.c).
 */
#ifndef GO_CTL_GRADE_H
#define GO_CTL_GRADE_H

#include "bake.h"
#include "container.h"
#include "model/stages.h"

typedef struct ctl_grade_options {
    int is_json;
    int is_silent; /* prints nothing: the caller looks at the ctl_grading */
    const char *image, *docker, *docker_tls, *oven; /* docker_tls may be NULL */
    int timeout_seconds;
    go_container_limits limits;
    const char *assignment, *submission; /* paths */
    int wants_inspection;                /* of the container, before anything runs in it */
} ctl_grade_options;

/* What is known of the run; the texts live as long as the run's pool. */
typedef struct ctl_grading {
    apr_pool_t *pool;
    const ctl_grade_options *options;
    const go_job *job;
    const go_outputs *outputs; /* NULL before it has begun */
    int has_score, has_progress;
    go_score score, progress;
    apr_array_header_t *results; /* of go_stage_result */
    const go_results *tests;     /* of single tests, or NULL */
    json_t *inspected;           /* what the engine says of the container, or NULL */
    int is_ended, is_finished;
    const char *text;  /* a finished run's problem, a failed one's reason, or NULL */
    int lines_printed; /* of the status, while it runs */
    int signal;        /* that ended it, or 0 */
    const char *image_base, *oven_digest; /* as in go_image; NULL before that is known */
    int is_podman;                        /* the engine is; known when it was looked at */
    int is_gone; /* its container is; false also when there never was one */
} ctl_grading;

/* What holds without any option: the environment's engine and image, a site's limits. */
void ctl_grade_defaults(ctl_grade_options *options);

/*
 * Reads options->assignment and options->submission. An error says what is wrong with one of them;
 * what is wrong with an assignment in detail is in `problems`.
 */
apr_status_t ctl_grade_read_job(go_job *job, const ctl_grade_options *options, apr_pool_t *pool,
                                go_problems *problems, go_error *err);

/*
 * Bakes options->job into `grading`; returns when the run has ended and its container is gone, or
 * after a signal. GO_EINVALID for an engine address that is none.
 */
apr_status_t ctl_grade_bake(ctl_grading *grading, go_error *err);

/* Prints the status lines that are new. `is_end`: the last line counts without its newline too. */
void ctl_grade_report_status(ctl_grading *grading, int is_end);

/* Prints what came of a run that has ended. */
void ctl_grade_report(ctl_grading *grading);

#endif
