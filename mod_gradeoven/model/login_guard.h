/*
 * Against guessing passwords: how often a wrong one may be tried, without giving strangers a way to
 * lock somebody out.
 *
 * Wrong passwords are counted for a quarter of an hour in three buckets:
 *
 *   account   all that were tried for a username by devices that are not known; the same for
 *             usernames that nobody has, so that the answer tells nothing
 *   device    those of one known device: a browser that has logged in as this user before and has a
 *             token of it. It is not bound by the account's bucket, so who is attacked still logs
 * in from where they always do address   all of an address (IPv6: of its /64), for whomever. It is
 * wide, since a whole university may be behind one
 *
 * Right passwords are not counted and clear nothing but the device's bucket.
 */
#ifndef GO_MODEL_LOGIN_GUARD_H
#define GO_MODEL_LOGIN_GUARD_H

#include "model/users.h"

enum {
    GO_GUARD_MINUTES = 15,
    GO_GUARD_ACCOUNT_MAX = 10,
    GO_GUARD_DEVICE_MAX = 10,
    GO_GUARD_ADDRESS_MAX = 200,
    GO_GUARD_DEVICE_DAYS = 400 /* unused so long a device is forgotten */
};

typedef struct go_login_attempt {
    const char *username; /* as typed */
    const char *address;
    const char *device; /* the cookie's token, or NULL */
    apr_time_t now;
} go_login_attempt;

/* *wait_seconds is 0 when a password may be tried now, else how long not. Before it is looked at.
 */
apr_status_t go_login_may_try(go_db *db, const go_login_attempt *attempt, int *wait_seconds,
                              apr_pool_t *pool, go_error *err);

/* The password was wrong, or there is no such user. */
apr_status_t go_login_was_wrong(go_db *db, const go_login_attempt *attempt, apr_pool_t *pool,
                                go_error *err);

/* It was right: *device is the token of a device that is not known to this user yet, for a cookie
   of a year, or NULL. Part of the caller's transaction. */
apr_status_t go_login_was_right(go_db *db, const go_login_attempt *attempt, const go_user *user,
                                const char **device, apr_pool_t *pool, go_error *err);

#endif
