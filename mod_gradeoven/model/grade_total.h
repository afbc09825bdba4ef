/*
 * The grade of a course: one pure function of points to a percentage, exactly.
 *
 * Columns (assignments, and what people fill in) stand in categories with weights. A category's
 * part is the points that were got in it out of those that were to be had; the total is the mean of
 * the categories by their weights. Without categories all columns are one.
 *
 *  - A column that does not count yet (not graded, excused, not due) is not there at all.
 *  - A category in which nothing was to be had yet is left out, and the others share its weight.
 *  - Drop the lowest N: of the columns that are no extra credit those with the smallest part; of
 *    equal ones the one with more points to be had. One is always kept.
 *  - Extra credit adds points and not to those that were to be had: a total may exceed 100 %.
 *  - With categories, a column in none of them does not count.
 *
 * All is reckoned in fractions; only the end is rounded, half up, to a thousandth of a percent.
 */
#ifndef GO_MODEL_GRADE_TOTAL_H
#define GO_MODEL_GRADE_TOTAL_H

#include <apr.h>

enum { GO_GRADE_CATEGORIES_MAX = 40, GO_GRADE_COLUMNS_MAX = 400 };

typedef struct go_total_category {
    apr_int64_t weight_milli; /* 0: does not count */
    int drop_lowest;
} go_total_category;

typedef struct go_total_part {
    int category; /* from 0; -1: none */
    int counts;   /* 0: is not there (yet) */
    int is_extra;
    apr_int64_t points_milli, out_of_milli; /* not negative */
    int is_dropped;                         /* the answer: was among the lowest */
} go_total_part;

/*
 * 1 and the total in thousandths of a percent, or 0 when nothing counts yet. Sets is_dropped of
 * every part. At most GO_GRADE_COLUMNS_MAX parts, below 10^12 points each.
 */
int go_grade_total(const go_total_category *categories, int category_count, go_total_part *parts,
                   int part_count, apr_int64_t *percent_milli);

/*
 * `points` of `out_of` as points of `worth`, rounded half up to a thousandth; 0 when out_of is 0.
 */
apr_int64_t go_grade_scaled(apr_int64_t points_milli, apr_int64_t out_of_milli,
                            apr_int64_t worth_milli);

#endif
