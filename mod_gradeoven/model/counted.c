#include "model/counted.h"

#include "model/rules.h"

#include <string.h>

/* A submission of a student's history, with what is stored of the last judgement. */
typedef struct past {
    apr_int64_t id, user_id;
    go_attempt attempt;
    int counts;
    go_cost cost;
} past;

static int is_word(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

static void read_past(go_rows *rows, past *p) {
    memset(p, 0, sizeof(*p));
    p->id = go_rows_integer(rows, 0, 0);
    p->user_id = go_rows_integer(rows, 1, 0);
    p->attempt.at_us = go_rows_integer(rows, 2, 0);
    p->attempt.is_free = go_rows_integer(rows, 3, 0) != 0;
    p->attempt.has_score = is_word(go_rows_text(rows, 4), "finished") && go_rows_text(rows, 5) &&
                           go_rows_text(rows, 6);
    p->attempt.score.earned_milli = go_rows_integer(rows, 5, 0);
    p->attempt.score.possible_milli = go_rows_integer(rows, 6, 0);
    p->attempt.is_chosen = (int)go_rows_integer(rows, 7, 0);
    p->counts = (int)go_rows_integer(rows, 8, 0);
    p->cost.penalty_milli = (int)go_rows_integer(rows, 9, 0);
    p->cost.late_days = (int)go_rows_integer(rows, 10, 0);
    p->cost.is_late = (int)go_rows_integer(rows, 11, 0);
}

/* Array of past: of one student, or of all, student by student; the oldest of each first. */
static apr_status_t read_history(go_db *db, apr_int64_t assignment_id, apr_int64_t user_id,
                                 apr_array_header_t **all, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    const go_value values[] = {go_integer(assignment_id), go_integer(user_id)};
    apr_status_t status = go_db_select(db, user_id ? GO_SQL_HISTORY_OF_USER : GO_SQL_HISTORY_OF_ALL,
                                       values, user_id ? 2 : 1, &rows, pool, err);
    *all = apr_array_make(pool, 32, sizeof(past));
    while (!status && go_rows_next(rows))
        read_past(rows, apr_array_push(*all));
    return status;
}

/* What is different, and for whom (or, for one user, where). */
typedef struct person {
    apr_int64_t key;
    go_exception exception;
} person;

/* What stands in a later row goes before: the whole course's, the section's, one's own. */
static void merge(go_exception *into, const go_exception *own) {
    if (own->extension_days || own->extension_minutes) {
        into->extension_days = own->extension_days;
        into->extension_minutes = own->extension_minutes;
    }
    if (own->time_milli) into->time_milli = own->time_milli;
    if (own->extra_attempts) into->extra_attempts = own->extra_attempts;
    if (own->late_days) into->late_days = own->late_days;
}

/* The rows (key, own, days, minutes, time, attempts, late days), by key: array of person, one for
 * each key. */
static apr_array_header_t *merge_rows(go_rows *rows, apr_pool_t *pool) {
    apr_array_header_t *people = apr_array_make(pool, 8, sizeof(person));
    person *last = NULL;
    while (go_rows_next(rows)) {
        apr_int64_t key = go_rows_integer(rows, 0, 0);
        if (!last || last->key != key) {
            last = apr_array_push(people);
            *last = (person){.key = key};
        }
        merge(&last->exception,
              &(go_exception){.extension_days = (int)go_rows_integer(rows, 2, 0),
                              .extension_minutes = (int)go_rows_integer(rows, 3, 0),
                              .time_milli = (int)go_rows_integer(rows, 4, 0),
                              .extra_attempts = (int)go_rows_integer(rows, 5, 0),
                              .late_days = (int)go_rows_integer(rows, 6, 0)});
    }
    return people;
}

/* Array of person, by the user's id: for whom something is different. */
static apr_status_t read_exceptions(go_db *db, apr_int64_t assignment_id, apr_int64_t user_id,
                                    apr_array_header_t **people, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    const go_value one[] = {go_integer(assignment_id), go_integer(user_id),
                            go_integer(assignment_id), go_integer(user_id),
                            go_integer(assignment_id), go_integer(user_id)};
    const go_value all[] = {go_integer(assignment_id), go_integer(assignment_id),
                            go_integer(assignment_id)};
    apr_status_t status =
        go_db_select(db, user_id ? GO_SQL_EXCEPTIONS_OF_USER : GO_SQL_EXCEPTIONS_OF_ALL,
                     user_id ? one : all, user_id ? 6 : 3, &rows, pool, err);
    if (!status) *people = merge_rows(rows, pool);
    return status;
}

/* Of `people`, by key, the exception of this one; *from is where to look, and moves with the keys.
 */
static const go_exception *exception_of(const apr_array_header_t *people, apr_int64_t key,
                                        int *from) {
    static const go_exception none = {0};
    while (*from < people->nelts && APR_ARRAY_IDX(people, *from, person).key < key)
        (*from)++;
    const person *found = *from < people->nelts ? &APR_ARRAY_IDX(people, *from, person) : NULL;
    return found && found->key == key ? &found->exception : &none;
}

/* --- setting anew ---------------------------------------------------------------------------- */

static apr_status_t store(go_db *db, const past *p, int counts, const go_cost *cost,
                          apr_pool_t *pool, go_error *err) {
    if (p->counts == counts && p->cost.penalty_milli == cost->penalty_milli &&
        p->cost.late_days == cost->late_days && p->cost.is_late == cost->is_late)
        return APR_SUCCESS;
    return go_db_run(db, GO_SQL_SUBMISSION_JUDGED,
                     GO_VALUES(go_integer(counts), go_integer(cost->penalty_milli),
                               go_integer(cost->late_days), go_integer(cost->is_late),
                               go_integer(p->id)),
                     NULL, pool, err);
}

/* One student's. The one that counts is written last: never do two of them. */
static apr_status_t judge(go_db *db, const go_policy *policy, const go_exception *exception,
                          const past *mine, int count, apr_pool_t *pool, go_error *err) {
    go_attempt *attempts = apr_palloc(pool, sizeof(*attempts) * (apr_size_t)count);
    for (int i = 0; i < count; i++)
        attempts[i] = mine[i].attempt;
    go_history history = {.attempts = attempts, .count = count};
    go_verdict verdict;
    go_policy_decide(policy, exception, &history, mine[count - 1].attempt.at_us, &verdict, pool);
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; i < count && !status; i++)
        if (i != verdict.counts) status = store(db, &mine[i], 0, &verdict.past[i], pool, err);
    if (!status)
        status = store(db, &mine[verdict.counts], 1, &verdict.past[verdict.counts], pool, err);
    return status;
}

