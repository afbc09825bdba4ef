/*
 * The receipt of a submission, and the public key that it is verified with. All of a student's own
 * submissions as one zip, each with its receipt.
 */
#include "pages/pages.h"

#include "model/grading_rules.h"
#include "model/receipts.h"
#include "model/trees.h"
#include "model/zone.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static json_t *json_receipt(const go_receipt_facts *facts) {
    json_t *files = json_array();
    for (int i = 0; i < facts->files->nelts; i++) {
        const go_tree_entry *file = &APR_ARRAY_IDX(facts->files, i, go_tree_entry);
        json_array_append_new(files, json_pack("{s:s, s:I, s:s, s:b}", "path", file->path, "size",
                                               (json_int_t)file->size, "sha256", file->object,
                                               "is_executable", file->is_executable));
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:o, s:s, s:b, s:s}", "site",
                     facts->site, "course", facts->course, "assignment", facts->assignment, "user",
                     facts->user, "submission", facts->submission, "attempt", facts->attempt,
                     "received", facts->received, "local", facts->local, "files", files, "key",
                     facts->key_id, "is_signed", strcmp(facts->key_id, "none") != 0, "text",
                     facts->text);
}

/* What a team handed in has one receipt, of who did it: it becomes that submission. */
static apr_status_t handed_in(go_db *db, const go_assignment *assignment,
                              go_submission **submission, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *sharers = NULL;
    if ((*submission)->graded_id == (*submission)->id) return APR_SUCCESS;
    apr_status_t status = go_submission_sharers(db, *submission, &sharers, pool, err);
    if (status || !sharers || !sharers->nelts) return status;
    return go_submission_find(db, assignment, APR_ARRAY_IDX(sharers, 0, go_sharer).number,
                              submission, pool, err);
}

/*
 * The submission with the name that a receipt must have: where it is graded blind, staff have
 * another one before them (model/pseudonym.h), and may not have the receipt.
 */
static apr_status_t named(go_request *q, go_submission **submission) {
    go_grading_rules *rules;
    apr_status_t status = go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err);
    if (status) return status;
    if (rules->is_blind && q->at.submission->user_id != q->at.user->id)
        return go_error_set(&q->err, GO_ECONFLICT, "An instructor can lift the pseudonym first.",
                            "A receipt says who handed in, and this assignment is graded blind.");
    status = go_submission_find(q->db, q->at.assignment, q->at.submission->number, submission,
                                q->pool, &q->err);
    return status ? status : handed_in(q->db, q->at.assignment, submission, q->pool, &q->err);
}

/* "key_ended": when the receipt's key was ended, or null; "hint": what to know of it, or null. */
static apr_status_t add_key_end(go_request *q, json_t *json, const go_receipt_facts *facts) {
    go_public_key key = {0};
    go_key_end end = {0};
    const char *hint = NULL;
    apr_status_t status = APR_SUCCESS;
    if (strcmp(facts->key_id, "none") != 0) {
        status = go_public_key_find(&key, q->db, facts->key_id, q->pool, &q->err);
        if (!status) status = go_public_key_ended(&end, q->db, &key, q->pool, &q->err);
        if (!status && go_receipt_check_end(facts, &end, &hint, q->pool, &q->err))
            hint = q->err.what; /* it is shown all the same, with what is to be said of it */
    }
    json_object_set_new(json, "key_ended", go_json_time(q, "UTC", end.at_us));
    json_object_set_new(json, "hint", hint ? json_string(hint) : json_null());
    return status;
}

int submission_receipt(go_request *q, json_t *page) {
    go_tree *tree;
    go_submission *submission = NULL;
    const char *text, *trouble;
    go_receipt_facts *facts;
    if (named(q, &submission) || !submission || go_submission_needs_files(submission, &q->err) ||
        go_trees_read(q->db, submission->tree_id, q->site->state->objects, &tree, q->pool,
                      &q->err) ||
        go_receipt_make(&text, &trouble, q->site->state, q->db, q->site->name, q->at.course,
                        q->at.assignment, submission, tree, q->pool, &q->err))
        return go_failed(q);
    if (trouble) go_request_log(q, APLOG_ERR, "the receipt is not signed: %s", trouble);
    if (!q->wants_json)
        return go_reply_bytes(q, "text/plain; charset=utf-8",
                              apr_psprintf(q->pool, "%s-%s-%d-receipt.txt", q->at.assignment->name,
                                           submission->username, submission->attempt),
                              text, strlen(text));
    if (go_receipt_parse(&facts, text, strlen(text), q->pool, &q->err)) return go_failed(q);
    page_begin(q, page, "Receipt");
    json_t *json = json_receipt(facts);
    json_object_set_new(page, "receipt", json);
    return add_key_end(q, json, facts) ? go_failed(q) : HTTP_OK;
}

/* The present key, or with ?id= one that signed earlier. */
static apr_status_t find_key(go_request *q, go_public_key *key) {
    const char *id = go_form_text(q->query, "id");
    return *id ? go_public_key_find(key, q->db, id, q->pool, &q->err)
               : go_public_key_open(key, q->site->state, q->db, q->pool, &q->err);
}

