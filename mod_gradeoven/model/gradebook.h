/*
 * The gradebook of a course: students by columns, with each student's total.
 *
 * A column is an assignment, or one that people fill in ("participation"). What stands in a cell:
 * of an assignment the score of the submission that counts, after penalty, and the points that
 * people gave for it; in its place, or on top of it, what staff set in the cell itself, with a
 * reason. Who is excused from a column has it not in the total.
 *
 * Nothing handed in is 0 points once the assignment is over for that student (due, grace and their
 * exceptions), and is not there before. Points by people are in what staff see when they are done,
 * and in what the student sees when they are released. Of an assignment that is graded blind staff
 * see nothing here until it is released to its student.
 */
#ifndef GO_MODEL_GRADEBOOK_H
#define GO_MODEL_GRADEBOOK_H

#include "model/audit.h"
#include "model/courses.h"
#include "model/grade_total.h"
#include "model/problems.h"
#include "model/score.h"

typedef struct go_grade_category {
    apr_int64_t id;
    const char *name;
    apr_int64_t weight_milli;
    int drop_lowest;
} go_grade_category;

typedef struct go_grade_column {
    apr_int64_t id;            /* 0: an assignment of which all is by default */
    apr_int64_t assignment_id; /* 0: filled in by people */
    const char *key;           /* in addresses and forms: "a-NAME" of an assignment, or "c-ID" */
    const char *name;          /* of the assignment, or NULL */
    const char *title;
    int has_worth;
    apr_int64_t worth_milli;
    apr_int64_t category_id; /* 0: none */
    int category;            /* its index in the book, or -1 */
    int is_extra, is_left_out, is_draft;
    apr_int64_t out_of_milli; /* what it is of for who has nothing in it; 0: not known yet */
} go_grade_column;

typedef struct go_grade {
    int has_points;
    apr_int64_t points_milli, out_of_milli;
    int number; /* of the submission that counts; 0: none */
    apr_time_t submitted_us;
    int is_late;
    int has_feedback; /* points that people gave are among them */
    int is_over;      /* for this student nothing can be on time any more */
    int is_hidden;    /* graded blind: nothing of it may be told */
    int is_excused, is_dropped;
    int has_override; /* staff set points in place of what was measured */
    apr_int64_t override_milli, adjustment_milli;
    const char *reason; /* "" */
    int revision;       /* 0: staff have set nothing */
} go_grade;

typedef struct go_grade_row {
    const go_enrolment *person;
    go_grade *grades; /* one a column */
    int has_total;
    apr_int64_t total_milli; /* thousandths of a percent */
} go_grade_row;

typedef struct go_gradebook {
    apr_array_header_t *categories; /* of go_grade_category, by name */
    apr_array_header_t *columns; /* of go_grade_column: assignments by due date, then the others */
    apr_array_header_t *rows;    /* of go_grade_row, by username */
} go_gradebook;

/* Whose eyes: what a student may not know yet is not there; nor, for who looks as a student
   (view_as.h), anything that is graded blind. */
typedef enum go_book_reader { GO_BOOK_STAFF, GO_BOOK_STUDENT, GO_BOOK_VIEWER } go_book_reader;

/* The students of a course who are not dropped, or only the one `user_id` (0: all). In `pool`. */
apr_status_t go_gradebook_read(go_db *db, const go_course *course, apr_int64_t user_id,
                               go_book_reader reader, apr_time_t now, go_gradebook **book,
                               apr_pool_t *pool, go_error *err);

/* The index of the column with this key, or -1. */
int go_gradebook_column(const go_gradebook *book, const char *key);
/* The row of a student, or NULL. */
const go_grade_row *go_gradebook_row(const go_gradebook *book, const char *username);

/* "93.125 %" of thousandths of a percent, and what a column is called: never empty. */
const char *go_grade_percent_text(apr_int64_t percent_milli, apr_pool_t *pool);

/* --- what staff set (grade_cells.c) ----------------------------------------------------------- */

enum { GO_GRADE_REASON_MAX = 500 };

/*
 * Sets the cell of a student: override, adjustment, reason and is_excused of `typed`, on top of
 * typed->revision. Audited as `by`. GO_EINVALID: a reason is missing, or points out of bounds;
 * GO_ECONFLICT: somebody else has set it meanwhile.
 */
apr_status_t go_grade_set(go_db *db, const go_course *course, const go_grade_column *column,
                          const go_grade_row *row, const go_grade *typed, const go_audit_entry *by,
                          apr_pool_t *pool, go_error *err);

/* --- a list of points (grade_import.c) ---------------------------------------------------------
 */

/* A cell that a list changes. */
typedef struct go_grade_change {
    int line;
    const go_grade_column *column;
    const go_grade_row *row;
    int has_been; /* there are points already: */
    apr_int64_t was_milli;
    int revision; /* of the cell */
    apr_int64_t milli;
} go_grade_change;

/*
 * Reads CSV: a column "username", and columns whose titles are those of columns that people fill in
 * ("Essay", or "Essay (of 10)" as the export has it); others must be named in the export, and are
 * passed over. An empty cell leaves what is there. *changes: array of go_grade_change, only what
 * would differ from `book`. GO_EINVALID with every problem, by line. Pure.
 */
apr_status_t go_grade_import_read(const go_gradebook *book, const char *csv, apr_size_t length,
                                  apr_array_header_t **changes, apr_pool_t *pool,
                                  go_problems *problems);

/* The same only for the same changes of the same cells as they are. */
const char *go_grade_import_digest(const apr_array_header_t *changes, apr_pool_t *pool);

/*
 * Reads the list again and makes its changes in one transaction, each audited; *count of them.
 * GO_ECONFLICT when they are not those of `digest` any more.
 */
apr_status_t go_grade_import_apply(go_db *db, const go_course *course, const char *csv,
                                   apr_size_t length, const char *digest, const go_audit_entry *by,
                                   int *count, apr_pool_t *pool, go_error *err);

/* Stores one cell and writes it to the log: `was` becomes `set`, which was checked. Part of the
   caller's transaction. */
apr_status_t go_grade_put(go_db *db, const go_course *course, const go_grade_column *column,
                          const go_enrolment *person, const go_grade *was, const go_grade *set,
                          const go_audit_entry *by, apr_pool_t *pool, go_error *err);

/* --- what the grade is made of (grade_settings.c) --------------------------------------------- */

enum { GO_GRADE_NAME_MAX = 80, GO_GRADE_DROP_MAX = 50 };

/* Makes (id 0) or changes a category. GO_EINVALID, GO_ECONFLICT when the name is taken. */
apr_status_t go_grade_category_set(go_db *db, const go_course *course,
                                   const go_grade_category *category, const go_audit_entry *by,
                                   apr_pool_t *pool, go_error *err);
/* Its columns are in none then. */
apr_status_t go_grade_category_remove(go_db *db, const go_course *course,
                                      const go_grade_category *category, const go_audit_entry *by,
                                      apr_pool_t *pool, go_error *err);

/* Makes a column that people fill in (id and assignment_id 0), or changes one of either kind. */
apr_status_t go_grade_column_set(go_db *db, const go_course *course, const go_grade_column *column,
                                 const go_audit_entry *by, apr_pool_t *pool, go_error *err);
/* Only one that people fill in; GO_ECONFLICT while somebody has points in it. */
apr_status_t go_grade_column_remove(go_db *db, const go_course *course,
                                    const go_grade_column *column, const go_audit_entry *by,
                                    apr_pool_t *pool, go_error *err);

#endif
