/*
 * The rubric of an assignment: items with points that graders tick. An item is one row: changing it
 * changes all submissions that it is ticked for. One that is in use is retired, not deleted: it is
 * offered no more, and stays where it stands.
 */
#ifndef GO_MODEL_RUBRIC_H
#define GO_MODEL_RUBRIC_H

#include "model/assignments.h"
#include "model/audit.h"

#define GO_POINTS_MAX_MILLI APR_INT64_C(1000000000) /* a million points, either way */
#define GO_RUBRIC_MAX       200                     /* items of an assignment */

typedef struct go_rubric_item {
    apr_int64_t id;
    const char *heading; /* the group it stands in, or "" */
    const char *title;
    const char *description;
    apr_int64_t points_milli; /* may be negative */
    int is_retired;
    int uses; /* submissions it is ticked for */
} go_rubric_item;

/* "3", "-0.5", "+2": signed decimal of at most three places, within GO_POINTS_MAX_MILLI; blanks
 * around it are allowed. GO_EINVALID names `what`. */
apr_status_t go_points_parse(const char *text, const char *what, apr_int64_t *milli, go_error *err);

/* Array of go_rubric_item, by heading, retired ones too. */
apr_status_t go_rubric(go_db *db, const go_assignment *assignment, apr_array_header_t **items,
                       apr_pool_t *pool, go_error *err);

/* `item`'s texts as typed; audited as `by`. GO_EINVALID, GO_ETOOBIG: too many items. */
apr_status_t go_rubric_add(go_db *db, const go_assignment *assignment, const go_rubric_item *item,
                           const go_audit_entry *by, apr_pool_t *pool, go_error *err);

/* Changes texts, points and whether it is retired of the item with `item->id`. GO_ENOTFOUND. */
apr_status_t go_rubric_change(go_db *db, const go_assignment *assignment,
                              const go_rubric_item *item, const go_audit_entry *by,
                              apr_pool_t *pool, go_error *err);

/* Deletes one that no submission uses, and retires one that is used. */
apr_status_t go_rubric_remove(go_db *db, const go_assignment *assignment, apr_int64_t id,
                              const go_audit_entry *by, apr_pool_t *pool, go_error *err);

#endif
