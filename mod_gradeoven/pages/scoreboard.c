/*
 * The scoreboard of an assignment: its page, hiding oneself, turning it on. Students see names or
 * pseudonyms, never both, and when pseudonyms are shown no times, by which one could know somebody.
 */
#include "pages/pages.h"

#include "model/pseudonym.h"
#include "model/scoreboard.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

enum { PAGE_LINES = 100 };

static const char *url_board(const go_request *q) {
    return go_url(q, "/courses/%s/assignments/%s/scoreboard", q->at.course->name,
                  q->at.assignment->name);
}

typedef struct showing {
    const go_request *q;
    go_board_rules rules;
    int is_staff;
    unsigned char secret[GO_BOARD_SECRET_BYTES];
} showing;

static json_t *json_line(const showing *s, const go_board_line *line) {
    const go_request *q = s->q;
    int shows_names = s->rules.board == GO_BOARD_NAMES;
    const char *label = *line->display_name ? line->display_name : line->username;
    const char *shown =
        shows_names ? label
                    : go_board_pseudonym(s->secret, q->at.assignment, line->user_id, q->pool);
    json_t *json = json_pack(
        "{s:i, s:o, s:b, s:b, s:o, s:o}", "rank", line->rank, "name", go_json_text(q, shown),
        "is_me", line->user_id == q->at.user->id, "is_hidden", line->is_hidden, "score",
        go_json_score(q, line->has_score, line->score), "submitted",
        shows_names || s->is_staff ? go_json_time(q, q->zone, line->created_us) : json_null());
    if (*s->rules.metric)
        json_object_set_new(json, "metric",
                            line->metric ? go_json_text(q, line->metric) : json_null());
    if (!s->is_staff) return json;
    json_object_set_new(json, "username", json_string(line->username));
    json_object_set_new(json, "full_name",
                        shows_names || !*line->display_name ? json_null() : go_json_text(q, label));
    json_object_set_new(
        json, "url",
        json_string(go_url(q, "/courses/%s/assignments/%s/submissions/%d", q->at.course->name,
                           q->at.assignment->name, line->number)));
    return json;
}

static void add_lines(const showing *s, json_t *page, const apr_array_header_t *lines) {
    const go_request *q = s->q;
    int pages = lines->nelts ? (lines->nelts + PAGE_LINES - 1) / PAGE_LINES : 1;
    int number = page_number(q, pages), from = (number - 1) * PAGE_LINES, counted = 0;
    json_t *list = json_array();
    json_object_set_new(page, "mine", json_null());
    for (int i = 0; i < lines->nelts; i++) {
        const go_board_line *line = &APR_ARRAY_IDX(lines, i, go_board_line);
        counted += !line->is_hidden;
        if (line->user_id == q->at.user->id) json_object_set_new(page, "mine", json_line(s, line));
        if (i >= from && i < from + PAGE_LINES) json_array_append_new(list, json_line(s, line));
    }
    json_object_set_new(page, "lines", list);
    json_object_set_new(page, "count", json_integer(counted));
    json_object_set_new(page, "page", json_integer(number));
    json_object_set_new(page, "pages", json_integer(pages));
    if (number > 1)
        json_object_set_new(
            page, "before",
            json_string(apr_psprintf(q->pool, "%s?page=%d", url_board(q), number - 1)));
    if (number < pages)
        json_object_set_new(
            page, "after",
            json_string(apr_psprintf(q->pool, "%s?page=%d", url_board(q), number + 1)));
}

/* Graded blind: what the students may know of each other must not tell staff who wrote what. */
static apr_status_t hide_names(go_request *q, apr_array_header_t *lines) {
    go_grading_rules *rules;
    apr_status_t status = go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err);
    if (status || !rules->is_blind) return status;
    for (int i = 0; i < lines->nelts; i++) {
        go_board_line *line = &APR_ARRAY_IDX(lines, i, go_board_line);
        line->username = go_pseudonym(rules->blind_key, line->username, q->pool);
        line->display_name = "";
    }
    return APR_SUCCESS;
}

static void add_ranking(json_t *json, const go_board_rules *rules) {
    json_object_set_new(json, "ranking", json_string(go_ranking_name(rules->ranking)));
    json_object_set_new(json, "metric_name",
                        *rules->metric ? json_string(rules->metric) : json_null());
    json_object_set_new(json, "ranks_by_score", json_boolean(rules->ranking != GO_RANKING_METRIC));
    json_object_set_new(json, "ranks_by_metric", json_boolean(rules->ranking != GO_RANKING_SCORE));
}

int scoreboard_page(go_request *q, json_t *page) {
    showing s = {.q = q, .is_staff = go_request_may(q, GO_RIGHT_GRADE)};
    apr_array_header_t *lines;
    int is_hidden;
    if (go_board_find(q->db, q->at.assignment, &s.rules, q->pool, &q->err)) return go_failed(q);
    if (s.rules.board == GO_BOARD_OFF) return HTTP_NOT_FOUND;
    if (go_board_secret(s.secret, q->db, q->pool, &q->err) ||
        go_board_is_hidden(q->db, q->at.course, q->at.user, &is_hidden, q->pool, &q->err) ||
        go_board_lines(q->db, q->at.course, q->at.assignment, &s.rules, s.is_staff, q->at.user->id,
                       &lines, q->pool, &q->err) ||
        (s.is_staff && hide_names(q, lines)))
        return go_failed(q);
    page_begin(q, page, apr_pstrcat(q->pool, "Scoreboard: ", q->at.assignment->title, NULL));
    add_lines(&s, page, lines);
    json_object_set_new(page, "url", json_string(url_board(q)));
    json_object_set_new(page, "names", json_string(go_board_name(s.rules.board)));
    add_ranking(page, &s.rules);
    json_object_set_new(page, "has_times",
                        json_boolean(s.is_staff || s.rules.board == GO_BOARD_NAMES));
    json_object_set_new(page, "is_staff", json_boolean(s.is_staff));
    json_object_set_new(page, "may_hide", json_boolean(q->at.role == GO_ROLE_STUDENT));
    json_object_set_new(page, "am_hidden", json_boolean(is_hidden));
    return HTTP_OK;
}

