#include "gradeovenctl/grade.h"

#include "model/text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* A watched file as clean text, "" when nothing was said. */
static const char *text_of(const ctl_grading *grading, enum oven_file file) {
    return grading->outputs ? go_outputs_text(grading->outputs, file, grading->pool) : "";
}

static apr_array_header_t *lines_of(const ctl_grading *grading, enum oven_file file) {
    const char *text = text_of(grading, file);
    return go_text_lines(grading->pool, text, strlen(text));
}

void ctl_grade_report_status(ctl_grading *grading, int is_end) {
    apr_pool_t *pool;
    apr_pool_create(&pool, grading->pool);
    const char *text = go_outputs_text(grading->outputs, OVEN_FILE_STATUS, pool);
    apr_size_t length = strlen(text);
    apr_array_header_t *lines = go_text_lines(pool, text, length);
    int complete = lines->nelts;
    if (!is_end && length && text[length - 1] != '\n') complete--;
    for (; grading->lines_printed < complete; grading->lines_printed++) {
        puts(APR_ARRAY_IDX(lines, grading->lines_printed, const char *));
    }
    fflush(stdout);
    apr_pool_destroy(pool);
}

/* --- lines ----------------------------------------------------------------------------------- */

static void print_block(const char *title, const char *text) {
    if (!*text) return;
    fprintf(stderr, "--- %s\n%s%s", title, text, text[strlen(text) - 1] == '\n' ? "" : "\n");
}

/* "passed  2.1 name  3/5": one line of text. */
static void print_test(const ctl_grading *grading, const go_test *test) {
    apr_pool_t *pool = grading->pool;
    const char *status = go_test_status_name(test->status);
    printf("test %-7s %s%s%s", *status ? status : "-", test->number, *test->number ? " " : "",
           test->name);
    if (test->has_score || test->has_max)
        printf("  %s/%s", test->has_score ? go_score_format_milli(pool, test->score_milli) : "-",
               test->has_max ? go_score_format_milli(pool, test->max_milli) : "-");
    if (test->visibility != GO_VISIBLE) printf("  (%s)", go_visibility_name(test->visibility));
    putchar('\n');
}

static void print_tests(const ctl_grading *grading) {
    if (!grading->tests) return;
    for (int i = 0; i < grading->tests->tests->nelts; i++)
        print_test(grading, &APR_ARRAY_IDX(grading->tests->tests, i, go_test));
}

/* What a site shows to staff goes to stderr. */
static void print_stage(const go_stage_result *result) {
    fprintf(stderr, "stage %s: ", result->name);
    if (result->timed_out) {
        fprintf(stderr, "timed out");
    } else if (result->signal) {
        fprintf(stderr, "ended by signal %d", result->signal);
    } else {
        fprintf(stderr, "exit status %d", result->exit_code);
    }
    fprintf(stderr, ", %ld ms (%ld ms CPU), %ld KiB\n", (long)result->wall_ms, (long)result->cpu_ms,
            (long)result->max_rss_kib);
    if (result->problem) fprintf(stderr, "problem: %s\n", result->problem);
    print_block("console", result->console);
}

static void report_lines(ctl_grading *grading) {
    if (grading->outputs) ctl_grade_report_status(grading, 1);
    for (int i = 0; i < grading->results->nelts; i++) {
        print_stage(&APR_ARRAY_IDX(grading->results, i, go_stage_result));
    }
    print_block("debug", text_of(grading, OVEN_FILE_DEBUG));
    if (grading->text) {
        fprintf(stderr, "%s: %s\n", grading->is_finished ? "problem" : "failed", grading->text);
    }
    apr_array_header_t *errors = lines_of(grading, OVEN_FILE_ERRORS);
    for (int i = 0; i < errors->nelts; i++) {
        printf("error: %s\n", APR_ARRAY_IDX(errors, i, const char *));
    }
    print_tests(grading);
    if (grading->has_score) {
        printf("score %s\n", go_score_format(grading->pool, grading->score));
    } else if (grading->is_finished) {
        puts("no score");
    }
}

/* --- JSON ------------------------------------------------------------------------------------ */

