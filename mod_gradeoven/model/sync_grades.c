/* Which grades a course has to tell. */
#include "model/sync.h"

#include "model/feedback.h"
#include "model/zone.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>

typedef struct collector {
    go_db *db;
    const go_course *course;
    apr_time_t now;
    apr_hash_t *students; /* go_enrolment by username */
    apr_hash_t *written;  /* digest by "assignment user" */
    apr_array_header_t *grades;
    apr_pool_t *pool;
    go_error *err;
} collector;

static apr_status_t load_students(collector *in) {
    apr_array_header_t *people;
    apr_status_t status = go_enrolments(in->db, in->course, &people, in->pool, in->err);
    in->students = apr_hash_make(in->pool);
    for (int i = 0; !status && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        if (person->role == GO_ROLE_STUDENT)
            apr_hash_set(in->students, person->username, APR_HASH_KEY_STRING, person);
    }
    return status;
}

static const char *key_of(apr_int64_t assignment_id, apr_int64_t user_id, apr_pool_t *pool) {
    return apr_psprintf(pool, "%" APR_INT64_T_FMT " %" APR_INT64_T_FMT, assignment_id, user_id);
}

static apr_status_t load_written(collector *in) {
    go_rows *rows;
    apr_status_t status =
        go_db_select(in->db, GO_SQL_SYNC_GRADES_WRITTEN, GO_VALUES(go_integer(in->course->id)),
                     &rows, in->pool, in->err);
    in->written = apr_hash_make(in->pool);
    while (!status && go_rows_next(rows))
        apr_hash_set(in->written,
                     key_of(go_rows_integer(rows, 0, 0), go_rows_integer(rows, 1, 0), in->pool),
                     APR_HASH_KEY_STRING, go_rows_text(rows, 2));
    return status;
}

/* Rounded half up to a thousandth of a percent; the product needs more than 64 bits. */
static const char *percent_of(go_score score, apr_pool_t *pool) {
    if (score.possible_milli <= 0) return NULL;
    __extension__ typedef __int128 wide;
    wide milli = ((wide)score.earned_milli * 200000 + score.possible_milli) /
                 (2 * (wide)score.possible_milli);
    return milli > GO_SCORE_MILLI_MAX ? NULL : go_score_format_milli(pool, (apr_int64_t)milli);
}

/* "2026-11-23T22:59:00Z" as every server takes it. */
static const char *time_of(apr_time_t time, apr_pool_t *pool) {
    char *text = apr_pstrdup(pool, go_zone_format(pool, NULL, time, GO_ZONE_ISO_UTC));
    char *at = strchr(text, 'T');
    if (at) *at = ' ';
    text[strcspn(text, "Z")] = '\0';
    return text;
}

static void add(collector *in, const go_assignment *assignment, const go_enrolment *student,
                const go_submission_line *line, go_score score) {
    go_sync_grade *grade = apr_array_push(in->grades);
    *grade = (go_sync_grade){
        .assignment_id = assignment->id,
        .user_id = student->user_id,
        .digest = apr_hash_get(in->written, key_of(assignment->id, student->user_id, in->pool),
                               APR_HASH_KEY_STRING),
        .values = {[GO_SYNC_USERNAME] = student->username,
                   [GO_SYNC_NAME] = student->display_name,
                   [GO_SYNC_EMAIL] = student->email,
                   [GO_SYNC_SECTION] = *student->section ? student->section : NULL,
                   [GO_SYNC_COURSE] = in->course->name,
                   [GO_SYNC_ASSIGNMENT] = assignment->name,
                   [GO_SYNC_TITLE] = assignment->title,
                   [GO_SYNC_SCORE] = go_score_format_milli(in->pool, score.earned_milli),
                   [GO_SYNC_POSSIBLE] = go_score_format_milli(in->pool, score.possible_milli),
                   [GO_SYNC_PERCENT] = percent_of(score, in->pool),
                   [GO_SYNC_IS_LATE] = line->is_late ? "1" : "0",
                   [GO_SYNC_SUBMITTED_AT] = time_of(line->created_us, in->pool)}};
}

/* The feedback of an assignment that students may see, by submission. */
static apr_status_t load_feedback(const collector *in, const go_assignment *assignment,
                                  go_grading_rules **rules, apr_hash_t **released) {
    apr_array_header_t *list;
    *released = apr_hash_make(in->pool);
    apr_status_t status = go_grading_rules_find(in->db, assignment, rules, in->pool, in->err);
    if (!status) status = go_feedback_of_assignment(in->db, assignment, &list, in->pool, in->err);
    for (int i = 0; !status && i < list->nelts; i++) {
        const go_feedback *one = &APR_ARRAY_IDX(list, i, go_feedback);
        if (go_feedback_state(*rules, one, in->now) == GO_GRADING_RELEASED)
            apr_hash_set(*released, &one->submission_id, sizeof(one->submission_id), one);
    }
    return status;
}

static apr_status_t collect(collector *in, const go_assignment *assignment) {
    apr_array_header_t *lines;
    apr_hash_t *released;
    go_grading_rules *rules = NULL;
    apr_status_t status = load_feedback(in, assignment, &rules, &released);
    if (!status)
        status = go_submissions(in->db, GO_SUBMISSIONS_LATEST, assignment->id, 0, &lines, in->pool,
                                in->err);
    for (int i = 0; !status && i < lines->nelts; i++) {
        const go_submission_line *line = &APR_ARRAY_IDX(lines, i, go_submission_line);
        const go_enrolment *student =
            apr_hash_get(in->students, line->username, APR_HASH_KEY_STRING);
        const go_feedback *feedback = apr_hash_get(released, &line->id, sizeof(line->id));
        if (!student || (!line->has_score && !feedback)) continue;
        add(in, assignment, student, line,
            feedback && rules ? go_feedback_total(rules, feedback, line->has_score, line->score)
                              : line->score);
    }
    return status;
}

apr_status_t go_sync_grades(go_db *db, const go_course *course, apr_time_t now,
                            apr_array_header_t **grades, apr_pool_t *pool, go_error *err) {
    apr_array_header_t *assignments;
    collector in = {.db = db,
                    .course = course,
                    .now = now,
                    .grades = apr_array_make(pool, 64, sizeof(go_sync_grade)),
                    .pool = pool,
                    .err = err};
    apr_status_t status = load_students(&in);
    if (!status) status = load_written(&in);
    if (!status) status = go_assignments_of_course(db, course, &assignments, pool, err);
    for (int i = 0; !status && i < assignments->nelts; i++) {
        const go_assignment *assignment = APR_ARRAY_IDX(assignments, i, const go_assignment *);
        if (assignment->is_published) status = collect(&in, assignment);
    }
    *grades = in.grades;
    return status;
}
