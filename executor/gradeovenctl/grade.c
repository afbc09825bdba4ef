/* gradeovenctl grade [OPTION...] ASSIGNMENT_DIRECTORY SUBMISSION */
#include "gradeovenctl/grade.h"

#include "gradeovenctl/command.h"
#include "gradeovenctl/local.h"

#include <apr_getopt.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include <stdio.h>
#include <stdlib.h>

enum { JSON = 256, IMAGE, DOCKER, DOCKER_TLS, OVEN, TIMEOUT, MEMORY, DISK, PIDS };

static const apr_getopt_option_t known_options[] = {{"json", JSON, 0, NULL},
                                                    {"image", IMAGE, 1, NULL},
                                                    {"docker", DOCKER, 1, NULL},
                                                    {"oven", OVEN, 1, NULL},
                                                    {"docker-tls", DOCKER_TLS, 1, NULL},
                                                    {"timeout", TIMEOUT, 1, NULL},
                                                    {"memory", MEMORY, 1, NULL},
                                                    {"disk", DISK, 1, NULL},
                                                    {"pids", PIDS, 1, NULL},
                                                    {NULL, 0, 0, NULL}};

static const char *from_environment(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

/* A whole number in a range; 0 and a message otherwise. */
static int read_number(const char *name, const char *text, int least, int most, int *number) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*text && !*end && value >= least && value <= most) {
        *number = (int)value;
        return 1;
    }
    ctl_fail("--%s takes a number from %d to %d, not \"%s\".", name, least, most, text);
    return 0;
}

static int set_option(ctl_grade_options *options, int option, const char *value) {
    switch (option) {
    case JSON:
        options->is_json = 1;
        return 1;
    case IMAGE:
        options->image = value;
        return 1;
    case DOCKER:
        options->docker = value;
        return 1;
    case DOCKER_TLS:
        options->docker_tls = value;
        return 1;
    case OVEN:
        options->oven = value;
        return 1;
    case TIMEOUT:
        return read_number("timeout", value, 1, CTL_TIMEOUT_SECONDS_MAX, &options->timeout_seconds);
    case MEMORY:
        return read_number("memory", value, GO_STAGE_MEMORY_MIN, CTL_MEMORY_MB_MAX,
                           &options->limits.memory_mb);
    case DISK:
        return read_number("disk", value, 4, CTL_MEMORY_MB_MAX, &options->limits.disk_mb);
    case PIDS:
        return read_number("pids", value, 16, 100000, &options->limits.pids);
    }
    return 0;
}

void ctl_grade_defaults(ctl_grade_options *options) {
    *options = (ctl_grade_options){
        .image = from_environment("GRADEOVEN_IMAGE", "gradeoven:latest"),
        .docker = from_environment("DOCKER_HOST", "unix:///var/run/docker.sock"),
        .docker_tls = from_environment("DOCKER_CERT_PATH", NULL),
        .oven = GO_LIBEXEC_DIR "/oven",
        .timeout_seconds = CTL_TIMEOUT_SECONDS,
        .limits = {.memory_mb = CTL_MEMORY_MB, .disk_mb = 256, .pids = 256, .cpus_milli = 1000}};
}

static int read_options(ctl_grade_options *options, int argc, const char *const *argv,
                        apr_pool_t *pool) {
    apr_getopt_t *getopt;
    int option;
    const char *value;
    ctl_grade_defaults(options);
    apr_getopt_init(&getopt, pool, argc, argv);
    for (;;) {
        apr_status_t status = apr_getopt_long(getopt, known_options, &option, &value);
        if (status == APR_EOF) break;
        if (status != APR_SUCCESS || !set_option(options, option, value)) return 0;
    }
    if (argc - getopt->ind != 2) return 0;
    options->assignment = argv[getopt->ind];
    options->submission = argv[getopt->ind + 1];
    return 1;
}

apr_status_t ctl_grade_read_job(go_job *job, const ctl_grade_options *options, apr_pool_t *pool,
                                go_problems *problems, go_error *err) {
    go_stages *stages;
    go_tree *submission;
    char *path;
    apr_status_t status =
        ctl_assignment_read(&stages, options->assignment, options->timeout_seconds,
                            options->limits.memory_mb, pool, problems, err);
    if (status == APR_SUCCESS) {
        status = ctl_submission_read(&submission, options->submission, pool, err);
    }
    if (status != APR_SUCCESS) return status;
    apr_array_header_t *trees =
        apr_array_make(pool, stages->stages->nelts, sizeof(const go_tree *));
    for (int i = 0; i < stages->stages->nelts; i++) {
        const char *name = APR_ARRAY_IDX(stages->stages, i, go_stage).name;
        APR_ARRAY_PUSH(trees, go_tree *) = go_tree_below(stages->tree, name, pool);
    }
    status = apr_filepath_merge(&path, NULL, options->assignment, APR_FILEPATH_NATIVE, pool);
    *job = (go_job){.username = "student",
                    .course = "local",
                    .assignment = status ? "assignment" : apr_filepath_name_get(path),
                    .attempt = 1,
                    .memory_mb = options->limits.memory_mb,
                    .submission = submission,
                    .stages = stages->stages,
                    .trees = trees};
    return APR_SUCCESS;
}

int ctl_grade(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool) {
    ctl_grade_options options;
    go_job job;
    go_error err = GO_ERROR_INIT(pool);
    if (!read_options(&options, argc, argv, pool)) return ctl_usage(command);
    go_problems *problems = go_problems_make(pool);
    apr_status_t status = ctl_grade_read_job(&job, &options, pool, problems, &err);
    ctl_problems_print(problems, stderr);
    if (status != APR_SUCCESS) {
        ctl_fail("%s", go_error_text(&err));
        return CTL_USAGE;
    }
    ctl_grading grading = {.pool = pool,
                           .options = &options,
                           .job = &job,
                           .results =
                               apr_array_make(pool, job.stages->nelts, sizeof(go_stage_result))};
    status = ctl_grade_bake(&grading, &err);
    if (status != APR_SUCCESS) {
        ctl_fail("%s", go_error_text(&err));
        return status == GO_EINVALID ? CTL_USAGE : CTL_FAILED;
    }
    if (grading.signal) return 128 + grading.signal;
    return grading.is_finished ? CTL_OK : CTL_FAILED;
}
