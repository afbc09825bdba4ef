/* What the connection (db.c) and the migrations (migrate.c) share and nobody else needs. */
#ifndef GO_MODEL_DB_PRIVATE_H
#define GO_MODEL_DB_PRIVATE_H

#include "model/db.h"

/* Executes one statement text without values; `first` (may be NULL) gets the first column of the
   first row, 0 when there is none. */
apr_status_t go_db_perform(go_db *db, const char *sql, apr_int64_t *first, go_error *err);

/* The number of the newest migration that this program has. */
int go_db_schema_known(void);

#endif
