/* gradeovenctl hostile [OPTION...] [NAME...] */
#include "gradeovenctl/hostile.h"

#include "gradeovenctl/command.h"
#include "gradeovenctl/local.h"

#include <apr_getopt.h>
#include <apr_strings.h>

#include <stdio.h>
#include <string.h>

enum { ALL = 256, JSON, KIT, IMAGE, DOCKER, DOCKER_TLS, OVEN };

static const apr_getopt_option_t known_options[] = {
    {"all", ALL, 0, NULL},     {"json", JSON, 0, NULL},     {"kit", KIT, 1, NULL},
    {"image", IMAGE, 1, NULL}, {"docker", DOCKER, 1, NULL}, {"docker-tls", DOCKER_TLS, 1, NULL},
    {"oven", OVEN, 1, NULL},   {NULL, 0, 0, NULL}};

typedef struct siege {
    ctl_grade_options options;
    const char *kit;
    const char *const *wanted; /* names; none: every one */
    int wanted_count, with_slow, is_json;
    int held, tried, left_out;
    int signal; /* that ended it, or 0 */
    json_t *report;
} siege;

static void set_option(siege *all, int option, const char *value) {
    switch (option) {
    case ALL:
        all->with_slow = 1;
        break;
    case JSON:
        all->is_json = 1;
        break;
    case KIT:
        all->kit = value;
        break;
    case IMAGE:
        all->options.image = value;
        break;
    case DOCKER:
        all->options.docker = value;
        break;
    case DOCKER_TLS:
        all->options.docker_tls = value;
        break;
    case OVEN:
        all->options.oven = value;
        break;
    }
}

static int read_options(siege *all, int argc, const char *const *argv, apr_pool_t *pool) {
    apr_getopt_t *getopt;
    int option;
    const char *value;
    ctl_grade_defaults(&all->options);
    all->options.is_silent = 1;
    apr_getopt_init(&getopt, pool, argc, argv);
    for (;;) {
        apr_status_t status = apr_getopt_long(getopt, known_options, &option, &value);
        if (status == APR_EOF) break;
        if (status != APR_SUCCESS) return 0;
        set_option(all, option, value);
    }
    all->wanted = argv + getopt->ind;
    all->wanted_count = argc - getopt->ind;
    return 1;
}

static int is_wanted(const siege *all, const char *name) {
    for (int i = 0; i < all->wanted_count; i++)
        if (!strcmp(all->wanted[i], name)) return 1;
    return all->wanted_count == 0;
}

/* --- one attack ------------------------------------------------------------------------------ */

static void set_limit(int *limit, int wanted) {
    if (wanted) *limit = wanted;
}

static ctl_grade_options options_of(const siege *all, const ctl_attack *attack) {
    ctl_grade_options options = all->options;
    options.assignment = attack->assignment;
    options.submission = attack->submission;
    set_limit(&options.timeout_seconds, attack->timeout_seconds);
    set_limit(&options.limits.memory_mb, attack->memory_mb);
    set_limit(&options.limits.disk_mb, attack->disk_mb);
    set_limit(&options.limits.pids, attack->pids);
    return options;
}

/* What attacks report with is written once, and handed in with each of them. */
static apr_status_t add_common(go_job *job, const char *common, apr_pool_t *pool, go_error *err) {
    go_tree *files, *together = go_tree_make(pool);
    apr_status_t status = go_tree_scan(&files, common, CTL_BYTES_MAX, CTL_ENTRIES_MAX, pool, err);
    apr_array_cat(together->entries, job->submission->entries);
    for (int i = 0; !status && i < files->entries->nelts; i++)
        status = go_tree_add(together, &APR_ARRAY_IDX(files->entries, i, go_tree_entry), err);
    if (!status) status = go_tree_finish(together, err);
    job->submission = together;
    return status;
}

/* Was it refused as expected? NULL, or what did not hold. */
static const char *judge_refusal(const ctl_attack *attack, const go_error *err,
                                 const go_problems *problems, apr_pool_t *pool) {
    const char *text = go_error_text(err);
    for (int i = 0; i < problems->list->nelts; i++)
        text =
            apr_pstrcat(pool, text, " ", APR_ARRAY_IDX(problems->list, i, go_problem).text, NULL);
    if (!attack->is_refused) return text;
    return strstr(text, attack->error) ? NULL : apr_pstrcat(pool, "refused with: ", text, NULL);
}

