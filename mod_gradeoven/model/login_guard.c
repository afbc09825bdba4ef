#include "model/login_guard.h"

#include "model/passwords.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <arpa/inet.h>
#include <string.h>

enum { TOKEN_BYTES = 32, NAME_MAX_HASHED = 200 };

static const apr_time_t window = (apr_time_t)GO_GUARD_MINUTES * 60 * APR_USEC_PER_SEC;

typedef struct bucket {
    const char *name;
    int most;
} bucket;

/* A name is hashed, so that a typed password does not lie in the store in the clear. */
static const char *account_of(const go_login_attempt *attempt, apr_pool_t *pool) {
    char *name = apr_pstrndup(pool, attempt->username, NAME_MAX_HASHED);
    for (char *c = name; *c; c++)
        *c = (char)apr_tolower(*c);
    return apr_psprintf(pool, "account:%.32s", go_sha256_hex(pool, name, strlen(name)));
}

/* Whoever has one address of an IPv6 network has 2^64 of them. */
static const char *address_of(const go_login_attempt *attempt, apr_pool_t *pool) {
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET6, attempt->address, &address) != 1)
        return apr_pstrcat(pool, "address:", attempt->address, NULL);
    memset(address.s6_addr + 8, 0, 8);
    return inet_ntop(AF_INET6, &address, text, sizeof text)
               ? apr_pstrcat(pool, "address:", text, "/64", NULL)
               : "address:";
}

static const char *hash_of(const char *token, apr_pool_t *pool) {
    if (!token || strlen(token) != TOKEN_BYTES * 2) return NULL;
    return go_sha256_hex(pool, token, strlen(token));
}

/* Is it a device that has logged in as this user before? */
static apr_status_t is_known(go_db *db, const go_login_attempt *attempt, int *known,
                             apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    const char *hash = hash_of(attempt->device, pool);
    *known = 0;
    if (!hash) return APR_SUCCESS;
    apr_status_t status =
        go_db_select(db, GO_SQL_LOGIN_DEVICE, GO_VALUES(go_text(hash), go_text(attempt->username)),
                     &rows, pool, err);
    *known = !status && rows && go_rows_next(rows);
    return status;
}

/* The two buckets that an attempt falls into. */
static apr_status_t find_buckets(go_db *db, const go_login_attempt *attempt, bucket buckets[2],
                                 apr_pool_t *pool, go_error *err) {
    int known;
    apr_status_t status = is_known(db, attempt, &known, pool, err);
    if (status) return status;
    buckets[0] = known
                     ? (bucket){apr_psprintf(pool, "device:%.32s", hash_of(attempt->device, pool)),
                                GO_GUARD_DEVICE_MAX}
                     : (bucket){account_of(attempt, pool), GO_GUARD_ACCOUNT_MAX};
    buckets[1] = (bucket){address_of(attempt, pool), GO_GUARD_ADDRESS_MAX};
    return APR_SUCCESS;
}

static apr_status_t wait_of(go_db *db, const bucket *b, apr_time_t now, int *seconds,
                            apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    apr_status_t status =
        go_db_select(db, GO_SQL_LOGIN_FAILURES, GO_VALUES(go_text(b->name)), &rows, pool, err);
    *seconds = 0;
    if (status || !rows || !go_rows_next(rows)) return status;
    apr_time_t over = go_rows_integer(rows, 1, 0) + window;
    if (go_rows_integer(rows, 0, 0) >= b->most && over > now)
        *seconds = (int)apr_time_sec(over - now) + 1;
    return APR_SUCCESS;
}

apr_status_t go_login_may_try(go_db *db, const go_login_attempt *attempt, int *wait_seconds,
                              apr_pool_t *pool, go_error *err) {
    bucket buckets[2];
    *wait_seconds = 0;
    apr_status_t status = find_buckets(db, attempt, buckets, pool, err);
    for (int i = 0; !status && i < 2; i++) {
        int seconds;
        status = wait_of(db, &buckets[i], attempt->now, &seconds, pool, err);
        if (!status && seconds > *wait_seconds) *wait_seconds = seconds;
    }
    return status;
}

apr_status_t go_login_was_wrong(go_db *db, const go_login_attempt *attempt, apr_pool_t *pool,
                                go_error *err) {
    bucket buckets[2];
    apr_time_t over = attempt->now - window;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = find_buckets(db, attempt, buckets, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_LOGIN_FAILURES_EXPIRE, GO_VALUES(go_integer(over)), NULL,
                           pool, err);
    for (int i = 0; !status && i < 2; i++)
        status = go_db_run(db, GO_SQL_LOGIN_FAILED,
                           GO_VALUES(go_text(buckets[i].name), go_integer(attempt->now)), NULL,
                           pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_login_was_right(go_db *db, const go_login_attempt *attempt, const go_user *user,
                                const char **device, apr_pool_t *pool, go_error *err) {
    int known;
    apr_time_t old = attempt->now - apr_time_from_sec((apr_time_t)GO_GUARD_DEVICE_DAYS * 86400);
    *device = NULL;
    apr_status_t status = is_known(db, attempt, &known, pool, err);
    if (!status && known) {
        const char *hash = hash_of(attempt->device, pool);
        status = go_db_run(db, GO_SQL_LOGIN_FAILURES_CLEAR,
                           GO_VALUES(go_text(apr_psprintf(pool, "device:%.32s", hash))), NULL, pool,
                           err);
        return status
                   ? status
                   : go_db_run(db, GO_SQL_LOGIN_DEVICE_SEEN,
                               GO_VALUES(go_integer(attempt->now), go_text(hash)), NULL, pool, err);
    }
    if (!status)
        status =
            go_db_run(db, GO_SQL_LOGIN_DEVICES_EXPIRE, GO_VALUES(go_integer(old)), NULL, pool, err);
    if (status) return status;
    *device = go_random_hex(pool, TOKEN_BYTES);
    return go_db_run(
        db, GO_SQL_LOGIN_DEVICE_ADD,
        GO_VALUES(go_text(hash_of(*device, pool)), go_integer(user->id), go_integer(attempt->now)),
        NULL, pool, err);
}
