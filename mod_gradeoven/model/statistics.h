/*
 * Statistics of an assignment, for its staff: how the scores are spread, when people hand in, which
 * stages and tests fail. Of the students who are in the course now, and of the submissions that
 * count (counted.h), after penalty; staff's own tries and those of who left are not in it.
 *
 * All figures are exact. Points are thousandths; where a mean falls between two thousandths it is
 * rounded to the nearer one, halves up. The functions that reckon are pure; those that read take
 * `section` NULL for all students, else the name of one section.
 */
#ifndef GO_MODEL_STATISTICS_H
#define GO_MODEL_STATISTICS_H

#include "model/assignments.h"
#include "model/score.h"

/* --- how scores are spread ------------------------------------------------------------------- */

/* Ten parts of the points, from 0 %; 100 % itself is in the last of them; then what is above. */
enum { GO_SPREAD_TENTHS = 10, GO_SPREAD_ABOVE = 10, GO_SPREAD_PARTS = 11 };

typedef struct go_spread {
    int count; /* of scores; when it is 0 all below is 0 */
    apr_int64_t mean_milli, median_milli;
    apr_int64_t lower_milli, upper_milli; /* quartiles: the medians of the two halves; of an odd
                                             number the middle one is in neither */
    apr_int64_t least_milli, most_milli;
    apr_int64_t possible_milli; /* of each, when all are out of the same; else -1 */
    int parts[GO_SPREAD_PARTS];
    int of_nothing; /* scores out of 0 points: no part of them can be said */
} go_spread;

/* Pure. `scores`: array of go_score, which it sorts; none is negative. */
void go_spread_of(apr_array_header_t *scores, go_spread *spread);

/* --- when people hand in --------------------------------------------------------------------- */

/* Some submissions at about one time. */
typedef struct go_moment {
    apr_time_t at_us; /* of a quarter of an hour, its beginning */
    int submissions, counting;
} go_moment;

/* A bar: from `from_us` up to the next one's. */
typedef struct go_period {
    apr_time_t from_us, to_us;
    int submissions, counting;
    int is_due; /* the due time is in it: it is the last moment in which work is on time */
} go_period;

enum { GO_PERIODS_MAX = 80 };

/*
 * Pure. Divides the time from the first to the last of `moments` (array of go_moment, by time, not
 * empty) into hours (up to two days), days, or a number of whole weeks from Monday, few enough for
 * GO_PERIODS_MAX. They begin by the clock on the wall in `zone`: a day has 23 to 25 hours. Periods
 * in which nothing was handed in are there too. *days: how many days each has, 0 for hours.
 * `due_us` 0: none. Array of go_period in `pool`.
 */
apr_array_header_t *go_periods(const apr_array_header_t *moments, const char *zone,
                               apr_time_t due_us, int *days, apr_pool_t *pool);

/* --- the figures of an assignment ------------------------------------------------------------ */

/* A stage, by its name, over the runs whose scores stand. */
typedef struct go_stage_figures {
    const char *name;
    int runs;
    int broken, timeouts, signals, exits; /* each failure is one of these: its `main` could not be
                                             run, it took too long, was ended by a signal, or its
                                             exit status was not 0 */
} go_stage_figures;

/* A test, by its number and name. */
typedef struct go_test_figures {
    const char *number, *name;
    int runs, failed, passed; /* failed: or the test itself was in error */
    int is_hidden;            /* in some run students did not see it at once */
} go_test_figures;

enum { GO_TEST_FIGURES_MAX = 300 };

typedef struct go_statistics {
    int students, submitted;
    int scored; /* of those who submitted: with a score, by stages or by people */
    go_spread spread;
    apr_array_header_t *moments; /* of go_moment: all submissions of these students */
    apr_array_header_t *stages;  /* of go_stage_figures, in the order in which they run */
    apr_array_header_t *tests;   /* of go_test_figures, those that fail most first; the first
                                    GO_TEST_FIGURES_MAX */
} go_statistics;

/*
 * All of it. Points that people gave are in the totals once their feedback is done, whether or not
 * students see it yet.
 */
apr_status_t go_statistics_read(go_db *db, const go_course *course, const go_assignment *assignment,
                                const char *section, go_statistics *statistics, apr_pool_t *pool,
                                go_error *err);

#endif