static const char *bake_once(siege *all, const ctl_attack *attack, apr_pool_t *pool) {
    go_error err = GO_ERROR_INIT(pool);
    ctl_grade_options options = options_of(all, attack);
    go_job job;
    go_problems *problems = go_problems_make(pool);
    apr_time_t started = apr_time_now();
    apr_status_t status = ctl_grade_read_job(&job, &options, pool, problems, &err);
    if (!status && attack->common) status = add_common(&job, attack->common, pool, &err);
    if (status) return judge_refusal(attack, &err, problems, pool);
    if (attack->is_refused) return "it was not refused";
    ctl_grading grading = {.pool = pool,
                           .options = &options,
                           .job = &job,
                           .results =
                               apr_array_make(pool, job.stages->nelts, sizeof(go_stage_result))};
    status = ctl_grade_bake(&grading, &err);
    all->signal = grading.signal;
    if (status) return go_error_text(&err);
    double seconds = (double)(apr_time_now() - started) / APR_USEC_PER_SEC;
    return ctl_attack_judge(attack, &grading, seconds, pool);
}

static const char *bake(siege *all, const ctl_attack *attack, apr_pool_t *pool) {
    const char *why = NULL;
    apr_pool_t *run;
    for (int i = 0; !why && !all->signal && i < attack->runs; i++) {
        apr_pool_create(&run, pool);
        why = apr_pstrdup(pool, bake_once(all, attack, run));
        apr_pool_destroy(run);
    }
    return why;
}

/* --- all of them ----------------------------------------------------------------------------- */

static void report(siege *all, const ctl_attack *attack, const char *why,
                   apr_interval_time_t took) {
    all->tried++;
    if (!why) all->held++;
    if (all->is_json) {
        json_array_append_new(all->report,
                              json_pack("{s:s, s:s, s:b, s:s?, s:I}", "name", attack->name,
                                        "attack", attack->what ? attack->what : "", "held", !why,
                                        "why", why, "ms", (json_int_t)apr_time_as_msec(took)));
        return;
    }
    if (why)
        printf("FAILED %s: %s\n", attack->name, why);
    else
        printf("ok %s (%.1f s)\n", attack->name, (double)took / APR_USEC_PER_SEC);
    fflush(stdout);
}

static void try_attack(siege *all, const char *name, apr_pool_t *pool) {
    ctl_attack attack = {.name = name};
    go_error err = GO_ERROR_INIT(pool);
    apr_time_t started = apr_time_now();
    apr_status_t status = ctl_attack_read(&attack, all->kit, name, pool, &err);
    if (!status && attack.is_slow && !all->with_slow && !all->wanted_count) {
        all->left_out++;
        return;
    }
    const char *why = status ? go_error_text(&err) : bake(all, &attack, pool);
    if (!all->signal) report(all, &attack, why, apr_time_now() - started);
}

static void summarise(const siege *all) {
    if (all->is_json) {
        json_dumpf(all->report, stdout, JSON_INDENT(2));
        putchar('\n');
        return;
    }
    printf("%d of %d held", all->held, all->tried);
    if (all->left_out) printf(" (%d slow ones were left out: --all)", all->left_out);
    puts(".");
}

int ctl_hostile(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool) {
    siege all = {.kit = GO_DATA_DIR "/hostile"};
    apr_array_header_t *names;
    apr_pool_t *one;
    go_error err = GO_ERROR_INIT(pool);
    if (!read_options(&all, argc, argv, pool)) return ctl_usage(command);
    if (ctl_attacks_list(&names, all.kit, pool, &err)) {
        ctl_fail("%s", go_error_text(&err));
        return CTL_USAGE;
    }
    all.report = json_array();
    apr_pool_create(&one, pool);
    for (int i = 0; !all.signal && i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        apr_pool_clear(one);
        if (is_wanted(&all, name)) try_attack(&all, name, one);
    }
    summarise(&all);
    json_decref(all.report);
    if (all.signal) return 128 + all.signal;
    if (all.tried < all.wanted_count)
        return ctl_fail("The kit has no attack of one of these names.");
    return all.held == all.tried && all.tried > 0 ? CTL_OK : CTL_FAILED;
}
