/*
 * The site's signature: an Ed25519 key pair that signs receipts.
 *
 * The secret half is STATE/receipt.key, a PKCS #8 file with mode 0600 of the user of httpd's
 * workers, who sign. It is made once, by whoever needs it first, under a name of its own and then
 * linked into its place: of two that start at once one wins, and both use the winner's. Its public
 * half is kept in the store as soon as it is known, and stays there for ever under the key's id. So
 * a key file that is lost later is noticed instead of being replaced silently, and what an older
 * key has signed can still be verified.
 *
 * A key's id is the first 16 hex digits of the SHA-256 of the 32 bytes of the public key. In PEM
 * both halves are what openssl reads and writes (RFC 8410).
 */
#ifndef GO_MODEL_SIGNING_H
#define GO_MODEL_SIGNING_H

#include "model/state.h"
#include "model/store.h"

#define GO_KEY_ID_DIGITS  16
#define GO_PUBLIC_BYTES   32
#define GO_SEED_BYTES     32
#define GO_SIGNATURE_TEXT 88 /* base64 of 64 bytes */

typedef struct go_public_key {
    unsigned char bytes[GO_PUBLIC_BYTES];
    char id[GO_KEY_ID_DIGITS + 1];
} go_public_key;

typedef struct go_signing_key {
    unsigned char seed[GO_SEED_BYTES];
    go_public_key public;
} go_signing_key;

/* STATE/receipt.key */
const char *go_signing_path(const go_state *state, apr_pool_t *pool);

/*
 * The site's key, made when the site never had one. GO_EINTERNAL when it is lost, damaged, not the
 * one that the store knows, or not to be read; the remedy says what to do. Needs no transaction.
 */
apr_status_t go_signing_key_open(go_signing_key *key, const go_state *state, go_db *db,
                                 apr_pool_t *pool, go_error *err);

/* Reads the key file alone; GO_ENOTFOUND when there is none, GO_EINTERNAL when it is damaged. */
apr_status_t go_signing_key_read(go_signing_key *key, const char *path, go_error *err);

/*
 * Ends the present key: its file, if there is one, is moved to STATE/receipt.key.ended-ID, and the
 * next receipt makes another. What it signed can be verified all the same. Audited as `actor`.
 */
apr_status_t go_signing_key_end(const go_state *state, go_db *db, const char *actor, apr_time_t now,
                                apr_pool_t *pool, go_error *err);

/* The public half of the present key; GO_ENOTFOUND before the first one is made. */
apr_status_t go_public_key_present(go_public_key *key, go_db *db, apr_pool_t *pool, go_error *err);

/* The same, and makes the first one when the site never had one. */
apr_status_t go_public_key_open(go_public_key *key, const go_state *state, go_db *db,
                                apr_pool_t *pool, go_error *err);

/* A public key of this site, present or ended, by its id; GO_ENOTFOUND. */
apr_status_t go_public_key_find(go_public_key *key, go_db *db, const char *id, apr_pool_t *pool,
                                go_error *err);

/*
 * Whether a key of this site was ended, and when: whoever it was ended for may have the secret
 * half, so what it signed deserves a look. `at_us` is 0 for one that was ended before this was
 * kept.
 */
typedef struct go_key_end {
    int is_ended;
    apr_time_t at_us;
} go_key_end;
apr_status_t go_public_key_ended(go_key_end *end, go_db *db, const go_public_key *key,
                                 apr_pool_t *pool, go_error *err);

/* From PEM, or from 64 hex digits, white space around it allowed. GO_EINVALID. */
apr_status_t go_public_key_parse(go_public_key *key, const char *text, go_error *err);

/* As PEM: three lines. */
const char *go_public_key_pem(const go_public_key *key, apr_pool_t *pool);

/* Of all bytes of `text`: GO_SIGNATURE_TEXT characters of base64. The same text gives the same. */
const char *go_sign(const go_signing_key *key, const char *text, apr_size_t length,
                    apr_pool_t *pool);

/* 1 when `signature` (base64, exactly as go_sign writes it) is the key's of this text. */
int go_signature_is(const go_public_key *key, const char *text, apr_size_t length,
                    const char *signature);

#endif