static apr_status_t judge_all(go_db *db, const go_policy *policy, const apr_array_header_t *all,
                              const apr_array_header_t *people, apr_pool_t *pool, go_error *err) {
    apr_pool_t *scratch;
    apr_status_t status = apr_pool_create(&scratch, pool);
    const past *pasts = (const past *)all->elts;
    int who = 0;
    for (int from = 0, to; from < all->nelts && !status; from = to) {
        apr_int64_t user_id = pasts[from].user_id;
        for (to = from; to < all->nelts && pasts[to].user_id == user_id;)
            to++;
        apr_pool_clear(scratch);
        status = judge(db, policy, exception_of(people, user_id, &who), pasts + from, to - from,
                       scratch, err);
    }
    apr_pool_destroy(scratch);
    return status;
}

static apr_status_t refresh(go_db *db, apr_int64_t assignment_id, const go_policy *policy,
                            apr_int64_t user_id, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *all, *people;
    apr_status_t status = read_history(db, assignment_id, user_id, &all, pool, err);
    if (!status && all->nelts)
        status = read_exceptions(db, assignment_id, user_id, &people, pool, err);
    if (status || !all->nelts) return status;
    return judge_all(db, policy, all, people, pool, err);
}

apr_status_t go_counted_refresh(go_db *db, apr_int64_t assignment_id, apr_int64_t user_id,
                                apr_pool_t *pool, go_error *err) {
    go_policy policy;
    apr_status_t status = go_rules_of(db, assignment_id, &policy, pool, err);
    return status ? status : refresh(db, assignment_id, &policy, user_id, pool, err);
}

