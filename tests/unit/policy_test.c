#include "unit/unit.h"

#include "model/policy.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

enum { CASES_LEAST = 80, HISTORY_MAX = 8 };

/* A case of policy-vectors.txt: the file's head says what its lines mean. */
typedef struct vector {
    const char *name;
    go_policy policy;
    go_exception exception;
    go_attempt attempts[HISTORY_MAX];
    go_history history;
    apr_time_t now;
    go_verdict verdict;
} vector;

static apr_time_t time_of(const vector *v, const char *text) {
    char *copy = apr_pstrdup(unit_pool, text), *plus = strchr(copy, '+');
    apr_time_t time = 0;
    if (plus) *plus++ = '\0';
    size_t length = strlen(copy);
    int is_utc = copy[length - 1] == 'Z';
    if (is_utc) copy[length - 1] = '\0';
    ck_assert_ok(go_zone_parse_local(is_utc ? "UTC" : v->policy.zone, copy, &time, &unit_error));
    return plus ? time + atoi(plus) : time;
}

/* The part after the next `separator`, or NULL; `text` ends before it. */
static char *split(char *text, char separator) {
    char *at = strchr(text, separator);
    if (at) *at++ = '\0';
    return at;
}

static void read_late(vector *v, char *text) {
    char *milli = split(text, ':'), *most = milli ? split(milli, ':') : NULL;
    int rule = go_late_rule_parse(text);
    ck_assert_msg(rule >= 0, "%s: late=%s", v->name, text);
    v->policy.late_rule = (go_late_rule)rule;
    v->policy.late_milli = milli ? atoi(milli) : 0;
    if (most) v->policy.late_max_milli = atoi(most);
}

static void read_rule(vector *v, const char *key, char *value) {
    go_policy *p = &v->policy;
    if (!strcmp(key, "zone"))
        p->zone = value;
    else if (!strcmp(key, "opens"))
        p->opens_us = time_of(v, value);
    else if (!strcmp(key, "due"))
        p->due_us = time_of(v, value);
    else if (!strcmp(key, "closes"))
        p->closes_us = time_of(v, value);
    else if (!strcmp(key, "late"))
        read_late(v, value);
    else if (!strcmp(key, "grace"))
        p->grace_minutes = atoi(value);
    else if (!strcmp(key, "budget"))
        p->late_days = atoi(value);
    else if (!strcmp(key, "attempts")) {
        p->refill_minutes = atoi(split(value, '/'));
        p->attempts = atoi(value);
    } else if (!strcmp(key, "counts") && go_counting_parse(value) >= 0)
        p->counting = (go_counting)go_counting_parse(value);
    else
        ck_abort_msg("%s: no rule %s=%s", v->name, key, value);
}

static void read_student(vector *v, const char *key, char *value) {
    go_exception *e = &v->exception;
    if (!strcmp(key, "extension")) {
        char *minutes = split(value, ':');
        e->extension_days = atoi(value);
        e->extension_minutes = minutes ? atoi(minutes) : 0;
    } else if (!strcmp(key, "time"))
        e->time_milli = atoi(value);
    else if (!strcmp(key, "attempts"))
        e->extra_attempts = atoi(value);
    else if (!strcmp(key, "days"))
        e->late_days = atoi(value);
    else if (!strcmp(key, "elsewhere"))
        v->history.late_days_elsewhere = atoi(value);
    else
        ck_abort_msg("%s: no %s of a student", v->name, key);
}

static void read_attempt(vector *v, char *text) {
    ck_assert_int_lt(v->history.count, HISTORY_MAX);
    go_attempt *attempt = &v->attempts[v->history.count++];
    char *more = split(text, ';');
    attempt->at_us = time_of(v, text);
    for (char *next; more; more = next) {
        next = split(more, ';');
        attempt->is_free |= !strcmp(more, "free");
        attempt->is_chosen |= !strcmp(more, "chosen");
        if (strncmp(more, "score=", 6) != 0) continue;
        char *possible = split(more, '/');
        attempt->has_score = 1;
        attempt->score = (go_score){apr_atoi64(more + 6), apr_atoi64(possible)};
    }
}

