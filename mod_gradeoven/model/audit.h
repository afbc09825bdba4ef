/*
 * The log of every change that somebody may ask about later: of a grade, a policy, a role, a stage,
 * an extension, a login, and of looking through another's eyes. It is only ever appended to, in the
 * transaction that makes the change, so that neither stands without the other.
 *
 * The entries are a chain: each has a number, without gaps, and the SHA-256 of all its texts and of
 * the hash before it. Whoever changes, removes or inserts one in the database must change all that
 * follow, and then the end of the chain is another than the one an admin wrote down
 * (`gradeovenctl audit verify` prints it).
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
    apr_int64_t sequence; /* of a list: its number in the chain; 0: from before there was one */
    const char *hash;     /* of a list: 64 hex digits, or "" */
} go_audit_entry;

/* Appends; `entry->id` is not read, NULL texts are "". Call it inside the change's transaction. */
apr_status_t go_audit_add(go_db *db, const go_audit_entry *entry, apr_pool_t *pool, go_error *err);

/* Pure: the hash of an entry with this number after the one whose hash is `before` ("": none). */
const char *go_audit_hash(const go_audit_entry *entry, apr_int64_t sequence, const char *before,
                          apr_pool_t *pool);

/*
 * Newest first, those below `before` (0: the newest), 200 at most: array of go_audit_entry. Of a
 * course, or of the site with all its courses for `course_id` 0. `about`: only those by this
 * actor, of this action, or whose subject holds the text; "" is all.
 */
apr_status_t go_audit_list(go_db *db, apr_int64_t course_id, apr_int64_t before, const char *about,
                           apr_array_header_t **entries, apr_pool_t *pool, go_error *err);

typedef struct go_audit_verdict {
    apr_int64_t entries;   /* of the chain that are whole, from the first one on */
    apr_int64_t unchained; /* from before there was a chain: nothing can be said of them */
    const char *head;      /* the hash of the last of these entries; "" when there is none */
    const char *broken;    /* what is wrong behind them, a sentence; NULL: nothing */
} go_audit_verdict;

/* Reads the whole log and reckons every hash again. Memory is of 500 entries at a time. */
apr_status_t go_audit_verify(go_db *db, go_audit_verdict *verdict, apr_pool_t *pool, go_error *err);

#endif
