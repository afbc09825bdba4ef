#include "model/audit.h"

#include "model/buffer.h"
#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

/* What another program's format could not begin with: of plain texts, and of a digest of them. */
#define HASHED_AS     "gradeoven-audit-1"
#define HASHED_AS_NOW "gradeoven-audit-2"

enum { SALT_BYTES = 16 };

static const char *sure(const char *text) {
    return text ? text : "";
}

static go_value text_of(const char *text) {
    return go_text(sure(text));
}

/* With its length before it, so that no two lists of texts give the same bytes. */
static void add_text(go_buffer *out, const char *text) {
    go_buffer_printf(out, "%" APR_SIZE_T_FMT ":%s,", strlen(sure(text)), sure(text));
}

const char *go_audit_digest(const go_audit_entry *entry, const char *salt, apr_pool_t *pool) {
    go_buffer *out = go_buffer_make(pool, 512);
    const char *const texts[] = {HASHED_AS_NOW,  salt,       entry->actor, entry->address,
                                 entry->subject, entry->was, entry->became};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_text(out, texts[i]);
    return go_sha256_hex(pool, out->bytes, out->length);
}

/* As entries were hashed before there were digests. */
static void add_plain(go_buffer *out, const go_audit_entry *entry) {
    const char *const texts[] = {entry->actor,   entry->address, entry->action,
                                 entry->subject, entry->was,     entry->became};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_text(out, texts[i]);
}

const char *go_audit_hash(const go_audit_entry *entry, apr_int64_t sequence, const char *before,
                          apr_pool_t *pool) {
    go_buffer *out = go_buffer_make(pool, 512);
    go_buffer_printf(out,
                     "%s\n%s\n%" APR_INT64_T_FMT " %" APR_INT64_T_FMT " %" APR_INT64_T_FMT "\n",
                     entry->digest ? HASHED_AS_NOW : HASHED_AS, before, sequence,
                     (apr_int64_t)entry->at_us, entry->course_id);
    if (entry->digest) {
        add_text(out, entry->action);
        add_text(out, entry->digest);
    } else {
        add_plain(out, entry);
    }
    return go_sha256_hex(pool, out->bytes, out->length);
}

static apr_status_t append(go_db *db, const go_audit_entry *entry, apr_pool_t *pool,
                           go_error *err) {
    go_rows *head = NULL;
    apr_status_t status =
        go_db_one(db, GO_SQL_AUDIT_NEXT, GO_NO_VALUES, &head, "end of the audit log", pool, err);
    if (status || !head) return status;
    apr_int64_t sequence = go_rows_integer(head, 0, 0);
    const char *salt = go_random_hex(pool, SALT_BYTES);
    go_audit_entry chained = *entry;
    chained.digest = go_audit_digest(entry, salt, pool);
    const char *hash = go_audit_hash(&chained, sequence, go_rows_text(head, 1), pool);
    status = go_db_run(db, GO_SQL_AUDIT_ADD,
                       GO_VALUES(go_integer(entry->at_us), text_of(entry->actor),
                                 text_of(entry->address),
                                 entry->course_id ? go_integer(entry->course_id) : go_null(),
                                 text_of(entry->action), text_of(entry->subject),
                                 text_of(entry->was), text_of(entry->became), go_integer(sequence),
                                 go_text(hash), go_text(salt), go_text(chained.digest)),
                       NULL, pool, err);
    return status ? status
                  : go_db_run(db, GO_SQL_AUDIT_SET_HEAD, GO_VALUES(go_text(hash)), NULL, pool, err);
}

apr_status_t go_audit_add(go_db *db, const go_audit_entry *entry, apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    return status ? status : go_db_end(db, append(db, entry, pool, err), err);
}

apr_status_t go_audit_change(go_db *db, const go_audit_entry *by, const char *action,
                             const char *subject, const char *was, const char *became,
                             apr_pool_t *pool, go_error *err) {
    go_audit_entry entry = *by;
    entry.action = action;
    entry.subject = subject;
    entry.was = was;
    entry.became = became;
    return go_audit_add(db, &entry, pool, err);
}