/* --- what is expected ------------------------------------------------------------------------- */

static void is_number(const vector *v, const char *key, const char *value, int found) {
    ck_assert_msg(found == atoi(value), "%s: %s is %d, not %s", v->name, key, found, value);
}

static void is_word(const vector *v, const char *key, const char *value, const char *found) {
    ck_assert_msg(!strcmp(value, found), "%s: %s is %s, not %s", v->name, key, found, value);
}

static void is_time(const vector *v, const char *key, const char *value, apr_time_t found) {
    apr_time_t expected = strcmp(value, "none") ? time_of(v, value) : 0;
    ck_assert_msg(found == expected, "%s: %s is %s (%" APR_TIME_T_FMT " us off), not %s", v->name,
                  key, go_zone_format(unit_pool, v->policy.zone, found, GO_ZONE_HUMAN),
                  found - expected, value);
}

static void is_list(const vector *v, const char *key, char *value) {
    int is_days = !strcmp(key, "pastdays");
    for (int i = 0; i < v->history.count; i++) {
        ck_assert_msg(value != NULL, "%s: %s is too short", v->name, key);
        char *next = split(value, ',');
        const go_cost *cost = &v->verdict.past[i];
        is_number(v, key, value, is_days ? cost->late_days : cost->penalty_milli);
        value = next;
    }
}

static void expect_verdict(const vector *v, const char *key, char *value) {
    const go_verdict *is = &v->verdict;
    if (!strcmp(key, "phase"))
        is_word(v, key, value, go_phase_name(is->phase));
    else if (!strcmp(key, "refusal"))
        is_word(v, key, value, is->refusal ? go_refusal_name(is->refusal) : "none");
    else if (!strcmp(key, "lose"))
        is_number(v, key, value, is->now.penalty_milli);
    else if (!strcmp(key, "units"))
        is_number(v, key, value, is->now.units);
    else if (!strcmp(key, "days"))
        is_number(v, key, value, is->now.late_days);
    else if (!strcmp(key, "need"))
        is_number(v, key, value, is->late_days_needed);
    else if (!strcmp(key, "budget"))
        is_number(v, key, value, is->late_days_left);
    else if (!strcmp(key, "left"))
        is_number(v, key, strcmp(value, "any") ? value : "-1", is->attempts_left);
    else if (!strcmp(key, "counts"))
        is_number(v, key, value, is->counts + 1);
    else if (!strncmp(key, "past", 4))
        is_list(v, key, value);
    else if (!strcmp(key, "next"))
        is_time(v, key, value, is->next_attempt_us);
    else if (!strcmp(key, "due"))
        is_time(v, key, value, is->due_us);
    else if (!strcmp(key, "closes"))
        is_time(v, key, value, is->closes_us);
    else
        ck_abort_msg("%s: %s cannot be expected", v->name, key);
}

static void expect_line(const vector *v, const char *line) {
    const apr_array_header_t *lines = v->verdict.lines;
    for (int i = 0; i < lines->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(lines, i, const char *), line)) return;
    ck_abort_msg("%s: does not say \"%s\" but \"%s\"", v->name, line,
                 lines->nelts ? APR_ARRAY_IDX(lines, lines->nelts - 1, const char *) : "");
}

/* --- the file --------------------------------------------------------------------------------- */

static void read_pairs(vector *v, const char *kind, char *text) {
    for (char *word = text, *next; word && *word; word = next) {
        next = split(word, ' ');
        if (!strcmp(kind, "history")) {
            read_attempt(v, word);
            continue;
        }
        char *value = split(word, '=');
        ck_assert_msg(value != NULL, "%s: %s has no value", v->name, word);
        if (!strcmp(kind, "rules"))
            read_rule(v, word, value);
        else if (!strcmp(kind, "student"))
            read_student(v, word, value);
        else
            expect_verdict(v, word, value);
    }
}

