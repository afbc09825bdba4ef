/*
 * The statistics of an assignment, for its staff: every figure as a number, as a chart, and in a
 * table that says the same. Staff may see hidden tests. Graded blind there is no filter by section:
 * the score of a section of one would tell who wrote what.
 */
#include "pages/pages.h"

#include "model/chart.h"
#include "model/grading_rules.h"
#include "model/statistics.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>

static const char *points(const go_request *q, apr_int64_t milli) {
    return go_score_format_milli(q->pool, milli);
}

static const char *people(const go_request *q, int count, const char *one, const char *many) {
    return apr_psprintf(q->pool, "%d %s", count, count == 1 ? one : many);
}

/* Sections for the filter; *section becomes NULL unless it is one of them. */
static apr_status_t add_sections(go_request *q, json_t *page, const char **section, int is_blind) {
    apr_array_header_t *names = NULL;
    json_t *list = json_array();
    const char *chosen = NULL;
    apr_status_t status = APR_SUCCESS;
    if (!is_blind) status = go_sections(q->db, q->at.course->id, &names, q->pool, &q->err);
    for (int i = 0; !status && names && i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        int is_chosen = strcmp(name, *section) == 0;
        if (is_chosen) chosen = name;
        json_array_append_new(
            list, json_pack("{s:o, s:b}", "name", go_json_text(q, name), "is_chosen", is_chosen));
    }
    *section = chosen;
    json_object_set_new(page, "has_sections", json_boolean(json_array_size(list) > 0));
    json_object_set_new(page, "sections", list);
    json_object_set_new(page, "section", chosen ? go_json_text(q, chosen) : json_null());
    return status;
}

static void put_bar(apr_array_header_t *bars, const char *label, const char *text, int value,
                    int part, int is_marked) {
    APR_ARRAY_PUSH(bars, go_chart_bar) = (go_chart_bar){
        .label = label, .text = text, .value = value, .part = part, .is_marked = is_marked};
}

/* --- scores ---------------------------------------------------------------------------------- */

static const char *part_label(const go_request *q, int part) {
    if (part == GO_SPREAD_ABOVE) return "over 100 %";
    return apr_psprintf(q->pool, "%d\xe2\x80\x93%d %%", part * 10, part * 10 + 10);
}

static json_t *json_histogram(const go_request *q, const go_spread *spread,
                              apr_array_header_t *bars) {
    json_t *list = json_array();
    for (int i = 0; i < GO_SPREAD_PARTS; i++) {
        const char *label = part_label(q, i);
        int count = spread->parts[i];
        json_array_append_new(list, json_pack("{s:s, s:i}", "label", label, "count", count));
        put_bar(bars, i == GO_SPREAD_ABOVE ? "> 100 %" : label,
                apr_psprintf(q->pool, "%s: %s", label, people(q, count, "student", "students")),
                count, count, 0);
    }
    return list;
}

static void add_scores(go_request *q, json_t *page, const go_spread *spread) {
    apr_array_header_t *bars = apr_array_make(q->pool, GO_SPREAD_PARTS, sizeof(go_chart_bar));
    if (!spread->count) {
        json_object_set_new(page, "scores", json_null());
        return;
    }
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "mean", points(q, spread->mean_milli), "median",
                  points(q, spread->median_milli), "lower_quartile", points(q, spread->lower_milli),
                  "upper_quartile", points(q, spread->upper_milli), "lowest",
                  points(q, spread->least_milli), "highest", points(q, spread->most_milli));
    json_object_set_new(
        json, "possible",
        spread->possible_milli < 0 ? json_null() : json_string(points(q, spread->possible_milli)));
    json_object_set_new(json, "histogram", json_histogram(q, spread, bars));
    json_object_set_new(json, "of_nothing",
                        spread->of_nothing ? json_integer(spread->of_nothing) : json_null());
    const go_chart chart = {
        .id = "scores",
        .title = "How the scores are spread",
        .description = apr_psprintf(q->pool,
                                    "Of %s: half have %s points or more. The table below has "
                                    "the same figures.",
                                    people(q, spread->count, "score", "scores"),
                                    points(q, spread->median_milli)),
        .bars = bars};
    json_object_set_new(json, "svg", json_string(go_chart_columns(&chart, q->pool)));
    json_object_set_new(page, "scores", json);
}

/* --- over time ------------------------------------------------------------------------------- */

/* "14:00" of an hour, "11-23" of a day. */
static const char *short_label(const go_request *q, apr_time_t from, int days) {
    const char *local = go_zone_format(q->pool, q->zone, from, GO_ZONE_DATETIME_LOCAL);
    if (!days) return local + strcspn(local, "T") + 1;
    return apr_pstrmemdup(q->pool, local + 5, 5);
}

static const char *unit_name(const go_request *q, int days) {
    if (days < 7) return days ? "day" : "hour";
    return days == 7 ? "week" : apr_psprintf(q->pool, "%d weeks", days / 7);
}

static json_t *json_periods(const go_request *q, const apr_array_header_t *periods, int days,
                            apr_array_header_t *bars) {
    json_t *list = json_array();
    for (int i = 0; i < periods->nelts; i++) {
        const go_period *period = &APR_ARRAY_IDX(periods, i, go_period);
        const char *text = go_zone_format(q->pool, q->zone, period->from_us, GO_ZONE_HUMAN);
        json_array_append_new(list, json_pack("{s:o, s:o, s:i, s:i, s:b}", "from",
                                              go_json_time(q, q->zone, period->from_us), "to",
                                              go_json_time(q, q->zone, period->to_us),
                                              "submissions", period->submissions, "counting",
                                              period->counting, "is_due", period->is_due));
        put_bar(bars, short_label(q, period->from_us, days),
                apr_psprintf(q->pool, "From %s: %s, of which %d count", text,
                             people(q, period->submissions, "submission", "submissions"),
                             period->counting),
                period->submissions, period->counting, period->is_due);
    }
    return list;
}