static void read_entry(go_rows *rows, go_audit_entry *entry) {
    *entry = (go_audit_entry){.id = go_rows_integer(rows, 0, 0),
                              .at_us = go_rows_integer(rows, 1, 0),
                              .actor = go_rows_text(rows, 2),
                              .address = go_rows_text(rows, 3),
                              .action = go_rows_text(rows, 4),
                              .subject = go_rows_text(rows, 5),
                              .was = go_rows_text(rows, 6),
                              .became = go_rows_text(rows, 7),
                              .course_id = go_rows_integer(rows, 8, 0),
                              .sequence = go_rows_integer(rows, 9, 0),
                              .hash = go_rows_text(rows, 10)};
}

static void read_entries(go_rows *rows, apr_array_header_t *entries) {
    while (go_rows_next(rows))
        read_entry(rows, apr_array_push(entries));
}

const char *go_audit_anywhere(const char *text, apr_pool_t *pool) {
    go_buffer *out = go_buffer_make(pool, 64);
    go_buffer_putc(out, '%');
    for (; *text; text++) {
        if (strchr("!%_", *text)) go_buffer_putc(out, '!');
        go_buffer_putc(out, *text);
    }
    go_buffer_putc(out, '%');
    return out->bytes;
}

apr_status_t go_audit_list(go_db *db, apr_int64_t course_id, apr_int64_t before, const char *about,
                           apr_array_header_t **entries, apr_pool_t *pool, go_error *err) {
    go_rows *rows = NULL;
    go_value below = go_integer(before ? before : INT64_MAX), word = go_text(about),
             part = go_text(go_audit_anywhere(about, pool));
    *entries = apr_array_make(pool, 32, sizeof(go_audit_entry));
    apr_status_t status =
        course_id ? go_db_select(db, GO_SQL_AUDIT_OF_COURSE,
                                 GO_VALUES(go_integer(course_id), below, word, word, part), &rows,
                                 pool, err)
                  : go_db_select(db, GO_SQL_AUDIT_OF_SITE, GO_VALUES(below, word, word, part),
                                 &rows, pool, err);
    if (!status && rows) read_entries(rows, *entries);
    return status;
}

/* --- verifying ------------------------------------------------------------------------------- */

static void read_digests(go_rows *rows, go_audit_entry *entry) {
    entry->salt = go_rows_text(rows, 11);
    entry->digest = go_rows_text(rows, 12);
    entry->redacted = go_rows_text(rows, 13);
    entry->is_confirmed = (int)go_rows_integer(rows, 14, 0);
}

/* Does it say what it said when it was written, or else what a redaction that is confirmed left? */
static int says_the_same(const go_audit_entry *entry, apr_pool_t *pool) {
    const char *now = entry->salt ? go_audit_digest(entry, entry->salt, pool) : NULL;
    if (entry->redacted) return entry->is_confirmed && now && strcmp(now, entry->redacted) == 0;
    return entry->digest ? now && strcmp(now, entry->digest) == 0 : !entry->salt;
}

/* Of a redacted entry from before there were digests, only what follows it holds the hash. */
static int is_in_chain(const go_audit_entry *entry, const char *before, apr_pool_t *pool) {
    if (entry->redacted && !entry->digest) return 1;
    return strcmp(go_audit_hash(entry, entry->sequence, before, pool), entry->hash) == 0;
}

/* One entry on top of what was verified: 1, or 0 with what is wrong. `kept` is for what remains. */
static int check_entry(const go_audit_entry *entry, go_audit_verdict *verdict, apr_pool_t *pool,
                       apr_pool_t *kept) {
    apr_int64_t expected = verdict->entries + 1;
    if (entry->sequence != expected)
        verdict->broken = apr_psprintf(
            kept, "Entry %" APR_INT64_T_FMT " is missing: %" APR_INT64_T_FMT " comes next.",
            expected, entry->sequence);
    else if (!is_in_chain(entry, verdict->head, pool) || !says_the_same(entry, pool))
        verdict->broken =
            apr_psprintf(kept, "Entry %" APR_INT64_T_FMT " is not what was written.", expected);
    if (verdict->broken) return 0;
    verdict->entries = expected;
    verdict->redacted += entry->redacted != NULL;
    verdict->head = apr_pstrdup(kept, entry->hash);
    return 1;
}

