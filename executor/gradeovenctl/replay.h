/*
 * `gradeovenctl replay`, in two parts: baking a run again (replay.c), and finding the first thing
 * that came out differently (replay_compare.c).
 */
#ifndef GO_CTL_REPLAY_H
#define GO_CTL_REPLAY_H

#include "gradeovenctl/grade.h"

#include "model/runs.h"

/* A run as it is stored. */
typedef struct ctl_original {
    const go_run *run;
    const apr_array_header_t *stages; /* of go_stage_result */
    const go_results *tests;          /* or NULL */
} ctl_original;

/*
 * The first difference between a finished run and a replay that has ended, as a sentence in the
 * replay's pool; NULL when they are identical. Times and memory are no differences: they never come
 * out the same.
 */
const char *ctl_replay_difference(const ctl_original *original, const ctl_grading *replay);

#endif