static void read_line(vector *v, char *line) {
    char *text = split(line, ' ');
    while (text && *text == ' ')
        text++;
    ck_assert_msg(text != NULL, "%s: \"%s\" says nothing", v->name, line);
    if (!strcmp(line, "says"))
        expect_line(v, text);
    else if (!strcmp(line, "now")) {
        v->now = time_of(v, text);
        v->history.attempts = v->attempts;
        go_policy_decide(&v->policy, &v->exception, &v->history, v->now, &v->verdict, unit_pool);
    } else
        read_pairs(v, line, text);
}

static void begin(vector *v, const char *name) {
    memset(v, 0, sizeof(*v));
    v->name = name;
    v->policy.zone = "Europe/Berlin";
    v->policy.late_max_milli = GO_MILLI;
}

START_TEST(every_golden_vector_is_decided_as_it_says) {
    apr_size_t length;
    const char *bytes = unit_read(unit_source("tests/unit/policy-vectors.txt"), &length);
    char *text = apr_pstrmemdup(unit_pool, bytes, length);
    vector *v = apr_pcalloc(unit_pool, sizeof(*v));
    int cases = 0;
    for (char *line = text, *next; line; line = next) {
        next = split(line, '\n');
        if (*line == '#' || !*line) continue;
        if (*line != ' ') {
            cases++;
            begin(v, line);
        } else {
            read_line(v, line + strspn(line, " "));
        }
    }
    ck_assert_int_ge(cases, CASES_LEAST);
}
END_TEST

START_TEST(what_a_penalty_takes_is_rounded_down) {
    static const struct {
        apr_int64_t earned;
        int milli;
        apr_int64_t left;
    } scores[] = {{10000, 100, 9000},
                  {9999, 100, 9000}, /* 999.9 are lost: 999 */
                  {1, 999, 1},
                  {1, 1000, 0},
                  {0, 500, 0},
                  {GO_SCORE_MILLI_MAX, 1, 999000000000000},
                  {GO_SCORE_MILLI_MAX, 1000, 0}};
    for (size_t i = 0; i < sizeof(scores) / sizeof(*scores); i++) {
        go_score score = go_score_after((go_score){scores[i].earned, 10000}, scores[i].milli);
        ck_assert_int_eq(score.earned_milli, scores[i].left);
        ck_assert_int_eq(score.possible_milli, 10000);
    }
}
END_TEST

START_TEST(a_percentage_is_said_exactly) {
    ck_assert_str_eq(go_percent_text(unit_pool, 125), "12.5 %");
    ck_assert_str_eq(go_percent_text(unit_pool, 1000), "100 %");
    ck_assert_str_eq(go_percent_text(unit_pool, 0), "0 %");
}
END_TEST

START_TEST(the_summary_says_what_it_costs) {
    go_policy policy = {.zone = "UTC",
                        .due_us = apr_time_from_sec(1000),
                        .late_rule = GO_LATE_FIXED,
                        .late_milli = 200,
                        .late_max_milli = GO_MILLI};
    go_exception none = {0};
    go_history history = {0};
    go_verdict verdict;
    go_policy_decide(&policy, &none, &history, apr_time_from_sec(1000), &verdict, unit_pool);
    ck_assert_str_eq(verdict.summary, "Submitting now costs nothing, because");
    go_policy_decide(&policy, &none, &history, apr_time_from_sec(1001), &verdict, unit_pool);
    ck_assert_str_eq(verdict.summary, "Submitting now costs 20 % of what it scores, because");
    policy.closes_us = policy.due_us;
    go_policy_decide(&policy, &none, &history, apr_time_from_sec(1001), &verdict, unit_pool);
    ck_assert_str_eq(verdict.summary, "You cannot submit now, because");
    ck_assert_ptr_nonnull(verdict.remedy);
}
END_TEST

Suite *policy_suite(void) {
    Suite *suite = suite_create("policy");
    TCase *decide = unit_case(suite, "decide");
    tcase_add_test(decide, every_golden_vector_is_decided_as_it_says);
    tcase_add_test(decide, what_a_penalty_takes_is_rounded_down);
    tcase_add_test(decide, a_percentage_is_said_exactly);
    tcase_add_test(decide, the_summary_says_what_it_costs);
    return suite;
}
