#include "model/receipts.h"

#include "model/buffer.h"
#include "model/objects.h"
#include "model/text.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <sodium.h>
#include <string.h>

#define UNSIGNED "none"

/* What is kept of a receipt; the files are the submission's own. */
typedef struct kept {
    const char *head, *key_id, *signature;
} kept;

static const char *one_line(apr_pool_t *pool, const char *text) {
    return go_text_printable(pool, text, strlen(text));
}

static const char *make_head(const char *site, const go_course *course,
                             const go_assignment *assignment, const go_submission *submission,
                             apr_pool_t *pool) {
    return apr_psprintf(
        pool,
        "Grade Oven receipt 1\nsite: %s\ncourse: %s\nassignment: %s\nuser: %s\nsubmission: %d\n"
        "attempt: %d\nreceived: %s\nlocal: %s (%s)\n",
        one_line(pool, site), course->name, assignment->name, submission->username,
        submission->number, submission->attempt,
        go_zone_format(pool, NULL, submission->created_us, GO_ZONE_ISO_UTC),
        go_zone_format(pool, course->zone, submission->created_us, GO_ZONE_HUMAN), course->zone);
}

static go_buffer *make_body(const char *head, const char *key_id, const go_tree *tree,
                            apr_pool_t *pool) {
    go_buffer *body = go_buffer_make(pool, 2048);
    int files = 0;
    for (int i = 0; i < tree->entries->nelts; i++)
        files += !APR_ARRAY_IDX(tree->entries, i, go_tree_entry).is_directory;
    go_buffer_puts(body, head);
    go_buffer_printf(body, "files: %d\n", files);
    for (int i = 0; i < tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        if (entry->is_directory) continue;
        go_buffer_printf(body, "%s  %" APR_OFF_T_FMT "  %c  ", entry->object, entry->size,
                         entry->is_executable ? 'x' : '-');
        go_buffer_puts(body, entry->path);
        go_buffer_putc(body, '\n');
    }
    go_buffer_printf(body, "key: %s\n", key_id);
    return body;
}

static const char *finish(go_buffer *body, const char *signature) {
    go_buffer_printf(body, "signature: %s\n", signature);
    return body->bytes;
}

static apr_status_t find_kept(go_db *db, apr_int64_t submission_id, kept *found, apr_pool_t *pool,
                              go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_RECEIPT_FIND,
                                       GO_VALUES(go_integer(submission_id)), &rows, pool, err);
    *found = (kept){0};
    if (!status && go_rows_next(rows))
        *found = (kept){go_rows_text(rows, 0), go_rows_text(rows, 1), go_rows_text(rows, 2)};
    return status;
}

