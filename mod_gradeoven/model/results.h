/*
 * The results of single tests that a stage may leave beside its score: output/results.json in the
 * fields that Gradescope publishes for its autograders, or output/junit.xml as test runners write
 * it. Here bytes become structs, strictly and within limits, and one function says who may see a
 * test.
 *
 *   bytes ──> clean UTF-8 ──> numbers as texts ──> jansson ──> go_results     (results_json.c)
 *   bytes ──> clean UTF-8 ──────────────────────> expat ────> go_results     (results_junit.c)
 *
 * Points are read from the decimal text, never by a floating-point number: 0.1 and 0.2 are 0.3.
 * More than three places are rounded to the nearest thousandth, halves away from zero (what scripts
 * compute often has seventeen).
 *
 * A field of the wrong type, an unknown status or visibility, a DOCTYPE, or too much of anything
 * makes the whole file malformed, with an error that says where. What is only long is cut, with an
 * ellipsis. Unknown fields are ignored, and so is extra_data. Of the formats of texts that
 * Gradescope knows, "html" makes a document of its own (pages/test_output.c); the others, and
 * names, are shown as plain text.
 */
#ifndef GO_MODEL_RESULTS_H
#define GO_MODEL_RESULTS_H

#include "model/db.h"
#include "model/score.h"

#include <apr_tables.h>

#define GO_RESULTS_MAX        (1024 * 1024) /* bytes of a file */
#define GO_RESULTS_TESTS_MAX  2000
#define GO_RESULTS_LEADER_MAX 50
#define GO_RESULTS_DEPTH_MAX  32
#define GO_RESULTS_VALUES_MAX 100000 /* values or elements in a file */
#define GO_RESULTS_TAGS_MAX   20     /* of a test; further ones are left out */
#define GO_RESULTS_NAME_MAX   500    /* bytes that are kept of a name, a number or a tag */
#define GO_RESULTS_OUTPUT_MAX (64 * 1024)

typedef enum go_test_status {
    GO_TEST_NONE, /* it says none, and has no points to tell it from */
    GO_TEST_PASSED,
    GO_TEST_FAILED,
    GO_TEST_SKIPPED,
    GO_TEST_ERROR, /* of the test itself */
    GO_TEST_STATUS_COUNT
} go_test_status;

/* When the student whose submission it is may see it; staff always may. */
typedef enum go_visibility {
    GO_VISIBLE,
    GO_HIDDEN_TEST,
    GO_AFTER_DUE_DATE,  /* never, where there is no due date */
    GO_AFTER_PUBLISHED, /* when staff have released the results */
    GO_VISIBILITY_COUNT
} go_visibility;

typedef enum go_text_format { GO_FORMAT_TEXT, GO_FORMAT_HTML } go_text_format;

/* As the files and pages call them: "passed", "after_due_date"; of GO_TEST_NONE "". */
const char *go_test_status_name(go_test_status status);
const char *go_visibility_name(go_visibility visibility);
/* 1 and the value, or 0 for a name that is none. */
int go_test_status_parse(const char *name, go_test_status *status);
int go_visibility_parse(const char *name, go_visibility *visibility);
/* Every other name is text. */
const char *go_text_format_name(go_text_format format);
go_text_format go_text_format_of(const char *name);

/* All texts are clean UTF-8 (text.h), "" where there is none. */
typedef struct go_test {
    const char *name, *number, *output;
    const char *tags;      /* one a line */
    go_text_format format; /* of the output */
    go_test_status status;
    go_visibility visibility;
    int has_score, has_max;
    apr_int64_t score_milli, max_milli; /* score may be negative, max may not */
} go_test;

typedef struct go_leader {
    const char *name, *value; /* value as it was written */
    int has_milli;            /* value is a number: */
    apr_int64_t milli;
    int is_ascending; /* the lowest is best */
} go_leader;

typedef struct go_results {
    const char *source; /* "results.json" or "junit.xml" */
    const char *output; /* about all tests, or "" */
    go_text_format output_format;
    go_visibility output_visibility;
    int has_score, has_max; /* of the whole, when it was written */
    apr_int64_t score_milli, max_milli;
    apr_array_header_t *tests;       /* of go_test, in the order of the file */
    apr_array_header_t *leaderboard; /* of go_leader */
} go_results;

/*
 * Parses the bytes of a file, which need no NUL and may be anything, into *results in `pool`.
 * GO_EINVALID or GO_ETOOBIG says what is wrong and where, for staff.
 */
apr_status_t go_results_parse_json(const char *bytes, apr_size_t length, go_results **results,
                                   apr_pool_t *pool, go_error *err);
apr_status_t go_results_parse_junit(const char *bytes, apr_size_t length, go_results **results,
                                    apr_pool_t *pool, go_error *err);

/*
 * The score of a run whose stages wrote none: `score` of `max_score` of the whole where they are
 * given, otherwise the sum of the tests' that have a max_score. Less than nothing is nothing. 0
 * when it cannot be said of how many points; JUnit XML has no points at all.
 */
int go_results_score(const go_results *results, go_score *score);

/* A decimal as JSON writes it ("-1.5e2"), exactly, rounded to thousandths; 0 when it is none. */
int go_results_milli(const char *text, apr_int64_t *milli);

/* --- who may see it ------------------------------------------------------------------------- */

typedef struct go_results_viewer {
    int is_staff;
    int is_due_over; /* the assignment has a due date and it is over */
    int is_released; /* staff have released the results */
} go_results_viewer;

/* The one place where this is decided, for pages, JSON and whatever else shows a student a test. */
int go_results_may_see(go_visibility visibility, const go_results_viewer *viewer);

/* --- the store (results_store.c) ------------------------------------------------------------- */

/* Keeps the results of a run; inside the transaction that finishes it. */
apr_status_t go_results_keep(go_db *db, apr_int64_t run_id, const go_results *results,
                             apr_pool_t *pool, go_error *err);

/* What is kept of a run: all of it, for whoever asks go_results_may_see(); *results NULL: none. */
apr_status_t go_results_of_run(go_db *db, apr_int64_t run_id, go_results **results,
                               apr_pool_t *pool, go_error *err);

/* Have staff released what is visible `after_published` of this assignment? */
apr_status_t go_results_are_released(go_db *db, apr_int64_t assignment_id, int *is_released,
                                     apr_pool_t *pool, go_error *err);
/* Releases or withholds it; *changed 0 when it was so already. */
apr_status_t go_results_release(go_db *db, apr_int64_t assignment_id, int is_released, int *changed,
                                apr_pool_t *pool, go_error *err);

#endif
