#include "model/signing.h"

#include "model/audit.h"

#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PREFIX_SECRET = 16, PREFIX_PUBLIC = 12, TEXT_MAX = 512 };

/* RFC 8410: what stands before the 32 bytes of an Ed25519 key in PKCS #8 and in a public key. */
static const unsigned char secret_prefix[PREFIX_SECRET] = {
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
static const unsigned char public_prefix[PREFIX_PUBLIC] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                           0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

#define LOST                                                                                       \
    "Restore the file from a backup (owner: the user of httpd's workers, mode 0600), or let a "    \
    "new "                                                                                         \
    "key be made: gradeovenctl receipt key --new."

/* --- text ------------------------------------------------------------------------------------ */

static const char *to_pem(const char *label, const unsigned char *prefix, size_t prefix_length,
                          const unsigned char *bytes, apr_pool_t *pool) {
    unsigned char der[PREFIX_SECRET + GO_SEED_BYTES];
    char base64[128];
    memcpy(der, prefix, prefix_length);
    memcpy(der + prefix_length, bytes, 32);
    sodium_bin2base64(base64, sizeof(base64), der, prefix_length + 32,
                      sodium_base64_VARIANT_ORIGINAL);
    const char *pem =
        apr_psprintf(pool, "-----BEGIN %s-----\n%s\n-----END %s-----\n", label, base64, label);
    sodium_memzero(der, sizeof(der));
    sodium_memzero(base64, sizeof(base64));
    return pem;
}

/* 1 and the 32 bytes of a PEM text with this label and prefix. */
static int from_pem(const char *text, const char *label, const unsigned char *prefix,
                    size_t prefix_length, unsigned char *bytes) {
    unsigned char der[PREFIX_SECRET + GO_SEED_BYTES];
    char begin[64], end[64];
    size_t length = 0;
    const char *stopped;
    snprintf(begin, sizeof(begin), "-----BEGIN %s-----", label);
    snprintf(end, sizeof(end), "-----END %s-----", label);
    const char *from = strstr(text, begin);
    if (from) from += strlen(begin);
    const char *to = from ? strstr(from, end) : NULL;
    if (!to) return 0;
    if (sodium_base642bin(der, sizeof(der), from, (size_t)(to - from), " \r\n\t", &length, &stopped,
                          sodium_base64_VARIANT_ORIGINAL) ||
        stopped != to || length != prefix_length + 32 || memcmp(der, prefix, prefix_length) != 0)
        return 0;
    memcpy(bytes, der + prefix_length, 32);
    sodium_memzero(der, sizeof(der));
    return 1;
}

static void set_id(go_public_key *key) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, key->bytes, GO_PUBLIC_BYTES);
    sodium_bin2hex(key->id, sizeof(key->id), digest, GO_KEY_ID_DIGITS / 2);
}

const char *go_public_key_pem(const go_public_key *key, apr_pool_t *pool) {
    return to_pem("PUBLIC KEY", public_prefix, PREFIX_PUBLIC, key->bytes, pool);
}

apr_status_t go_public_key_parse(go_public_key *key, const char *text, go_error *err) {
    size_t length = 0;
    const char *end = text;
    if (!from_pem(text, "PUBLIC KEY", public_prefix, PREFIX_PUBLIC, key->bytes) &&
        (sodium_hex2bin(key->bytes, GO_PUBLIC_BYTES, text, strlen(text), " \r\n\t", &length,
                        &end) ||
         *end || length != GO_PUBLIC_BYTES))
        return go_error_set(err, GO_EINVALID,
                            "Take it from the site's page /receipt-key, or give its 64 hex digits.",
                            "This is not the public key of a site.");
    set_id(key);
    return APR_SUCCESS;
}

static apr_status_t from_seed(go_signing_key *key) {
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(key->public.bytes, secret, key->seed);
    sodium_memzero(secret, sizeof(secret));
    set_id(&key->public);
    return APR_SUCCESS;
}

/* --- the file -------------------------------------------------------------------------------- */

const char *go_signing_path(const go_state *state, apr_pool_t *pool) {
    return apr_pstrcat(pool, state->directory, "/receipt.key", NULL);
}

