#include "model/policy_private.h"

#include "model/zone.h"

#include <string.h>

enum { HOUR_SECONDS = 3600, DAY_SECONDS = 24 * HOUR_SECONDS };

static const char *const late_rules[GO_LATE_RULES] = {
    [GO_LATE_FREE] = "free",   [GO_LATE_PER_DAY] = "day", [GO_LATE_PER_HOUR] = "hour",
    [GO_LATE_FIXED] = "fixed", [GO_LATE_DAYS] = "budget",
};
static const char *const countings[GO_COUNTINGS] = {
    [GO_COUNTS_LAST] = "last",
    [GO_COUNTS_BEST] = "best",
    [GO_COUNTS_ONTIME] = "ontime",
    [GO_COUNTS_CHOSEN] = "chosen",
};

static int find_word(const char *word, const char *const *words, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0) return i;
    return -1;
}

const char *go_late_rule_name(go_late_rule rule) {
    return late_rules[rule];
}

const char *go_counting_name(go_counting counting) {
    return countings[counting];
}

int go_late_rule_parse(const char *name) {
    return find_word(name, late_rules, GO_LATE_RULES);
}

int go_counting_parse(const char *name) {
    return find_word(name, countings, GO_COUNTINGS);
}

const char *go_refusal_name(go_refusal refusal) {
    static const char *const names[] = {[GO_MAY_SUBMIT] = "",
                                        [GO_NOT_OPEN] = "not-open",
                                        [GO_CLOSED] = "closed",
                                        [GO_NO_ATTEMPTS] = "no-attempts",
                                        [GO_NO_LATE_DAYS] = "no-late-days"};
    return names[refusal];
}

const char *go_phase_name(go_phase phase) {
    static const char *const names[] = {[GO_PHASE_EARLY] = "early",
                                        [GO_PHASE_OPEN] = "open",
                                        [GO_PHASE_LATE] = "late",
                                        [GO_PHASE_CLOSED] = "closed"};
    return names[phase];
}

/* --- the student's own dates ---------------------------------------------------------------- */

/* The part of `span` by which `milli` thousandths exceed it; in two steps, so that it cannot
   overflow. */
static apr_time_t stretched_by(apr_time_t span, int milli) {
    apr_time_t more = milli - GO_MILLI;
    return span / GO_MILLI * more + (span % GO_MILLI * more + GO_MILLI - 1) / GO_MILLI;
}

static apr_time_t extended(const go_policy *policy, const go_exception *exception, apr_time_t time,
                           apr_time_t stretch) {
    if (!time) return 0;
    time = go_zone_add_days(policy->zone, time + stretch, exception->extension_days);
    return time + apr_time_from_sec((apr_time_t)exception->extension_minutes * 60);
}

static void set_dates(const go_policy *policy, const go_exception *exception, go_verdict *verdict) {
    apr_time_t stretch = 0;
    if (policy->opens_us && exception->time_milli > GO_MILLI) {
        apr_time_t end = policy->due_us ? policy->due_us : policy->closes_us;
        if (end > policy->opens_us)
            stretch = stretched_by(end - policy->opens_us, exception->time_milli);
    }
    verdict->opens_us = policy->opens_us;
    verdict->due_us = extended(policy, exception, policy->due_us, stretch);
    verdict->closes_us = extended(policy, exception, policy->closes_us, stretch);
    verdict->late_from_us =
        verdict->due_us
            ? verdict->due_us + apr_time_from_sec((apr_time_t)policy->grace_minutes * 60)
            : 0;
}

static go_phase phase_at(const go_verdict *verdict, apr_time_t time) {
    if (verdict->opens_us && time < verdict->opens_us) return GO_PHASE_EARLY;
    if (verdict->closes_us && time > verdict->closes_us) return GO_PHASE_CLOSED;
    return verdict->late_from_us && time > verdict->late_from_us ? GO_PHASE_LATE : GO_PHASE_OPEN;
}

/* --- lateness -------------------------------------------------------------------------------- */

/* How many days of the calendar have begun from `from` to `time`, which is later. */
static int days_begun(const char *zone, apr_time_t from, apr_time_t time) {
    /* whole days of 24 hours are off by a day at most, since a zone's offset changes by less */
    int days = (int)((time - from) / apr_time_from_sec(DAY_SECONDS)) - 1;
    if (days < 0) days = 0;
    while (go_zone_add_days(zone, from, days) < time)
        days++;
    return days;
}

static int hours_begun(apr_time_t from, apr_time_t time) {
    apr_time_t hour = apr_time_from_sec(HOUR_SECONDS);
    return (int)((time - from + hour - 1) / hour);
}

static int limited(apr_int64_t milli, const go_policy *policy) {
    if (milli > policy->late_max_milli) milli = policy->late_max_milli;
    return milli > GO_MILLI ? GO_MILLI : (int)milli;
}

static go_cost cost_at(const go_policy *policy, const go_verdict *verdict, apr_time_t time) {
    go_cost cost = {0};
    if (!verdict->late_from_us || time <= verdict->late_from_us) return cost;
    cost.is_late = 1;
    switch (policy->late_rule) {
    case GO_LATE_PER_DAY:
    case GO_LATE_DAYS:
        cost.units = days_begun(policy->zone, verdict->late_from_us, time);
        break;
    case GO_LATE_PER_HOUR:
        cost.units = hours_begun(verdict->late_from_us, time);
        break;
    case GO_LATE_FIXED:
        cost.units = 1;
        break;
    default:
        break;
    }
    if (policy->late_rule == GO_LATE_DAYS)
        cost.late_days = cost.units;
    else
        cost.penalty_milli = limited((apr_int64_t)cost.units * policy->late_milli, policy);
    return cost;
}

