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

static void report_json(const ctl_grading *grading) {
    json_t *score = grading->has_score ? json_value(grading, grading->score, "earned", "possible")
                                       : json_null();
    json_t *progress = grading->has_progress
                           ? json_value(grading, grading->progress, "done", "total")
                           : json_object();
    json_t *all =
        json_pack("{s:s, s:s?, s:o, s:o, s:o, s:s, s:o, s:o}", "state",
                  grading->is_finished ? "finished" : "failed", "problem", grading->text, "score",
                  score, "status", json_lines(grading, OVEN_FILE_STATUS), "errors",
                  json_lines(grading, OVEN_FILE_ERRORS), "debug", text_of(grading, OVEN_FILE_DEBUG),
                  "progress", progress, "stages", json_stages(grading));
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