apr_status_t go_signing_key_read(go_signing_key *key, const char *path, go_error *err) {
    char text[TEXT_MAX + 1];
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return go_error_set(err, GO_ENOTFOUND, LOST, "The key of receipts, \"%s\", is not there.",
                            path);
    ssize_t length = fd < 0 ? -1 : read(fd, text, TEXT_MAX);
    int failure = errno;
    if (fd >= 0) close(fd);
    if (length < 0)
        return go_error_system(err, failure ? APR_FROM_OS_ERROR(failure) : APR_EGENERAL,
                               "It belongs to the user of httpd's workers; root can read it too.",
                               "The key of receipts, \"%s\", cannot be read", path);
    text[length] = '\0';
    int is_key = sodium_init() >= 0 &&
                 from_pem(text, "PRIVATE KEY", secret_prefix, PREFIX_SECRET, key->seed);
    sodium_memzero(text, sizeof(text));
    if (!is_key)
        return go_error_set(err, GO_EINTERNAL, LOST, "The key of receipts, \"%s\", is damaged.",
                            path);
    return from_seed(key);
}

static apr_status_t cannot_make(const char *path, go_error *err) {
    return go_error_system(err, APR_FROM_OS_ERROR(errno), "Look at the disk of GradeOvenState.",
                           "The key of receipts, \"%s\", could not be made", path);
}

static int sync_directory(const char *directory) {
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? -1 : fsync(fd);
    if (fd >= 0) close(fd);
    return rc;
}

/* Whole and on the disk under a name of its own, then linked: nobody ever sees half a key. */
static apr_status_t make_file(const go_state *state, const char *path, apr_pool_t *pool,
                              go_error *err) {
    unsigned char seed[GO_SEED_BYTES];
    char *draft = apr_pstrcat(pool, path, ".XXXXXX", NULL);
    if (sodium_init() < 0) return go_error_set(err, GO_EINTERNAL, NULL, "No random numbers.");
    randombytes_buf(seed, sizeof(seed));
    const char *pem = to_pem("PRIVATE KEY", secret_prefix, PREFIX_SECRET, seed, pool);
    sodium_memzero(seed, sizeof(seed));
    int fd = mkostemp(draft, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) return cannot_make(path, err);
    apr_status_t status = APR_SUCCESS;
    if (write(fd, pem, strlen(pem)) != (ssize_t)strlen(pem) || fsync(fd) != 0 ||
        (link(draft, path) != 0 && errno != EEXIST) || sync_directory(state->directory) != 0)
        status = cannot_make(path, err);
    close(fd);
    unlink(draft);
    return status;
}

/* --- what the store knows of it -------------------------------------------------------------- */

#define PRESENT  GO_KEY(go_part_text("receipts"), go_part_text("key"))
#define KNOWN(x) GO_KEY(go_part_text("receipts"), go_part_text("keys"), go_part_text(x))
#define ENDED(x) GO_KEY(go_part_text("receipts"), go_part_text("ended"), go_part_text(x))

apr_status_t go_public_key_find(go_public_key *key, go_db *db, const char *id, apr_pool_t *pool,
                                go_error *err) {
    go_part value;
    apr_status_t status = go_store_get(db, KNOWN(id), &value, pool, err);
    if (status == GO_ENOTFOUND)
        return go_error_set(err, GO_ENOTFOUND, "Is it a receipt of another site?",
                            "This site has no key \"%s\".", id);
    return status ? status : go_public_key_parse(key, value.bytes, err);
}

apr_status_t go_public_key_present(go_public_key *key, go_db *db, apr_pool_t *pool, go_error *err) {
    go_part id;
    apr_status_t status = go_store_get(db, PRESENT, &id, pool, err);
    if (status == GO_ENOTFOUND)
        return go_error_set(err, GO_ENOTFOUND, "It is made with the first receipt.",
                            "This site has no key of receipts yet.");
    return status ? status : go_public_key_find(key, db, id.bytes, pool, err);
}

apr_status_t go_public_key_ended(go_key_end *end, go_db *db, const go_public_key *key,
                                 apr_pool_t *pool, go_error *err) {
    go_part value;
    apr_status_t status = go_store_get(db, PRESENT, &value, pool, err);
    *end = (go_key_end){0};
    if (!status && strcmp(value.bytes, key->id) == 0) return APR_SUCCESS;
    if (status && status != GO_ENOTFOUND) return status;
    end->is_ended = 1;
    status = go_store_get(db, ENDED(key->id), &value, pool, err);
    if (!status) end->at_us = apr_atoi64(value.bytes);
    return status == GO_ENOTFOUND ? APR_SUCCESS : status;
}

