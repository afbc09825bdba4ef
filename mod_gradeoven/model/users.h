/*
 * Users: the people with an account. A username never changes; people who left are disabled, so
 * that their submissions keep a name.
 */
#ifndef GO_MODEL_USERS_H
#define GO_MODEL_USERS_H

#include "model/db.h"

#include <apr_tables.h>

typedef struct go_user {
    apr_int64_t id;
    const char *username;
    const char *display_name;  /* "" when none was given */
    const char *email;         /* "" when none was given */
    const char *password_hash; /* NULL: cannot log in by password */
    int is_admin;
    int may_teach; /* may make courses */
    int is_disabled;
    apr_time_t created_us;
} go_user;

/* What to call somebody: the display name, or else the username. */
const char *go_user_label(const go_user *user);

/*
 * Makes an account. `username` as typed (names.h); `password_hash` as passwords.h makes it, NULL:
 * no login by password. GO_EINVALID for a name that breaks a rule, GO_ECONFLICT when it is taken.
 */
apr_status_t go_user_create(go_db *db, const char *username, const char *display_name,
                            const char *email, const char *password_hash, apr_time_t now,
                            go_user **user, apr_pool_t *pool, go_error *err);

/* GO_ENOTFOUND when there is none. The username is compared as names.h keeps it. */
apr_status_t go_user_find(go_db *db, const char *username, go_user **user, apr_pool_t *pool,
                          go_error *err);
apr_status_t go_user_get(go_db *db, apr_int64_t id, go_user **user, apr_pool_t *pool,
                         go_error *err);

/* All users by name: array of go_user *. */
apr_status_t go_users_all(go_db *db, apr_array_header_t **users, apr_pool_t *pool, go_error *err);

apr_status_t go_user_set_profile(go_db *db, apr_int64_t id, const char *display_name,
                                 const char *email, apr_pool_t *pool, go_error *err);

/* Checks and hashes the new password; ends all sessions but `keep_session` (a token hash, or "").
 */
apr_status_t go_user_set_password(go_db *db, apr_int64_t id, const char *password,
                                  const char *keep_session, apr_pool_t *pool, go_error *err);

/* The same with the hash of a password that was checked. Links and half-finished logins of the user
   end with it, and their other sessions. */
apr_status_t go_user_replace_password(go_db *db, apr_int64_t id, const char *hash,
                                      const char *keep_session, apr_pool_t *pool, go_error *err);

/* Notes that they have logged in now, in whatever way. */
apr_status_t go_user_logged_in(go_db *db, apr_int64_t id, apr_time_t now, apr_pool_t *pool,
                               go_error *err);

/* What the user may do, or how they log in, has changed: their sessions get new tokens
   (sessions.h). Part of the caller's transaction. */
apr_status_t go_user_rights_changed(go_db *db, apr_int64_t id, apr_pool_t *pool, go_error *err);

/* The same password, hashed anew: `hash` is of it; nobody is logged out. */
apr_status_t go_user_set_hash(go_db *db, apr_int64_t id, const char *hash, apr_pool_t *pool,
                              go_error *err);

/* GO_ECONFLICT when it would leave the site without an admin. Disabling ends the user's sessions.
 */
apr_status_t go_user_set_flags(go_db *db, const go_user *user, int is_admin, int may_teach,
                               int is_disabled, apr_pool_t *pool, go_error *err);

/* Is there nobody who is an admin and may log in? */
apr_status_t go_users_lack_admin(go_db *db, int *lacks, apr_pool_t *pool, go_error *err);

/* The user of a row whose columns start at `first` in the order of USER_BY_NAME. */
go_user *go_user_from_row(go_rows *rows, int first, apr_pool_t *pool);

#endif
