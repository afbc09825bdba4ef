/* Taking a person out of the log of changes, so that the chain stays whole (see audit.h). */
#include "model/audit.h"

#include "model/buffer.h"
#include "model/passwords.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

enum { SALT_BYTES = 16, BATCH = 500 };

/* --- what an entry says without them ---------------------------------------------------------- */

/* Usernames and e-mail addresses are made of these, and of letters beyond ASCII; a dot is of the
   word only when more of it stands `beyond`, as one ends a sentence too. */
static int is_of_word(char c, char beyond) {
    if (c == '.') return apr_isalnum(beyond) || (unsigned char)beyond >= 0x80;
    return apr_isalnum(c) || (unsigned char)c >= 0x80 || (c && strchr("_-+@", c));
}

static int stands_alone(const char *text, const char *at, apr_size_t length) {
    const char *end = at + length;
    if (at > text && is_of_word(at[-1], at > text + 1 ? at[-2] : ' ')) return 0;
    return !is_of_word(*end, *end ? end[1] : ' ');
}

const char *go_audit_replace(const char *text, const char *word, const char *by, apr_pool_t *pool) {
    apr_size_t length = strlen(word);
    go_buffer *out = NULL;
    const char *from = text, *at = text;
    for (; length && (at = strstr(at, word)); at += length) {
        if (!stands_alone(text, at, length)) continue;
        if (!out) out = go_buffer_make(pool, strlen(text) + 32);
        go_buffer_add(out, from, (apr_size_t)(at - from));
        go_buffer_puts(out, by);
        from = at + length;
    }
    if (!out) return text;
    go_buffer_puts(out, from);
    return out->bytes;
}

static int is_one_of(const char *word, const char *const *words) {
    for (; *words; words++)
        if (strcmp(word, *words) == 0) return 1;
    return 0;
}

/* These name roles and rights in "was" and "became", and a username may be such a word. */
static const char *const of_roles[] = {"role", "drop", "section", "enrol", "account", NULL};
/* These say nothing there but words of ours, dates and points. */
static const char *const without_free_words[] = {
    "role", "drop", "section", "enrol", "account", "password", "sessions", "view-as", NULL};

/* A single word that is somebody's name may be any word; "Ada Lovelace" means her. */
static const char *whole_name(const go_audit_person *person) {
    return strchr(person->display_name, ' ') ? person->display_name : "";
}

static const char *clean(const go_audit_entry *entry, const char *text,
                         const go_audit_person *person, apr_pool_t *pool) {
    if (!is_one_of(entry->action, of_roles))
        text = go_audit_replace(text, person->username, person->pseudonym, pool);
    text = go_audit_replace(text, person->email, person->pseudonym, pool);
    return go_audit_replace(text, whole_name(person), person->pseudonym, pool);
}

int go_audit_without(go_audit_entry *entry, const go_audit_person *person, apr_pool_t *pool) {
    const go_audit_entry was = *entry;
    if (strcmp(entry->actor, person->username) == 0) {
        entry->actor = person->pseudonym;
        entry->address = "";
    }
    entry->subject = go_audit_replace(was.subject, person->username, person->pseudonym, pool);
    int is_about = entry->subject != was.subject;
    int is_kept = !is_about || is_one_of(entry->action, without_free_words);
    entry->was = is_kept ? clean(entry, was.was, person, pool) : "";
    entry->became = is_kept ? clean(entry, was.became, person, pool) : "";
    return strcmp(was.actor, entry->actor) || strcmp(was.address, entry->address) || is_about ||
           strcmp(was.was, entry->was) || strcmp(was.became, entry->became);
}

/* --- in the log ------------------------------------------------------------------------------- */

const char *go_audit_redaction_text(int count, const char *hash, apr_pool_t *pool) {
    return apr_psprintf(pool, "%d entries, SHA-256 %s", count, hash);
}

apr_status_t go_audit_redactions(go_db *db, apr_int64_t sequence, int *count, const char **hash,
                                 apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    go_buffer *list = go_buffer_make(pool, 1024);
    apr_status_t status = go_db_select(db, GO_SQL_AUDIT_REDACTIONS_BY,
                                       GO_VALUES(go_integer(sequence)), &rows, pool, err);
    *count = 0;
    for (; !status && rows && go_rows_next(rows); ++*count)
        go_buffer_printf(list, "%" APR_INT64_T_FMT " %s\n", go_rows_integer(rows, 0, 0),
                         go_rows_text(rows, 1));
    *hash = go_sha256_hex(pool, list->bytes, list->length);
    return status;
}

