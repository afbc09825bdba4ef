/*
 * What the rules of an assignment say to one student: one pure function. It knows neither the
 * database nor the clock: rules, the student's exceptions, what was handed in before, and the time
 * to judge come in; out come whether one may submit, what it costs and why, and which of the
 * submissions counts. Pages show its answer, submitting enforces it, and what is stored with a
 * submission is what it said, so that all three agree.
 *
 * Times are microseconds since 1970 (UTC), points and penalties thousandths. A day is a day of the
 * calendar in the course's zone: what is due on Friday at 23:59 is one day late until Saturday at
 * 23:59 by the clock on the wall, whether that is 23, 24 or 25 hours later. An hour is an hour.
 *
 * How it is reckoned, always in the student's favour where something must be rounded:
 *  - the due time itself is on time, and the closing time still open;
 *  - a multiplier stretches the time from opening to due (up to the next microsecond), and closing
 *    moves as far; then an extension is added, days by the calendar and minutes after them;
 *  - lateness begins after the due time and the minutes of grace, and is counted from there in days
 *    or hours that have begun;
 *  - a penalty is a part of what was scored; the points that are lost are rounded down to a
 *    thousandth;
 *  - attempts are a bucket: it starts full, every attempt takes one out, and one flows back every
 * so many minutes. Attempts that staff granted are used when it is empty. What could not be graded
 *    by no fault of the student's takes none;
 *  - each submission is judged by its own stored time. When a clock was set back, the bucket goes
 * on from the earlier time: nobody waits for what the clock said before.
 */
#ifndef GO_MODEL_POLICY_H
#define GO_MODEL_POLICY_H

#include "model/score.h"

#include <apr_tables.h>
#include <apr_time.h>

enum { GO_MILLI = 1000 }; /* the whole, in thousandths */

typedef enum go_late_rule {
    GO_LATE_FREE,     /* marked as late, and costs nothing */
    GO_LATE_PER_DAY,  /* a part for each day that has begun */
    GO_LATE_PER_HOUR, /* a part for each hour that has begun */
    GO_LATE_FIXED,    /* a part once, however late */
    GO_LATE_DAYS,     /* late days of the course's budget; without them nothing is taken late */
    GO_LATE_RULES
} go_late_rule;

typedef enum go_counting {
    GO_COUNTS_LAST,   /* the newest */
    GO_COUNTS_BEST,   /* the highest score after penalty; of equal ones the first */
    GO_COUNTS_ONTIME, /* the newest that is not late; the newest when all are */
    GO_COUNTS_CHOSEN, /* the one that the student chose; the newest until they did */
    GO_COUNTINGS
} go_counting;

/* The words by which forms and the store name them. A word that is none gives -1. */
const char *go_late_rule_name(go_late_rule rule);
const char *go_counting_name(go_counting counting);
int go_late_rule_parse(const char *name);
int go_counting_parse(const char *name);

/* The rules of an assignment, with those of its course. */
typedef struct go_policy {
    const char *zone;
    apr_time_t opens_us, due_us, closes_us; /* 0: none */
    go_late_rule late_rule;
    int late_milli;     /* of the score, for each day or hour, or once */
    int late_max_milli; /* the most that is lost */
    int grace_minutes;
    int late_days;      /* the course's budget for each student */
    int attempts;       /* the bucket's size; 0: no limit */
    int refill_minutes; /* for one attempt; 0: none comes back */
    go_counting counting;
} go_policy;

/* What is different for one student. All 0: nothing. */
typedef struct go_exception {
    int extension_days, extension_minutes;
    int time_milli; /* of the time from opening to due: 1500 is half as much again; 0: as it is */
    int extra_attempts;
    int late_days; /* beside the course's */
} go_exception;

/* A submission of the student for the assignment; in history the oldest comes first. */
typedef struct go_attempt {
    apr_time_t at_us;
    int has_score;
    go_score score; /* as the stages gave it */
    int is_free;    /* our fault, or the assignment's: takes no attempt */
    int is_chosen;
} go_attempt;

typedef struct go_history {
    const go_attempt *attempts;
    int count;
    int late_days_elsewhere; /* used for other assignments of the course */
} go_history;

/* What a submission at some time costs. */
typedef struct go_cost {
    int is_late;
    int units;         /* days or hours late that have begun, by the rule */
    int penalty_milli; /* of the score */
    int late_days;     /* of the budget, in all for this assignment up to this submission */
} go_cost;

typedef enum go_refusal {
    GO_MAY_SUBMIT,
    GO_NOT_OPEN,
    GO_CLOSED,
    GO_NO_ATTEMPTS,
    GO_NO_LATE_DAYS,
} go_refusal;

typedef enum go_phase {
    GO_PHASE_EARLY, /* not open yet */
    GO_PHASE_OPEN,
    GO_PHASE_LATE,
    GO_PHASE_CLOSED,
} go_phase;

const char *go_refusal_name(go_refusal refusal); /* "" for GO_MAY_SUBMIT */
const char *go_phase_name(go_phase phase);

typedef struct go_verdict {
    go_phase phase;
    go_refusal refusal;
    const char *why_not;                    /* a sentence; NULL when one may */
    const char *remedy;                     /* what one can do about it, or NULL */
    apr_time_t opens_us, due_us, closes_us; /* for this student; 0: none */
    apr_time_t late_from_us;                /* due, and the grace after it; 0: never late */
    int attempts_left;                      /* -1: no limit */
    apr_time_t next_attempt_us;             /* when the bucket gains one; 0: full, or none comes */
    int late_days_left;                     /* of the budget, before this submission */
    int late_days_needed;                   /* that this submission would use beside those used */
    go_cost now;                            /* of a submission now */
    const char *summary;       /* "Submitting now costs 10 % of what it scores, because" */
    apr_array_header_t *lines; /* const char *: the reasons, a sentence each */
    go_cost *past;             /* of each attempt of the history */
    int counts;                /* which attempt counts; -1: none yet */
} go_verdict;

/* Judges a submission at `now`, and those of `history`. The verdict's parts live in `pool`. */
void go_policy_decide(const go_policy *policy, const go_exception *exception,
                      const go_history *history, apr_time_t now, go_verdict *verdict,
                      apr_pool_t *pool);

/* The score that is left after a penalty: what is lost is rounded down to a thousandth. */
go_score go_score_after(go_score score, int penalty_milli);

/* "12.5 %" of thousandths. */
const char *go_percent_text(apr_pool_t *pool, int milli);

#endif
