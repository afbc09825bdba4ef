/* One proposal: how far it is, what it would change, and applying, undoing or dropping it. */
#include "pages/reruns.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>
#include <string.h>

enum { PAGE_LINES = 100, NUMBER_DIGITS_MAX = 6 };

/* Also a filter of the lines: what the totals count. */
static const char *const filters[] = {"lower", "higher", "not-graded", "waiting",
                                      "same",  "flaky",  "stale"};
static const char *const filter_texts[] = {"Lower",        "Higher",    "Not graded", "Waiting",
                                           "As they were", "Differing", "Overtaken"};
enum { FILTERS = sizeof(filters) / sizeof(*filters) };

/* --- the lines ------------------------------------------------------------------------------- */

static int is_shown(const go_rerun_line *line, const char *show) {
    if (!*show) return 1;
    if (strcmp(show, "flaky") == 0) return line->is_flaky;
    if (strcmp(show, "stale") == 0) return line->is_stale;
    return strcmp(show, go_rerun_change_name(line->change)) == 0;
}

/* Differences first, in the order of go_rerun_change; of the same kind by number. */
static int by_change(const void *a, const void *b) {
    const go_rerun_line *x = *(const go_rerun_line *const *)a;
    const go_rerun_line *y = *(const go_rerun_line *const *)b;
    int before = (int)x->change - (int)y->change;
    if (!before) before = y->is_flaky - x->is_flaky;
    return before ? before : x->number - y->number;
}

static json_t *json_line(const go_request *q, const go_rerun *rerun, const rerun_names *names,
                         const go_rerun_line *line) {
    json_t *url = names->are_hidden
                      ? json_null()
                      : json_string(go_url(q, "/courses/%s/assignments/%s/submissions/%d",
                                           rerun->source_course, rerun->source, line->number));
    int is_worse = line->change == GO_RERUN_LOWER || line->change == GO_RERUN_NOT_GRADED;
    return json_pack(
        "{s:i, s:i, s:o, s:o, s:b, s:o, s:o, s:s, s:s, s:s, s:b, s:b, s:b}", "number", line->number,
        "attempt", line->attempt, "name",
        go_json_text(q, rerun_name(q, names, line->username, line->display_name)), "url", url,
        "counts", line->counts, "before", go_json_score(q, line->has_before, line->before), "after",
        go_json_score(q, line->has_after, line->after), "change",
        go_rerun_change_name(line->change), "label", filter_texts[line->change], "tone",
        is_worse                           ? "failed"
        : line->change == GO_RERUN_HIGHER  ? "finished"
        : line->change == GO_RERUN_WAITING ? "queued"
                                           : "none",
        "is_flaky", line->is_flaky, "is_stale", line->is_stale, "is_applied", line->is_applied);
}

static json_t *json_page_url(const go_request *q, const go_rerun *rerun, const char *show,
                             int number) {
    return json_string(
        apr_psprintf(q->pool, "%s?show=%s&page=%d", rerun_url(q, rerun->number, ""), show, number));
}

static void add_lines(const go_request *q, json_t *page, const go_rerun *rerun,
                      const rerun_names *names, const apr_array_header_t *lines, const char *show) {
    apr_array_header_t *shown = apr_array_make(q->pool, 64, sizeof(const go_rerun_line *));
    json_t *list = json_array();
    for (int i = 0; i < lines->nelts; i++) {
        const go_rerun_line *line = &APR_ARRAY_IDX(lines, i, go_rerun_line);
        if (is_shown(line, show)) APR_ARRAY_PUSH(shown, const go_rerun_line *) = line;
    }
    qsort(shown->elts, (size_t)shown->nelts, (size_t)shown->elt_size, by_change);
    int pages = shown->nelts ? (shown->nelts + PAGE_LINES - 1) / PAGE_LINES : 1;
    int number = page_number(q, pages), from = (number - 1) * PAGE_LINES;
    for (int i = from; i < shown->nelts && i < from + PAGE_LINES; i++)
        json_array_append_new(
            list, json_line(q, rerun, names, APR_ARRAY_IDX(shown, i, const go_rerun_line *)));
    json_object_set_new(page, "lines", list);
    json_object_set_new(page, "page", json_integer(number));
    json_object_set_new(page, "pages", json_integer(pages));
    if (number > 1)
        json_object_set_new(page, "previous_url", json_page_url(q, rerun, show, number - 1));
    if (number < pages)
        json_object_set_new(page, "next_url", json_page_url(q, rerun, show, number + 1));
}

/* --- what they come to ----------------------------------------------------------------------- */

static int count_of(const go_rerun_totals *totals, int filter) {
    if (filter < GO_RERUN_CHANGE_COUNT) return totals->changes[filter];
    return filter == GO_RERUN_CHANGE_COUNT ? totals->flaky : totals->stale;
}

