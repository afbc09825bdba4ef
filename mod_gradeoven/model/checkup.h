/*
 * What can be said of a site's store without using it: for `gradeovenctl doctor`, which must not
 * change what it looks at (go_db_open fails on another schema, go_db_migrate would write).
 */
#ifndef GO_MODEL_CHECKUP_H
#define GO_MODEL_CHECKUP_H

#include "model/db.h"

typedef struct go_checkup {
    int schema, schema_known;  /* of the database, and of this program; 0: it has none */
    apr_int64_t damages;       /* what SQLite's quick_check finds, at most 100; 0: none */
    apr_int64_t lost_children; /* rows whose parent is not there */
} go_checkup;

/*
 * Reads the whole database (a large one takes seconds). GO_EINTERNAL when it cannot be read. What
 * only SQLite can be asked is 0 with other drivers.
 */
apr_status_t go_checkup_database(go_checkup *checkup, const char *driver, const char *params,
                                 apr_pool_t *pool, go_error *err);

/* GO_EINTERNAL when the object's file is not there, or is not what its name says. */
apr_status_t go_checkup_object(const char *objects, const char *object, apr_pool_t *pool,
                               go_error *err);

#endif
