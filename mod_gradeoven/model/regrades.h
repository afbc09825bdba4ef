/*
 * Requests to look again: one thread for each submission, opened by its student after the release
 * and before the deadline, and ended by staff.
 *
 *     (none) --student writes--> open --staff write--> answered
 *                                  ^                      |
 *                                  +----student writes----+
 *     open, answered --staff decide--> accepted | declined --staff write--> answered
 */
#ifndef GO_MODEL_REGRADES_H
#define GO_MODEL_REGRADES_H

#include "model/audit.h"
#include "model/submissions.h"

typedef enum go_regrade_state {
    GO_REGRADE_NONE,
    GO_REGRADE_OPEN,
    GO_REGRADE_ANSWERED,
    GO_REGRADE_ACCEPTED,
    GO_REGRADE_DECLINED,
    GO_REGRADE_COUNT
} go_regrade_state;

typedef enum go_regrade_act {
    GO_REGRADE_WRITE,
    GO_REGRADE_ACCEPT,
    GO_REGRADE_DECLINE,
    GO_REGRADE_ACT_COUNT
} go_regrade_act;

/* "none", "open", ... */
const char *go_regrade_state_name(go_regrade_state state);

/* Pure: the state that follows, or GO_REGRADE_COUNT when it may not be. */
go_regrade_state go_regrade_next(go_regrade_state state, int is_staff, go_regrade_act act);

typedef struct go_regrade_message {
    apr_int64_t author_id;
    const char *username, *display_name;
    const char *text; /* Markdown */
    apr_time_t created_us;
} go_regrade_message;

typedef struct go_regrade {
    go_regrade_state state;
    apr_time_t opened_us, changed_us;
    apr_array_header_t *messages; /* of go_regrade_message, oldest first */
    int number;                   /* in lists: the submission's, and whose it is */
    const char *username, *display_name;
} go_regrade;

/* The thread of a submission: never NULL, GO_REGRADE_NONE when there is none. */
apr_status_t go_regrade_find(go_db *db, const go_submission *submission, go_regrade **regrade,
                             apr_pool_t *pool, go_error *err);

/* All of an assignment, open ones first: array of go_regrade. */
apr_status_t go_regrades(go_db *db, const go_assignment *assignment, apr_array_header_t **list,
                         apr_pool_t *pool, go_error *err);

/*
 * Writes and decides, audited as `by` (whose at_us is now). `text` may be empty when staff decide.
 * `deadline`: until when a student may open one, 0: not at all. GO_ECONFLICT: not now; GO_EINVALID:
 * no text, or too long a one.
 */
apr_status_t go_regrade_do(go_db *db, const go_assignment *assignment,
                           const go_submission *submission, go_regrade_act act, const char *text,
                           apr_int64_t author_id, int is_staff, apr_time_t deadline,
                           const go_audit_entry *by, apr_pool_t *pool, go_error *err);

#endif
