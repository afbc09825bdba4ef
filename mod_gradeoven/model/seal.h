/*
 * Sealing: what the database keeps but must not tell, encrypted with a key that is not in it.
 *
 * The key is STATE/secrets.key, 64 hex digits, mode 0600, of the user of httpd's workers. It is
 * made when the first secret is sealed; a backup of the database alone opens nothing. Sealed is by
 * XChaCha20-Poly1305 with a random nonce; `purpose` ("factor 12") is bound to it, so that a sealed
 * text is of no use in another's row.
 */
#ifndef GO_MODEL_SEAL_H
#define GO_MODEL_SEAL_H

#include "model/state.h"

/* STATE/secrets.key */
const char *go_seal_path(const go_state *state, apr_pool_t *pool);

/*
 * Seals `length` bytes; *sealed is base64, in `pool`. The key is made when there is none and
 * `may_make`: without it GO_EINTERNAL says that the key is lost, and what to do. GO_EINTERNAL as
 * well when it is damaged or not to be read.
 */
apr_status_t go_seal(const char **sealed, const void *bytes, apr_size_t length, const char *purpose,
                     int may_make, const go_state *state, apr_pool_t *pool, go_error *err);

/* Opens it again into `bytes`, which takes exactly `length`. GO_EINTERNAL: the key is lost, or not
   the one that it was sealed with. */
apr_status_t go_unseal(void *bytes, apr_size_t length, const char *sealed, const char *purpose,
                       const go_state *state, apr_pool_t *pool, go_error *err);

#endif