int scoreboard_hide(go_request *q, json_t *page) {
    go_board_rules rules;
    (void)page;
    int hide = strcmp(go_form_text(q->form, "hide"), "1") == 0;
    if (go_board_find(q->db, q->at.assignment, &rules, q->pool, &q->err)) return go_failed(q);
    if (rules.board == GO_BOARD_OFF) return HTTP_NOT_FOUND;
    if (q->at.role != GO_ROLE_STUDENT) {
        go_error_set(&q->err, GO_ECONFLICT, NULL, "Only students are on a scoreboard.");
        return go_failed(q);
    }
    if (go_board_hide(q->db, q->at.course, q->at.user, hide, q->pool, &q->err)) return go_failed(q);
    return go_reply_redirect(q, url_board(q), hide ? "hidden" : "shown", 0);
}

/* --- on the edit page ------------------------------------------------------------------------ */

static apr_status_t read_rules(go_request *q, go_board_rules *rules) {
    const char *ranking = go_form_text(q->form, "ranking");
    apr_status_t status =
        go_board_parse(go_form_text(q->form, "scoreboard"), &rules->board, &q->err);
    if (!status && *ranking) status = go_ranking_parse(ranking, &rules->ranking, &q->err);
    rules->metric = go_form_text(q->form, "metric");
    return status;
}

int scoreboard_change(go_request *q, json_t *page) {
    go_board_rules rules = {.metric = ""};
    if (read_rules(q, &rules) ||
        go_board_set(q->db, q->at.course, q->at.assignment, rules, q->at.user, q->r->useragent_ip,
                     q->now, q->pool, &q->err)) {
        go_error cause = q->err;
        int status = assignment_edit_page(q, page);
        q->err = cause;
        return status == HTTP_OK ? go_page_failed(q, page) : status;
    }
    go_request_log(q, APLOG_NOTICE, "scoreboard: %s", go_board_name(rules.board));
    return go_reply_redirect(
        q, go_url(q, "/courses/%s/assignments/%s/edit", q->at.course->name, q->at.assignment->name),
        "saved", 0);
}

/* What was typed into the form that was refused, as far as it can be understood. */
static void keep_typed(const go_request *q, go_board_rules *rules) {
    go_error ignored = GO_ERROR_INIT(q->pool);
    if (!go_form_get(q->form, "scoreboard")) return;
    go_board_parse(go_form_text(q->form, "scoreboard"), &rules->board, &ignored);
    go_ranking_parse(go_form_text(q->form, "ranking"), &rules->ranking, &ignored);
    rules->metric = go_form_text(q->form, "metric");
}

static json_t *json_rules(const go_request *q, const go_board_rules *rules) {
    json_t *json =
        json_pack("{s:s, s:b, s:b, s:b, s:s}", "names", go_board_name(rules->board), "is_on",
                  rules->board != GO_BOARD_OFF, "shows_names", rules->board == GO_BOARD_NAMES,
                  "shows_pseudonyms", rules->board == GO_BOARD_PSEUDONYMS, "url", url_board(q));
    add_ranking(json, rules);
    return json;
}

apr_status_t add_scoreboard(go_request *q, json_t *page) {
    go_board_rules rules;
    apr_status_t status = go_board_find(q->db, q->at.assignment, &rules, q->pool, &q->err);
    if (status) return status;
    json_object_set_new(page, "scoreboard", json_rules(q, &rules));
    return APR_SUCCESS;
}

apr_status_t add_scoreboard_form(go_request *q, json_t *page) {
    static const struct {
        go_ranking ranking;
        const char *text;
    } choices[] = {{GO_RANKING_SCORE, "the score, then who was first"},
                   {GO_RANKING_SCORE_METRIC, "the score, then the metric"},
                   {GO_RANKING_METRIC, "the metric"}};
    go_board_rules rules;
    apr_array_header_t *metrics;
    json_t *rankings = json_array(), *names = json_array();
    if (go_board_find(q->db, q->at.assignment, &rules, q->pool, &q->err) ||
        go_board_metrics(q->db, q->at.assignment, &metrics, q->pool, &q->err))
        return q->err.status;
    int is_on = rules.board != GO_BOARD_OFF;
    keep_typed(q, &rules);
    for (int i = 0; i < GO_RANKING_COUNT; i++)
        json_array_append_new(rankings, json_pack("{s:s, s:s, s:b}", "value",
                                                  go_ranking_name(choices[i].ranking), "text",
                                                  choices[i].text, "is_chosen",
                                                  choices[i].ranking == rules.ranking));
    for (int i = 0; i < metrics->nelts; i++)
        json_array_append_new(names, go_json_text(q, APR_ARRAY_IDX(metrics, i, const char *)));
    json_t *json = json_rules(q, &rules);
    json_object_set_new(json, "metric", go_json_text(q, rules.metric));
    json_object_set_new(json, "rankings", rankings);
    json_object_set_new(json, "metrics", names);
    json_object_set_new(json, "has_page", json_boolean(is_on));
    json_object_set_new(page, "scoreboard", json);
    return APR_SUCCESS;
}
