/*
 * The log of every change that somebody may ask about later: of a grade, a policy, a role, a stage,
 * an extension, and of looking through another's eyes. It is only ever appended to, in the
 * transaction that makes the change, so that neither stands without the other.
 */
#ifndef GO_MODEL_AUDIT_H
#define GO_MODEL_AUDIT_H

#include "model/db.h"

#include <apr_tables.h>

typedef struct go_audit_entry {
    apr_int64_t id; /* of a list: grows */
    apr_time_t at_us;
    const char *actor;     /* a username, or "*" and the name of a program */
    const char *address;   /* of the actor's machine; "" for a program */
    apr_int64_t course_id; /* 0: of the site */
    const char *action;    /* one word: "role", "extension", "view-as" */
    const char *subject;   /* whom or what it is about, as pages name it */
    const char *was, *became;
} go_audit_entry;

/* Appends; `entry->id` is not read, NULL texts are "". Call it inside the change's transaction. */
apr_status_t go_audit_add(go_db *db, const go_audit_entry *entry, apr_pool_t *pool, go_error *err);

/*
 * Of a course, newest first, those below `before` (0: the newest), 200 at most: array of
 * go_audit_entry.
 */
apr_status_t go_audit_of_course(go_db *db, apr_int64_t course_id, apr_int64_t before,
                                apr_array_header_t **entries, apr_pool_t *pool, go_error *err);

#endif