apr_status_t go_counted_refresh_course(go_db *db, apr_int64_t course_id, apr_int64_t user_id,
                                       apr_pool_t *pool, go_error *err) {
    apr_array_header_t *lines;
    apr_status_t status = go_rules_of_course(db, course_id, &lines, pool, err);
    for (int i = 0; !status && i < lines->nelts; i++) {
        const go_rules_line *line = &APR_ARRAY_IDX(lines, i, go_rules_line);
        status = refresh(db, line->assignment_id, &line->policy, user_id, pool, err);
    }
    return status;
}

apr_status_t go_counted_after_run(go_db *db, apr_int64_t run_id, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_RUN_MOVES, GO_VALUES(go_integer(run_id), go_integer(run_id)), &rows, pool, err);
    while (!status && go_rows_next(rows))
        status = go_counted_refresh(db, go_rows_integer(rows, 0, 0), go_rows_integer(rows, 1, 0),
                                    pool, err);
    return status;
}

/* --- asking ---------------------------------------------------------------------------------- */

static apr_status_t late_days_elsewhere(go_db *db, apr_int64_t assignment_id, apr_int64_t user_id,
                                        int *days, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status = go_db_one(
        db, GO_SQL_LATE_DAYS_ELSEWHERE,
        GO_VALUES(go_integer(user_id), go_integer(assignment_id), go_integer(assignment_id)), &row,
        "late days", pool, err);
    if (!status) *days = (int)go_rows_integer(row, 0, 0);
    return status;
}

apr_status_t go_counted_verdict(go_db *db, const go_assignment *assignment, apr_int64_t user_id,
                                apr_time_t now, go_policy *policy, go_verdict *verdict,
                                apr_pool_t *pool, go_error *err) {
    apr_array_header_t *all, *people;
    go_history history = {0};
    apr_status_t status = go_rules_of(db, assignment->id, policy, pool, err);
    if (!status) status = read_history(db, assignment->id, user_id, &all, pool, err);
    if (!status) status = read_exceptions(db, assignment->id, user_id, &people, pool, err);
    if (!status)
        status = late_days_elsewhere(db, assignment->id, user_id, &history.late_days_elsewhere,
                                     pool, err);
    if (status) return status;
    go_attempt *attempts = apr_palloc(pool, sizeof(*attempts) * (apr_size_t)(all->nelts + 1));
    for (int i = 0; i < all->nelts; i++)
        attempts[i] = APR_ARRAY_IDX(all, i, past).attempt;
    history.attempts = attempts;
    history.count = all->nelts;
    int from = 0;
    go_policy_decide(policy, exception_of(people, user_id, &from), &history, now, verdict, pool);
    return APR_SUCCESS;
}

apr_status_t go_counted_dates(go_db *db, apr_int64_t course_id, apr_int64_t user_id, apr_time_t now,
                              apr_array_header_t **dates, apr_pool_t *pool, go_error *err) {
    static const go_history nothing = {0};
    apr_array_header_t *lines;
    go_rows *rows;
    apr_status_t status = go_rules_of_course(db, course_id, &lines, pool, err);
    if (!status)
        status = go_db_select(db, GO_SQL_EXCEPTIONS_IN_COURSE,
                              GO_VALUES(go_integer(course_id), go_integer(user_id),
                                        go_integer(course_id), go_integer(user_id)),
                              &rows, pool, err);
    if (status) return status;
    apr_array_header_t *places = merge_rows(rows, pool);
    int from = 0;
    *dates = apr_array_make(pool, lines->nelts, sizeof(go_dates));
    for (int i = 0; i < lines->nelts; i++) {
        const go_rules_line *line = &APR_ARRAY_IDX(lines, i, go_rules_line);
        go_verdict verdict;
        go_policy_decide(&line->policy, exception_of(places, line->assignment_id, &from), &nothing,
                         now, &verdict, pool);
        APR_ARRAY_PUSH(*dates, go_dates) = (go_dates){.assignment_id = line->assignment_id,
                                                      .opens_us = verdict.opens_us,
                                                      .due_us = verdict.due_us,
                                                      .closes_us = verdict.closes_us,
                                                      .phase = verdict.phase};
    }
    return APR_SUCCESS;
}