/* What stands before the PEM text, where openssl and we read over it: an ended key says so. */
static const char *end_text(const go_request *q, const go_key_end *end) {
    if (!end->is_ended) return "";
    if (!end->at_us) return "This key was ended.\n";
    return apr_psprintf(q->pool,
                        "This key was ended on %s: a receipt that says it was received later is "
                        "not genuine.\n",
                        go_zone_format(q->pool, NULL, end->at_us, GO_ZONE_ISO_UTC));
}

int receipt_key_page(go_request *q, json_t *page) {
    go_public_key key = {0};
    go_key_end end;
    if (find_key(q, &key) || go_public_key_ended(&end, q->db, &key, q->pool, &q->err))
        return go_failed(q);
    const char *pem = go_public_key_pem(&key, q->pool);
    if (!q->wants_json) {
        const char *text = apr_pstrcat(q->pool, end_text(q, &end), pem, NULL);
        return go_reply_bytes(q, "text/plain; charset=utf-8", NULL, text, strlen(text));
    }
    page_begin(q, page, "Key of receipts");
    json_object_set_new(page, "key",
                        json_pack("{s:s, s:s, s:s, s:b, s:o}", "id", key.id, "type", "Ed25519",
                                  "pem", pem, "is_ended", end.is_ended, "ended",
                                  go_json_time(q, "UTC", end.at_us)));
    return HTTP_OK;
}

/* --- all of one's own ------------------------------------------------------------------------ */

/* Where a download of all submissions of `user_id` is: one in memory, and no connection to the
   database while it is sent. */
typedef struct collection {
    go_request *q;
    apr_int64_t user_id, last; /* the id of the submission that was sent last */
    int shows_drafts;
} collection;

/* The next one that may be shown with a name: *assignment is NULL after the last. */
static apr_status_t next_named(collection *all, go_db *db, go_assignment **assignment,
                               go_submission **submission, apr_pool_t *pool, go_error *err) {
    const go_request *q = all->q;
    for (;;) {
        go_grading_rules *rules;
        apr_status_t status = go_submission_next(
            db, q->at.course, q->at.assignment ? q->at.assignment->id : 0, all->user_id,
            all->shows_drafts, &all->last, assignment, submission, pool, err);
        if (status || !*assignment || all->user_id == q->at.user->id) return status;
        status = go_grading_rules_find(db, *assignment, &rules, pool, err);
        if (status || !rules->is_blind) return status;
    }
}

static apr_status_t fill(collection *all, go_db *db, go_archive_piece *piece, apr_pool_t *pool,
                         go_error *err) {
    const go_request *q = all->q;
    go_assignment *assignment;
    go_submission *submission;
    go_tree *tree;
    const char *trouble;
    apr_status_t status = next_named(all, db, &assignment, &submission, pool, err);
    if (status || !assignment) return status;
    const int attempt = submission->attempt;
    if (submission->removed_us) {
        piece->note_path =
            apr_psprintf(pool, "%s/attempt-%d/removed.txt", assignment->name, attempt);
        piece->note = apr_pstrcat(pool, go_submission_gone(submission, pool), "\n", NULL);
        piece->tree = go_tree_make(pool);
        return APR_SUCCESS;
    }
    status = go_trees_read(db, submission->tree_id, q->site->state->objects, &tree, pool, err);
    if (!status) status = handed_in(db, assignment, &submission, pool, err);
    if (!status)
        status = go_receipt_make(&piece->note, &trouble, q->site->state, db, q->site->name,
                                 q->at.course, assignment, submission, tree, pool, err);
    if (status) return status;
    const char *directory = apr_psprintf(pool, "%s/attempt-%d/", assignment->name, attempt);
    piece->note_path = apr_pstrcat(pool, directory, "receipt.txt", NULL);
    piece->directory = apr_pstrcat(pool, directory, "files/", NULL);
    piece->tree = tree;
    return APR_SUCCESS;
}

static apr_status_t next_submission(void *baton, go_archive_piece *piece, apr_pool_t *pool,
                                    go_error *err) {
    collection *all = baton;
    apr_pool_t *loan;
    go_db *db;
    apr_pool_create(&loan, pool);
    apr_status_t status = go_site_connect(all->q->site, &db, loan, err);
    if (!status) status = fill(all, db, piece, pool, err);
    apr_pool_destroy(loan);
    return status;
}

/* Staff name a student with ?user=; what is graded blind is then left out. */
int my_submissions(go_request *q, json_t *page) {
    const char *name = go_form_text(q->query, "user");
    int is_staff = go_request_may(q, GO_RIGHT_GRADE);
    collection *all = apr_palloc(q->pool, sizeof(*all));
    go_user *user = NULL;
    (void)page;
    *all = (collection){.q = q, .user_id = q->at.user->id, .shows_drafts = is_staff};
    if (*name && strcmp(name, q->at.user->username) != 0) {
        if (!is_staff) return HTTP_NOT_FOUND;
        if (go_user_find(q->db, name, &user, q->pool, &q->err)) return go_failed(q);
        all->user_id = user->id;
    }
    return go_reply_zip_pieces(
        q, next_submission, all,
        apr_psprintf(q->pool, "%s-%s.zip",
                     q->at.assignment ? q->at.assignment->name : q->at.course->name,
                     user ? user->username : q->at.user->username));
}
