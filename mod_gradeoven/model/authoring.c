#include "model/authoring.h"

#include "model/audit.h"

#include <apr_strings.h>

apr_status_t go_authoring_note(go_db *db, const go_authoring *who, const char *action,
                               const char *was, const char *became, apr_pool_t *pool,
                               go_error *err) {
    const go_audit_entry entry = {.at_us = who->now,
                                  .actor = who->author->username,
                                  .address = who->address,
                                  .course_id = who->course->id,
                                  .action = action,
                                  .subject =
                                      who->assignment ? who->assignment->name : who->course->name,
                                  .was = was,
                                  .became = became};
    return go_audit_add(db, &entry, pool, err);
}

/* The assignment as it is now, inside the transaction: the one at hand may be old. */
static apr_status_t check_base(go_db *db, const go_authoring *who, const go_save *save,
                               go_assignment **present, apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_assignment_find(db, who->course, who->assignment->name, present, pool, err);
    if (!status && save->is_based && (*present)->version_number != save->base)
        status = go_error_set(
            err, GO_ECONFLICT, "Look at what was changed meanwhile, and save again.",
            "Somebody else has saved version %d since you began.", (*present)->version_number);
    return status;
}

static const char *version_text(int number, const char *note, apr_pool_t *pool) {
    if (!number) return "";
    return apr_psprintf(pool, "version %d%s%s", number, *note ? ": " : "", note);
}

apr_status_t go_version_save(go_db *db, const go_authoring *who, const go_stages *stages,
                             const go_save *save, int *number, apr_pool_t *pool, go_error *err) {
    go_assignment *present;
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = check_base(db, who, save, &present, pool, err);
    if (!status)
        status = go_version_create(db, who->assignment, stages, who->author->id, save->note,
                                   who->now, number, pool, err);
    if (!status)
        status = go_db_run(
            db, GO_SQL_VERSION_SET_ARCHIVE,
            GO_VALUES(go_text(save->archive), go_integer(who->assignment->id), go_integer(*number)),
            NULL, pool, err);
    if (!status)
        status =
            go_authoring_note(db, who, "stages", version_text(present->version_number, "", pool),
                              version_text(*number, save->note, pool), pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_version_find(go_db *db, const go_assignment *assignment, int number,
                             go_version **version, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *versions;
    apr_status_t status = go_versions(db, assignment, &versions, pool, err);
    for (int i = 0; !status && i < versions->nelts; i++) {
        *version = APR_ARRAY_IDX(versions, i, go_version *);
        if ((*version)->number == number) return APR_SUCCESS;
    }
    return status ? status
                  : go_error_set(err, GO_ENOTFOUND, NULL, "There is no version %d.", number);
}
