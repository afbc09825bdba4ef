/*
 * Teams: students who hand in together. Of each assignment, and off until staff turn them on.
 *
 * What one of a team hands in counts for all of its members. It is stored as a submission of each
 * (the same files and time, a number and attempt of their own), so that all that is said of a
 * student's submissions (what counts, penalties, attempts, late days) is said of each member by the
 * rules that are theirs; it is graded once, by the row of who handed it in. A member whom the rules
 * refuse then, or who has left the course, gets none. Who is in no team hands in alone.
 *
 * A team is formed by its students (one makes it and invites, others accept) or by staff (one by
 * one, or by a list). From its first submission on only staff change it, and what was handed in
 * stays with those for whom it counted. Each change is written to the log in its transaction.
 */
#ifndef GO_MODEL_TEAMS_H
#define GO_MODEL_TEAMS_H

#include "model/audit.h"
#include "model/policy.h"
#include "model/problems.h"
#include "model/submissions.h"

enum {
    GO_TEAM_SIZE_MIN = 2,
    GO_TEAM_SIZE_MAX = 50,
    GO_TEAM_NAME_MAX = 60,       /* bytes */
    GO_TEAM_INVITATIONS_MAX = 20 /* of a team at a time */
};

typedef enum go_team_forming {
    GO_TEAMS_OFF,
    GO_TEAMS_BY_STUDENTS, /* staff may change them too */
    GO_TEAMS_BY_STAFF,
    GO_TEAM_FORMINGS
} go_team_forming;

typedef struct go_team_rules {
    go_team_forming forming;
    int size; /* the most members; 0 when off */
} go_team_rules;

/* "off", "students", "staff". A word that is none of them gives -1. */
const char *go_team_forming_name(go_team_forming forming);
int go_team_forming_parse(const char *name);

apr_status_t go_team_rules_find(go_db *db, const go_assignment *assignment, go_team_rules *rules,
                                apr_pool_t *pool, go_error *err);

/* Teams stay as they are when they are turned off or become smaller. GO_EINVALID: no such size. */
apr_status_t go_team_rules_set(go_db *db, const go_assignment *assignment, go_team_rules rules,
                               const go_audit_entry *by, apr_pool_t *pool, go_error *err);

typedef struct go_team_member {
    apr_int64_t user_id;
    const char *username, *display_name;
    int is_invited; /* not a member yet */
    int is_student; /* of the course, still */
} go_team_member;

typedef struct go_team {
    apr_int64_t id;
    const char *name;
    apr_time_t handed_us;        /* of its first submission; 0: none yet */
    apr_array_header_t *members; /* of go_team_member: members, then who is invited */
    int count;                   /* members who are students of the course: what the size limits */
} go_team;

/* Array of go_team, by name: all of an assignment (`user_id` 0), or those which a user is a member
   of or invited to. */
apr_status_t go_teams(go_db *db, const go_assignment *assignment, apr_int64_t user_id,
                      apr_array_header_t **teams, apr_pool_t *pool, go_error *err);

/* Of `teams` the one whose member (or else invited) this user is, or NULL. */
go_team *go_team_of(const apr_array_header_t *teams, apr_int64_t user_id);

/* The member or invitation of a user in a team, or NULL. */
const go_team_member *go_team_member_of(const go_team *team, apr_int64_t user_id);

/* --- handing in (teams.c) -------------------------------------------------------------------- */

/* Another member of the team, with what a submission at some time would be for them. */
typedef struct go_team_mate {
    apr_int64_t user_id;
    const char *username, *display_name;
    int is_refused; /* it does not count for them */
    int penalty_milli, late_days_needed;
} go_team_mate;

/*
 * Array of go_team_mate: of the team in which the user hands in at `now`, without the user. Empty
 * for who is alone, and for staff. `team` (may be NULL) gets the team, or NULL for none.
 */
apr_status_t go_team_mates(go_db *db, const go_assignment *assignment, apr_int64_t user_id,
                           apr_time_t now, go_team **team, apr_array_header_t **mates,
                           apr_pool_t *pool, go_error *err);

/*
 * The submission `submission_id`, which `user` makes at `now`, becomes one of each mate for whom it
 * counts: *mates are they. In the transaction that stores it, before its run is queued.
 */
