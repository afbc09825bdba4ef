/*
 * Passwords: Argon2id by libsodium, by default 19 MiB and two passes (OWASP's first choice; 39 ms
 * on a machine of two cores). Hashing takes memory, so that no more than a few run at once in a
 * process.
 */
#ifndef GO_MODEL_PASSWORDS_H
#define GO_MODEL_PASSWORDS_H

#include "model/error.h"

#define GO_PASSWORD_MIN 8    /* characters' worth of bytes; no rule of composition beside it */
#define GO_PASSWORD_MAX 1024 /* bytes */

/*
 * How passwords are hashed from now on: memory in MiB, passes, and how many at once in a process.
 * Hashes that were made otherwise are made anew when their password is typed. Before
 * go_passwords_start; without it the values above hold, and four at once.
 */
void go_passwords_configure(int memory_mib, int passes, int at_once);

/* Once a process (and after a fork): libsodium and the limit on simultaneous hashes. */
apr_status_t go_passwords_start(apr_pool_t *pool);

/* May somebody choose this password? GO_EINVALID says why not: too short, too long, or one of those
   that guessers try first (passwords_common.inc). */
apr_status_t go_password_check(const char *password, go_error *err);

/* The hash as libsodium's string, in `pool`. GO_EINTERNAL when there is no memory for it,
   GO_EBUSY when too many are being made. */
apr_status_t go_password_hash(const char **hash, const char *password, apr_pool_t *pool,
                              go_error *err);

/*
 * 1 when `password` is the one of `hash`, 0 when not, -1 when too many are being checked: try
 * again. With a NULL hash (no such user, or one without a password) it hashes all the same and
 * answers 0: the time tells nobody which users there are.
 */
int go_password_is(const char *hash, const char *password);

/* Was it made otherwise than hashes are made now? Then it is made anew when the password is typed.
 */
int go_password_is_outdated(const char *hash);

/*
 * The hash of a password from go_password_generate. Its 78 random bits need no slow hash against
 * guessing, and a course's five hundred are made in the blink of an eye.
 */
apr_status_t go_password_hash_generated(const char **hash, const char *password, apr_pool_t *pool,
                                        go_error *err);

/* A random password that can be read out: four groups of four of an alphabet without look-alikes
   (78 bits). */
const char *go_password_generate(apr_pool_t *pool);

/* `bytes` random bytes in hex; for tokens. */
const char *go_random_hex(apr_pool_t *pool, apr_size_t bytes);

/* SHA-256 of a text in 64 hex digits. */
const char *go_sha256_hex(apr_pool_t *pool, const void *bytes, apr_size_t length);

#endif
