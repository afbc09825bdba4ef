#include "model/team_private.h"

#include "model/counted.h"
#include "model/names.h"
#include "model/rules.h"

#include <apr_strings.h>

#include <string.h>

static const char *const formings[GO_TEAM_FORMINGS] = {"off", "students", "staff"};

const char *go_team_forming_name(go_team_forming forming) {
    return formings[forming];
}

int go_team_forming_parse(const char *name) {
    for (int i = 0; i < GO_TEAM_FORMINGS; i++)
        if (strcmp(name, formings[i]) == 0) return i;
    return -1;
}

/* --- rules ----------------------------------------------------------------------------------- */

apr_status_t go_team_rules_find(go_db *db, const go_assignment *assignment, go_team_rules *rules,
                                apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    *rules = (go_team_rules){GO_TEAMS_OFF, 0};
    apr_status_t status = go_db_select(db, GO_SQL_TEAM_RULES, GO_VALUES(go_integer(assignment->id)),
                                       &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    int forming = go_team_forming_parse(go_rows_text(rows, 1));
    rules->size = (int)go_rows_integer(rows, 0, 0);
    rules->forming = forming < 0 ? GO_TEAMS_OFF : (go_team_forming)forming;
    return APR_SUCCESS;
}

static const char *rules_text(go_team_rules rules, apr_pool_t *pool) {
    if (rules.forming == GO_TEAMS_OFF) return "no teams";
    return apr_psprintf(pool, "teams of up to %d, formed by %s", rules.size,
                        formings[rules.forming]);
}

static apr_status_t store_rules(go_db *db, const go_assignment *assignment, go_team_rules rules,
                                apr_pool_t *pool, go_error *err) {
    if (rules.forming == GO_TEAMS_OFF)
        return go_db_run(db, GO_SQL_TEAM_RULES_END, GO_VALUES(go_integer(assignment->id)), NULL,
                         pool, err);
    return go_db_run(db, GO_SQL_TEAM_RULES_SET,
                     GO_VALUES(go_integer(assignment->id), go_integer(rules.size),
                               go_text(formings[rules.forming])),
                     NULL, pool, err);
}

apr_status_t go_team_rules_set(go_db *db, const go_assignment *assignment, go_team_rules rules,
                               const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_team_rules was;
    if (rules.forming == GO_TEAMS_OFF)
        rules.size = 0;
    else if (rules.size < GO_TEAM_SIZE_MIN || rules.size > GO_TEAM_SIZE_MAX)
        return go_error_set(
            err, GO_EINVALID,
            apr_psprintf(pool, "Give a number from %d to %d.", GO_TEAM_SIZE_MIN, GO_TEAM_SIZE_MAX),
            "A team cannot have that many members.");
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_team_rules_find(db, assignment, &was, pool, err);
    if (!status && (was.forming != rules.forming || was.size != rules.size)) {
        status = store_rules(db, assignment, rules, pool, err);
        if (!status)
            status = go_audit_change(db, by, "teams", assignment->name, rules_text(was, pool),
                                     rules_text(rules, pool), pool, err);
    }
    return go_db_end(db, status, err);
}

/* --- who is in which ------------------------------------------------------------------------- */

static go_team *add_team(apr_array_header_t *teams, go_rows *rows, apr_pool_t *pool) {
    go_team *team = apr_array_push(teams);
    *team = (go_team){.id = go_rows_integer(rows, 0, 0),
                      .name = go_rows_text(rows, 1),
                      .handed_us = go_rows_integer(rows, 2, 0),
                      .members = apr_array_make(pool, 4, sizeof(go_team_member))};
    return team;
}

apr_status_t go_teams(go_db *db, const go_assignment *assignment, apr_int64_t user_id,
                      apr_array_header_t **teams, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    go_team *team = NULL;
    const go_value values[] = {go_integer(assignment->id), go_integer(user_id)};
    apr_status_t status =
        go_db_select(db, user_id ? GO_SQL_TEAMS_OF_USER : GO_SQL_TEAMS_OF_ASSIGNMENT, values,
                     user_id ? 2 : 1, &rows, pool, err);
    *teams = apr_array_make(pool, 8, sizeof(go_team));
    while (!status && go_rows_next(rows)) {
        if (!team || team->id != go_rows_integer(rows, 0, 0)) team = add_team(*teams, rows, pool);
        if (!go_rows_text(rows, 4)) continue; /* nobody is in it */
        const go_team_member member = {.user_id = go_rows_integer(rows, 3, 0),
                                       .username = go_rows_text(rows, 4),
                                       .display_name = go_rows_text(rows, 5),
                                       .is_invited = strcmp(go_rows_text(rows, 6), "invited") == 0,
                                       .is_student = (int)go_rows_integer(rows, 7, 0)};
        APR_ARRAY_PUSH(team->members, go_team_member) = member;
        team->count += !member.is_invited && member.is_student;
    }
    return status;
}

const go_team_member *go_team_member_of(const go_team *team, apr_int64_t user_id) {
    for (int i = 0; i < team->members->nelts; i++) {
        const go_team_member *member = &APR_ARRAY_IDX(team->members, i, go_team_member);
        if (member->user_id == user_id) return member;
    }
    return NULL;
}

go_team *go_team_of(const apr_array_header_t *teams, apr_int64_t user_id) {
    for (int i = 0; i < teams->nelts; i++) {
        go_team *team = &APR_ARRAY_IDX(teams, i, go_team);
        const go_team_member *member = go_team_member_of(team, user_id);
        if (member && !member->is_invited) return team;
    }
    return NULL;
}

/* --- changes --------------------------------------------------------------------------------- */

apr_status_t go_team_check_name(const char **name, const char *typed, apr_pool_t *pool,
                                go_error *err) {
    return go_name_line(name, "name of a team", typed, GO_TEAM_NAME_MAX, 0, pool, err);
}

apr_status_t go_team_create(go_db *db, const go_assignment *assignment, const char *name,
                            apr_time_t now, apr_int64_t *id, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(
        db, GO_SQL_TEAM_CREATE,
        GO_VALUES(go_integer(assignment->id), go_text(name), go_integer(now), go_integer(now)),
        &row, "team", pool, err);
    if (status == GO_ECONFLICT)
        return go_error_set(err, status, "Choose another name.", "There is a team \"%s\" already.",
                            name);
    if (!status) *id = go_rows_integer(row, 0, 0);
    return status;
}

apr_status_t go_team_put(go_db *db, const go_assignment *assignment, apr_int64_t team_id,
                         apr_int64_t user_id, int is_invited, apr_time_t now, apr_pool_t *pool,
                         go_error *err) {
    apr_status_t status = APR_SUCCESS;
    if (!is_invited)
        status =
            go_db_run(db, GO_SQL_TEAM_INVITATIONS_END,
                      GO_VALUES(go_integer(assignment->id), go_integer(user_id)), NULL, pool, err);
    if (status) return status;
    status =
        go_db_run(db, GO_SQL_TEAM_MEMBER_PUT,
                  GO_VALUES(go_integer(assignment->id), go_integer(team_id), go_integer(user_id),
                            go_text(is_invited ? "invited" : "member"), go_integer(now)),
                  NULL, pool, err);
    if (status == GO_ECONFLICT)
        return go_error_set(err, status, "Leave that team first.",
                            "One can be in one team of an assignment only.");
    return status;
}

apr_status_t go_team_take(go_db *db, apr_int64_t team_id, apr_int64_t user_id, int is_invited,
                          int *changed, apr_pool_t *pool, go_error *err) {
    return go_db_run(db, GO_SQL_TEAM_MEMBER_END,
                     GO_VALUES(go_integer(team_id), go_integer(user_id),
                               go_text(is_invited ? "invited" : "member")),
                     changed, pool, err);
}

apr_status_t go_team_clear(go_db *db, apr_int64_t team_id, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_run(db, GO_SQL_TEAM_EMPTY_INVITATIONS_END,
                                    GO_VALUES(go_integer(team_id)), NULL, pool, err);
    return status ? status
                  : go_db_run(db, GO_SQL_TEAM_EMPTY_END, GO_VALUES(go_integer(team_id)), NULL, pool,
                              err);
}

apr_status_t go_team_log(go_db *db, const go_assignment *assignment, const char *team,
                         const go_audit_entry *by, const char *was, const char *became,
                         apr_pool_t *pool, go_error *err) {
    return go_audit_change(db, by, "team", apr_psprintf(pool, "%s, %s", assignment->name, team),
                           was, became, pool, err);
}

apr_status_t go_team_student(go_db *db, const go_assignment *assignment, const char *username,
                             apr_int64_t *user_id, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    const char *name;
    apr_status_t status = go_name_username(&name, username, pool, err);
    if (status) return status;
    status = go_db_select(db, GO_SQL_STUDENT_OF_ASSIGNMENT,
                          GO_VALUES(go_integer(assignment->id), go_text(name)), &rows, pool, err);
    if (status) return status;
    if (!go_rows_next(rows))
        return go_error_set(err, GO_EINVALID, "Give the username of one of its students.",
                            "\"%s\" is no student of this course.", name);
    *user_id = go_rows_integer(rows, 0, 0);
    return APR_SUCCESS;
}

/* --- handing in ------------------------------------------------------------------------------ */

static apr_status_t judge(go_db *db, const go_assignment *assignment, const go_team_member *member,
                          apr_time_t now, go_team_mate *mate, apr_pool_t *pool, go_error *err) {
    go_policy policy;
    go_verdict verdict;
    apr_status_t status =
        go_counted_verdict(db, assignment, member->user_id, now, &policy, &verdict, pool, err);
    if (status) return status;
    *mate = (go_team_mate){.user_id = member->user_id,
                           .username = member->username,
                           .display_name = member->display_name,
                           .is_refused = verdict.refusal != GO_MAY_SUBMIT,
                           .penalty_milli = verdict.now.penalty_milli,
                           .late_days_needed = verdict.late_days_needed};
    return APR_SUCCESS;
}

apr_status_t go_team_mates(go_db *db, const go_assignment *assignment, apr_int64_t user_id,
                           apr_time_t now, go_team **team, apr_array_header_t **mates,
                           apr_pool_t *pool, go_error *err) {
    go_team_rules rules;
    apr_array_header_t *teams = NULL;
    *mates = apr_array_make(pool, 4, sizeof(go_team_mate));
    if (team) *team = NULL;
    apr_status_t status = go_team_rules_find(db, assignment, &rules, pool, err);
    if (status || rules.forming == GO_TEAMS_OFF) return status;
    status = go_teams(db, assignment, user_id, &teams, pool, err);
    go_team *own = teams ? go_team_of(teams, user_id) : NULL;
    if (status || !own) return status;
    const go_team_member *self = go_team_member_of(own, user_id);
    if (!self || !self->is_student) return APR_SUCCESS;
    if (team) *team = own;
    for (int i = 0; !status && i < own->members->nelts; i++) {
        const go_team_member *member = &APR_ARRAY_IDX(own->members, i, go_team_member);
        if (member->is_invited || !member->is_student || member->user_id == user_id) continue;
        status = judge(db, assignment, member, now, apr_array_push(*mates), pool, err);
    }
    return status;
}

/* `once` is of no form: a form's is of hex digits. */
static apr_status_t store_row(go_db *db, apr_int64_t user_id, apr_int64_t submission_id,
                              apr_pool_t *pool, go_error *err) {
    const char *once = apr_psprintf(pool, "team:%" APR_INT64_T_FMT, submission_id);
    return go_db_run(db, GO_SQL_SUBMISSION_SHARE,
                     GO_VALUES(go_integer(user_id), go_integer(user_id), go_text(once),
                               go_integer(submission_id)),
                     NULL, pool, err);
}

apr_status_t go_team_share(go_db *db, const go_assignment *assignment, const go_user *user,
                           apr_int64_t submission_id, apr_time_t now, apr_array_header_t **mates,
                           apr_pool_t *pool, go_error *err) {
    go_team *team = NULL;
    apr_array_header_t *all = NULL;
    *mates = apr_array_make(pool, 4, sizeof(go_team_mate));
    apr_status_t status = go_team_mates(db, assignment, user->id, now, &team, &all, pool, err);
    if (status || !team) return status;
    for (int i = 0; !status && i < all->nelts; i++) {
        const go_team_mate *mate = &APR_ARRAY_IDX(all, i, go_team_mate);
        if (mate->is_refused) continue;
        status = store_row(db, mate->user_id, submission_id, pool, err);
        APR_ARRAY_PUSH(*mates, go_team_mate) = *mate;
    }
    return status ? status
                  : go_db_run(db, GO_SQL_TEAM_HANDED,
                              GO_VALUES(go_integer(now), go_integer(team->id)), NULL, pool, err);
}
