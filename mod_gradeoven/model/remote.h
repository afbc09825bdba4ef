/*
 * People whom the institution vouches for: httpd has authenticated them, by OpenID Connect, SAML,
 * LDAP, Kerberos, a certificate or a password file, and tells a name and perhaps more. Here that
 * becomes one of our accounts.
 *
 * What a name is may not depend on luck: one rule (the realm is cut or the name refused, the rest
 * must be a username as it stands) and no second try. An account with a password of its own is
 * taken over only where the admin has said that equal names are equal people, and then the password
 * and all that was begun with it end: whoever made the account for somebody else, and knows its
 * password, is out once its owner has come.
 */
#ifndef GO_MODEL_REMOTE_H
#define GO_MODEL_REMOTE_H

#include "model/audit.h"
#include "model/users.h"

/* What httpd tells of who has come. NULL: nothing; texts are hostile until they were looked at. */
typedef struct go_remote_identity {
    const char *name;
    const char *display_name;
    const char *email; /* of several, between ',' or ';', the first one counts */
    int is_admin;      /* 1, 0, or -1: it does not say, and nothing changes */
} go_remote_identity;

typedef struct go_remote_rules {
    const char *realm; /* "@uni.example": each name ends with it, and it is cut; NULL: none does */
    int may_create;    /* who has no account gets one */
    int may_link;      /* an account with a password is the same person's */
} go_remote_rules;

/*
 * The username of a name, in `pool`. The realm is compared without case. GO_EINVALID when the name
 * has another realm or none, several '@' with a realm to cut, blanks at its ends, or breaks a rule
 * of go_name_username.
 */
apr_status_t go_remote_username(const char **username, const char *name, const char *realm,
                                apr_pool_t *pool, go_error *err);

/*
 * Is `value` the whole text, or with a `separator` (not 0) one of its pieces, without the blanks
 * around it? Bytes are compared as they are. A separator behind a backslash separates nothing.
 */
int go_remote_holds(const char *text, const char *value, char separator);

/*
 * The account of who has come: found, or linked, or made; its name, e-mail and admin flag as they
 * are told, and each change audited. The last admin too is none any more when it says so: it is
 * the institution that says who is, and the next one who comes may be.
 *
 * `by`: when and from where; its actor is not read. Part of the caller's transaction. GO_EINVALID:
 * what is told breaks a rule; GO_EDENIED: no account, a disabled one, one that is not linked.
 */
apr_status_t go_remote_admit(go_db *db, const go_remote_identity *identity,
                             const go_remote_rules *rules, const go_audit_entry *by, go_user **user,
                             apr_pool_t *pool, go_error *err);

/* Has somebody come to this account in this way before? */
apr_status_t go_remote_is_linked(go_db *db, apr_int64_t user_id, int *is_linked, apr_pool_t *pool,
                                 go_error *err);

#endif
