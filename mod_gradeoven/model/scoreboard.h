/*
 * The scoreboard of an assignment: its students by score, then by who was first. Off until an
 * instructor turns it on. Only the submission that counts is looked at (GO_COUNTS in
 * statements.inc), by the score that stands.
 *
 * A student may hide: others do not see them, and their place is not counted. Where pseudonyms are
 * shown, each student has one for each assignment, made from a secret of the site, so that nobody
 * can find out whose it is by trying names.
 */
#ifndef GO_MODEL_SCOREBOARD_H
#define GO_MODEL_SCOREBOARD_H

#include "model/submissions.h"

typedef enum go_board {
    GO_BOARD_OFF,
    GO_BOARD_NAMES,
    GO_BOARD_PSEUDONYMS,
    GO_BOARD_COUNT
} go_board;

/* "off", "names", "pseudonyms" */
const char *go_board_name(go_board board);
/* GO_EINVALID for another word. */
apr_status_t go_board_parse(const char *name, go_board *board, go_error *err);

apr_status_t go_board_find(go_db *db, const go_assignment *assignment, go_board *board,
                           apr_pool_t *pool, go_error *err);

/* Turns it on, off, or over; audited as `actor` from `address`. */
apr_status_t go_board_set(go_db *db, const go_course *course, const go_assignment *assignment,
                          go_board board, const go_user *actor, const char *address, apr_time_t now,
                          apr_pool_t *pool, go_error *err);

/* Hides a student on all scoreboards of a course, or shows them again. */
apr_status_t go_board_hide(go_db *db, const go_course *course, const go_user *user, int hide,
                           apr_pool_t *pool, go_error *err);
apr_status_t go_board_is_hidden(go_db *db, const go_course *course, const go_user *user,
                                int *is_hidden, apr_pool_t *pool, go_error *err);

typedef struct go_board_line {
    int rank; /* from 1; the same for the same score at the same time */
    apr_int64_t user_id;
    const char *username, *display_name;
    int number; /* of the submission */
    apr_time_t created_us;
    go_score score;
    int is_hidden; /* `rank` is the one they would have; it is not counted */
} go_board_line;

/*
 * All lines, best first: array of go_board_line. Hidden ones are among them when `sees_hidden`, and
 * that of `viewer_id` always.
 */
apr_status_t go_board_lines(go_db *db, const go_course *course, const go_assignment *assignment,
                            int sees_hidden, apr_int64_t viewer_id, apr_array_header_t **lines,
                            apr_pool_t *pool, go_error *err);

/* The site's secret for pseudonyms, made when it is first asked for. */
#define GO_BOARD_SECRET_BYTES 32
apr_status_t go_board_secret(unsigned char *secret, go_db *db, apr_pool_t *pool, go_error *err);

/* "Otter K7Q-3FX": the same each time for this user and assignment, and another elsewhere. */
const char *go_board_pseudonym(const unsigned char *secret, const go_assignment *assignment,
                               apr_int64_t user_id, apr_pool_t *pool);

#endif
