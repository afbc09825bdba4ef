/* What the files of teams.h share. */
#ifndef GO_MODEL_TEAM_PRIVATE_H
#define GO_MODEL_TEAM_PRIVATE_H

#include "model/teams.h"

/* A team's name: a line of text. GO_EINVALID. */
apr_status_t go_team_check_name(const char **name, const char *typed, apr_pool_t *pool,
                                go_error *err);

/* A new team without members. GO_ECONFLICT: the name is taken. */
apr_status_t go_team_create(go_db *db, const go_assignment *assignment, const char *name,
                            apr_time_t now, apr_int64_t *id, apr_pool_t *pool, go_error *err);

/* Puts somebody in, or invites them. Who becomes a member loses all other invitations.
   GO_ECONFLICT: they are a member elsewhere. */
apr_status_t go_team_put(go_db *db, const go_assignment *assignment, apr_int64_t team_id,
                         apr_int64_t user_id, int is_invited, apr_time_t now, apr_pool_t *pool,
                         go_error *err);

/* Takes a member or an invitation away; *changed is whether there was one. */
apr_status_t go_team_take(go_db *db, apr_int64_t team_id, apr_int64_t user_id, int is_invited,
                          int *changed, apr_pool_t *pool, go_error *err);

/* Ends a team that nobody is in (any more) and that never handed in; its invitations in any case.
 */
apr_status_t go_team_clear(go_db *db, apr_int64_t team_id, apr_pool_t *pool, go_error *err);

/* Writes a change of a team to the log. */
apr_status_t go_team_log(go_db *db, const go_assignment *assignment, const char *team,
                         const go_audit_entry *by, const char *was, const char *became,
                         apr_pool_t *pool, go_error *err);

/* The id of a student of the assignment's course. GO_EINVALID: there is none of this name. */
apr_status_t go_team_student(go_db *db, const go_assignment *assignment, const char *username,
                             apr_int64_t *user_id, apr_pool_t *pool, go_error *err);

#endif
