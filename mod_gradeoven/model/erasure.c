#include "model/erasure.h"

#include "model/objects.h"
#include "model/passwords.h"
#include "model/store.h"

#include <apr_strings.h>

#include <string.h>

enum { PSEUDONYM_BYTES = 5 };

apr_status_t go_erasure_look(go_db *db, const go_user *user, go_erasure *erasure, apr_pool_t *pool,
                             go_error *err) {
    go_rows *row = NULL;
    const go_value id = go_integer(user->id);
    *erasure = (go_erasure){.courses = apr_array_make(pool, 4, sizeof(const char *))};
    apr_status_t status =
        go_db_one(db, GO_SQL_ERASE_PREVIEW, GO_VALUES(id, id, id, id, id, id, id, id), &row,
                  "preview of the erasure", pool, err);
    if (status || !row) return status;
    erasure->submissions = (int)go_rows_integer(row, 0, 0);
    erasure->of_teams = (int)go_rows_integer(row, 1, 0);
    erasure->files = (int)go_rows_integer(row, 2, 0);
    erasure->live = (int)go_rows_integer(row, 3, 0);
    erasure->sessions = (int)go_rows_integer(row, 4, 0);
    erasure->tokens = (int)go_rows_integer(row, 5, 0);
    erasure->is_last_admin = user->is_admin && !go_rows_integer(row, 6, 0);
    erasure->is_erased = go_rows_text(row, 7) != NULL;
    status = go_db_select(db, GO_SQL_ERASE_COURSES, GO_VALUES(id), &row, pool, err);
    while (!status && go_rows_next(row))
        APR_ARRAY_PUSH(erasure->courses, const char *) =
            apr_psprintf(pool, "%s (%s)", go_rows_text(row, 0), go_rows_text(row, 1));
    return status;
}

static apr_status_t refuse(const go_erasure *found, const go_user *user,
                           const go_erasure_order *order, const go_audit_entry *by,
                           apr_pool_t *pool, go_error *err) {
    if (found->is_erased)
        return go_error_set(err, GO_ECONFLICT, NULL, "%s was erased already.", user->username);
    if (strcmp(user->username, by->actor) == 0)
        return go_error_set(err, GO_ECONFLICT, "Ask another admin.", "You cannot erase yourself.");
    if (found->is_last_admin)
        return go_error_set(err, GO_ECONFLICT, "Make somebody else an admin first.",
                            "%s is the last admin.", user->username);
    if (found->live)
        return go_error_set(err, GO_ECONFLICT, "Wait for its end, or cancel it.",
                            "Something that %s handed in is waiting or being graded.",
                            user->username);
    if (found->courses->nelts && !order->forces)
        return go_error_set(err, GO_ECONFLICT,
                            "Drop them from it first, or say that it shall be done all the same.",
                            "%s is in a course now: %s.", user->username,
                            apr_array_pstrcat(pool, found->courses, ','));
    return APR_SUCCESS;
}

/* --- who they are ----------------------------------------------------------------------------- */

static apr_status_t erase_rows(go_db *db, const go_user *user, apr_pool_t *pool, go_error *err) {
    static const go_statement statements[] = {
        GO_SQL_ERASE_DEVICES,        GO_SQL_ERASE_TOKENS,      GO_SQL_ERASE_GUESSES,
        GO_SQL_ERASE_ENROLMENTS,     GO_SQL_ERASE_INVITATIONS, GO_SQL_ERASE_ADDRESSES,
        GO_SQL_ERASE_RECEIPTS,       GO_SQL_ERASE_SYNC_GRADES, GO_SQL_ERASE_FACTOR,
        GO_SQL_ERASE_RECOVERY_CODES, GO_SQL_ERASE_LOGIN_STEPS, GO_SQL_ERASE_LINKS};
    const go_value id = go_integer(user->id);
    apr_status_t status = go_db_run(db, GO_SQL_ERASE_SESSIONS, GO_VALUES(id, id), NULL, pool, err);
    for (size_t i = 0; !status && i < sizeof(statements) / sizeof(*statements); i++)
        status = go_db_run(db, statements[i], GO_VALUES(id), NULL, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_ERASE_SYNC_DETAILS,
                           GO_VALUES(go_text(go_audit_anywhere(user->username, pool)), id), NULL,
                           pool, err);
    /* the picture and all else that is kept under the name */
    return status ? status
                  : go_store_remove(db, GO_KEY(go_part_text("users"), go_part_text(user->username)),
                                    pool, err);
}

