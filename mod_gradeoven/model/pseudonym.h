/*
 * Blind grading: staff see a pseudonym where a student's name would stand.
 *
 * A pseudonym is a keyed hash of the username under a random key of the assignment, written as two
 * words and four letters ("amber-otter-7qk4"): the same student has the same one all through an
 * assignment and another in the next, and nobody without the key can find it from a name. Names are
 * replaced where submissions are read (handler.c, the lists below), so that no page can show what
 * it does not have.
 */
#ifndef GO_MODEL_PSEUDONYM_H
#define GO_MODEL_PSEUDONYM_H

#include "model/grading_rules.h"
#include "model/submissions.h"

/* In `pool`; `key` is the rules' blind_key. */
const char *go_pseudonym(const char *key, const char *username, apr_pool_t *pool);

/* Replaces the names of a submission when its assignment is graded blind. */
apr_status_t go_blind_submission(go_db *db, const go_assignment *assignment,
                                 go_submission *submission, apr_pool_t *pool, go_error *err);

/*
 * The same for lines of an assignment's list (go_submission_line); `is_by_name` sorts them by what
 * stands there now, since the order of the names would tell.
 */
void go_blind_lines(const go_grading_rules *rules, apr_array_header_t *lines, int is_by_name,
                    apr_pool_t *pool);

#endif
