#include "model/grade_total.h"

#include <string.h>

typedef unsigned __int128 big;

enum { WHOLE = 100000 }; /* 100 % in thousandths of a percent */

/* --- a sum of fractions ---------------------------------------------------------------------- */

/* A fraction in lowest terms, and the same as a decimal of 15 places, for when the fraction
 * outgrows 128 bits: then the sum is right to about 10^-13 and not exactly. */
typedef struct sum {
    big numerator, denominator;
    int is_exact;
    big fixed;
} sum;

static const big FIXED_ONE = (big)1000000000000000ull;

static big common_divisor(big a, big b) {
    while (b) {
        big rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void add_exactly(sum *s, big numerator, big denominator) {
    big shared = common_divisor(s->denominator, denominator), left, right;
    if (__builtin_mul_overflow(s->numerator, denominator / shared, &left) ||
        __builtin_mul_overflow(numerator, s->denominator / shared, &right) ||
        __builtin_add_overflow(left, right, &s->numerator) ||
        __builtin_mul_overflow(s->denominator, denominator / shared, &s->denominator)) {
        s->is_exact = 0;
        return;
    }
    big divisor = common_divisor(s->numerator, s->denominator);
    s->numerator /= divisor;
    s->denominator /= divisor;
}

/* weight * part / whole */
static void add(sum *s, apr_int64_t weight, apr_int64_t part, apr_int64_t whole) {
    big product = (big)weight * (big)part, rest = product % (big)whole;
    s->fixed += product / (big)whole * FIXED_ONE + rest * FIXED_ONE / (big)whole;
    if (s->is_exact) {
        big divisor = common_divisor(product, (big)whole);
        add_exactly(s, product / divisor, (big)whole / divisor);
    }
}

/* The sum * WHOLE / weights, rounded half up. */
static apr_int64_t as_percent(const sum *s, apr_int64_t weights) {
    big above, below;
    if (s->is_exact && !__builtin_mul_overflow(s->numerator, 2 * (big)WHOLE, &above) &&
        !__builtin_mul_overflow(s->denominator, (big)weights, &below) &&
        !__builtin_mul_overflow(below, (big)2, &below) &&
        !__builtin_add_overflow(above, below / 2, &above))
        return (apr_int64_t)(above / below);
    below = FIXED_ONE * (big)weights;
    return (apr_int64_t)((s->fixed * (big)WHOLE + below / 2) / below);
}

/* --- dropping -------------------------------------------------------------------------------- */

/* Is `a` lower than `b`? */
static int is_lower(const go_total_part *a, const go_total_part *b) {
    big left = (big)a->points_milli * (big)b->out_of_milli,
        right = (big)b->points_milli * (big)a->out_of_milli;
    return left != right ? left < right : a->out_of_milli > b->out_of_milli;
}

static int may_be_dropped(const go_total_part *part, int category) {
    return part->category == category && part->counts && !part->is_extra && !part->is_dropped &&
           part->out_of_milli > 0;
}

static void drop_lowest(go_total_part *parts, int count, int category, int how_many) {
    int there = 0;
    for (int i = 0; i < count; i++)
        there += may_be_dropped(&parts[i], category);
    for (; how_many > 0 && there > 1; how_many--, there--) {
        go_total_part *lowest = NULL;
        for (int i = 0; i < count; i++)
            if (may_be_dropped(&parts[i], category) && (!lowest || is_lower(&parts[i], lowest)))
                lowest = &parts[i];
        if (lowest) lowest->is_dropped = 1;
    }
}

/* --- the total ------------------------------------------------------------------------------- */

/* Adds what a category gives; its weight, or 0 when nothing was to be had in it. */
static apr_int64_t add_category(sum *s, const go_total_category *category, int index,
                                go_total_part *parts, int count) {
    apr_int64_t points = 0, out_of = 0;
    drop_lowest(parts, count, index, category->drop_lowest);
    for (int i = 0; i < count; i++) {
        const go_total_part *part = &parts[i];
        if (part->category != index || !part->counts || part->is_dropped) continue;
        points += part->points_milli;
        if (!part->is_extra) out_of += part->out_of_milli;
    }
    if (out_of <= 0 || category->weight_milli <= 0) return 0;
    add(s, category->weight_milli, points, out_of);
    return category->weight_milli;
}

int go_grade_total(const go_total_category *categories, int category_count, go_total_part *parts,
                   int part_count, apr_int64_t *percent_milli) {
    static const go_total_category all = {1000, 0};
    sum s = {.denominator = 1, .is_exact = 1};
    apr_int64_t weights = 0;
    for (int i = 0; i < part_count; i++) {
        parts[i].is_dropped = 0;
        if (!category_count) parts[i].category = 0;
    }
    for (int c = 0; c < (category_count ? category_count : 1); c++)
        weights += add_category(&s, category_count ? &categories[c] : &all, c, parts, part_count);
    if (weights) *percent_milli = as_percent(&s, weights);
    return weights > 0;
}

apr_int64_t go_grade_scaled(apr_int64_t points_milli, apr_int64_t out_of_milli,
                            apr_int64_t worth_milli) {
    if (out_of_milli <= 0 || points_milli <= 0) return 0;
    big above = (big)points_milli * (big)worth_milli * 2 + (big)out_of_milli;
    return (apr_int64_t)(above / ((big)out_of_milli * 2));
}
