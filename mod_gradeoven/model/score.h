/*
 * A score: X of Y points, exactly.
 *
 * A stage writes "X/Y" into output/score, and "X/Y" into output/progress. Both are decimals with at
 * most three places, kept as integer thousandths, so that 0.1 + 0.2 is 0.3 in every gradebook. X
 * may exceed Y (extra credit). "0/0" is a score too: a stage that awards nothing. Negative points
 * do not exist, and there is no exponent, no grouping and no decimal comma: what is not exactly
 * this form is refused, because a score that was guessed is worse than none.
 */
#ifndef GO_MODEL_SCORE_H
#define GO_MODEL_SCORE_H

#include <apr.h>
#include <apr_errno.h>
#include <apr_pools.h>

#define GO_SCORE_MILLI_MAX APR_INT64_C(999999999999999) /* 999999999999.999: below 10^12 points */

typedef struct go_score {
    apr_int64_t earned_milli;
    apr_int64_t possible_milli;
} go_score;

/*
 * Parses "X/Y", with white space (space, tab, CR, LF) allowed around the whole and around the '/'.
 * The bytes need no NUL. GO_EINVALID leaves *score as it was.
 */
apr_status_t go_score_parse(const char *bytes, apr_size_t length, go_score *score);

/* Parses one decimal ("99", "99.5", "0.125", no sign) with the same rules; for forms. */
apr_status_t go_score_parse_milli(const char *bytes, apr_size_t length, apr_int64_t *milli);

/* The shortest exact decimal: 99000 is "99", 99500 "99.5", -1500 "-1.5". Lives in `pool`. */
const char *go_score_format_milli(apr_pool_t *pool, apr_int64_t milli);

/*
 * Is `a` a larger part of its points than `b`? One of 0 points is below all others. Exact.
 */
int go_score_is_better(go_score a, go_score b);

/* "X/Y" */
const char *go_score_format(apr_pool_t *pool, go_score score);

#endif
