/*
 * Teams of an assignment: for students their own and their invitations, for staff all of them, and
 * what handing in costs each member, before it is done. Of a mate only the cost is told and never
 * why: the reasons would tell of an extension that is nobody else's business.
 */
#include "pages/team.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>
#include <string.h>

const char *team_url(const go_request *q, const char *tail) {
    return apr_pstrcat(
        q->pool,
        go_url(q, "/courses/%s/assignments/%s/team", q->at.course->name, q->at.assignment->name),
        tail, NULL);
}

/* Who was only invited has shown their name to nobody yet. */
static json_t *json_member(const go_request *q, const go_team_member *member, int is_staff) {
    int has_name = *member->display_name && (is_staff || !member->is_invited);
    json_t *json = json_pack("{s:s, s:s, s:b, s:b, s:b}", "username", member->username, "name",
                             has_name ? member->display_name : member->username, "is_me",
                             member->user_id == q->at.user->id, "is_invited", member->is_invited,
                             "is_away", !member->is_student);
    json_object_set_new(json, "full_name",
                        has_name ? json_string(member->display_name) : json_null());
    return json;
}

static json_t *json_team(const go_request *q, const go_team *team, const go_team_rules *rules,
                         int is_staff) {
    json_t *members = json_array();
    for (int i = 0; i < team->members->nelts; i++)
        json_array_append_new(
            members, json_member(q, &APR_ARRAY_IDX(team->members, i, go_team_member), is_staff));
    json_t *json =
        json_pack("{s:I, s:s, s:i, s:b, s:o, s:o}", "id", (json_int_t)team->id, "name", team->name,
                  "count", team->count, "is_full", team->count >= rules->size, "handed",
                  go_json_time(q, q->zone, team->handed_us), "members", members);
    int may = rules->forming == GO_TEAMS_BY_STUDENTS && !team->handed_us;
    json_object_set_new(json, "may_leave", json_boolean(may));
    json_object_set_new(json, "may_invite", json_boolean(may && team->count < rules->size));
    return json;
}

/* "mine" and "invitations". */
static apr_status_t add_own(go_request *q, json_t *json, const go_team_rules *rules) {
    apr_array_header_t *teams = NULL;
    json_t *invitations = json_array();
    apr_status_t status =
        go_teams(q->db, q->at.assignment, q->at.user->id, &teams, q->pool, &q->err);
    const go_team *own = teams ? go_team_of(teams, q->at.user->id) : NULL;
    int may_form = rules->forming == GO_TEAMS_BY_STUDENTS;
    for (int i = 0; teams && may_form && i < teams->nelts; i++) {
        const go_team *team = &APR_ARRAY_IDX(teams, i, go_team);
        const go_team_member *self = go_team_member_of(team, q->at.user->id);
        if (self && self->is_invited)
            json_array_append_new(invitations, json_team(q, team, rules, 0));
    }
    json_object_set_new(json, "mine", own ? json_team(q, own, rules, 0) : json_null());
    json_object_set_new(json, "has_invitations", json_boolean(json_array_size(invitations) > 0));
    json_object_set_new(json, "invitations", invitations);
    json_object_set_new(json, "may_make", json_boolean(may_form && !own));
    return status;
}

static const char *cost_text(const go_request *q, const go_team_mate *mate) {
    if (mate->is_refused) return "does not count for them now";
    if (mate->penalty_milli)
        return apr_psprintf(q->pool, "costs them %s of what it scores",
                            go_percent_text(q->pool, mate->penalty_milli));
    if (mate->late_days_needed)
        return apr_psprintf(q->pool, "costs them %d late day%s", mate->late_days_needed,
                            mate->late_days_needed == 1 ? "" : "s");
    return "costs them nothing";
}

static apr_status_t add_mates(go_request *q, json_t *json) {
    apr_array_header_t *mates = NULL;
    json_t *list = json_array();
    apr_status_t status = go_team_mates(q->db, q->at.assignment, q->at.user->id, q->now, NULL,
                                        &mates, q->pool, &q->err);
    for (int i = 0; !status && mates && i < mates->nelts; i++) {
        const go_team_mate *mate = &APR_ARRAY_IDX(mates, i, go_team_mate);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b, s:s}", "username", mate->username, "name",
                                        *mate->display_name ? mate->display_name : mate->username,
                                        "counts", !mate->is_refused, "text", cost_text(q, mate)));
    }
    json_object_set_new(json, "has_mates", json_boolean(json_array_size(list) > 0));
    json_object_set_new(json, "mates", list);
    return status;
}

