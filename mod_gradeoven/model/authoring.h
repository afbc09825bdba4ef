/*
 * Authoring: saving what an assignment is made of, each change with who, when and why.
 *
 * Every save is a new version. One that was made from an older version than the newest is refused,
 * so that of two people who edit at once neither takes away what the other did.
 */
#ifndef GO_MODEL_AUTHORING_H
#define GO_MODEL_AUTHORING_H

#include "model/assignments.h"

/* Who changes what. */
typedef struct go_authoring {
    const go_course *course;
    const go_assignment *assignment;
    const go_user *author;
    const char *address; /* of the author's machine */
    apr_time_t now;
} go_authoring;

typedef struct go_save {
    int is_based;        /* it was made from version `base`, which must still be the newest */
    int base;            /* 0: there was none */
    const char *note;    /* what is new */
    const char *archive; /* go_archive_format_name */
} go_save;

/*
 * Makes a version, as go_version_create, and notes it in the audit log. GO_ECONFLICT: its base is
 * not the newest any more.
 */
apr_status_t go_version_save(go_db *db, const go_authoring *who, const go_stages *stages,
                             const go_save *save, int *number, apr_pool_t *pool, go_error *err);

/* The version of this number; GO_ENOTFOUND. */
apr_status_t go_version_find(go_db *db, const go_assignment *assignment, int number,
                             go_version **version, apr_pool_t *pool, go_error *err);

/* Appends to the audit log what `who` did; call it inside the change's transaction. */
apr_status_t go_authoring_note(go_db *db, const go_authoring *who, const char *action,
                               const char *was, const char *became, apr_pool_t *pool,
                               go_error *err);

#endif
