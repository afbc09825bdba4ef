#include "model/passwords.h"

#include <apr_strings.h>

#include <errno.h>
#include <semaphore.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { WAIT_SECONDS = 3, MIB = 1024 * 1024 };

static unsigned long long hash_passes = 2;
static size_t hash_memory = (size_t)19 * MIB;
static unsigned hashes_at_once = 4;

static sem_t places;

/* Of "no such password", made at start: see go_password_is. */
static char nobody[crypto_pwhash_STRBYTES];

void go_passwords_configure(int memory_mib, int passes, int at_once) {
    hash_passes = (unsigned long long)passes;
    hash_memory = (size_t)memory_mib * MIB;
    hashes_at_once = (unsigned)at_once;
}

apr_status_t go_passwords_start(apr_pool_t *pool) {
    if (sodium_init() < 0) return APR_EGENERAL;
    if (sem_init(&places, 0, hashes_at_once)) return APR_FROM_OS_ERROR(errno);
    if (nobody[0] && !go_password_is_outdated(nobody)) return APR_SUCCESS;
    char random[crypto_pwhash_SALTBYTES];
    randombytes_buf(random, sizeof(random));
    return crypto_pwhash_str(nobody, random, sizeof(random), hash_passes, hash_memory)
               ? APR_ENOMEM
               : APR_SUCCESS;
}

static const char *const common[] = {
#include "model/passwords_common.inc"
};

/* One that is tried first, or the same character again and again. */
static int is_guessed_first(const char *password) {
    if (strspn(password, (char[]){*password, '\0'}) == strlen(password)) return 1;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strcasecmp(password, common[i]) == 0) return 1;
    return 0;
}

apr_status_t go_password_check(const char *password, go_error *err) {
    apr_size_t length = strlen(password);
    if (length < GO_PASSWORD_MIN)
        return go_error_set(err, GO_EINVALID, "A few random words make a good one.",
                            "The password has fewer than %d characters.", GO_PASSWORD_MIN);
    if (length > GO_PASSWORD_MAX)
        return go_error_set(err, GO_EINVALID, "Shorten it.",
                            "The password is longer than %d bytes.", GO_PASSWORD_MAX);
    if (is_guessed_first(password))
        return go_error_set(err, GO_EINVALID, "A few random words make a good one.",
                            "The password is one of those that guessers try first.");
    return APR_SUCCESS;
}

/* 0 when none became free: a flood of logins must not hold every thread. */
static int take_place(void) {
    struct timespec until;
    int rc;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_SECONDS;
    while ((rc = sem_timedwait(&places, &until)) && errno == EINTR)
        ;
    return rc == 0;
}

static apr_status_t hash_with(const char **hash, const char *password, unsigned long long passes,
                              size_t memory, apr_pool_t *pool, go_error *err) {
    char *text = apr_pcalloc(pool, crypto_pwhash_STRBYTES);
    if (!take_place())
        return go_error_set(err, GO_EBUSY, "Try again in a moment.",
                            "Too many passwords are being set at once.");
    int rc = crypto_pwhash_str(text, password, strlen(password), passes, memory);
    sem_post(&places);
    if (rc)
        return go_error_set(err, GO_EINTERNAL, "Try again in a moment.",
                            "There was no memory to hash the password.");
    *hash = text;
    return APR_SUCCESS;
}

apr_status_t go_password_hash(const char **hash, const char *password, apr_pool_t *pool,
                              go_error *err) {
    return hash_with(hash, password, hash_passes, hash_memory, pool, err);
}

apr_status_t go_password_hash_generated(const char **hash, const char *password, apr_pool_t *pool,
                                        go_error *err) {
    return hash_with(hash, password, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN, pool,
                     err);
}

int go_password_is_outdated(const char *hash) {
    return crypto_pwhash_str_needs_rehash(hash, hash_passes, hash_memory) != 0;
}

int go_password_is(const char *hash, const char *password) {
    apr_size_t length = strlen(password);
    if (length > GO_PASSWORD_MAX) return 0;
    if (!take_place()) return -1;
    int is_right = crypto_pwhash_str_verify(hash ? hash : nobody, password, length) == 0;
    /* a generated password's hash is quick: without this its owner would be told from nobody */
    if (hash && crypto_pwhash_str_needs_rehash(hash, hash_passes, hash_memory) &&
        crypto_pwhash_str_verify(nobody, password, length) == 0)
        is_right = 0;
    sem_post(&places);
    return hash != NULL && is_right;
}

const char *go_password_generate(apr_pool_t *pool) {
    static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
    char text[20];
    for (int i = 0; i < 19; i++)
        text[i] = i % 5 == 4 ? '-' : alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
    text[19] = '\0';
    return apr_pstrdup(pool, text);
}

static const char *hex(apr_pool_t *pool, const unsigned char *bytes, apr_size_t length) {
    char *text = apr_palloc(pool, length * 2 + 1);
    return sodium_bin2hex(text, length * 2 + 1, bytes, length);
}

const char *go_random_hex(apr_pool_t *pool, apr_size_t bytes) {
    unsigned char *random = apr_palloc(pool, bytes);
    randombytes_buf(random, bytes);
    return hex(pool, random, bytes);
}

const char *go_sha256_hex(apr_pool_t *pool, const void *bytes, apr_size_t length) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, bytes, length);
    return hex(pool, digest, sizeof(digest));
}
