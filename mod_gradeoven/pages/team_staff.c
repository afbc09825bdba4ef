/*
 * Teams, for staff: turning them on, a list that is shown first and applied by its digest (as that
 * of the roster is), and members one by one.
 */
#include "pages/team.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static int saved(go_request *q, const char *what) {
    go_request_log(q, APLOG_NOTICE, "teams: %s", what);
    return go_reply_redirect(q, team_url(q, ""), "saved", 0);
}

int team_rules_change(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    go_team_rules rules = {GO_TEAMS_OFF, 0};
    int forming = go_team_forming_parse(go_form_text(q->form, "forming"));
    apr_status_t status = APR_SUCCESS;
    if (forming < 0)
        status = go_error_set(&q->err, GO_EINVALID, "Choose off, students or staff.",
                              "Teams are off, or formed by students or by staff.");
    else
        rules.forming = (go_team_forming)forming;
    if (!status && rules.forming != GO_TEAMS_OFF) status = read_count(q, "size", &rules.size);
    if (!status) status = go_team_rules_set(q->db, q->at.assignment, rules, &by, q->pool, &q->err);
    return status ? team_refuse(q, page) : saved(q, go_team_forming_name(rules.forming));
}

/* --- the list -------------------------------------------------------------------------------- */

static json_t *json_change(const go_request *q, const go_team_change *change) {
    static const char *const whats[] = {
        [GO_TEAM_JOINS] = "joins", [GO_TEAM_MOVES] = "moves", [GO_TEAM_STAYS] = "stays"};
    const go_team *from = change->what == GO_TEAM_MOVES ? change->from : NULL;
    json_t *json = json_pack("{s:i, s:s, s:s, s:s, s:b, s:b}", "line", change->line->line, "team",
                             change->line->team, "username", change->line->username, "what",
                             whats[change->what], "is_new", change->to == NULL, "changes",
                             change->what != GO_TEAM_STAYS);
    json_object_set_new(json, "from", from ? go_json_text(q, from->name) : json_null());
    int has_handed = (from && from->handed_us) || (change->to && change->to->handed_us);
    json_object_set_new(json, "has_handed",
                        json_boolean(change->what != GO_TEAM_STAYS && has_handed));
    return json;
}

static void add_preview(const go_request *q, json_t *page, const apr_array_header_t *changes,
                        const char *csv) {
    json_t *list = json_array();
    int count = 0;
    for (int i = 0; i < changes->nelts; i++) {
        const go_team_change *change = &APR_ARRAY_IDX(changes, i, go_team_change);
        count += change->what != GO_TEAM_STAYS;
        json_array_append_new(list, json_change(q, change));
    }
    json_object_set_new(page, "preview",
                        json_pack("{s:s, s:o, s:i, s:b, s:o}", "digest",
                                  go_team_list_digest(changes, q->pool), "csv",
                                  go_json_text(q, csv), "count", count, "has_changes", count > 0,
                                  "lines", list));
}

/* All that is wrong, each with its line; what was pasted stays. */
static int refuse_list(go_request *q, json_t *page, const go_problems *problems, const char *csv) {
    int status = team_page(q, page);
    if (status != HTTP_OK) return status;
    for (int i = 0; i < problems->list->nelts; i++)
        go_page_problem(q, page, APR_ARRAY_IDX(problems->list, i, go_problem).text);
    json_object_set_new(page, "form", json_pack("{s:o}", "csv", go_json_text(q, csv)));
    return HTTP_UNPROCESSABLE_ENTITY;
}

int team_list(go_request *q, json_t *page) {
    apr_array_header_t *lines = NULL, *changes = NULL;
    go_problems *problems = go_problems_make(q->pool);
    const char *typed = go_form_text(q->form, "csv"), *digest = go_form_text(q->form, "apply");
    apr_size_t length;
    const char *csv = go_roster_decode(typed, strlen(typed), &length, q->pool);
    if (go_team_list_parse(csv, length, &lines, q->pool, problems) || !lines)
        return refuse_list(q, page, problems, csv);
    if (*digest) {
        const go_audit_entry by = audit_by(q);
        if (go_team_list_apply(q->db, q->at.assignment, lines, digest, &by, q->pool, &q->err))
            return team_refuse(q, page);
        return saved(q, "a list applied");
    }
    if (go_team_list_plan(q->db, q->at.assignment, lines, &changes, problems, q->pool, &q->err))
        return problems->errors ? refuse_list(q, page, problems, csv) : team_refuse(q, page);
    int status = team_page(q, page);
    if (status == HTTP_OK) add_preview(q, page, changes, csv);
    return status;
}

/* --- one by one ------------------------------------------------------------------------------ */

int team_change(go_request *q, json_t *page) {
    const go_audit_entry by = audit_by(q);
    int is_removal = strcmp(go_form_text(q->form, "action"), "remove") == 0;
    apr_status_t status =
        is_removal ? go_team_remove(q->db, q->at.assignment, team_id(q),
                                    go_form_text(q->form, "username"), &by, q->pool, &q->err)
                   : go_team_add(q->db, q->at.assignment, go_form_text(q->form, "name"),
                                 go_form_text(q->form, "username"), &by, q->pool, &q->err);
    return status ? team_refuse(q, page) : saved(q, is_removal ? "one removed" : "one added");
}
