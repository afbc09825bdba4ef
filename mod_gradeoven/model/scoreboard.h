/*
 * The scoreboard of an assignment: its students by score, then by who was first; or with a metric,
 * which is a value that stages write for it (results.h), after the score or in its place. Off until
 * an instructor turns it on. Only the submission that counts is looked at (GO_COUNTS in
 * statements.inc), by the run that stands.
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

/* What goes first; between equals it is always who was first. */
typedef enum go_ranking {
    GO_RANKING_SCORE,
    GO_RANKING_SCORE_METRIC,
    GO_RANKING_METRIC,
    GO_RANKING_COUNT
} go_ranking;

typedef struct go_board_rules {
    go_board board;
    go_ranking ranking;
    const char *metric; /* its name as stages write it; "" when the score alone ranks */
} go_board_rules;

/* "off", "names", "pseudonyms"; "score", "score-metric", "metric" */
const char *go_board_name(go_board board);
const char *go_ranking_name(go_ranking ranking);
/* GO_EINVALID for another word. */
apr_status_t go_board_parse(const char *name, go_board *board, go_error *err);
apr_status_t go_ranking_parse(const char *name, go_ranking *ranking, go_error *err);

/* GO_BOARD_OFF where there is none. */
apr_status_t go_board_find(go_db *db, const go_assignment *assignment, go_board_rules *rules,
                           apr_pool_t *pool, go_error *err);

/*
 * Turns it on, off, or over; audited as `actor` from `address`. GO_EINVALID when it ranks by a
 * metric that has no name, or one that no stage could write.
 */
apr_status_t go_board_set(go_db *db, const go_course *course, const go_assignment *assignment,
                          go_board_rules rules, const go_user *actor, const char *address,
                          apr_time_t now, apr_pool_t *pool, go_error *err);

/* The first names of metrics that submissions which count have: array of const char *. */
#define GO_BOARD_METRICS_MAX 50
apr_status_t go_board_metrics(go_db *db, const go_assignment *assignment,
                              apr_array_header_t **names, apr_pool_t *pool, go_error *err);

/* Hides a student on all scoreboards of a course, or shows them again. */
apr_status_t go_board_hide(go_db *db, const go_course *course, const go_user *user, int hide,
                           apr_pool_t *pool, go_error *err);
apr_status_t go_board_is_hidden(go_db *db, const go_course *course, const go_user *user,
                                int *is_hidden, apr_pool_t *pool, go_error *err);

typedef struct go_board_line {
    int rank; /* from 1; the same for whom nothing distinguishes, the time included */
    apr_int64_t user_id;
    const char *username, *display_name;
    int number; /* of the submission */
    apr_time_t created_us;
    int has_score; /* always, unless the metric alone ranks */
    go_score score;
    const char *metric; /* as the stage wrote it; NULL when it did not, or none is asked for */
    int has_milli;      /* it is a number: */
    apr_int64_t milli;  /* the lowest is best: turned round where a stage says the highest is */
    int is_hidden;      /* `rank` is the one they would have; it is not counted */
} go_board_line;

/*
 * All lines, best first: array of go_board_line. Hidden ones are among them when `sees_hidden`, and
 * that of `viewer_id` always. Whether the lowest of the metric is best is what the newest run says.
 * Who has no metric, or one that is no number, comes after those who have.
 */
apr_status_t go_board_lines(go_db *db, const go_course *course, const go_assignment *assignment,
                            const go_board_rules *rules, int sees_hidden, apr_int64_t viewer_id,
                            apr_array_header_t **lines, apr_pool_t *pool, go_error *err);

/* The site's secret for pseudonyms, made when it is first asked for. */
#define GO_BOARD_SECRET_BYTES 32
apr_status_t go_board_secret(unsigned char *secret, go_db *db, apr_pool_t *pool, go_error *err);

/* "Otter K7Q-3FX": the same each time for this user and assignment, and another elsewhere. */
const char *go_board_pseudonym(const unsigned char *secret, const go_assignment *assignment,
                               apr_int64_t user_id, apr_pool_t *pool);

#endif
