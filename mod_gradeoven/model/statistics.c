#include "model/statistics.h"

#include "model/zone.h"

#include <stdlib.h>

/* --- how scores are spread ------------------------------------------------------------------- */

static int by_points(const void *a, const void *b) {
    apr_int64_t x = ((const go_score *)a)->earned_milli, y = ((const go_score *)b)->earned_milli;
    return (x > y) - (x < y);
}

static apr_int64_t points(const apr_array_header_t *scores, int place) {
    return APR_ARRAY_IDX(scores, place, go_score).earned_milli;
}

/* The median of `count` sorted scores from place `from`; halves of a thousandth go up. */
static apr_int64_t median(const apr_array_header_t *scores, int from, int count) {
    apr_int64_t high = points(scores, from + count / 2);
    return count % 2 ? high : (points(scores, from + count / 2 - 1) + high + 1) / 2;
}

/* Divided before it is summed up, since the sum of many large scores would not fit. */
static apr_int64_t mean(const apr_array_header_t *scores) {
    apr_int64_t count = scores->nelts, whole = 0, rest = 0;
    for (int i = 0; i < scores->nelts; i++) {
        whole += points(scores, i) / count;
        rest += points(scores, i) % count;
    }
    return whole + (rest * 2 + count) / (count * 2);
}

/* The part of the histogram, or -1 for a score out of nothing. */
static int part_of(const go_score *score) {
    if (score->possible_milli <= 0) return -1;
    if (score->earned_milli > score->possible_milli) return GO_SPREAD_ABOVE;
    if (score->earned_milli == score->possible_milli) return GO_SPREAD_TENTHS - 1;
    return (int)(score->earned_milli * GO_SPREAD_TENTHS / score->possible_milli);
}

void go_spread_of(apr_array_header_t *scores, go_spread *spread) {
    int count = scores->nelts, half = count / 2;
    *spread = (go_spread){.count = count};
    if (!count) return;
    qsort(scores->elts, (size_t)count, sizeof(go_score), by_points);
    spread->mean_milli = mean(scores);
    spread->median_milli = median(scores, 0, count);
    spread->lower_milli = half ? median(scores, 0, half) : spread->median_milli;
    spread->upper_milli = half ? median(scores, count - half, half) : spread->median_milli;
    spread->least_milli = points(scores, 0);
    spread->most_milli = points(scores, count - 1);
    spread->possible_milli = APR_ARRAY_IDX(scores, 0, go_score).possible_milli;
    for (int i = 0; i < count; i++) {
        const go_score *score = &APR_ARRAY_IDX(scores, i, go_score);
        int part = part_of(score);
        if (part < 0)
            spread->of_nothing++;
        else
            spread->parts[part]++;
        if (score->possible_milli != spread->possible_milli) spread->possible_milli = -1;
    }
}

/* --- when people hand in --------------------------------------------------------------------- */

static const apr_time_t hour = APR_TIME_C(3600) * APR_USEC_PER_SEC;

enum { HOURS_UP_TO_DAYS = 2, WEEK = 7 };

/* The days of a period so that there are few enough; 0 for hours. */
static int choose_days(apr_time_t span) {
    apr_time_t day = 24 * hour;
    if (span <= HOURS_UP_TO_DAYS * day) return 0;
    if (span < (GO_PERIODS_MAX - 2) * day) return 1;
    int weeks = 1;
    while (span / (WEEK * day) / weeks > GO_PERIODS_MAX - 3)
        weeks++;
    return weeks * WEEK;
}

static apr_time_t first_start(const char *zone, apr_time_t time, int days) {
    apr_time_t start = go_zone_day_start(zone, time);
    if (!days) return start + (time - start) / hour * hour;
    /* at noon of that day, whatever summer time did between */
    if (days > 1)
        start = go_zone_day_start(zone, start + 12 * hour -
                                            24 * hour * (apr_time_t)go_zone_weekday(zone, time));
    return start;
}

static apr_time_t next_start(const char *zone, apr_time_t start, int days) {
    if (!days) return start + hour;
    apr_time_t plain = start + 24 * hour * (apr_time_t)days;
    apr_time_t next = go_zone_day_start(zone, plain + 12 * hour);
    return next > start ? next : plain;
}

apr_array_header_t *go_periods(const apr_array_header_t *moments, const char *zone,
                               apr_time_t due_us, int *days, apr_pool_t *pool) {
    apr_time_t first = APR_ARRAY_IDX(moments, 0, go_moment).at_us;
    apr_time_t last = APR_ARRAY_IDX(moments, moments->nelts - 1, go_moment).at_us;
    apr_array_header_t *periods = apr_array_make(pool, GO_PERIODS_MAX, sizeof(go_period));
    *days = choose_days(last - first);
    apr_time_t start = first_start(zone, first, *days);
    for (int i = 0; start <= last;) {
        go_period period = {.from_us = start, .to_us = next_start(zone, start, *days)};
        for (; i < moments->nelts; i++) {
            const go_moment *moment = &APR_ARRAY_IDX(moments, i, go_moment);
            if (moment->at_us >= period.to_us) break;
            period.submissions += moment->submissions;
            period.counting += moment->counting;
        }
        /* due at midnight belongs to the day that ends there */
        period.is_due = due_us > period.from_us && due_us <= period.to_us;
        APR_ARRAY_PUSH(periods, go_period) = period;
        start = period.to_us;
    }
    return periods;
}
