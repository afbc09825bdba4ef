/* Comments that staff write on lines of a submission's files; students see them when the
 * submission's feedback is released. */
#ifndef GO_MODEL_LINE_COMMENTS_H
#define GO_MODEL_LINE_COMMENTS_H

#include "model/submissions.h"

#define GO_LINE_COMMENT_MAX (8 * 1024) /* bytes */

typedef struct go_line_comment {
    apr_int64_t id;
    const char *path;
    int line; /* from 1 */
    apr_int64_t author_id;
    const char *author; /* what to call them */
    const char *text;   /* Markdown */
    apr_time_t created_us;
} go_line_comment;

/* GO_EINVALID: empty, or too long. The caller has checked that there is such a line. */
apr_status_t go_line_comment_add(go_db *db, const go_assignment *assignment,
                                 const go_submission *submission, const char *path, int line,
                                 apr_int64_t author_id, const char *text, apr_time_t now,
                                 apr_pool_t *pool, go_error *err);

/* Of one's own; GO_ENOTFOUND when it is none of `author_id` on this submission. */
apr_status_t go_line_comment_change(go_db *db, const go_submission *submission, apr_int64_t id,
                                    apr_int64_t author_id, const char *text, apr_pool_t *pool,
                                    go_error *err);
apr_status_t go_line_comment_remove(go_db *db, const go_submission *submission, apr_int64_t id,
                                    apr_int64_t author_id, apr_pool_t *pool, go_error *err);

/* All of a submission, by path and line: array of go_line_comment. */
apr_status_t go_line_comments(go_db *db, const go_submission *submission, apr_array_header_t **list,
                              apr_pool_t *pool, go_error *err);

/* Short comments of the assignment to use again, each once, newest first, 50 at most: const char *.
 */
apr_status_t go_line_comments_earlier(go_db *db, const go_assignment *assignment,
                                      apr_array_header_t **texts, apr_pool_t *pool, go_error *err);

#endif
