#include "model/regrades.h"

#include <apr_strings.h>

#include <string.h>

enum { MESSAGE_MAX = 16 * 1024, MESSAGES_MAX = 200 };

static const char *const names[GO_REGRADE_COUNT] = {"none", "open", "answered", "accepted",
                                                    "declined"};

const char *go_regrade_state_name(go_regrade_state state) {
    return names[state];
}

go_regrade_state go_regrade_next(go_regrade_state state, int is_staff, go_regrade_act act) {
    int is_live = state == GO_REGRADE_OPEN || state == GO_REGRADE_ANSWERED;
    if (!is_staff)
        return act == GO_REGRADE_WRITE && (is_live || state == GO_REGRADE_NONE) ? GO_REGRADE_OPEN
                                                                                : GO_REGRADE_COUNT;
    if (state == GO_REGRADE_NONE) return GO_REGRADE_COUNT;
    if (act == GO_REGRADE_WRITE) return GO_REGRADE_ANSWERED;
    if (!is_live) return GO_REGRADE_COUNT;
    return act == GO_REGRADE_ACCEPT ? GO_REGRADE_ACCEPTED : GO_REGRADE_DECLINED;
}

static go_regrade_state parse(const char *name) {
    for (int i = 0; i < GO_REGRADE_COUNT; i++)
        if (strcmp(name, names[i]) == 0) return (go_regrade_state)i;
    return GO_REGRADE_NONE;
}

apr_status_t go_regrade_find(go_db *db, const go_submission *submission, go_regrade **regrade,
                             apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    go_regrade *found = apr_pcalloc(pool, sizeof(*found));
    found->messages = apr_array_make(pool, 8, sizeof(go_regrade_message));
    found->number = submission->number;
    *regrade = found;
    apr_status_t status = go_db_select(
        db, GO_SQL_REGRADE_FIND, GO_VALUES(go_integer(submission->graded_id)), &rows, pool, err);
    if (status || !go_rows_next(rows)) return status;
    found->state = parse(go_rows_text(rows, 0));
    found->opened_us = go_rows_integer(rows, 1, 0);
    found->changed_us = go_rows_integer(rows, 2, 0);
    status = go_db_select(db, GO_SQL_REGRADE_MESSAGES, GO_VALUES(go_integer(submission->graded_id)),
                          &rows, pool, err);
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(found->messages, go_regrade_message) =
            (go_regrade_message){.author_id = go_rows_integer(rows, 0, 0),
                                 .username = go_rows_text(rows, 1),
                                 .display_name = go_rows_text(rows, 2),
                                 .text = go_rows_text(rows, 3),
                                 .created_us = go_rows_integer(rows, 4, 0)};
    return status;
}

apr_status_t go_regrades(go_db *db, const go_assignment *assignment, apr_array_header_t **list,
                         apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_REGRADES_OF_ASSIGNMENT,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *list = apr_array_make(pool, 16, sizeof(go_regrade));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*list, go_regrade) = (go_regrade){.number = (int)go_rows_integer(rows, 0, 0),
                                                         .username = go_rows_text(rows, 1),
                                                         .display_name = go_rows_text(rows, 2),
                                                         .state = parse(go_rows_text(rows, 3)),
                                                         .opened_us = go_rows_integer(rows, 4, 0),
                                                         .changed_us = go_rows_integer(rows, 5, 0)};
    return status;
}

static apr_status_t check_text(go_regrade_act act, const char *text, go_error *err) {
    if (act == GO_REGRADE_WRITE && !text[strspn(text, " \t\r\n")])
        return go_error_set(err, GO_EINVALID, "Write what it is about.", "The message is empty.");
    if (strlen(text) > MESSAGE_MAX)
        return go_error_set(err, GO_EINVALID, "Shorten it.", "The message is over %d KiB long.",
                            MESSAGE_MAX / 1024);
    return APR_SUCCESS;
}

static apr_status_t check_time(const go_regrade *regrade, apr_time_t deadline, apr_time_t now,
                               go_error *err) {
    if (regrade->messages->nelts >= MESSAGES_MAX)
        return go_error_set(err, GO_ECONFLICT, "Talk to each other in person.",
                            "This thread has %d messages.", MESSAGES_MAX);
    if (regrade->state != GO_REGRADE_NONE || deadline >= now) return APR_SUCCESS;
    return deadline ? go_error_set(err, GO_ECONFLICT, "Talk to your instructor.",
                                   "The time for requests is over.")
                    : go_error_set(err, GO_ECONFLICT, NULL,
                                   "Requests are not open for this submission.");
}

static apr_status_t store(go_db *db, const go_assignment *assignment,
                          const go_submission *submission, const go_regrade *was,
                          go_regrade_state state, const char *text, apr_int64_t author_id,
                          const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    apr_status_t status =
        go_db_run(db, GO_SQL_REGRADE_SET,
                  GO_VALUES(go_integer(submission->graded_id), go_integer(assignment->id),
                            go_text(names[state]), go_integer(by->at_us), go_integer(by->at_us)),
                  NULL, pool, err);
    if (!status && *text)
        status = go_db_run(db, GO_SQL_REGRADE_MESSAGE_ADD,
                           GO_VALUES(go_integer(submission->graded_id), go_integer(author_id),
                                     go_text(text), go_integer(by->at_us)),
                           NULL, pool, err);
    if (status || was->state == state) return status;
    go_audit_entry entry = *by;
    entry.action = "regrade";
    entry.subject = apr_psprintf(pool, "%s, submission %d", assignment->name, submission->number);
    entry.was = names[was->state];
    entry.became = names[state];
    return go_audit_add(db, &entry, pool, err);
}

static apr_status_t act_now(go_db *db, const go_assignment *assignment,
                            const go_submission *submission, go_regrade_act act, const char *text,
                            apr_int64_t author_id, int is_staff, apr_time_t deadline,
                            const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_regrade *was;
    apr_status_t status = go_regrade_find(db, submission, &was, pool, err);
    if (status) return status;
    go_regrade_state state = go_regrade_next(was->state, is_staff, act);
    if (state == GO_REGRADE_COUNT)
        return go_error_set(err, GO_ECONFLICT, "Load the page again.",
                            was->state == GO_REGRADE_NONE ? "There is no request here."
                                                          : "This request is closed.");
    status = check_time(was, deadline, by->at_us, err);
    if (status) return status;
    return store(db, assignment, submission, was, state, text, author_id, by, pool, err);
}

apr_status_t go_regrade_do(go_db *db, const go_assignment *assignment,
                           const go_submission *submission, go_regrade_act act, const char *text,
                           apr_int64_t author_id, int is_staff, apr_time_t deadline,
                           const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    apr_status_t status = check_text(act, text, err);
    if (status || (status = go_db_begin(db, err))) return status;
    status = act_now(db, assignment, submission, act, text, author_id, is_staff, deadline, by, pool,
                     err);
    return go_db_end(db, status, err);
}
