/* Teams that students form: making one, inviting, accepting, leaving. */
#include "model/team_private.h"

#include "model/names.h"

#include <apr_strings.h>

#include <string.h>

/* What a student acts upon, read again inside the transaction. */
typedef struct forming {
    go_db *db;
    const go_assignment *assignment;
    const go_user *user;
    const go_audit_entry *by;
    go_team_rules rules;
    apr_array_header_t *teams; /* of go_team: the user's own, and those that invited them */
    apr_pool_t *pool;
    go_error *err;
} forming;

/* Do students form teams here, and is it one of them who asks? */
static apr_status_t begin(forming *f) {
    apr_int64_t user_id;
    apr_status_t status = go_team_rules_find(f->db, f->assignment, &f->rules, f->pool, f->err);
    if (!status && f->rules.forming != GO_TEAMS_BY_STUDENTS)
        return go_error_set(f->err, GO_ECONFLICT, "Ask your instructor.",
                            "Students do not form the teams of this assignment.");
    if (!status)
        status =
            go_team_student(f->db, f->assignment, f->user->username, &user_id, f->pool, f->err);
    if (!status) status = go_teams(f->db, f->assignment, f->user->id, &f->teams, f->pool, f->err);
    return status;
}

/* Says that the team changes: of two who do at once, the second waits here and then sees what the
   first did. */
static apr_status_t lock(const forming *f, apr_int64_t team_id) {
    int changed = 0;
    apr_status_t status = go_db_run(
        f->db, GO_SQL_TEAM_CHANGED,
        GO_VALUES(go_integer(f->by->at_us), go_integer(team_id), go_integer(f->assignment->id)),
        &changed, f->pool, f->err);
    if (status || changed) return status;
    return go_error_set(f->err, GO_ECONFLICT, "Load the page again.",
                        "This team is not there any more.");
}

static apr_status_t refuse_handed(const forming *f, const go_team *team) {
    if (!team->handed_us) return APR_SUCCESS;
    return go_error_set(f->err, GO_ECONFLICT, "Ask your instructor to change it.",
                        "The team \"%s\" has handed in already.", team->name);
}

static apr_status_t refuse_full(const forming *f, const go_team *team) {
    if (team->count < f->rules.size) return APR_SUCCESS;
    return go_error_set(f->err, GO_ECONFLICT, "Ask your instructor if more should be allowed.",
                        "The team \"%s\" has all of its %d members.", team->name, f->rules.size);
}

/* The user's own team, as it is once nobody else can change it; one that has not handed in. */
static apr_status_t own_team(forming *f, go_team **team) {
    *team = go_team_of(f->teams, f->user->id);
    if (!*team)
        return go_error_set(f->err, GO_ECONFLICT, "Make one, or accept an invitation.",
                            "You are in no team.");
    apr_status_t status = lock(f, (*team)->id);
    if (!status) status = go_teams(f->db, f->assignment, f->user->id, &f->teams, f->pool, f->err);
    if (status) return status;
    *team = go_team_of(f->teams, f->user->id);
    return *team ? refuse_handed(f, *team)
                 : go_error_set(f->err, GO_ECONFLICT, NULL, "You are not in that team any more.");
}

/* The team that invited the user. */
static apr_status_t inviting_team(forming *f, apr_int64_t team_id, const go_team **team) {
    apr_status_t status = lock(f, team_id);
    if (!status) status = go_teams(f->db, f->assignment, f->user->id, &f->teams, f->pool, f->err);
    if (status) return status;
    for (int i = 0; i < f->teams->nelts; i++) {
        const go_team *one = &APR_ARRAY_IDX(f->teams, i, go_team);
        const go_team_member *self = go_team_member_of(one, f->user->id);
        if (one->id != team_id || !self || !self->is_invited) continue;
        *team = one;
        return APR_SUCCESS;
    }
    return go_error_set(f->err, GO_ECONFLICT, "Load the page again.",
                        "You are not invited to this team (any more).");
}

static apr_status_t refuse_second(const forming *f) {
    const go_team *own = go_team_of(f->teams, f->user->id);
    if (!own) return APR_SUCCESS;
    return go_error_set(f->err, GO_ECONFLICT, "Leave it first.",
                        "You are in the team \"%s\" already.", own->name);
}

static apr_status_t note(const forming *f, const char *team, const char *was, const char *became) {
    return go_team_log(f->db, f->assignment, team, f->by, was, became, f->pool, f->err);
}

/* --- what they do ---------------------------------------------------------------------------- */

typedef struct wish {
    const char *name; /* of a team, or a username */
    apr_int64_t team_id;
} wish;

static apr_status_t make(forming *f, const wish *w) {
    const char *name = w->name;
    apr_int64_t id = 0;
    apr_status_t status = refuse_second(f);
    if (!status) status = go_team_check_name(&name, name, f->pool, f->err);
    if (!status)
        status = go_team_create(f->db, f->assignment, name, f->by->at_us, &id, f->pool, f->err);
    if (!status)
        status =
            go_team_put(f->db, f->assignment, id, f->user->id, 0, f->by->at_us, f->pool, f->err);
    return status ? status
                  : note(f, name, "", apr_pstrcat(f->pool, "made by ", f->user->username, NULL));
}

static int invitations(const go_team *team) {
    int count = 0;
    for (int i = 0; i < team->members->nelts; i++)
        count += APR_ARRAY_IDX(team->members, i, go_team_member).is_invited;
    return count;
}

