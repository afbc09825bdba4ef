#include "model/seal.h"

#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    TEXT_MAX = KEY_BYTES * 2 + 2,
    SECRET_MAX = 128
};

#define LOST                                                                                       \
    "Restore the file from a backup (owner: the user of httpd's workers, mode 0600). If it is "    \
    "gone, switch the second factors off, one by one: gradeovenctl user second-factor --off NAME."

const char *go_seal_path(const go_state *state, apr_pool_t *pool) {
    return apr_pstrcat(pool, state->directory, "/secrets.key", NULL);
}

/* Whole and on the disk under a name of its own, then linked: of two makers one wins. */
static apr_status_t make_key(const go_state *state, const char *path, apr_pool_t *pool,
                             go_error *err) {
    unsigned char key[KEY_BYTES];
    char text[TEXT_MAX], *draft = apr_pstrcat(pool, path, ".XXXXXX", NULL);
    randombytes_buf(key, sizeof(key));
    sodium_bin2hex(text, sizeof(text), key, sizeof(key));
    strcat(text, "\n");
    int fd = mkostemp(draft, O_CLOEXEC), failed = fd < 0; /* mode 0600 */
    if (fd >= 0) {
        failed = write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fsync(fd) != 0 ||
                 (link(draft, path) != 0 && errno != EEXIST);
        int failure = errno;
        close(fd);
        unlink(draft);
        errno = failure;
    }
    apr_status_t status =
        failed
            ? go_error_system(err, APR_FROM_OS_ERROR(errno), "Look at the disk of GradeOvenState.",
                              "The key of secrets, \"%s\", could not be made", path)
            : APR_SUCCESS;
    int directory = open(state->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
        fsync(directory);
        close(directory);
    }
    sodium_memzero(key, sizeof(key));
    sodium_memzero(text, sizeof(text));
    return status;
}

static apr_status_t read_key(unsigned char key[KEY_BYTES], const char *path, go_error *err) {
    char text[TEXT_MAX + 1];
    size_t length = 0;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return go_error_set(err, GO_ENOTFOUND, LOST, "The key of secrets, \"%s\", is not there.",
                            path);
    ssize_t got = fd < 0 ? -1 : read(fd, text, TEXT_MAX);
    int failure = errno;
    if (fd >= 0) close(fd);
    if (got < 0)
        return go_error_system(err, failure ? APR_FROM_OS_ERROR(failure) : APR_EGENERAL,
                               "It belongs to the user of httpd's workers.",
                               "The key of secrets, \"%s\", cannot be read", path);
    text[got] = '\0';
    int is_bad = sodium_hex2bin(key, KEY_BYTES, text, (size_t)got, "\r\n", &length, NULL) != 0 ||
                 length != KEY_BYTES;
    sodium_memzero(text, sizeof(text));
    return is_bad ? go_error_set(err, GO_EINTERNAL, LOST, "The key of secrets, \"%s\", is damaged.",
                                 path)
                  : APR_SUCCESS;
}

static apr_status_t open_key(unsigned char key[KEY_BYTES], int may_make, const go_state *state,
                             apr_pool_t *pool, go_error *err) {
    const char *path = go_seal_path(state, pool);
    if (sodium_init() < 0) return go_error_set(err, GO_EINTERNAL, NULL, "No random numbers.");
    apr_status_t status = read_key(key, path, err);
    if (status == GO_ENOTFOUND && may_make) {
        status = make_key(state, path, pool, err);
        if (!status) status = read_key(key, path, err);
    }
    if (status == GO_ENOTFOUND && err) err->status = GO_EINTERNAL;
    return status == GO_ENOTFOUND ? GO_EINTERNAL : status;
}

apr_status_t go_seal(const char **sealed, const void *bytes, apr_size_t length, const char *purpose,
                     int may_make, const go_state *state, apr_pool_t *pool, go_error *err) {
    unsigned char key[KEY_BYTES], box[NONCE_BYTES + SECRET_MAX + TAG_BYTES];
    char text[sodium_base64_ENCODED_LEN(sizeof(box), sodium_base64_VARIANT_ORIGINAL)];
    unsigned long long boxed = 0;
    *sealed = NULL;
    if (length > SECRET_MAX) return go_error_set(err, GO_EINTERNAL, NULL, "A secret is too long.");
    apr_status_t status = open_key(key, may_make, state, pool, err);
    if (status) return status;
    randombytes_buf(box, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_BYTES, &boxed, bytes, length,
                                               (const unsigned char *)purpose, strlen(purpose),
                                               NULL, box, key);
    sodium_memzero(key, sizeof(key));
    sodium_bin2base64(text, sizeof(text), box, NONCE_BYTES + (size_t)boxed,
                      sodium_base64_VARIANT_ORIGINAL);
    *sealed = apr_pstrdup(pool, text);
    return APR_SUCCESS;
}

apr_status_t go_unseal(void *bytes, apr_size_t length, const char *sealed, const char *purpose,
                       const go_state *state, apr_pool_t *pool, go_error *err) {
    unsigned char key[KEY_BYTES], box[NONCE_BYTES + SECRET_MAX + TAG_BYTES];
    size_t boxed = 0;
    apr_status_t status = open_key(key, 0, state, pool, err);
    if (status) return status;
    int failed = length > SECRET_MAX ||
                 sodium_base642bin(box, sizeof(box), sealed, strlen(sealed), NULL, &boxed, NULL,
                                   sodium_base64_VARIANT_ORIGINAL) != 0 ||
                 boxed != NONCE_BYTES + length + TAG_BYTES ||
                 crypto_aead_xchacha20poly1305_ietf_decrypt(
                     bytes, NULL, NULL, box + NONCE_BYTES, boxed - NONCE_BYTES,
                     (const unsigned char *)purpose, strlen(purpose), box, key) != 0;
    sodium_memzero(key, sizeof(key));
    return failed ? go_error_set(err, GO_EINTERNAL, LOST,
                                 "A secret cannot be opened: \"%s\" is not the key that it was "
                                 "sealed with.",
                                 go_seal_path(state, pool))
                  : APR_SUCCESS;
}
