/* Bakes the probe, in an oven as the executor makes it, and reads what it wrote. */
#include "gradeovenctl/doctor.h"

#include "gradeovenctl/local.h"
#include "layer.h"

#include "model/state.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAGE           "probe" /* as in oven/probe.h */
#define TIMEOUT_SECONDS 120
/* Limits are tried by going over them, which takes a while and as much memory: not with more. */
#define MEMORY_MOST_MB 1024
#define DISK_MOST_MB   512

/* --- the assignment -------------------------------------------------------------------------- */

static apr_status_t write_file(const char *path, int permissions, const char *text,
                               apr_pool_t *pool, go_error *err) {
    apr_file_t *file;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_WRITE | APR_FOPEN_CREATE,
                                        (apr_fileperms_t)permissions, pool);
    if (!status) status = apr_file_write_full(file, text, strlen(text), NULL);
    if (!status) status = apr_file_close(file);
    return status ? go_error_system(err, status, NULL, "\"%s\" cannot be written", path) : status;
}

/* Its interpreter is the probe, and its lines are what the probe must know. */
static apr_status_t write_assignment(const char *root, const go_container_limits *limits,
                                     apr_pool_t *pool, go_error *err) {
    const char *stage = apr_pstrcat(pool, root, "/" STAGE, NULL);
    const char *main =
        apr_psprintf(pool,
                     "#!" GO_LAYER_OVEN " probe\n"
                     "memory_mb %d\ndisk_mb %d\nshm_mb %d\npids %d\n",
                     limits->memory_mb, limits->disk_mb, GO_CONTAINER_SHM_MIB, limits->pids);
    if (mkdir(stage, 0700) != 0)
        return go_error_system(err, errno, NULL, "\"%s\" cannot be made", stage);
    apr_status_t status = write_file(apr_pstrcat(pool, root, "/stages", NULL),
                                     APR_FPROT_UREAD | APR_FPROT_UWRITE, STAGE "\n", pool, err);
    if (status) return status;
    return write_file(apr_pstrcat(pool, stage, "/main", NULL),
                      APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE, main, pool, err);
}

/* Removes what write_assignment() made. */
static apr_status_t remove_assignment(void *data) {
    static const char *const parts[] = {"/" STAGE "/main", "/" STAGE, "/stages", ""};
    char path[APR_PATH_MAX];
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        snprintf(path, sizeof(path), "%s%s", (const char *)data, parts[i]);
        remove(path);
    }
    return APR_SUCCESS;
}

static apr_status_t make_job(go_job *job, const go_container_limits *limits, apr_pool_t *pool,
                             go_error *err) {
    const char *base;
    if (apr_temp_dir_get(&base, pool) != APR_SUCCESS) base = "/tmp";
    char *root = apr_pstrcat(pool, base, "/gradeoven-doctor-XXXXXX", NULL);
    go_stages *stages;
    if (!mkdtemp(root))
        return go_error_system(err, errno, NULL, "A directory in \"%s\" cannot be made", base);
    apr_pool_cleanup_register(pool, root, remove_assignment, apr_pool_cleanup_null);
    apr_status_t status = write_assignment(root, limits, pool, err);
    if (!status)
        status = ctl_assignment_read(&stages, root, TIMEOUT_SECONDS, limits->memory_mb, pool,
                                     go_problems_make(pool), err);
    if (status) return status;
    apr_array_header_t *trees = apr_array_make(pool, 1, sizeof(go_tree *));
    APR_ARRAY_PUSH(trees, go_tree *) = go_tree_below(stages->tree, STAGE, pool);
    go_tree *submission = go_tree_make(pool);
    *job = (go_job){.username = "doctor",
                    .course = "doctor",
                    .assignment = "doctor",
                    .attempt = 1,
                    .memory_mb = limits->memory_mb,
                    .submission = submission,
                    .stages = stages->stages,
                    .trees = trees};
    return go_tree_finish(submission, err);
}

/* --- facts ----------------------------------------------------------------------------------- */