apr_status_t go_team_share(go_db *db, const go_assignment *assignment, const go_user *user,
                           apr_int64_t submission_id, apr_time_t now, apr_array_header_t **mates,
                           apr_pool_t *pool, go_error *err);

/* --- by students (team_forming.c) ------------------------------------------------------------ */

/*
 * What a student of the course does where students form teams. GO_ECONFLICT with the reason when it
 * cannot be (any more): the team is full or has handed in, one is in a team already, the invitation
 * was taken back. GO_EINVALID: a name that is none.
 */
apr_status_t go_team_make(go_db *db, const go_assignment *assignment, const go_user *user,
                          const char *name, const go_audit_entry *by, apr_pool_t *pool,
                          go_error *err);
apr_status_t go_team_invite(go_db *db, const go_assignment *assignment, const go_user *user,
                            const char *username, const go_audit_entry *by, apr_pool_t *pool,
                            go_error *err);
apr_status_t go_team_withdraw(go_db *db, const go_assignment *assignment, const go_user *user,
                              const char *username, const go_audit_entry *by, apr_pool_t *pool,
                              go_error *err);
apr_status_t go_team_accept(go_db *db, const go_assignment *assignment, const go_user *user,
                            apr_int64_t team_id, const go_audit_entry *by, apr_pool_t *pool,
                            go_error *err);
apr_status_t go_team_decline(go_db *db, const go_assignment *assignment, const go_user *user,
                             apr_int64_t team_id, const go_audit_entry *by, apr_pool_t *pool,
                             go_error *err);
apr_status_t go_team_leave(go_db *db, const go_assignment *assignment, const go_user *user,
                           const go_audit_entry *by, apr_pool_t *pool, go_error *err);

/* --- by staff (team_list.c) ------------------------------------------------------------------ */

/* A student to be in a team: a line of a list. */
typedef struct go_team_line {
    int line; /* of the list, from 1; 0: not of a list */
    const char *team, *username;
} go_team_line;

typedef enum go_team_what { GO_TEAM_JOINS, GO_TEAM_MOVES, GO_TEAM_STAYS } go_team_what;

/* What a line changes. */
typedef struct go_team_change {
    const go_team_line *line;
    go_team_what what;
    apr_int64_t user_id;
    const go_team *from; /* of GO_TEAM_MOVES */
    const go_team *to;   /* NULL: is made */
} go_team_change;

/*
 * Reads "team,username" lines (csv.h; a first line of these two words is a heading). *lines is an
 * array of go_team_line. GO_EINVALID with all that is wrong in `problems`.
 */
apr_status_t go_team_list_parse(const char *csv, apr_size_t length, apr_array_header_t **lines,
                                apr_pool_t *pool, go_problems *problems);

/*
 * What the lines change now: array of go_team_change, one for each. Who is in no line stays where
 * they are. GO_EINVALID with `problems`: no student of the course, or a team too large;
 * GO_ECONFLICT when there are no teams.
 */
apr_status_t go_team_list_plan(go_db *db, const go_assignment *assignment,
                               const apr_array_header_t *lines, apr_array_header_t **changes,
                               go_problems *problems, apr_pool_t *pool, go_error *err);

/* A digest of changes, by which one knows whether they are still the same. */
const char *go_team_list_digest(const apr_array_header_t *changes, apr_pool_t *pool);

/*
 * Does what go_team_list_plan says, all or nothing. `digest` (NULL: not asked) is that of what was
 * shown: GO_ECONFLICT when it would be something else by now.
 */
apr_status_t go_team_list_apply(go_db *db, const go_assignment *assignment,
                                const apr_array_header_t *lines, const char *digest,
                                const go_audit_entry *by, apr_pool_t *pool, go_error *err);

/* The same for one student. GO_EINVALID: a name that is none, no student, or the team is too large.
 */
apr_status_t go_team_add(go_db *db, const go_assignment *assignment, const char *team,
                         const char *username, const go_audit_entry *by, apr_pool_t *pool,
                         go_error *err);

/* Takes somebody out of their team, or takes back an invitation. GO_ENOTFOUND. */
apr_status_t go_team_remove(go_db *db, const go_assignment *assignment, apr_int64_t team_id,
                            const char *username, const go_audit_entry *by, apr_pool_t *pool,
                            go_error *err);

#endif