static apr_status_t erase_identity(go_db *db, const go_user *user, const go_audit_entry *by,
                                   go_erasure *erasure, apr_pool_t *pool, go_error *err) {
    const go_audit_person person = {.username = user->username,
                                    .pseudonym = erasure->pseudonym,
                                    .display_name = user->display_name,
                                    .email = user->email};
    int changed = 0;
    apr_status_t status = go_db_run(
        db, GO_SQL_ERASE_USER,
        GO_VALUES(go_text(erasure->pseudonym), go_integer(by->at_us), go_integer(user->id)),
        &changed, pool, err);
    if (!status && !changed)
        status = go_error_set(err, GO_ECONFLICT, NULL, "%s was erased already.", user->username);
    if (!status) status = erase_rows(db, user, pool, err);
    if (!status)
        status = go_db_run(db, GO_SQL_ERASE_ENDED_BY,
                           GO_VALUES(go_text(erasure->pseudonym), go_text(user->username)), NULL,
                           pool, err);
    return status ? status : go_audit_redact(db, &person, by, &erasure->entries, pool, err);
}

/* --- what they handed in ---------------------------------------------------------------------- */

static apr_status_t erase_work(go_db *db, const go_user *user, go_removal *removal,
                               apr_pool_t *pool, go_error *err) {
    static const go_statement statements[] = {GO_SQL_ERASE_EXCEPTIONS,
                                              GO_SQL_ERASE_COURSE_EXCEPTIONS, GO_SQL_ERASE_CELLS};
    const go_value id = go_integer(user->id);
    go_rows *rows = NULL;
    apr_pool_t *one;
    apr_status_t status = go_db_select(db, GO_SQL_ERASE_WORK, GO_VALUES(id), &rows, pool, err);
    apr_pool_create(&one, pool);
    while (!status && rows && go_rows_next(rows)) {
        apr_pool_clear(one);
        status = go_removal_take(removal, db, go_rows_integer(rows, 0, 0), one, err);
    }
    apr_pool_destroy(one);
    for (size_t i = 0; !status && i < sizeof(statements) / sizeof(*statements); i++)
        status = go_db_run(db, statements[i], GO_VALUES(id), NULL, pool, err);
    return status;
}

static apr_status_t erase(go_db *db, const go_user *user, const go_erasure_order *order,
                          const go_audit_entry *by, go_removal *removal, go_erasure *erasure,
                          apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_erasure_look(db, user, erasure, pool, err);
    if (!status) status = refuse(erasure, user, order, by, pool, err);
    if (status) return status;
    erasure->pseudonym = apr_pstrcat(pool, "erased-", go_random_hex(pool, PSEUDONYM_BYTES), NULL);
    if (!order->keeps_work) status = erase_work(db, user, removal, pool, err);
    if (!status) status = erase_identity(db, user, by, erasure, pool, err);
    if (status) return status;
    go_audit_entry entry = *by;
    entry.course_id = 0;
    entry.action = "erase";
    entry.subject = erasure->pseudonym;
    entry.was = "";
    entry.became =
        apr_psprintf(pool, "%s; %d entries of this log redacted",
                     order->keeps_work ? "the person, not the work"
                                       : apr_psprintf(pool, "the person and %d submissions",
                                                      removal->submissions),
                     erasure->entries);
    return go_audit_add(db, &entry, pool, err);
}

apr_status_t go_erase(go_db *db, const go_state *state, const go_user *user,
                      const go_erasure_order *order, const go_audit_entry *by, go_erasure *erasure,
                      apr_pool_t *pool, go_error *err) {
    go_removal *removal = go_removal_make(GO_REMOVED_BY_ERASURE, by->at_us, pool);
    go_error later = GO_ERROR_INIT(pool);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_db_end(db, erase(db, user, order, by, removal, erasure, pool, err), err);
    if (!status) go_removal_sweep(removal, db, state, &erasure->objects, pool, &later);
    return status;
}