static void add_totals(const go_request *q, json_t *page, const go_rerun *rerun,
                       const go_rerun_totals *totals, const char *show) {
    json_t *list = json_array(), *json = json_object();
    for (int i = 0; i < FILTERS; i++) {
        int count = count_of(totals, i);
        json_object_set_new(json, filters[i], json_integer(count));
        if (!count) continue;
        json_array_append_new(
            list, json_pack("{s:s, s:i, s:s, s:b}", "text", filter_texts[i], "count", count, "url",
                            apr_psprintf(q->pool, "%s?show=%s", rerun_url(q, rerun->number, ""),
                                         filters[i]),
                            "is_current", strcmp(show, filters[i]) == 0));
    }
    json_object_set_new(json, "applied", json_integer(totals->applied));
    json_object_set_new(json, "both", json_integer(totals->both));
    json_object_set_new(json, "mean_before",
                        go_json_score(q, totals->both > 0, totals->mean_before));
    json_object_set_new(json, "mean_after", go_json_score(q, totals->both > 0, totals->mean_after));
    json_object_set_new(page, "totals", json);
    json_object_set_new(page, "filters", list);
    json_object_set_new(page, "shows_all", json_boolean(!*show));
    json_object_set_new(page, "has_flaky", json_boolean(totals->flaky));
    json_object_set_new(page, "has_stale", json_boolean(totals->stale));
}

static void add_actions(const go_request *q, json_t *page, const go_rerun *rerun) {
    int teaches = go_request_may(q, GO_RIGHT_TEACH);
    int is_open = rerun->state == GO_RERUN_BAKING || rerun->state == GO_RERUN_READY;
    int is_ready = rerun->state == GO_RERUN_READY || rerun->state == GO_RERUN_UNDONE;
    json_object_set_new(page, "can_apply", json_boolean(teaches && is_ready && !rerun->is_trial));
    json_object_set_new(page, "can_undo",
                        json_boolean(teaches && rerun->state == GO_RERUN_APPLIED));
    json_object_set_new(page, "can_drop", json_boolean(teaches && is_open));
}

static apr_status_t find(go_request *q, go_rerun **rerun) {
    const char *text = go_request_param(q, "rerun");
    int is_number = strspn(text, "0123456789") == strlen(text) && strlen(text) <= NUMBER_DIGITS_MAX;
    return go_rerun_find(q->db, q->at.assignment, is_number ? atoi(text) : 0, rerun, q->pool,
                         &q->err);
}

int rerun_page(go_request *q, json_t *page) {
    go_rerun *rerun = NULL;
    rerun_names names;
    apr_array_header_t *lines;
    go_rerun_totals totals;
    const char *show = go_form_text(q->query, "show");
    if (find(q, &rerun) || !rerun || rerun_names_of(q, rerun, &names) ||
        go_rerun_lines(q->db, rerun, &lines, q->pool, &q->err))
        return go_failed(q);
    int is_known = 0;
    for (int i = 0; i < FILTERS; i++)
        is_known |= strcmp(show, filters[i]) == 0;
    if (!is_known) show = "";
    page_begin(q, page, apr_psprintf(q->pool, "Rerun %d", rerun->number));
    json_object_set_new(page, "rerun", json_rerun(q, rerun, &names));
    json_object_set_new(page, "list_url", json_string(url_authoring(q, "reruns")));
    go_rerun_sum(lines, &totals);
    add_totals(q, page, rerun, &totals, show);
    add_lines(q, page, rerun, &names, lines, show);
    add_actions(q, page, rerun);
    return HTTP_OK;
}

/* --- closing it ------------------------------------------------------------------------------ */

/* Each of the three asks first: a box must be ticked. */
static apr_status_t find_sure(go_request *q, go_rerun **rerun) {
    apr_status_t status = find(q, rerun);
    if (status || *go_form_text(q->form, "sure")) return status;
    return go_error_set(&q->err, GO_EINVALID, "Tick the box to say that you are sure.",
                        "Nothing was changed.");
}

static int done(go_request *q, const go_rerun *rerun, const char *notice) {
    go_request_log(q, APLOG_NOTICE, "rerun %d %s", rerun->number, notice);
    return go_reply_redirect(q, rerun_url(q, rerun->number, ""), notice, 0);
}

int rerun_apply(go_request *q, json_t *page) {
    go_rerun *rerun = NULL;
    int count;
    go_rerun_applying how = {.leaves_flaky = *go_form_text(q->form, "leave_flaky") != '\0'};
    const go_authoring who = authoring_of(q);
    if (find_sure(q, &rerun) || !rerun) return show_again(q, page, rerun_page);
    if (!go_rerun_policy_parse(go_form_text(q->form, "policy"), &how.policy)) {
        go_error_set(&q->err, GO_EINVALID, "Choose one of the two.",
                     "What becomes of lower scores is missing.");
        return show_again(q, page, rerun_page);
    }
    if (go_rerun_apply(q->db, &who, rerun, &how, &count, q->pool, &q->err))
        return show_again(q, page, rerun_page);
    return done(q, rerun, "applied");
}

int rerun_undo(go_request *q, json_t *page) {
    go_rerun *rerun = NULL;
    int count;
    const go_authoring who = authoring_of(q);
    if (find_sure(q, &rerun) || !rerun ||
        go_rerun_undo(q->db, &who, rerun, *go_form_text(q->form, "others") != '\0', &count, q->pool,
                      &q->err))
        return show_again(q, page, rerun_page);
    return done(q, rerun, "undone");
}

int rerun_drop(go_request *q, json_t *page) {
    go_rerun *rerun = NULL;
    const go_authoring who = authoring_of(q);
    if (find_sure(q, &rerun) || !rerun || go_rerun_drop(q->db, &who, rerun, q->pool, &q->err))
        return show_again(q, page, rerun_page);
    go_state_ring(q->site->state);
    return done(q, rerun, "dropped");
}
