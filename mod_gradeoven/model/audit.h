/*
 * The log of every change that somebody may ask about later: of a grade, a policy, a role, a stage,
 * an extension, a login, and of looking through another's eyes. It is only ever appended to, in the
 * transaction that makes the change, so that neither stands without the other.
 *
 * The entries are a chain: each has a number, without gaps, and a hash that covers all that it says
 * and the hash before it. Whoever changes, removes or inserts one in the database must change all
 * that follow, and then the end of the chain is another than the one an admin wrote down
 * (`gradeovenctl audit verify` prints it).
 *
 * A person can be taken out of it (go_audit_redact) and the chain stays whole, as it is one over
 * digests:
 *
 *     digest = SHA-256(salt, actor, address, subject, was, became)
 *     hash   = SHA-256(hash before, number, time, course, action, digest)
 *
 * Redacting changes the texts and throws the salt away, 128 random bits without which nobody can
 * try out what the digest was of; the digest stays where the chain needs it. What is left has a
 * salt and a digest of its own, which another entry of the chain, of action "redact", confirms: so
 * the log says that it was redacted, when, and by whom, and what is left is protected like
 * everything else. Entries from before there were digests have a hash of their plain texts;
 * redacting takes the texts, and that hash stays, by which somebody who has the database could
 * confirm a guess.
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
    const char *salt, *digest; /* while verifying; NULL: none */
    const char *redacted;      /* ... the digest of what a redaction left; NULL: none */
    int is_confirmed;          /* ... there is an entry that says that it was redacted */
} go_audit_entry;

/* Appends; `entry->id` is not read, NULL texts are "". Call it inside the change's transaction. */
apr_status_t go_audit_add(go_db *db, const go_audit_entry *entry, apr_pool_t *pool, go_error *err);

/* The same of `by`, which says who, when and where, with what it is about. */
apr_status_t go_audit_change(go_db *db, const go_audit_entry *by, const char *action,
                             const char *subject, const char *was, const char *became,
                             apr_pool_t *pool, go_error *err);

/* Pure: the digest of what an entry says, by this salt. */
const char *go_audit_digest(const go_audit_entry *entry, const char *salt, apr_pool_t *pool);

/* Pure: the hash of an entry with this number after the one whose hash is `before` ("": none); by
   entry->digest, or of an entry from before there were any by its texts. */
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
    apr_int64_t redacted;  /* of these, how many had a person taken out of them */
    apr_int64_t unchained; /* from before there was a chain: nothing can be said of them */
    const char *head;      /* the hash of the last of these entries; "" when there is none */
    const char *broken;    /* what is wrong behind them, a sentence; NULL: nothing */
} go_audit_verdict;

/* Reads the whole log and reckons every hash again. Memory is of 500 entries at a time. */
apr_status_t go_audit_verify(go_db *db, go_audit_verdict *verdict, apr_pool_t *pool, go_error *err);

/* --- taking a person out (audit_redact.c) ---------------------------------------------------- */

typedef struct go_audit_person {
    const char *username, *pseudonym;
    const char *display_name, *email; /* "": none */
} go_audit_person;

/*
 * Everywhere in the log: the username becomes the pseudonym, and so do the name (of two words or
 * more) and the e-mail; the addresses of what the person did go, and free words in entries about
 * them. Confirmed by one entry as `by`. *count is of the entries that were changed. Part of the
 * caller's transaction.
 */
apr_status_t go_audit_redact(go_db *db, const go_audit_person *person, const go_audit_entry *by,
                             int *count, apr_pool_t *pool, go_error *err);

/* Pure: `text` with every `word` that stands by itself (no letter, digit or any of "._-+@" beside
   it) replaced; `text` itself when there is none, or `word` is "". */
const char *go_audit_replace(const char *text, const char *word, const char *by, apr_pool_t *pool);

/* Pure: what an entry says without the person; 1 when it says another thing then. */
int go_audit_without(go_audit_entry *entry, const go_audit_person *person, apr_pool_t *pool);

/* What the entry of action "redact" with this number must confirm: SHA-256 over its list. */
apr_status_t go_audit_redactions(go_db *db, apr_int64_t sequence, int *count, const char **hash,
                                 apr_pool_t *pool, go_error *err);
/* What such an entry says. */
const char *go_audit_redaction_text(int count, const char *hash, apr_pool_t *pool);

/* For LIKE ... ESCAPE '!': the text anywhere, its own signs taken literally. */
const char *go_audit_anywhere(const char *text, apr_pool_t *pool);

#endif