/* An entry that confirms redactions: are they those that it was written for? */
static apr_status_t check_redactions(go_db *db, const go_audit_entry *entry,
                                     go_audit_verdict *verdict, apr_pool_t *pool, apr_pool_t *kept,
                                     go_error *err) {
    const char *hash = NULL;
    int count;
    if (strcmp(entry->action, "redact") != 0) return APR_SUCCESS;
    apr_status_t status = go_audit_redactions(db, entry->sequence, &count, &hash, pool, err);
    if (!status && strcmp(go_audit_redaction_text(count, hash, pool), entry->became) != 0)
        verdict->broken = apr_psprintf(
            kept, "The redactions of entry %" APR_INT64_T_FMT " are not what was written.",
            entry->sequence);
    return status;
}

/* The next 500; *more is 0 after the last, or where something is wrong. */
static apr_status_t check_some(go_db *db, go_audit_verdict *verdict, int *more, apr_pool_t *pool,
                               apr_pool_t *kept, go_error *err) {
    go_rows *rows = NULL;
    apr_array_header_t *entries = apr_array_make(pool, 500, sizeof(go_audit_entry));
    apr_status_t status = go_db_select(db, GO_SQL_AUDIT_FROM,
                                       GO_VALUES(go_integer(verdict->entries)), &rows, pool, err);
    while (!status && rows && go_rows_next(rows)) {
        read_entry(rows, apr_array_push(entries));
        read_digests(rows, &APR_ARRAY_IDX(entries, entries->nelts - 1, go_audit_entry));
    }
    *more = !status && entries->nelts > 0;
    for (int i = 0; i < entries->nelts && *more && !status; i++) {
        const go_audit_entry *entry = &APR_ARRAY_IDX(entries, i, go_audit_entry);
        *more = check_entry(entry, verdict, pool, kept);
        if (*more) status = check_redactions(db, entry, verdict, pool, kept, err);
        if (verdict->broken) *more = 0;
    }
    return status;
}

/* Does the chain end where the database says that it does? */
static apr_status_t check_head(go_db *db, go_audit_verdict *verdict, apr_pool_t *pool,
                               go_error *err) {
    go_rows *head = NULL;
    apr_status_t status =
        go_db_one(db, GO_SQL_AUDIT_HEAD, GO_NO_VALUES, &head, "end of the audit log", pool, err);
    if (status || !head) return status;
    if (go_rows_integer(head, 0, 0) != verdict->entries ||
        strcmp(go_rows_text(head, 1), verdict->head) != 0)
        verdict->broken = apr_psprintf(
            pool, "There were %" APR_INT64_T_FMT " entries: the last ones are missing.",
            go_rows_integer(head, 0, 0));
    return APR_SUCCESS;
}

apr_status_t go_audit_verify(go_db *db, go_audit_verdict *verdict, apr_pool_t *pool,
                             go_error *err) {
    apr_pool_t *some;
    int more = 1;
    go_rows *row = NULL;
    *verdict = (go_audit_verdict){.head = ""};
    apr_pool_create(&some, pool);
    apr_status_t status = go_db_begin(db, err); /* nobody appends between the pieces */
    if (status) return status;
    while (!status && more) {
        apr_pool_clear(some);
        status = check_some(db, verdict, &more, some, pool, err);
    }
    if (!status && !verdict->broken) status = check_head(db, verdict, pool, err);
    if (!status)
        status =
            go_db_one(db, GO_SQL_AUDIT_COUNT_UNCHAINED, GO_NO_VALUES, &row, "audit log", pool, err);
    if (!status && row) verdict->unchained = go_rows_integer(row, 0, 0);
    return go_db_end(db, status, err);
}
