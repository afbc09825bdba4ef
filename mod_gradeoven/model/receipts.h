/*
 * Receipts: what a student holds in hand to show that these files were handed in at that time. A
 * receipt is a text that people can read, signed by the site (signing.h):
 *
 *     Grade Oven receipt 1
 *     site: Grade Oven
 *     course: cs101
 *     assignment: hw1
 *     user: ada
 *     submission: 12
 *     attempt: 3
 *     received: 2026-11-23T22:59:00Z
 *     local: Mon 23 Nov 2026, 23:59 CET (Europe/Berlin)
 *     files: 2
 *     <SHA-256>  <bytes>  -  hello.c
 *     <SHA-256>  <bytes>  x  run.sh
 *     key: <id>
 *     signature: <base64>
 *
 * Every line ends in LF; a file's columns are two spaces apart, "x" marks an executable file, and
 * the path is the rest of the line (a tree's paths hold no control characters). Files stand in byte
 * order of their paths; directories are left out. The signature is of all bytes before its own
 * line. A receipt that could not be signed ends in "key: none" and "signature: none".
 *
 * The same submission gives the same bytes each time: what could change later (the site's name, the
 * zone, the key) is kept with the signature when a receipt is first given out.
 */
#ifndef GO_MODEL_RECEIPTS_H
#define GO_MODEL_RECEIPTS_H

#include "model/signing.h"
#include "model/submissions.h"

#define GO_RECEIPT_MAX (64 * 1024 * 1024) /* bytes of a receipt that is read */

/*
 * The receipt of a submission whose tree is `tree`; *text lives in `pool`. *trouble is NULL, or why
 * it is not signed (that is no error: it can be signed another time). Not inside a transaction.
 */
apr_status_t go_receipt_make(const char **text, const char **trouble, const go_state *state,
                             go_db *db, const char *site, const go_course *course,
                             const go_assignment *assignment, const go_submission *submission,
                             const go_tree *tree, apr_pool_t *pool, go_error *err);

typedef struct go_receipt_facts {
    const char *site, *course, *assignment, *user, *received, *local;
    int submission, attempt;
    const char *key_id;        /* "none": not signed */
    const char *signature;     /* the same */
    const char *text;          /* the whole */
    apr_size_t signed_length;  /* how many of its bytes are signed */
    apr_array_header_t *files; /* of go_tree_entry: path, size, object, is_executable */
} go_receipt_facts;

/*
 * Reads a receipt, exactly as go_receipt_make writes it. GO_EINVALID names the line. Facts mean
 * nothing before go_receipt_check has said who signed them.
 */
apr_status_t go_receipt_parse(go_receipt_facts **facts, const char *text, apr_size_t length,
                              apr_pool_t *pool, go_error *err);

/* GO_EDENIED when it is not signed, or not by this key over these bytes. */
apr_status_t go_receipt_check(const go_receipt_facts *facts, const go_public_key *key,
                              go_error *err);

/*
 * The same for a receipt of a key that was ended: GO_EDENIED when it says that it was received
 * later, which the site cannot have signed. *hint is what to know of the key, a sentence; NULL for
 * the present one.
 */
apr_status_t go_receipt_check_end(const go_receipt_facts *facts, const go_key_end *end,
                                  const char **hint, apr_pool_t *pool, go_error *err);

/*
 * Are these the files? Compares paths, sizes and contents, not executable bits, which archives
 * lose. `tree` is finished, with `object` or `file` of every file; each difference is added to
 * `differences` (array of const char *, texts to print).
 */
apr_status_t go_receipt_compare(const go_receipt_facts *facts, const go_tree *tree,
                                apr_array_header_t *differences, apr_pool_t *pool, go_error *err);

#endif
