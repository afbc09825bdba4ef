#include "model/line_comments.h"

#include <apr_hash.h>

#include <string.h>

enum { EARLIER_MAX = 50 };

static apr_status_t check(const char *text, go_error *err) {
    if (!text[strspn(text, " \t\r\n")])
        return go_error_set(err, GO_EINVALID, "Write it, or delete it.", "The comment is empty.");
    if (strlen(text) > GO_LINE_COMMENT_MAX)
        return go_error_set(err, GO_EINVALID, "Shorten it.", "The comment is over %d KiB long.",
                            GO_LINE_COMMENT_MAX / 1024);
    return APR_SUCCESS;
}

apr_status_t go_line_comment_add(go_db *db, const go_assignment *assignment,
                                 const go_submission *submission, const char *path, int line,
                                 apr_int64_t author_id, const char *text, apr_time_t now,
                                 apr_pool_t *pool, go_error *err) {
    apr_status_t status = check(text, err);
    if (status) return status;
    return go_db_run(db, GO_SQL_LINE_COMMENT_ADD,
                     GO_VALUES(go_integer(submission->graded_id), go_integer(assignment->id),
                               go_text(path), go_integer(line), go_integer(author_id),
                               go_text(text), go_integer(now)),
                     NULL, pool, err);
}

static apr_status_t found(apr_status_t status, int changed, go_error *err) {
    if (status || changed) return status;
    return go_error_set(err, GO_ENOTFOUND, NULL, "You have no such comment here.");
}

apr_status_t go_line_comment_change(go_db *db, const go_submission *submission, apr_int64_t id,
                                    apr_int64_t author_id, const char *text, apr_pool_t *pool,
                                    go_error *err) {
    int changed = 0;
    apr_status_t status = check(text, err);
    if (status) return status;
    status = go_db_run(db, GO_SQL_LINE_COMMENT_CHANGE,
                       GO_VALUES(go_text(text), go_integer(id), go_integer(submission->graded_id),
                                 go_integer(author_id)),
                       &changed, pool, err);
    return found(status, changed, err);
}

apr_status_t go_line_comment_remove(go_db *db, const go_submission *submission, apr_int64_t id,
                                    apr_int64_t author_id, apr_pool_t *pool, go_error *err) {
    int changed = 0;
    apr_status_t status = go_db_run(
        db, GO_SQL_LINE_COMMENT_REMOVE,
        GO_VALUES(go_integer(id), go_integer(submission->graded_id), go_integer(author_id)),
        &changed, pool, err);
    return found(status, changed, err);
}

apr_status_t go_line_comments(go_db *db, const go_submission *submission, apr_array_header_t **list,
                              apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_LINE_COMMENTS, GO_VALUES(go_integer(submission->graded_id)), &rows, pool, err);
    *list = apr_array_make(pool, 16, sizeof(go_line_comment));
    while (!status && go_rows_next(rows)) {
        const char *name = go_rows_text(rows, 5);
        APR_ARRAY_PUSH(*list, go_line_comment) =
            (go_line_comment){.id = go_rows_integer(rows, 0, 0),
                              .path = go_rows_text(rows, 1),
                              .line = (int)go_rows_integer(rows, 2, 0),
                              .author_id = go_rows_integer(rows, 3, 0),
                              .author = *name ? name : go_rows_text(rows, 4),
                              .text = go_rows_text(rows, 6),
                              .created_us = go_rows_integer(rows, 7, 0)};
    }
    return status;
}

apr_status_t go_line_comments_earlier(go_db *db, const go_assignment *assignment,
                                      apr_array_header_t **texts, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_hash_t *seen = apr_hash_make(pool);
    apr_status_t status = go_db_select(db, GO_SQL_LINE_COMMENTS_EARLIER,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *texts = apr_array_make(pool, EARLIER_MAX, sizeof(const char *));
    while (!status && (*texts)->nelts < EARLIER_MAX && go_rows_next(rows)) {
        const char *text = go_rows_text(rows, 0);
        if (strchr(text, '\n') || apr_hash_get(seen, text, APR_HASH_KEY_STRING)) continue;
        apr_hash_set(seen, text, APR_HASH_KEY_STRING, text);
        APR_ARRAY_PUSH(*texts, const char *) = text;
    }
    return status;
}
