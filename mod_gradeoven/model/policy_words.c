/* The words of a verdict: what submitting now costs, and why, line by line. */
#include "model/policy_private.h"

#include "model/zone.h"

#include <apr_strings.h>

typedef struct writer {
    const go_policy *policy;
    const go_exception *exception;
    const go_history *history;
    apr_time_t now;
    go_verdict *verdict;
    apr_pool_t *pool;
} writer;

static void add(const writer *w, const char *line) {
    APR_ARRAY_PUSH(w->verdict->lines, const char *) = line;
}

static const char *when(const writer *w, apr_time_t time) {
    return go_zone_format(w->pool, w->policy->zone, time, GO_ZONE_HUMAN);
}

/* Said to the minute, of which none may be too early: an attempt that comes is there by then. */
static const char *when_at_last(const writer *w, apr_time_t time) {
    apr_time_t minute = apr_time_from_sec(60);
    return when(w, (time + minute - 1) / minute * minute);
}

/* "1 day", "2 days" */
static const char *count_of(const writer *w, int count, const char *one) {
    return apr_psprintf(w->pool, "%d %s%s", count, one, count == 1 ? "" : "s");
}

const char *go_percent_text(apr_pool_t *pool, int milli) {
    return apr_pstrcat(pool, go_score_format_milli(pool, (apr_int64_t)milli * 100), " %", NULL);
}

static const char *percent(const writer *w, int milli) {
    return go_percent_text(w->pool, milli);
}

/* --- dates ------------------------------------------------------------------------------------ */

static const char *extension_text(const writer *w) {
    const go_exception *e = w->exception;
    const char *text = e->extension_days ? count_of(w, e->extension_days, "day") : NULL;
    if (e->extension_minutes) {
        int is_hours = e->extension_minutes % 60 == 0;
        const char *minutes =
            count_of(w, is_hours ? e->extension_minutes / 60 : e->extension_minutes,
                     is_hours ? "hour" : "minute");
        text = text ? apr_pstrcat(w->pool, text, " and ", minutes, NULL) : minutes;
    }
    return text;
}

static void add_exception(const writer *w) {
    const go_verdict *v = w->verdict;
    if (w->exception->time_milli > GO_MILLI && v->opens_us)
        add(w, apr_psprintf(w->pool, "You have %s times the time from opening to due.",
                            go_score_format_milli(w->pool, w->exception->time_milli)));
    const char *extension = extension_text(w);
    if (extension && (v->due_us || v->closes_us))
        add(w, apr_psprintf(w->pool, "You have an extension of %s.", extension));
}

static void add_due(const writer *w) {
    const go_verdict *v = w->verdict;
    const char *due = v->due_us ? when(w, v->due_us) : NULL;
    const char *grace = count_of(w, w->policy->grace_minutes, "minute");
    if (!due)
        add(w, "There is no due date.");
    else if (v->now.is_late && w->policy->grace_minutes)
        add(w, apr_psprintf(w->pool, "It was due %s, and the %s of grace are over.", due, grace));
    else if (v->now.is_late)
        add(w, apr_psprintf(w->pool, "It was due %s, so it is late.", due));
    else if (w->now > v->due_us)
        add(w, apr_psprintf(w->pool, "It was due %s, and %s of grace are given.", due, grace));
    else
        add(w, apr_psprintf(w->pool, "It is due %s, so it is on time.", due));
}

/* --- costs ------------------------------------------------------------------------------------ */

static void add_late_days(const writer *w) {
    const go_verdict *v = w->verdict;
    add(w, apr_psprintf(w->pool, "%s late %s begun.", count_of(w, v->now.units, "day"),
                        v->now.units == 1 ? "has" : "have"));
    if (v->late_days_needed == 0)
        add(w, "This assignment has used that many of your late days already, so none is used.");
    else
        add(w, apr_psprintf(w->pool, "It uses %s; you have %d of %s %d left.",
                            count_of(w, v->late_days_needed, "late day"), v->late_days_left,
                            w->exception->late_days ? "your" : "the course's",
                            w->policy->late_days + w->exception->late_days));
}

static void add_penalty(const writer *w, const char *unit) {
    const go_cost *cost = &w->verdict->now;
    const go_policy *p = w->policy;
    add(w, apr_psprintf(w->pool, "Each %s that has begun costs %s: %s so far.", unit,
                        percent(w, p->late_milli), count_of(w, cost->units, unit)));
    if (cost->penalty_milli < (apr_int64_t)cost->units * p->late_milli)
        add(w, apr_psprintf(w->pool, "No more than %s is lost.", percent(w, cost->penalty_milli)));
}