static apr_array_header_t *read_facts(const char *text, apr_pool_t *pool) {
    apr_array_header_t *facts = apr_array_make(pool, 128, sizeof(ctl_fact));
    char *state;
    for (char *line = apr_strtok(apr_pstrdup(pool, text), "\n", &state); line;
         line = apr_strtok(NULL, "\n", &state)) {
        char *blank = strchr(line, ' ');
        if (!blank) continue;
        *blank = '\0';
        APR_ARRAY_PUSH(facts, ctl_fact) = (ctl_fact){line, blank + 1};
    }
    return facts;
}

const char *ctl_fact_of(const ctl_facts *facts, const char *key) {
    for (int i = 0; i < facts->list->nelts; i++) {
        const ctl_fact *fact = &APR_ARRAY_IDX(facts->list, i, ctl_fact);
        if (strcmp(fact->key, key) == 0) return fact->value;
    }
    return NULL;
}

long ctl_fact_number(const ctl_facts *facts, const char *key, long otherwise) {
    const char *value = ctl_fact_of(facts, key);
    char *end;
    long number = value ? strtol(value, &end, 10) : 0;
    return value && end != value ? number : otherwise;
}

long ctl_fact_named(const ctl_facts *facts, const char *key, const char *name) {
    size_t length = strlen(name);
    for (int i = 0; i < facts->list->nelts; i++) {
        const ctl_fact *fact = &APR_ARRAY_IDX(facts->list, i, ctl_fact);
        if (strcmp(fact->key, key) || strncmp(fact->value, name, length) ||
            fact->value[length] != ' ')
            continue;
        return strtol(strrchr(fact->value, ' ') + 1, NULL, 10);
    }
    return -1;
}

/* --- baking ---------------------------------------------------------------------------------- */

static void judge(ctl_doctor *doctor, const ctl_grading *grading) {
    const char *text = go_outputs_text(grading->outputs, OVEN_FILE_DEBUG, doctor->pool);
    ctl_facts facts = {.list = read_facts(text, doctor->pool),
                       .inspected = grading->inspected,
                       .limits = grading->options->limits};
    if (!ctl_fact_of(&facts, "end")) {
        const go_stage_result *stage =
            grading->results->nelts ? &APR_ARRAY_IDX(grading->results, 0, go_stage_result) : NULL;
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "oven",
                       "What follows is what was found until then.",
                       "The probe did not come to its end (exit status %d, signal %d). %s",
                       stage ? stage->exit_code : -1, stage ? stage->signal : 0,
                       stage && stage->console ? stage->console : "");
    } else {
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "oven", NULL,
                       "One was made and a probe was baked in it, with %d MiB of memory, %d MiB of "
                       "files and %d processes.",
                       facts.limits.memory_mb, facts.limits.disk_mb, facts.limits.pids);
    }
    ctl_doctor_judge(doctor, &facts);
}

void ctl_doctor_oven(ctl_doctor *doctor) {
    ctl_grade_options options = doctor->options;
    go_error err = GO_ERROR_INIT(doctor->pool);
    apr_pool_t *pool;
    go_job job;
    apr_pool_create(&pool, doctor->pool);
    options.is_silent = options.wants_inspection = 1;
    if (options.limits.memory_mb > MEMORY_MOST_MB) options.limits.memory_mb = MEMORY_MOST_MB;
    if (options.limits.disk_mb > DISK_MOST_MB) options.limits.disk_mb = DISK_MOST_MB;
    ctl_grading grading = {.pool = pool,
                           .options = &options,
                           .job = &job,
                           .results = apr_array_make(pool, 1, sizeof(go_stage_result))};
    apr_status_t status = make_job(&job, &options.limits, pool, &err);
    if (!status) status = ctl_grade_bake(&grading, &err);
    if (status)
        ctl_doctor_say_error(doctor, "oven", &err);
    else if (!grading.is_finished || !grading.outputs)
        ctl_doctor_say(doctor, CTL_VERDICT_PROBLEM, "oven", NULL, "%s",
                       grading.text ? grading.text : "It was interrupted.");
    else
        judge(doctor, &grading);
    apr_pool_destroy(pool);
}
