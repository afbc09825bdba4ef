#include "model/checkup.h"

#include "model/db_private.h"
#include "model/objects.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* Not in statements.inc: no connection but ours prepares these, and only SQLite knows two. */
static const char schema_version[] = "SELECT max(version) FROM schema_version";
static const char quick_check[] =
    "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'";
static const char foreign_key_check[] = "SELECT count(*) FROM pragma_foreign_key_check";

apr_status_t go_checkup_database(go_checkup *checkup, const char *driver, const char *params,
                                 apr_pool_t *pool, go_error *err) {
    apr_pool_t *scratch; /* closes the connection at the end */
    apr_int64_t version = 0;
    go_db *db;
    *checkup = (go_checkup){.schema_known = go_db_schema_known()};
    apr_pool_create(&scratch, pool);
    apr_status_t status = go_db_open_sparing(&db, driver, params, GO_DURABLE, scratch, err);
    if (!status && strcmp(driver, "sqlite3") == 0) {
        status = go_db_perform(db, quick_check, &checkup->damages, err);
        if (!status && !checkup->damages)
            status = go_db_perform(db, foreign_key_check, &checkup->lost_children, err);
    }
    if (!status && !checkup->damages) status = go_db_perform(db, schema_version, &version, err);
    checkup->schema = (int)version;
    apr_pool_destroy(scratch);
    return status;
}

apr_status_t go_checkup_object(const char *objects, const char *object, apr_pool_t *pool,
                               go_error *err) {
    crypto_hash_sha256_state state;
    unsigned char buffer[32768], digest[crypto_hash_sha256_BYTES];
    char name[GO_OBJECT_DIGITS + 1];
    ssize_t count;
    const char *path = go_object_path(objects, object, pool);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return go_error_system(err, APR_FROM_OS_ERROR(errno), "Restore it from a backup.",
                               "The file \"%s\" cannot be opened", path);
    crypto_hash_sha256_init(&state);
    while ((count = read(fd, buffer, sizeof(buffer))) > 0)
        crypto_hash_sha256_update(&state, buffer, (unsigned long long)count);
    int failure = errno;
    close(fd);
    if (count < 0)
        return go_error_system(err, APR_FROM_OS_ERROR(failure), "Look at the disk.",
                               "The file \"%s\" cannot be read", path);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(name, sizeof(name), digest, sizeof(digest));
    if (strcmp(name, object) == 0) return APR_SUCCESS;
    return go_error_set(err, GO_EINTERNAL, "Look at the disk, and restore it from a backup.",
                        "The file \"%s\" is not what it was when it was stored.", path);
}