/* {"X": "99.5", "Y": "100"}: exact decimals, never reals. */
static json_t *json_value(const ctl_grading *grading, go_score value, const char *x,
                          const char *y) {
    return json_pack("{s:s, s:s}", x, go_score_format_milli(grading->pool, value.earned_milli), y,
                     go_score_format_milli(grading->pool, value.possible_milli));
}

static json_t *json_lines(const ctl_grading *grading, enum oven_file file) {
    json_t *array = json_array();
    apr_array_header_t *lines = lines_of(grading, file);
    for (int i = 0; i < lines->nelts; i++) {
        json_array_append_new(array, json_string(APR_ARRAY_IDX(lines, i, const char *)));
    }
    return array;
}

static json_t *json_stages(const ctl_grading *grading) {
    json_t *array = json_array();
    for (int i = 0; i < grading->results->nelts; i++) {
        const go_stage_result *result = &APR_ARRAY_IDX(grading->results, i, go_stage_result);
        json_array_append_new(
            array,
            json_pack("{s:s, s:i, s:i, s:b, s:I, s:I, s:I, s:s, s:s?}", "name", result->name,
                      "exit", result->exit_code, "signal", result->signal, "timed_out",
                      result->timed_out, "wall_ms", (json_int_t)result->wall_ms, "cpu_ms",
                      (json_int_t)result->cpu_ms, "max_rss_kib", (json_int_t)result->max_rss_kib,
                      "console", result->console, "problem", result->problem));
    }
    return array;
}

static json_t *json_milli(const ctl_grading *grading, int has, apr_int64_t milli) {
    return has ? json_string(go_score_format_milli(grading->pool, milli)) : json_null();
}

static json_t *json_test(const ctl_grading *grading, const go_test *test) {
    json_t *tags = json_array();
    apr_array_header_t *lines = go_text_lines(grading->pool, test->tags, strlen(test->tags));
    for (int i = 0; i < lines->nelts; i++)
        json_array_append_new(tags, json_string(APR_ARRAY_IDX(lines, i, const char *)));
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:o, s:s}", "name", test->name, "number",
                     test->number, "status", go_test_status_name(test->status), "score",
                     json_milli(grading, test->has_score, test->score_milli), "max_score",
                     json_milli(grading, test->has_max, test->max_milli), "output", test->output,
                     "tags", tags, "visibility", go_visibility_name(test->visibility));
}

static json_t *json_leader(const go_leader *leader) {
    return json_pack("{s:s, s:s, s:s}", "name", leader->name, "value", leader->value, "order",
                     leader->is_ascending ? "asc" : "desc");
}

/* All of it, the hidden too: whoever calls this has the stages. */
static json_t *json_results(const ctl_grading *grading) {
    const go_results *results = grading->tests;
    json_t *tests = json_array(), *leaderboard = json_array();
    for (int i = 0; results && i < results->tests->nelts; i++)
        json_array_append_new(tests,
                              json_test(grading, &APR_ARRAY_IDX(results->tests, i, go_test)));
    for (int i = 0; results && i < results->leaderboard->nelts; i++)
        json_array_append_new(leaderboard,
                              json_leader(&APR_ARRAY_IDX(results->leaderboard, i, go_leader)));
    return json_pack("{s:s?, s:s?, s:o, s:o}", "source", results ? results->source : NULL, "output",
                     results ? results->output : NULL, "tests", tests, "leaderboard", leaderboard);
}

static void report_json(const ctl_grading *grading) {
    json_t *score = grading->has_score ? json_value(grading, grading->score, "earned", "possible")
                                       : json_null();
    json_t *progress = grading->has_progress
                           ? json_value(grading, grading->progress, "done", "total")
                           : json_object();
    json_t *all = json_pack("{s:s, s:s?, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "state",
                            grading->is_finished ? "finished" : "failed", "problem", grading->text,
                            "score", score, "status", json_lines(grading, OVEN_FILE_STATUS),
                            "errors", json_lines(grading, OVEN_FILE_ERRORS), "debug",
                            text_of(grading, OVEN_FILE_DEBUG), "progress", progress, "stages",
                            json_stages(grading), "results", json_results(grading));
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

void ctl_grade_report(ctl_grading *grading) {
    if (grading->options->is_json) {
        report_json(grading);
    } else {
        report_lines(grading);
    }
    fflush(stdout);
}