static void add_times(go_request *q, json_t *page, const apr_array_header_t *moments) {
    int days;
    if (!moments->nelts) {
        json_object_set_new(page, "times", json_null());
        return;
    }
    apr_time_t due = q->at.assignment->due_us;
    const apr_array_header_t *periods = go_periods(moments, q->zone, due, &days, q->pool);
    apr_array_header_t *bars = apr_array_make(q->pool, periods->nelts, sizeof(go_chart_bar));
    json_t *list = json_periods(q, periods, days, bars);
    const go_chart chart = {
        .id = "times",
        .title = apr_psprintf(q->pool, "Submissions by %s", unit_name(q, days)),
        .description = "The strong part of a column is what counts. The table below has the same "
                       "figures.",
        .mark = "due",
        .bars = bars};
    json_object_set_new(page, "times",
                        json_pack("{s:s, s:o, s:o, s:s}", "unit", unit_name(q, days), "due",
                                  go_json_time(q, q->zone, due), "periods", list, "svg",
                                  go_chart_columns(&chart, q->pool)));
}

/* --- stages and tests ------------------------------------------------------------------------ */

static void add_stages(go_request *q, json_t *page, const apr_array_header_t *stages) {
    apr_array_header_t *bars = apr_array_make(q->pool, stages->nelts + 1, sizeof(go_chart_bar));
    json_t *list = json_array();
    for (int i = 0; i < stages->nelts; i++) {
        const go_stage_figures *one = &APR_ARRAY_IDX(stages, i, go_stage_figures);
        int failed = one->broken + one->timeouts + one->signals + one->exits;
        json_t *name = go_json_text(q, one->name);
        json_array_append_new(list, json_pack("{s:O, s:i, s:i, s:i, s:i, s:i, s:i}", "name", name,
                                              "runs", one->runs, "failed", failed, "exit",
                                              one->exits, "signal", one->signals, "timeout",
                                              one->timeouts, "broken", one->broken));
        const char *label = apr_pstrdup(q->pool, json_string_value(name));
        json_decref(name);
        put_bar(bars, label,
                apr_psprintf(q->pool, "%s failed in %d of %s", label, failed,
                             people(q, one->runs, "run", "runs")),
                one->runs, failed, 0);
    }
    const go_chart chart = {.id = "stages",
                            .title = "Failures of each stage",
                            .description = "The strong part of a bar is the runs in which the "
                                           "stage failed. The table below has the same figures.",
                            .bars = bars};
    json_object_set_new(page, "stages", list);
    json_object_set_new(page, "stages_svg",
                        stages->nelts ? json_string(go_chart_rows(&chart, q->pool)) : json_null());
}

static void add_tests_figures(go_request *q, json_t *page, const apr_array_header_t *tests) {
    json_t *list = json_array();
    for (int i = 0; i < tests->nelts; i++) {
        const go_test_figures *one = &APR_ARRAY_IDX(tests, i, go_test_figures);
        json_array_append_new(list, json_pack("{s:o, s:o, s:i, s:i, s:i, s:b}", "number",
                                              go_json_text(q, one->number), "name",
                                              go_json_text(q, one->name), "runs", one->runs,
                                              "failed", one->failed, "passed", one->passed,
                                              "is_hidden", one->is_hidden));
    }
    json_object_set_new(page, "has_tests", json_boolean(tests->nelts > 0));
    json_object_set_new(page, "tests", list);
    json_object_set_new(page, "tests_are_cut", json_boolean(tests->nelts == GO_TEST_FIGURES_MAX));
}

static void add_counts(json_t *page, const go_statistics *figures) {
    json_object_set_new(page, "has_students", json_boolean(figures->students > 0));
    json_object_set_new(page, "has_submissions", json_boolean(figures->submitted > 0));
    json_object_set_new(page, "students", json_integer(figures->students));
    json_object_set_new(page, "submitted", json_integer(figures->submitted));
    json_object_set_new(page, "without_submission",
                        json_integer(figures->students - figures->submitted));
    json_object_set_new(page, "scored", json_integer(figures->scored));
    json_object_set_new(page, "without_score", json_integer(figures->submitted - figures->scored));
}

int statistics_page(go_request *q, json_t *page) {
    go_grading_rules *rules = NULL;
    go_statistics figures;
    const char *section = go_form_text(q->query, "section");
    page_begin(q, page, apr_pstrcat(q->pool, "Statistics: ", q->at.assignment->title, NULL));
    if (go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err) || !rules ||
        add_sections(q, page, &section, rules->is_blind) ||
        go_statistics_read(q->db, q->at.course, q->at.assignment, section, &figures, q->pool,
                           &q->err))
        return go_failed(q);
    json_object_set_new(page, "is_blind", json_boolean(rules->is_blind));
    add_counts(page, &figures);
    add_scores(q, page, &figures.spread);
    add_times(q, page, figures.moments);
    add_stages(q, page, figures.stages);
    add_tests_figures(q, page, figures.tests);
    return HTTP_OK;
}