static apr_status_t store(go_db *db, const go_audit_entry *entry, apr_int64_t by_sequence,
                          apr_pool_t *pool, go_error *err) {
    const char *salt = entry->sequence ? go_random_hex(pool, SALT_BYTES) : NULL;
    apr_status_t status =
        go_db_run(db, GO_SQL_AUDIT_REDACT,
                  GO_VALUES(go_text(entry->actor), go_text(entry->address), go_text(entry->subject),
                            go_text(entry->was), go_text(entry->became), go_text(salt),
                            go_integer(entry->id)),
                  NULL, pool, err);
    if (status || !salt) return status;
    return go_db_run(db, GO_SQL_AUDIT_REDACTED,
                     GO_VALUES(go_integer(entry->sequence),
                               go_text(go_audit_digest(entry, salt, pool)),
                               go_integer(by_sequence)),
                     NULL, pool, err);
}

/* One batch; *last is the id of the last entry that was looked at, 0 after the last of all. */
static apr_status_t redact_some(go_db *db, const go_audit_person *person, apr_int64_t by_sequence,
                                apr_int64_t *last, int *count, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    const char *nothing = "!!no such text";
    const go_value name = go_text(go_audit_anywhere(person->username, pool)),
                   email =
                       go_text(*person->email ? go_audit_anywhere(person->email, pool) : nothing),
                   label =
                       go_text(*person->display_name ? go_audit_anywhere(person->display_name, pool)
                                                     : nothing);
    apr_status_t status = go_db_select(db, GO_SQL_AUDIT_NAMING,
                                       GO_VALUES(go_integer(*last), go_text(person->username), name,
                                                 name, name, email, email, label, label),
                                       &rows, pool, err);
    int looked = 0;
    for (; !status && rows && go_rows_next(rows); looked++) {
        go_audit_entry entry = {.id = *last = go_rows_integer(rows, 0, 0),
                                .actor = go_rows_text(rows, 2),
                                .address = go_rows_text(rows, 3),
                                .action = go_rows_text(rows, 4),
                                .subject = go_rows_text(rows, 5),
                                .was = go_rows_text(rows, 6),
                                .became = go_rows_text(rows, 7),
                                .sequence = go_rows_integer(rows, 9, 0)};
        if (!go_audit_without(&entry, person, pool)) continue;
        status = store(db, &entry, by_sequence, pool, err);
        ++*count;
    }
    if (looked < BATCH) *last = 0;
    return status;
}

static apr_status_t redact_all(go_db *db, const go_audit_person *person, apr_int64_t by_sequence,
                               int *count, apr_pool_t *pool, go_error *err) {
    apr_pool_t *some;
    apr_int64_t last = 0;
    apr_pool_create(&some, pool);
    apr_status_t status = APR_SUCCESS;
    do {
        apr_pool_clear(some);
        status = redact_some(db, person, by_sequence, &last, count, some, err);
    } while (!status && last);
    apr_pool_destroy(some);
    return status;
}

static apr_status_t redact(go_db *db, const go_audit_person *person, const go_audit_entry *by,
                           int *count, apr_pool_t *pool, go_error *err) {
    go_rows *head = NULL;
    const char *hash = NULL;
    int listed;
    apr_status_t status =
        go_db_one(db, GO_SQL_AUDIT_HEAD, GO_NO_VALUES, &head, "end of the audit log", pool, err);
    if (status || !head) return status;
    apr_int64_t sequence = go_rows_integer(head, 0, 0) + 1; /* of the entry that confirms it */
    status = redact_all(db, person, sequence, count, pool, err);
    if (!status) status = go_audit_redactions(db, sequence, &listed, &hash, pool, err);
    if (status) return status;
    go_audit_entry entry = *by;
    entry.course_id = 0;
    entry.action = "redact";
    entry.subject = person->pseudonym;
    entry.was = "";
    entry.became = go_audit_redaction_text(listed, hash, pool);
    return go_audit_add(db, &entry, pool, err);
}

apr_status_t go_audit_redact(go_db *db, const go_audit_person *person, const go_audit_entry *by,
                             int *count, apr_pool_t *pool, go_error *err) {
    *count = 0;
    apr_status_t status = go_db_begin(db, err); /* nobody appends before it is confirmed */
    return status ? status : go_db_end(db, redact(db, person, by, count, pool, err), err);
}