static apr_status_t invite(forming *f, const wish *w) {
    go_team *team = NULL;
    apr_int64_t user_id = 0;
    apr_status_t status = own_team(f, &team);
    if (!status) status = refuse_full(f, team);
    if (!status) status = go_team_student(f->db, f->assignment, w->name, &user_id, f->pool, f->err);
    if (status) return status;
    const go_team_member *there = go_team_member_of(team, user_id);
    if (there)
        return go_error_set(f->err, GO_ECONFLICT, NULL, "\"%s\" is %s already.", there->username,
                            there->is_invited ? "invited" : "in the team");
    if (invitations(team) >= GO_TEAM_INVITATIONS_MAX)
        return go_error_set(f->err, GO_ECONFLICT, "Take some of them back first.",
                            "The team has invited %d people.", GO_TEAM_INVITATIONS_MAX);
    status = go_team_put(f->db, f->assignment, team->id, user_id, 1, f->by->at_us, f->pool, f->err);
    return status ? status
                  : note(f, team->name, "", apr_pstrcat(f->pool, w->name, " invited", NULL));
}

static apr_status_t withdraw(forming *f, const wish *w) {
    go_team *team = NULL;
    apr_int64_t user_id = 0;
    int changed = 0;
    apr_status_t status = own_team(f, &team);
    if (!status) status = go_team_student(f->db, f->assignment, w->name, &user_id, f->pool, f->err);
    if (!status) status = go_team_take(f->db, team->id, user_id, 1, &changed, f->pool, f->err);
    if (!status && !changed)
        return go_error_set(f->err, GO_ECONFLICT, "Load the page again.",
                            "\"%s\" is not invited any more.", w->name);
    return status
               ? status
               : note(f, team->name, apr_pstrcat(f->pool, w->name, " invited", NULL), "taken back");
}

static apr_status_t accept_one(forming *f, const wish *w) {
    const go_team *team = NULL;
    apr_status_t status = inviting_team(f, w->team_id, &team);
    if (!status) status = refuse_second(f);
    if (!status) status = refuse_handed(f, team);
    if (!status) status = refuse_full(f, team);
    if (!status)
        status = go_team_put(f->db, f->assignment, team->id, f->user->id, 0, f->by->at_us, f->pool,
                             f->err);
    return status
               ? status
               : note(f, team->name, "", apr_pstrcat(f->pool, f->user->username, " joined", NULL));
}

static apr_status_t decline(forming *f, const wish *w) {
    const go_team *team = NULL;
    int changed = 0;
    apr_status_t status = inviting_team(f, w->team_id, &team);
    if (status || !team) return status;
    status = go_team_take(f->db, team->id, f->user->id, 1, &changed, f->pool, f->err);
    return status ? status
                  : note(f, team->name, apr_pstrcat(f->pool, f->user->username, " invited", NULL),
                         "declined");
}

static apr_status_t leave(forming *f, const wish *w) {
    go_team *team = NULL;
    int changed = 0;
    (void)w;
    apr_status_t status = own_team(f, &team);
    if (!status) status = go_team_take(f->db, team->id, f->user->id, 0, &changed, f->pool, f->err);
    if (!status) status = go_team_clear(f->db, team->id, f->pool, f->err);
    return status ? status
                  : note(f, team->name, apr_pstrcat(f->pool, f->user->username, " in it", NULL),
                         "left");
}

static apr_status_t act(forming f, apr_status_t (*what)(forming *, const wish *), wish w) {
    apr_status_t status = go_db_begin(f.db, f.err);
    if (status) return status;
    status = begin(&f);
    if (!status) status = what(&f, &w);
    return go_db_end(f.db, status, f.err);
}

#define FORMING                                                                                    \
    (forming) {                                                                                    \
        .db = db, .assignment = assignment, .user = user, .by = by, .pool = pool, .err = err       \
    }

apr_status_t go_team_make(go_db *db, const go_assignment *assignment, const go_user *user,
                          const char *name, const go_audit_entry *by, apr_pool_t *pool,
                          go_error *err) {
    return act(FORMING, make, (wish){.name = name});
}

apr_status_t go_team_invite(go_db *db, const go_assignment *assignment, const go_user *user,
                            const char *username, const go_audit_entry *by, apr_pool_t *pool,
                            go_error *err) {
    return act(FORMING, invite, (wish){.name = username});
}

apr_status_t go_team_withdraw(go_db *db, const go_assignment *assignment, const go_user *user,
                              const char *username, const go_audit_entry *by, apr_pool_t *pool,
                              go_error *err) {
    return act(FORMING, withdraw, (wish){.name = username});
}

apr_status_t go_team_accept(go_db *db, const go_assignment *assignment, const go_user *user,
                            apr_int64_t team_id, const go_audit_entry *by, apr_pool_t *pool,
                            go_error *err) {
    return act(FORMING, accept_one, (wish){.team_id = team_id});
}

apr_status_t go_team_decline(go_db *db, const go_assignment *assignment, const go_user *user,
                             apr_int64_t team_id, const go_audit_entry *by, apr_pool_t *pool,
                             go_error *err) {
    return act(FORMING, decline, (wish){.team_id = team_id});
}

apr_status_t go_team_leave(go_db *db, const go_assignment *assignment, const go_user *user,
                           const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    return act(FORMING, leave, (wish){0});
}
