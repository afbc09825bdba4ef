#include "gradeovenctl/replay.h"

#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

#define QUOTE_MAX 120 /* bytes of a line that are shown */

static const char *quote(const char *line, apr_pool_t *pool) {
    apr_size_t length = strlen(line);
    return go_text_printable(pool, line, length < QUOTE_MAX ? length : QUOTE_MAX);
}

static const char *line_at(const apr_array_header_t *lines, int i) {
    return i < lines->nelts ? APR_ARRAY_IDX(lines, i, const char *) : NULL;
}

/* The first line in which two texts differ. */
static const char *compare_texts(const char *what, const char *then, const char *now,
                                 apr_pool_t *pool) {
    if (strcmp(then, now) == 0) return NULL;
    apr_array_header_t *old = go_text_lines(pool, then, strlen(then));
    apr_array_header_t *new = go_text_lines(pool, now, strlen(now));
    for (int i = 0; i < old->nelts || i < new->nelts; i++) {
        const char *before = line_at(old, i), *after = line_at(new, i);
        if (before && after && strcmp(before, after) == 0) continue;
        if (!before)
            return apr_psprintf(pool, "%s has a line %d now: \"%s\"", what, i + 1,
                                quote(after, pool));
        if (!after)
            return apr_psprintf(pool, "%s had a line %d: \"%s\"", what, i + 1, quote(before, pool));
        return apr_psprintf(pool, "line %d of %s was \"%s\" and is \"%s\"", i + 1, what,
                            quote(before, pool), quote(after, pool));
    }
    return apr_psprintf(pool, "%s ends differently", what); /* in a newline */
}

static const char *score_text(int has_score, go_score score, apr_pool_t *pool) {
    return has_score ? go_score_format(pool, score) : "none";
}

static const char *end_text(const go_stage_result *stage, apr_pool_t *pool) {
    if (stage->timed_out) return "time ran out";
    if (stage->signal) return apr_psprintf(pool, "signal %d", stage->signal);
    return apr_psprintf(pool, "exit status %d", stage->exit_code);
}

static const char *compare_stage(const go_stage_result *then, const go_stage_result *now,
                                 apr_pool_t *pool) {
    const char *before = end_text(then, pool), *after = end_text(now, pool);
    if (strcmp(before, after) != 0)
        return apr_psprintf(pool, "the stage \"%s\" ended with %s and now with %s", then->name,
                            before, after);
    return compare_texts(apr_psprintf(pool, "the console of \"%s\"", then->name), then->console,
                         now->console, pool);
}

static const char *compare_stages(const ctl_original *original, const ctl_grading *replay) {
    apr_pool_t *pool = replay->pool;
    int count = original->stages->nelts;
    if (count != replay->results->nelts)
        return apr_psprintf(pool, "%d stages were run and now %d", count, replay->results->nelts);
    for (int i = 0; i < count; i++) {
        const char *difference =
            compare_stage(&APR_ARRAY_IDX(original->stages, i, go_stage_result),
                          &APR_ARRAY_IDX(replay->results, i, go_stage_result), pool);
        if (difference) return difference;
    }
    return NULL;
}

/* What a test came to, in one line. */
static const char *test_text(const go_test *test, apr_pool_t *pool) {
    return apr_psprintf(pool, "%s %s, %s, %s/%s, %s", test->number, test->name,
                        go_test_status_name(test->status),
                        test->has_score ? go_score_format_milli(pool, test->score_milli) : "-",
                        test->has_max ? go_score_format_milli(pool, test->max_milli) : "-",
                        go_visibility_name(test->visibility));
}

static const char *compare_test(int position, const go_test *then, const go_test *now,
                                apr_pool_t *pool) {
    const char *what = apr_psprintf(pool, "the result of test %d", position + 1);
    const char *difference = compare_texts(what, test_text(then, pool), test_text(now, pool), pool);
    if (difference) return difference;
    what = apr_psprintf(pool, "the output of test %d", position + 1);
    return compare_texts(what, then->output, now->output, pool);
}

static const char *compare_leaders(const go_results *then, const go_results *now,
                                   apr_pool_t *pool) {
    int count = then->leaderboard->nelts;
    if (count != now->leaderboard->nelts) return "the leaderboard has another length";
    for (int i = 0; i < count; i++) {
        const go_leader *before = &APR_ARRAY_IDX(then->leaderboard, i, go_leader);
        const go_leader *after = &APR_ARRAY_IDX(now->leaderboard, i, go_leader);
        const char *difference = compare_texts(
            "the leaderboard", apr_pstrcat(pool, before->name, " ", before->value, NULL),
            apr_pstrcat(pool, after->name, " ", after->value, NULL), pool);
        if (difference) return difference;
    }
    return NULL;
}

static const char *compare_tests(const go_results *then, const go_results *now, apr_pool_t *pool) {
    int before = then ? then->tests->nelts : 0, after = now ? now->tests->nelts : 0;
    if (before != after)
        return apr_psprintf(pool, "there were results of %d tests and now of %d", before, after);
    if (!then || !now) return NULL;
    for (int i = 0; i < before; i++) {
        const char *difference = compare_test(i, &APR_ARRAY_IDX(then->tests, i, go_test),
                                              &APR_ARRAY_IDX(now->tests, i, go_test), pool);
        if (difference) return difference;
    }
    const char *difference =
        compare_texts("what is said of all tests", then->output, now->output, pool);
    return difference ? difference : compare_leaders(then, now, pool);
}

const char *ctl_replay_difference(const ctl_original *original, const ctl_grading *replay) {
    apr_pool_t *pool = replay->pool;
    const go_run *run = original->run;
    const char *before = score_text(run->has_score, run->score, pool);
    const char *after = score_text(replay->has_score, replay->score, pool);
    if (strcmp(before, after) != 0)
        return apr_psprintf(pool, "the score was %s and is %s", before, after);
    const struct {
        const char *what, *then;
        enum oven_file file;
    } texts[] = {{"the status", run->status, OVEN_FILE_STATUS},
                 {"the errors", run->errors, OVEN_FILE_ERRORS},
                 {"the debugging log", run->debug, OVEN_FILE_DEBUG}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        const char *now =
            replay->outputs ? go_outputs_text(replay->outputs, texts[i].file, pool) : "";
        const char *difference = compare_texts(texts[i].what, texts[i].then, now, pool);
        if (difference) return difference;
    }
    const char *difference = compare_tests(original->tests, replay->tests, pool);
    return difference ? difference : compare_stages(original, replay);
}
