#include "gradeovenctl/hostile.h"

#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

#define BREACH "BREACH" /* what an attack says when it got through */

/* Everything that a run said, under the names that expectations use. */
enum said { STATUS, ERRORS, DEBUG, CONSOLE, PROBLEMS, RESULTS, SAID };
static const char *const names[SAID] = {"status",  "errors",   "debug",
                                        "console", "problems", "results"};

static const char *file_text(const ctl_grading *grading, enum oven_file file, apr_pool_t *pool) {
    return grading->outputs ? go_outputs_text(grading->outputs, file, pool) : "";
}

static const char *with_line(const char *text, const char *more, apr_pool_t *pool) {
    return more && *more ? apr_pstrcat(pool, text, more, "\n", NULL) : text;
}

/* "passed 1.1 name output", a line or more for each test. */
static const char *results_text(const ctl_grading *grading, apr_pool_t *pool) {
    const go_results *results = grading->tests;
    const char *text = results ? with_line("", results->output, pool) : "";
    for (int i = 0; results && i < results->tests->nelts; i++) {
        const go_test *test = &APR_ARRAY_IDX(results->tests, i, go_test);
        text = apr_pstrcat(pool, text, go_test_status_name(test->status), " ", test->number, " ",
                           test->name, " ", test->output, " ", test->tags, "\n", NULL);
    }
    return text;
}

static void gather(const char *said[SAID], const ctl_grading *grading, apr_pool_t *pool) {
    said[STATUS] = file_text(grading, OVEN_FILE_STATUS, pool);
    said[ERRORS] = file_text(grading, OVEN_FILE_ERRORS, pool);
    said[DEBUG] = file_text(grading, OVEN_FILE_DEBUG, pool);
    said[CONSOLE] = "";
    said[RESULTS] = results_text(grading, pool);
    said[PROBLEMS] = with_line("", grading->text, pool);
    for (int i = 0; i < grading->results->nelts; i++) {
        const go_stage_result *result = &APR_ARRAY_IDX(grading->results, i, go_stage_result);
        said[CONSOLE] = with_line(said[CONSOLE], result->console, pool);
        said[PROBLEMS] = with_line(said[PROBLEMS], result->problem, pool);
    }
}

/* A text that a page and a terminal can show: UTF-8 with nothing in it that moves a cursor. */
static int is_clean(const char *text) {
    apr_size_t left = strlen(text), n;
    apr_uint32_t c;
    for (; left > 0; text += n, left -= n) {
        n = go_text_decode(text, left, &c);
        if (n == 0 || (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c <= 0x9f)) return 0;
    }
    return 1;
}

/* From `at`, one line for a message. */
static const char *excerpt(const char *at, apr_pool_t *pool) {
    return go_text_printable(pool, at, strcspn(at, "\n"));
}

static const char *judge_text(const char *name, const char *said, const json_t *expected,
                              apr_pool_t *pool) {
    size_t i;
    json_t *part;
    const char *breach = strstr(said, BREACH);
    if (breach) return apr_psprintf(pool, "%s: %s", name, excerpt(breach, pool));
    if (!is_clean(said)) return apr_psprintf(pool, "%s is no clean text", name);
    json_array_foreach(json_object_get(expected, "has"), i, part) {
        if (!strstr(said, json_string_value(part)))
            return apr_psprintf(pool, "%s lacks \"%s\": %s", name, json_string_value(part),
                                excerpt(said, pool));
    }
    json_array_foreach(json_object_get(expected, "lacks"), i, part) {
        const char *found = strstr(said, json_string_value(part));
        if (found) return apr_psprintf(pool, "%s has: %s", name, excerpt(found, pool));
    }
    return NULL;
}

static const char *end_of(const go_stage_result *result, apr_pool_t *pool) {
    if (result->timed_out) return "timed out";
    if (result->signal) return apr_psprintf(pool, "signal %d", result->signal);
    return apr_psprintf(pool, "exit %d", result->exit_code);
}

static const char *judge_stages(const ctl_attack *attack, const ctl_grading *grading,
                                apr_pool_t *pool) {
    size_t i;
    json_t *expected;
    if (!attack->stages) return NULL;
    if ((size_t)grading->results->nelts != json_array_size(attack->stages))
        return apr_psprintf(pool, "%d stages ended instead of %d", grading->results->nelts,
                            (int)json_array_size(attack->stages));
    json_array_foreach(attack->stages, i, expected) {
        const go_stage_result *result = &APR_ARRAY_IDX(grading->results, i, go_stage_result);
        const char *end = end_of(result, pool);
        if (strcmp(end, json_string_value(expected)) != 0)
            return apr_psprintf(pool, "the stage \"%s\" ended by \"%s\" instead of \"%s\"",
                                result->name, end, json_string_value(expected));
    }
    return NULL;
}

static const char *judge_score(const ctl_attack *attack, const ctl_grading *grading,
                               apr_pool_t *pool) {
    const char *score = grading->has_score ? go_score_format(pool, grading->score) : "none";
    const char *expected = attack->score ? attack->score : "none";
    if (!strcmp(score, expected)) return NULL;
    return apr_psprintf(pool, "its score is %s instead of %s", score, expected);
}

/* What is expected on the engine that has baked it. */
static ctl_attack on_engine(const ctl_attack *attack, const ctl_grading *grading) {
    ctl_attack here = *attack;
    if (!attack->podman || !grading->is_podman) return here;
    here.score = json_string_value(json_object_get(attack->podman, "score"));
    here.texts = json_object_get(attack->podman, "texts");
    return here;
}

const char *ctl_attack_judge(const ctl_attack *everywhere, const ctl_grading *grading,
                             double seconds, apr_pool_t *pool) {
    const ctl_attack here = on_engine(everywhere, grading), *attack = &here;
    const char *said[SAID], *why = NULL;
    if (!grading->is_finished)
        return apr_psprintf(pool, "the run failed: %s", grading->text ? grading->text : "");
    if (!grading->is_gone) return "its container did not go away";
    gather(said, grading, pool);
    for (int i = 0; !why && i < SAID; i++)
        why = judge_text(names[i], said[i], json_object_get(attack->texts, names[i]), pool);
    if (!why) why = judge_score(attack, grading, pool);
    if (!why) why = judge_stages(attack, grading, pool);
    if (!why && seconds > attack->max_seconds)
        why =
            apr_psprintf(pool, "it took %.1f s, and may take %.1f s", seconds, attack->max_seconds);
    return why;
}