/* Public: what goes into the store is what everybody may know. */
static apr_status_t remember(go_db *db, const go_public_key *key, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status =
        go_store_put(db, KNOWN(key->id), go_part_text(go_public_key_pem(key, pool)), pool, err);
    if (!status) status = go_store_put(db, PRESENT, go_part_text(key->id), pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_signing_key_open(go_signing_key *key, const go_state *state, go_db *db,
                                 apr_pool_t *pool, go_error *err) {
    const char *path = go_signing_path(state, pool);
    go_public_key known;
    apr_status_t status = go_public_key_present(&known, db, pool, err);
    int is_known = status == APR_SUCCESS;
    if (status && status != GO_ENOTFOUND) return status;
    status = go_signing_key_read(key, path, err);
    if (status == GO_ENOTFOUND && !is_known) {
        status = make_file(state, path, pool, err);
        if (!status) status = go_signing_key_read(key, path, err);
    }
    if (status) return status == GO_ENOTFOUND ? err->status = GO_EINTERNAL : status;
    if (!is_known) return remember(db, &key->public, pool, err);
    if (strcmp(known.id, key->public.id) != 0)
        return go_error_set(err, GO_EINTERNAL, LOST,
                            "The key of receipts, \"%s\", is %s, and this site's is %s.", path,
                            key->public.id, known.id);
    return APR_SUCCESS;
}

apr_status_t go_public_key_open(go_public_key *key, const go_state *state, go_db *db,
                                apr_pool_t *pool, go_error *err) {
    go_signing_key own = {0};
    apr_status_t status = go_public_key_present(key, db, pool, err);
    if (status != GO_ENOTFOUND) return status;
    status = go_signing_key_open(&own, state, db, pool, err);
    *key = own.public;
    sodium_memzero(&own, sizeof(own));
    return status;
}

apr_status_t go_signing_key_end(const go_state *state, go_db *db, const char *actor, apr_time_t now,
                                apr_pool_t *pool, go_error *err) {
    const char *path = go_signing_path(state, pool);
    go_public_key known;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_public_key_present(&known, db, pool, err);
    if (!status) status = go_store_remove(db, PRESENT, pool, err);
    if (!status)
        status = go_store_put(db, ENDED(known.id),
                              go_part_text(apr_psprintf(pool, "%" APR_TIME_T_FMT, now)), pool, err);
    if (!status)
        status = go_audit_add(db,
                              &(go_audit_entry){.at_us = now,
                                                .actor = actor,
                                                .action = "receipt-key",
                                                .subject = "site",
                                                .was = known.id},
                              pool, err);
    if (!status && rename(path, apr_pstrcat(pool, path, ".ended-", known.id, NULL)) != 0 &&
        errno != ENOENT)
        status = go_error_system(err, APR_FROM_OS_ERROR(errno), "Do it as root.",
                                 "\"%s\" could not be moved away", path);
    return go_db_end(db, status, err);
}

/* --- signatures ------------------------------------------------------------------------------ */

static void encode(char *text, const unsigned char *signature) {
    sodium_bin2base64(text, GO_SIGNATURE_TEXT + 1, signature, crypto_sign_BYTES,
                      sodium_base64_VARIANT_ORIGINAL);
}

const char *go_sign(const go_signing_key *key, const char *text, apr_size_t length,
                    apr_pool_t *pool) {
    unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    unsigned char signature[crypto_sign_BYTES];
    char *encoded = apr_palloc(pool, GO_SIGNATURE_TEXT + 1);
    crypto_sign_seed_keypair(public, secret, key->seed);
    crypto_sign_detached(signature, NULL, (const unsigned char *)text, length, secret);
    sodium_memzero(secret, sizeof(secret));
    encode(encoded, signature);
    return encoded;
}

int go_signature_is(const go_public_key *key, const char *text, apr_size_t length,
                    const char *signature) {
    unsigned char bytes[crypto_sign_BYTES];
    char again[GO_SIGNATURE_TEXT + 1];
    size_t decoded = 0;
    if (strlen(signature) != GO_SIGNATURE_TEXT ||
        sodium_base642bin(bytes, sizeof(bytes), signature, GO_SIGNATURE_TEXT, NULL, &decoded, NULL,
                          sodium_base64_VARIANT_ORIGINAL) ||
        decoded != sizeof(bytes))
        return 0;
    encode(again, bytes); /* one signature has one spelling */
    return strcmp(again, signature) == 0 &&
           crypto_sign_verify_detached(bytes, (const unsigned char *)text, length, key->bytes) == 0;
}