apr_status_t add_team(go_request *q, json_t *page) {
    go_team_rules rules = {GO_TEAMS_OFF, 0};
    int is_staff = go_request_may(q, GO_RIGHT_GRADE), is_student = q->at.role == GO_ROLE_STUDENT;
    apr_status_t status = go_team_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err);
    json_object_set_new(page, "team", json_null());
    if (status || (rules.forming == GO_TEAMS_OFF && !is_staff)) return status;
    json_t *json =
        json_pack("{s:s, s:b, s:s, s:i, s:b, s:b}", "url", team_url(q, ""), "is_on",
                  rules.forming != GO_TEAMS_OFF, "formed_by", go_team_forming_name(rules.forming),
                  "size", rules.size, "by_students", rules.forming == GO_TEAMS_BY_STUDENTS,
                  "is_student", is_student && rules.forming != GO_TEAMS_OFF);
    json_object_set_new(page, "team", json);
    if (!is_student || rules.forming == GO_TEAMS_OFF) return APR_SUCCESS;
    status = add_own(q, json, &rules);
    return status ? status : add_mates(q, json);
}

/* "teams" and "alone": for staff, everybody. */
static apr_status_t add_all(go_request *q, json_t *page) {
    go_team_rules rules = {GO_TEAMS_OFF, 0};
    apr_array_header_t *teams = NULL, *people = NULL;
    json_t *list = json_array(), *alone = json_array();
    json_object_set_new(page, "teams", list);
    json_object_set_new(page, "alone", alone);
    apr_status_t status = go_team_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err);
    if (!status) status = go_teams(q->db, q->at.assignment, 0, &teams, q->pool, &q->err);
    if (!status) status = go_enrolments(q->db, q->at.course, &people, q->pool, &q->err);
    if (status || !teams || !people) return status;
    for (int i = 0; i < teams->nelts; i++)
        json_array_append_new(list, json_team(q, &APR_ARRAY_IDX(teams, i, go_team), &rules, 1));
    for (int i = 0; i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        if (person->role == GO_ROLE_STUDENT && !go_team_of(teams, person->user_id))
            json_array_append_new(alone, json_pack("{s:s, s:s, s:b}", "username", person->username,
                                                   "name", person->display_name, "is_first",
                                                   json_array_size(alone) == 0));
    }
    json_object_set_new(page, "has_teams", json_boolean(teams->nelts > 0));
    json_object_set_new(page, "has_alone", json_boolean(json_array_size(alone) > 0));
    return APR_SUCCESS;
}

int team_page(go_request *q, json_t *page) {
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    page_begin(q, page, apr_pstrcat(q->pool, "Teams: ", q->at.assignment->title, NULL));
    json_object_set_new(page, "is_staff", json_boolean(is_staff));
    if (add_team(q, page) || (is_staff && add_all(q, page))) return go_failed(q);
    return json_is_null(json_object_get(page, "team")) ? HTTP_NOT_FOUND : HTTP_OK;
}

int team_refuse(go_request *q, json_t *page) {
    static const char *const fields[] = {"name", "username", "team", "csv", "size"};
    go_error cause = q->err;
    if (go_failed(q) >= 500) return go_failed(q);
    q->err = (go_error)GO_ERROR_INIT(q->pool);
    int status = team_page(q, page);
    if (status != HTTP_OK) return status;
    page_keep(q, page, fields, sizeof(fields) / sizeof(*fields));
    q->err = cause;
    return go_page_failed(q, page);
}

apr_int64_t team_id(const go_request *q) {
    const char *text = go_form_text(q->form, "team");
    return *text && strlen(text) < 19 && strspn(text, "0123456789") == strlen(text)
               ? apr_atoi64(text)
               : 0;
}

static apr_status_t act(go_request *q, const char *action) {
    const go_audit_entry by = audit_by(q);
    const char *username = go_form_text(q->form, "username");
    const go_assignment *at = q->at.assignment;
    const go_user *user = q->at.user;
    if (strcmp(action, "make") == 0)
        return go_team_make(q->db, at, user, go_form_text(q->form, "name"), &by, q->pool, &q->err);
    if (strcmp(action, "invite") == 0)
        return go_team_invite(q->db, at, user, username, &by, q->pool, &q->err);
    if (strcmp(action, "withdraw") == 0)
        return go_team_withdraw(q->db, at, user, username, &by, q->pool, &q->err);
    if (strcmp(action, "accept") == 0)
        return go_team_accept(q->db, at, user, team_id(q), &by, q->pool, &q->err);
    if (strcmp(action, "decline") == 0)
        return go_team_decline(q->db, at, user, team_id(q), &by, q->pool, &q->err);
    if (strcmp(action, "leave") == 0) return go_team_leave(q->db, at, user, &by, q->pool, &q->err);
    return go_error_set(&q->err, GO_EINVALID, "Use one of the page's buttons.",
                        "There is nothing of this name to do.");
}

int team_act(go_request *q, json_t *page) {
    const char *action = go_form_text(q->form, "action");
    if (act(q, action)) return team_refuse(q, page);
    go_request_log(q, APLOG_NOTICE, "team: %s", action);
    return go_reply_redirect(q, team_url(q, ""), "saved", 0);
}
