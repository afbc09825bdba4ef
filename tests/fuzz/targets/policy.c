/* The rules of an assignment, a student's exceptions and history, out of any bytes. */
#include "fuzz/fuzz.h"

#include "model/policy.h"

enum { ATTEMPTS_MAX = 12, US_PER_MINUTE = 60000000 };

/* A moment of these decades, or none. */
static apr_time_t moment(fuzz_input *input) {
    int64_t number = fuzz_number(input);
    return number % 4 == 0 ? 0 : (apr_time_t)((uint64_t)number % UINT64_C(4102444800000000));
}

static go_policy read_policy(fuzz_input *input) {
    static const char *const zones[] = {"Europe/Berlin", "UTC", "America/St_Johns",
                                        "Australia/Lord_Howe", "Pacific/Apia"};
    return (go_policy){.zone = zones[fuzz_below(input, 5)],
                       .opens_us = moment(input),
                       .due_us = moment(input),
                       .closes_us = moment(input),
                       .late_rule = (go_late_rule)fuzz_below(input, GO_LATE_RULES),
                       .late_milli = (int)fuzz_below(input, 250) * 4,
                       .late_max_milli = (int)fuzz_below(input, 250) * 4,
                       .grace_minutes = (int)fuzz_below(input, 250),
                       .late_days = (int)fuzz_below(input, 30),
                       .attempts = (int)fuzz_below(input, 8),
                       .refill_minutes = (int)fuzz_below(input, 200),
                       .counting = (go_counting)fuzz_below(input, GO_COUNTINGS)};
}

static void read_history(fuzz_input *input, go_attempt *attempts, int count) {
    for (int i = 0; i < count; i++) {
        attempts[i] =
            (go_attempt){.at_us = moment(input) + 1, .has_score = (int)fuzz_below(input, 2)};
        attempts[i].score.possible_milli =
            (apr_int64_t)((uint64_t)fuzz_number(input) % GO_SCORE_MILLI_MAX);
        attempts[i].score.earned_milli =
            (apr_int64_t)((uint64_t)fuzz_number(input) % GO_SCORE_MILLI_MAX);
        attempts[i].is_free = fuzz_below(input, 4) == 1;
        attempts[i].is_chosen = fuzz_below(input, 4) == 1;
    }
}

static void check_cost(const go_cost *cost, const go_policy *policy) {
    MUST(cost->penalty_milli >= 0 && cost->penalty_milli <= GO_MILLI);
    MUST(cost->is_late || !cost->penalty_milli);
    MUST(cost->units >= 0 && cost->late_days >= 0);
}

FUZZ_TARGET(policy) {
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, bytes + length};
    go_policy policy = read_policy(&input);
    go_exception exception = {(int)fuzz_below(&input, 60), (int)fuzz_below(&input, 250),
                              (int)fuzz_below(&input, 250) * 20, (int)fuzz_below(&input, 10),
                              (int)fuzz_below(&input, 10)};
    go_attempt attempts[ATTEMPTS_MAX];
    go_history history = {attempts, (int)fuzz_below(&input, ATTEMPTS_MAX + 1),
                          (int)fuzz_below(&input, 10)};
    apr_time_t now = moment(&input) + 1;
    read_history(&input, attempts, history.count);
    go_verdict verdict;
    go_policy_decide(&policy, &exception, &history, now, &verdict, pool);
    check_cost(&verdict.now, &policy);
    MUST(!!verdict.why_not == (verdict.refusal != GO_MAY_SUBMIT));
    MUST(verdict.counts >= -1 && verdict.counts < history.count);
    MUST((verdict.counts < 0) == (history.count == 0));
    MUST(verdict.late_days_left >= 0);
    for (int i = 0; i < history.count; i++) {
        check_cost(&verdict.past[i], &policy);
        go_score after = go_score_after(attempts[i].score, verdict.past[i].penalty_milli);
        MUST(after.earned_milli >= 0 && after.earned_milli <= attempts[i].score.earned_milli);
    }
    return fuzz_done(pool);
}