/* Without a due date it is over when it closes. */
static int is_over(const go_policy *policy, const go_exception *exception, apr_time_t now,
                   apr_pool_t *pool) {
    static const go_history nothing = {0};
    go_verdict verdict;
    go_policy_decide(policy, exception, &nothing, now, &verdict, pool);
    return verdict.phase == GO_PHASE_LATE || verdict.phase == GO_PHASE_CLOSED;
}

apr_status_t go_counted_over(go_db *db, apr_int64_t assignment_id, apr_time_t now, int *over,
                             apr_array_header_t **others, apr_pool_t *pool, go_error *err) {
    static const go_exception none = {0};
    go_policy policy;
    apr_array_header_t *people = NULL;
    *others = apr_array_make(pool, 4, sizeof(go_over));
    apr_status_t status = go_rules_of(db, assignment_id, &policy, pool, err);
    if (!status) status = read_exceptions(db, assignment_id, 0, &people, pool, err);
    if (status || !people) return status;
    *over = is_over(&policy, &none, now, pool);
    for (int i = 0; i < people->nelts; i++) {
        const person *one = &APR_ARRAY_IDX(people, i, person);
        APR_ARRAY_PUSH(*others, go_over) =
            (go_over){one->key, is_over(&policy, &one->exception, now, pool)};
    }
    return APR_SUCCESS;
}

apr_status_t go_counted_allow(go_db *db, const go_assignment *assignment, const go_user *user,
                              apr_time_t now, apr_pool_t *pool, go_error *err) {
    go_policy policy;
    go_verdict verdict;
    go_rows *rows;
    apr_status_t status =
        go_db_select(db, GO_SQL_ENROLMENT_IN_ASSIGNMENT,
                     GO_VALUES(go_integer(assignment->id), go_integer(user->id)), &rows, pool, err);
    if (status || user->is_admin || !go_rows_next(rows)) return status;
    if (go_rows_text(rows, 1)) /* while the files were still on their way */
        return go_error_set(err, GO_EDENIED, "Ask your instructor.",
                            "You are no longer in this course.");
    if (!is_word(go_rows_text(rows, 0), "student")) return APR_SUCCESS;
    status = go_counted_verdict(db, assignment, user->id, now, &policy, &verdict, pool, err);
    if (!status && verdict.refusal)
        status = go_error_set(err, GO_ECONFLICT, verdict.remedy, "%s", verdict.why_not);
    return status;
}

apr_status_t go_counted_choose(go_db *db, const go_assignment *assignment,
                               const go_submission *submission, int is_staff, apr_time_t now,
                               apr_pool_t *pool, go_error *err) {
    go_policy policy;
    go_verdict verdict;
    apr_status_t status =
        go_counted_verdict(db, assignment, submission->user_id, now, &policy, &verdict, pool, err);
    if (status) return status;
    if (policy.counting != GO_COUNTS_CHOSEN)
        return go_error_set(err, GO_ECONFLICT, "The assignment's page says which one counts.",
                            "In this assignment it is not chosen which submission counts.");
    if (!is_staff && verdict.phase == GO_PHASE_CLOSED)
        return go_error_set(err, GO_ECONFLICT, verdict.remedy, "%s", verdict.why_not);
    status = go_db_run(db, GO_SQL_SUBMISSION_CHOOSE,
                       GO_VALUES(go_integer(submission->id), go_integer(assignment->id),
                                 go_integer(submission->user_id)),
                       NULL, pool, err);
    return status ? status : refresh(db, assignment->id, &policy, submission->user_id, pool, err);
}

apr_status_t go_counted_is_over(go_db *db, apr_int64_t course_id, apr_int64_t assignment_id,
                                apr_int64_t user_id, apr_time_t now, int *is_over, apr_pool_t *pool,
                                go_error *err) {
    apr_array_header_t *dates = NULL;
    apr_status_t status = go_counted_dates(db, course_id, user_id, now, &dates, pool, err);
    *is_over = 0;
    for (int i = 0; !status && dates && i < dates->nelts; i++) {
        const go_dates *one = &APR_ARRAY_IDX(dates, i, go_dates);
        if (one->assignment_id == assignment_id)
            *is_over =
                one->phase == GO_PHASE_CLOSED || (one->phase == GO_PHASE_LATE && !one->closes_us);
    }
    return status;
}
