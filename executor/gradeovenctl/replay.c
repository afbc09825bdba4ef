/* gradeovenctl replay [OPTION...] RUN */
#include "gradeovenctl/replay.h"

#include "gradeovenctl/options.h"
#include "gradeovenctl/site.h"

#include <apr_strings.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct replay {
    ctl_site site;
    ctl_original original;
    go_run_origin *origin;
    go_claim *claim;
    ctl_grade_options options;
    const char *image; /* as asked for, or NULL: that of the run */
    go_job job;
} replay;

static apr_status_t read_run(replay *self, apr_int64_t run_id) {
    ctl_site *site = &self->site;
    go_run *run;
    apr_array_header_t *stages;
    go_results *tests;
    apr_status_t status = go_run_find(site->db, run_id, &run, site->pool, &site->err);
    if (!status && run->state != GO_RUN_FINISHED)
        status = go_error_set(
            &site->err, GO_EINVALID, "Only a run that has finished can be compared.",
            "The run %" APR_INT64_T_FMT " is %s.", run_id, go_run_state_name(run->state));
    if (!status) status = go_run_stages(site->db, run_id, &stages, site->pool, &site->err);
    if (!status) status = go_results_of_run(site->db, run_id, &tests, site->pool, &site->err);
    if (!status) status = go_run_origin_of(site->db, run_id, &self->origin, site->pool, &site->err);
    if (!status)
        status = go_run_parts(site->db, run_id, site->state->objects, &self->claim, site->pool,
                              &site->err);
    if (!status) self->original = (ctl_original){run, stages, tests};
    return status;
}

/* The image, by its id: a tag may mean another one by now. */
static const char *image_of(const replay *self) {
    const char *id = self->origin->stamp.image ? strrchr(self->origin->stamp.image, '@') : NULL;
    if (self->image) return self->image;
    return id ? id + 1 : self->options.image;
}

static void prepare(replay *self) {
    const char *limits = self->origin->stamp.limits;
    self->options.is_silent = 1;
    self->options.image = image_of(self);
    if (limits && !go_container_limits_parse(limits, &self->options.limits))
        fprintf(stderr, "note: the limits \"%s\" are not understood; the usual ones are used\n",
                limits);
    self->job = go_job_of_claim(self->claim, &self->options.limits);
}

/* What differs before anything is baked, and may be why the result does. */
static void note_changes(const replay *self, const ctl_grading *grading) {
    const go_stamp *stamp = &self->origin->stamp;
    if (stamp->image && grading->image_base && self->image)
        fprintf(stderr, "note: graded with %s, now with %s\n", stamp->image, grading->image_base);
    if (stamp->oven && grading->oven_digest && strcmp(stamp->oven, grading->oven_digest) != 0)
        fprintf(stderr, "note: the oven program was %s and is %s\n", stamp->oven,
                grading->oven_digest);
}

static int report(const replay *self, const ctl_grading *grading) {
    note_changes(self, grading);
    if (!grading->is_finished)
        return ctl_fail("The run could not be replayed: %s",
                        grading->text ? grading->text : "it was interrupted.");
    const char *difference = ctl_replay_difference(&self->original, grading);
    if (difference) {
        printf("different: %s\n", difference);
        return CTL_FAILED;
    }
    printf("identical: run %" APR_INT64_T_FMT ", %s\n", self->claim->run_id,
           grading->has_score ? go_score_format(grading->pool, grading->score) : "no score");
    return CTL_OK;
}

static int bake(replay *self, apr_pool_t *pool) {
    ctl_grading grading = {.pool = pool,
                           .options = &self->options,
                           .job = &self->job,
                           .results = apr_array_make(pool, 4, sizeof(go_stage_result))};
    if (ctl_grade_bake(&grading, &self->site.err) != APR_SUCCESS)
        return ctl_site_failed(&self->site);
    if (grading.signal) return 128 + grading.signal;
    return report(self, &grading);
}

int ctl_replay(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool) {
    replay self = {0};
    const char *word;
    ctl_grade_defaults(&self.options);
    const ctl_option options[] = {{"--image", &self.image, NULL},
                                  {"--docker", &self.options.docker, NULL},
                                  {"--docker-tls", &self.options.docker_tls, NULL},
                                  {"--oven", &self.options.oven, NULL},
                                  {0}};
    int rc = ctl_options_read(command, argc, argv, options, &word, 1);
    char *end = NULL;
    apr_int64_t run_id = rc ? 0 : apr_strtoi64(word, &end, 10);
    if (!rc && (run_id <= 0 || *end)) rc = ctl_usage(command);
    if (!rc) rc = ctl_site_open(&self.site, pool);
    if (rc) return rc;
    if (read_run(&self, run_id) != APR_SUCCESS) return ctl_site_failed(&self.site);
    prepare(&self);
    return bake(&self, pool);
}