/* Late days are used by an assignment and not by each of its submissions: a later one adds only
   what it is later. */
static void judge_past(const go_policy *policy, const go_history *history, go_verdict *verdict,
                       apr_pool_t *pool) {
    int used = 0;
    verdict->past = apr_pcalloc(pool, sizeof(go_cost) * (apr_size_t)(history->count + 1));
    for (int i = 0; i < history->count; i++) {
        go_cost *cost = &verdict->past[i];
        *cost = cost_at(policy, verdict, history->attempts[i].at_us);
        if (cost->late_days > used && !history->attempts[i].is_free) used = cost->late_days;
        cost->late_days = used;
    }
}

static void judge_late_days(const go_policy *policy, const go_exception *exception,
                            const go_history *history, go_verdict *verdict) {
    int used = history->count ? verdict->past[history->count - 1].late_days : 0;
    int left = policy->late_days + exception->late_days - history->late_days_elsewhere - used;
    verdict->late_days_left = left > 0 ? left : 0;
    verdict->late_days_needed = verdict->now.late_days > used ? verdict->now.late_days - used : 0;
    if (verdict->now.late_days < used) verdict->now.late_days = used;
}

/* --- attempts -------------------------------------------------------------------------------- */

/* The bucket, in microseconds of refilling: an attempt is `one` of them. */
typedef struct bucket {
    apr_time_t one, size, level, last;
    int extra;
} bucket;

static void flow(bucket *b, apr_time_t time) {
    if (time > b->last && b->last) b->level += time - b->last;
    if (b->level > b->size) b->level = b->size;
    b->last = time; /* earlier than before, too: a clock that was set back goes on from there */
}

static void take(bucket *b) {
    if (b->level >= b->one)
        b->level -= b->one;
    else if (b->extra > 0)
        b->extra--;
    /* else more than these rules allow: those of its time did, and nobody owes for it */
}

static void count_attempts(const go_policy *policy, const go_exception *exception,
                           const go_history *history, apr_time_t now, go_verdict *verdict) {
    verdict->attempts_left = -1;
    if (!policy->attempts) return;
    int refills = policy->refill_minutes > 0;
    bucket b = {.one = refills ? apr_time_from_sec((apr_time_t)policy->refill_minutes * 60) : 1,
                .extra = exception->extra_attempts};
    b.level = b.size = b.one * policy->attempts;
    for (int i = 0; i < history->count; i++) {
        if (history->attempts[i].is_free) continue;
        if (refills) flow(&b, history->attempts[i].at_us);
        take(&b);
    }
    if (refills) flow(&b, now);
    verdict->attempts_left = (int)(b.level / b.one) + b.extra;
    if (refills && b.level < b.size) verdict->next_attempt_us = now + b.one - b.level % b.one;
}

/* --- which counts ---------------------------------------------------------------------------- */

go_score go_score_after(go_score score, int penalty_milli) {
    apr_int64_t lost = score.earned_milli / GO_MILLI * penalty_milli +
                       score.earned_milli % GO_MILLI * penalty_milli / GO_MILLI;
    return (go_score){score.earned_milli - lost, score.possible_milli};
}

static int find_best(const go_history *history, const go_cost *costs) {
    int best = -1;
    go_score highest = {0, 0};
    for (int i = 0; i < history->count; i++) {
        const go_attempt *attempt = &history->attempts[i];
        if (!attempt->has_score) continue;
        go_score score = go_score_after(attempt->score, costs[i].penalty_milli);
        if (best >= 0 && !go_score_is_better(score, highest)) continue;
        best = i;
        highest = score;
    }
    return best;
}

static int find_counted(const go_policy *policy, const go_history *history, const go_cost *costs) {
    int found = -1;
    if (policy->counting == GO_COUNTS_BEST) found = find_best(history, costs);
    for (int i = history->count - 1; i >= 0 && found < 0; i--) {
        if (policy->counting == GO_COUNTS_ONTIME && !costs[i].is_late) found = i;
        if (policy->counting == GO_COUNTS_CHOSEN && history->attempts[i].is_chosen) found = i;
    }
    return found < 0 ? history->count - 1 : found;
}

/* --- the verdict ----------------------------------------------------------------------------- */

static go_refusal refusal_of(const go_verdict *verdict) {
    if (verdict->phase == GO_PHASE_EARLY) return GO_NOT_OPEN;
    if (verdict->phase == GO_PHASE_CLOSED) return GO_CLOSED;
    if (verdict->attempts_left == 0) return GO_NO_ATTEMPTS;
    if (verdict->late_days_needed > verdict->late_days_left) return GO_NO_LATE_DAYS;
    return GO_MAY_SUBMIT;
}

void go_policy_decide(const go_policy *policy, const go_exception *exception,
                      const go_history *history, apr_time_t now, go_verdict *verdict,
                      apr_pool_t *pool) {
    memset(verdict, 0, sizeof(*verdict));
    set_dates(policy, exception, verdict);
    verdict->phase = phase_at(verdict, now);
    verdict->now = cost_at(policy, verdict, now);
    judge_past(policy, history, verdict, pool);
    judge_late_days(policy, exception, history, verdict);
    count_attempts(policy, exception, history, now, verdict);
    verdict->counts = find_counted(policy, history, verdict->past);
    verdict->refusal = refusal_of(verdict);
    go_policy_explain(policy, exception, history, now, verdict, pool);
}
