/*
 * All that is stored about one person, as the pieces of an archive (archive.h): JSON documents, the
 * files they handed in, their picture, and a README.txt that explains each.
 *
 * It is for the person, so it holds what they may see and no more: of tests what go_results_may_see
 * says, feedback when it is released, grades as their own gradebook has them, no debug logs, no
 * notes of staff, and no other person's name. `is_full` is for an admin who answers a request by
 * law (GDPR, article 15): it adds what only staff see, which is personal data too. Somebody must
 * look through that one before it is handed over, as it may tell of others (article 15(4)).
 *
 * Which tables are in it, and why some are not, is checked against the schema by
 * tests/web/privacy_test.py.
 */
#ifndef GO_MODEL_EXPORT_H
#define GO_MODEL_EXPORT_H

#include "model/archive.h"
#include "model/state.h"
#include "model/submissions.h"
#include "model/users.h"

#include <jansson.h>

typedef struct go_export {
    const go_state *state;
    const char *site; /* its name, for receipts */
    const go_user *user;
    int is_full;
    apr_time_t now;
    int step;         /* which document is next */
    apr_int64_t last; /* the id of the submission that was written last */
} go_export;

/* Begins one; `user` must live as long. */
go_export *go_export_make(const go_state *state, const char *site, const go_user *user, int is_full,
                          apr_time_t now, apr_pool_t *pool);

/*
 * The next piece, in `pool`; no tree after the last one. Each call may have another connection, and
 * none is needed between them. Not inside a transaction.
 */
apr_status_t go_export_next(go_export *export, go_db *db, go_archive_piece *piece, apr_pool_t *pool,
                            go_error *err);

/* --- between the files of the export -----------------------------------------------------------
 */

/* A time as JSON: ISO 8601, UTC; null for 0. */
json_t *go_export_time(apr_time_t time, apr_pool_t *pool);
json_t *go_export_points(int has, apr_int64_t milli, apr_pool_t *pool);
/* A text that may hold anything; null for NULL. */
json_t *go_export_text(const char *text, apr_pool_t *pool);

/* All about one submission but its files (export_submission.c). */
apr_status_t go_export_submission(const go_export *export, go_db *db, const go_course *course,
                                  const go_assignment *assignment, const go_submission *submission,
                                  const go_tree *tree, json_t *json, apr_pool_t *pool,
                                  go_error *err);

/* The gradebooks of their courses, as they see them (export_grades.c). */
apr_status_t go_export_grades(const go_export *export, go_db *db, json_t *list, apr_pool_t *pool,
                              go_error *err);

#endif
