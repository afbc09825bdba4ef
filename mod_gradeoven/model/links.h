/*
 * Links by which somebody sets a password, once: an invitation for who has no password yet, and a
 * reset for who lost theirs. Staff make them and pass them on.
 *
 * A link's token is 256 random bits, of which the store has the SHA-256. It is good for a time and
 * for one use, a newer link of the same user ends it, and so does any other change of the
 * password. Looking at it changes nothing. Using it ends all sessions of the user; a second
 * factor is asked for all the same.
 *
 * Whoever makes a link could use it. So instructors invite only accounts that nobody ever used and
 * that are nothing but students, in any course: the link gives them nothing that they do not have.
 * It opens nothing as soon as that is not so any more. All other links are made by admins.
 */
#ifndef GO_MODEL_LINKS_H
#define GO_MODEL_LINKS_H

#include "model/audit.h"
#include "model/courses.h"

enum { GO_INVITATION_DAYS = 7, GO_RESET_DAYS = 1 };

typedef struct go_link {
    go_user *user;
    const char *token; /* of one that was just made; else NULL */
    int is_invitation; /* else a reset */
    int for_student;   /* of go_links_invite */
    apr_time_t expires_us;
} go_link;

/*
 * Makes one for any account (the caller is an admin, or at the machine): an invitation when it
 * never was used and has no password, else a reset. GO_ECONFLICT for a disabled account. Audited.
 */
apr_status_t go_link_make(go_db *db, const go_user *user, const go_audit_entry *by, go_link *link,
                          apr_pool_t *pool, go_error *err);

/* How many students of a course an instructor may invite: see above. */
apr_status_t go_links_count_invitable(go_db *db, const go_course *course, int *count,
                                      apr_pool_t *pool, go_error *err);

/* Makes invitations for all of these, or with `username` for one: array of go_link, by username.
   GO_EDENIED: that one may not be invited. Audited, each. */
apr_status_t go_links_invite(go_db *db, const go_course *course, const char *username,
                             const go_audit_entry *by, apr_array_header_t **links, apr_pool_t *pool,
                             go_error *err);

/* The link of a token; GO_ENOTFOUND when it is none, used, replaced, or too old. Writes nothing. */
apr_status_t go_link_find(go_db *db, const char *token, apr_time_t now, go_link **link,
                          apr_pool_t *pool, go_error *err);

/* Uses it: sets the password. GO_EINVALID says what is wrong with it, and the link stays; else as
   go_link_find. `by` has address and time; the user is the actor. Audited. */
apr_status_t go_link_use(go_db *db, const char *token, const char *password,
                         const go_audit_entry *by, go_user **user, apr_pool_t *pool, go_error *err);

#endif