static void add_cost(const writer *w) {
    if (!w->verdict->now.is_late) return;
    switch (w->policy->late_rule) {
    case GO_LATE_PER_DAY:
        add_penalty(w, "day");
        break;
    case GO_LATE_PER_HOUR:
        add_penalty(w, "hour");
        break;
    case GO_LATE_FIXED:
        add(w, apr_psprintf(w->pool, "What is late loses %s, however late it is.",
                            percent(w, w->verdict->now.penalty_milli)));
        break;
    case GO_LATE_DAYS:
        add_late_days(w);
        break;
    default:
        add(w, "Being late costs nothing here; it is marked as late.");
    }
}

/* --- attempts and counting -------------------------------------------------------------------- */

static void add_attempts(const writer *w) {
    const go_verdict *v = w->verdict;
    if (v->attempts_left < 1) return; /* no limit, or refused */
    add(w, apr_psprintf(w->pool, "It takes one of the %s that you have now.",
                        count_of(w, v->attempts_left, "attempt")));
}

static void add_counting(const writer *w) {
    const go_verdict *v = w->verdict;
    int attempt = v->counts + 1;
    int stays = v->counts >= 0 && !v->past[v->counts].is_late && v->now.is_late;
    switch (w->policy->counting) {
    case GO_COUNTS_BEST:
        add(w, "Of all your submissions the one with the highest score counts, after penalties.");
        break;
    case GO_COUNTS_ONTIME:
        add(w, stays ? apr_psprintf(w->pool,
                                    "The newest that is on time counts: this one would not count, "
                                    "attempt %d does.",
                                    attempt)
                     : "The newest that is on time counts.");
        break;
    case GO_COUNTS_CHOSEN:
        add(w, v->counts >= 0 && w->history->attempts[v->counts].is_chosen
                   ? apr_psprintf(w->pool, "The one you choose counts: now attempt %d.", attempt)
                   : "The one you choose counts; the newest until you do.");
        break;
    default:
        add(w, "The newest submission counts.");
    }
}

/* --- the verdict ------------------------------------------------------------------------------ */

static void refuse(const writer *w) {
    go_verdict *v = w->verdict;
    static const char ask[] = "If you had a reason, ask your instructor for an extension.";
    switch (v->refusal) {
    case GO_NOT_OPEN:
        v->why_not = apr_psprintf(w->pool, "This assignment opens %s.", when(w, v->opens_us));
        v->remedy = "Come back then.";
        break;
    case GO_CLOSED:
        v->why_not = apr_psprintf(w->pool, "This assignment closed %s.", when(w, v->closes_us));
        v->remedy = ask;
        break;
    case GO_NO_ATTEMPTS:
        v->why_not = w->policy->refill_minutes ? "You have no attempt left just now."
                                               : "You have used all your attempts.";
        v->remedy = v->next_attempt_us ? apr_psprintf(w->pool, "The next one comes %s.",
                                                      when_at_last(w, v->next_attempt_us))
                                       : "Your instructor can grant you more.";
        break;
    case GO_NO_LATE_DAYS:
        v->why_not = apr_psprintf(w->pool, "It would use %s, and you have %d left.",
                                  count_of(w, v->late_days_needed, "late day"), v->late_days_left);
        v->remedy = ask;
        break;
    default:
        break;
    }
}

static const char *summary_of(const writer *w) {
    const go_verdict *v = w->verdict;
    if (v->refusal) return "You cannot submit now, because";
    if (v->now.penalty_milli)
        return apr_psprintf(w->pool, "Submitting now costs %s of what it scores, because",
                            percent(w, v->now.penalty_milli));
    if (v->late_days_needed)
        return apr_psprintf(w->pool, "Submitting now costs %s, because",
                            count_of(w, v->late_days_needed, "late day"));
    return "Submitting now costs nothing, because";
}

void go_policy_explain(const go_policy *policy, const go_exception *exception,
                       const go_history *history, apr_time_t now, go_verdict *verdict,
                       apr_pool_t *pool) {
    writer w = {policy, exception, history, now, verdict, pool};
    verdict->lines = apr_array_make(pool, 8, sizeof(const char *));
    refuse(&w);
    verdict->summary = summary_of(&w);
    if (verdict->why_not) add(&w, verdict->why_not);
    add_exception(&w);
    if (verdict->phase == GO_PHASE_EARLY || verdict->phase == GO_PHASE_CLOSED) return;
    add_due(&w);
    add_cost(&w);
    if (verdict->refusal) return;
    add_attempts(&w);
    add_counting(&w);
}