/* Of two that sign at once the first is kept, and both give that one out. */
static apr_status_t keep(go_db *db, apr_int64_t submission_id, kept *mine, apr_pool_t *pool,
                         go_error *err) {
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_RECEIPT_KEEP,
                       GO_VALUES(go_integer(submission_id), go_text(mine->head),
                                 go_text(mine->key_id), go_text(mine->signature)),
                       NULL, pool, err);
    if (!status) status = find_kept(db, submission_id, mine, pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_receipt_make(const char **text, const char **trouble, const go_state *state,
                             go_db *db, const char *site, const go_course *course,
                             const go_assignment *assignment, const go_submission *submission,
                             const go_tree *tree, apr_pool_t *pool, go_error *err) {
    kept mine;
    go_signing_key key;
    *trouble = NULL;
    apr_status_t status = find_kept(db, submission->id, &mine, pool, err);
    if (status) return status;
    if (!mine.head) {
        mine.head = make_head(site, course, assignment, submission, pool);
        status = go_signing_key_open(&key, state, db, pool, err);
        if (status) {
            *trouble = go_error_text(err);
            *text = finish(make_body(mine.head, UNSIGNED, tree, pool), UNSIGNED);
            return APR_SUCCESS;
        }
        mine.key_id = apr_pstrdup(pool, key.public.id);
        go_buffer *body = make_body(mine.head, mine.key_id, tree, pool);
        mine.signature = go_sign(&key, body->bytes, body->length, pool);
        sodium_memzero(&key, sizeof(key));
        status = keep(db, submission->id, &mine, pool, err);
    }
    if (!status) *text = finish(make_body(mine.head, mine.key_id, tree, pool), mine.signature);
    return status;
}

/* --- reading one ----------------------------------------------------------------------------- */

typedef struct reading {
    char *at; /* the rest */
    int line; /* of the last one taken, from 1 */
    apr_pool_t *pool;
    go_error *err;
} reading;

static apr_status_t refuse(const reading *r) {
    return go_error_set(r->err, GO_EINVALID, "It must be byte for byte as it was downloaded.",
                        "Line %d is not that of a receipt.", r->line);
}

/* The next line, its LF taken off; NULL after the last. */
static char *take(reading *r) {
    char *line = r->at, *end = strchr(line, '\n');
    r->line++;
    if (!end) return NULL;
    *end = '\0';
    r->at = end + 1;
    return line;
}

/* The value of the next line, which must be "NAME: VALUE". */
static const char *take_value(reading *r, const char *name) {
    const char *line = take(r);
    apr_size_t length = strlen(name);
    return line && strncmp(line, name, length) == 0 && strncmp(line + length, ": ", 2) == 0
               ? line + length + 2
               : NULL;
}

/* A number as we write it: digits, and no zero in front. */
static int read_number(const char *text, apr_size_t length, apr_int64_t *number) {
    if (length == 0 || length > 18 || strspn(text, "0123456789") < length ||
        (*text == '0' && length > 1))
        return 0;
    *number = apr_atoi64(text);
    return 1;
}

static int take_number(reading *r, const char *name, int *number) {
    apr_int64_t value = 0;
    const char *text = take_value(r, name);
    if (!text || !read_number(text, strlen(text), &value) || value > APR_INT32_MAX) return 0;
    *number = (int)value;
    return 1;
}

/* "<64 hex digits>  <size>  -  <path>" */
static int take_file(reading *r, apr_array_header_t *files) {
    enum { AFTER_OBJECT = 64, BETWEEN = 2 };
    apr_int64_t size;
    char *line = take(r);
    if (!line || strspn(line, "0123456789abcdef") != AFTER_OBJECT ||
        strncmp(line + AFTER_OBJECT, "  ", BETWEEN) != 0)
        return 0;
    const char *digits = line + AFTER_OBJECT + BETWEEN;
    apr_size_t length = strspn(digits, "0123456789");
    const char *mark = digits + length; /* "  -  " */
    if (!read_number(digits, length, &size) || strncmp(mark, "  ", BETWEEN) != 0 ||
        (mark[BETWEEN] != 'x' && mark[BETWEEN] != '-') ||
        strncmp(mark + BETWEEN + 1, "  ", BETWEEN) != 0)
        return 0;
    const char *path = mark + BETWEEN + 1 + BETWEEN;
    go_error ignored = GO_ERROR_INIT(r->pool);
    if (go_tree_path_check(path, strlen(path), &ignored)) return 0;
    line[AFTER_OBJECT] = '\0';
    APR_ARRAY_PUSH(files, go_tree_entry) = (go_tree_entry){
        .path = path, .is_executable = mark[BETWEEN] == 'x', .size = size, .object = line};
    return 1;
}

static int read_lines(reading *r, go_receipt_facts *facts) {
    int count;
    const char *first = take(r);
    if (!first || strcmp(first, "Grade Oven receipt 1") != 0 ||
        !(facts->site = take_value(r, "site")) || !(facts->course = take_value(r, "course")) ||
        !(facts->assignment = take_value(r, "assignment")) ||
        !(facts->user = take_value(r, "user")) ||
        !take_number(r, "submission", &facts->submission) ||
        !take_number(r, "attempt", &facts->attempt) ||
        !(facts->received = take_value(r, "received")) ||
        !(facts->local = take_value(r, "local")) || !take_number(r, "files", &count))
        return 0;
    for (int i = 0; i < count; i++)
        if (!take_file(r, facts->files)) return 0;
    return (facts->key_id = take_value(r, "key")) != NULL;
}

apr_status_t go_receipt_parse(go_receipt_facts **facts, const char *text, apr_size_t length,
                              apr_pool_t *pool, go_error *err) {
    go_receipt_facts *found = apr_pcalloc(pool, sizeof(*found));
    char *copy = apr_pstrmemdup(pool, text, length);
    reading r = {copy, 0, pool, err};
    if (strlen(copy) != length)
        return go_error_set(err, GO_EINVALID, NULL, "There is a NUL in it: this is no receipt.");
    found->text = apr_pstrmemdup(pool, text, length);
    found->files = apr_array_make(pool, 16, sizeof(go_tree_entry));
    if (!read_lines(&r, found)) return refuse(&r);
    found->signed_length = (apr_size_t)(r.at - copy);
    found->signature = take_value(&r, "signature");
    if (!found->signature) return refuse(&r);
    r.line += *r.at != '\0';
    if (*r.at) return refuse(&r);
    *facts = found;
    return APR_SUCCESS;
}

apr_status_t go_receipt_check(const go_receipt_facts *facts, const go_public_key *key,
                              go_error *err) {
    if (strcmp(facts->signature, UNSIGNED) == 0)
        return go_error_set(err, GO_EDENIED,
                            "Download it again: it is signed when the key is back.",
                            "This receipt is not signed.");
    if (strcmp(facts->key_id, key->id) != 0)
        return go_error_set(err, GO_EDENIED, NULL,
                            "This receipt names the key %s, and was checked with %s.",
                            one_line(err->pool, facts->key_id), key->id);
    if (!go_signature_is(key, facts->text, facts->signed_length, facts->signature))
        return go_error_set(err, GO_EDENIED, NULL,
                            "This receipt was changed, or was not given out by this site.");
    return APR_SUCCESS;
}

apr_status_t go_receipt_check_end(const go_receipt_facts *facts, const go_key_end *end,
                                  const char **hint, apr_pool_t *pool, go_error *err) {
    *hint = NULL;
    if (!end->is_ended) return APR_SUCCESS;
    if (!end->at_us) {
        *hint = "It is signed with a key that was ended.";
        return APR_SUCCESS;
    }
    const char *ended = go_zone_format(pool, NULL, end->at_us, GO_ZONE_ISO_UTC);
    if (strcmp(facts->received, ended) > 0) /* of one length: byte order is that of time */
        return go_error_set(err, GO_EDENIED, "Compare it with what the site has.",
                            "This receipt says that it was received %s, after its key was ended "
                            "(%s): the site did not sign it.",
                            one_line(pool, facts->received), ended);
    *hint = apr_psprintf(pool,
                         "It is signed with a key that was ended on %s. If others had that key, "
                         "compare the receipt with what the site has.",
                         ended);
    return APR_SUCCESS;
}

/* --- the files ------------------------------------------------------------------------------- */

static void differs(apr_array_header_t *differences, const char *what, const char *path) {
    APR_ARRAY_PUSH(differences, const char *) =
        apr_pstrcat(differences->pool, what, ": ", one_line(differences->pool, path), NULL);
}

static apr_status_t look_at(const go_tree_entry *wanted, const go_tree_entry *there,
                            apr_array_header_t *differences, apr_pool_t *pool, go_error *err) {
    go_tree_entry found;
    apr_status_t status = APR_SUCCESS;
    if (!there || there->is_directory) {
        differs(differences, "missing", wanted->path);
        return APR_SUCCESS;
    }
    found = *there;
    if (found.size == wanted->size && !found.object) status = go_object_hash(&found, pool, err);
    if (!status && (found.size != wanted->size || strcmp(found.object, wanted->object) != 0))
        differs(differences, "not the same", wanted->path);
    return status;
}

apr_status_t go_receipt_compare(const go_receipt_facts *facts, const go_tree *tree,
                                apr_array_header_t *differences, apr_pool_t *pool, go_error *err) {
    go_tree *listed = go_tree_make(pool);
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; i < facts->files->nelts && !status; i++) {
        const go_tree_entry *wanted = &APR_ARRAY_IDX(facts->files, i, go_tree_entry);
        status = go_tree_add(listed, wanted, err);
        if (!status)
            status = look_at(wanted, go_tree_find(tree, wanted->path), differences, pool, err);
    }
    if (!status) status = go_tree_finish(listed, err);
    for (int i = 0; i < tree->entries->nelts && !status; i++) {
        const go_tree_entry *there = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        if (!there->is_directory && !go_tree_find(listed, there->path))
            differs(differences, "not in the receipt", there->path);
    }
    return status;
}
