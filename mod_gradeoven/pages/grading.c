/*
 * The grading desk: of each student the submission that counts, with how far its grading is. Which
 * one counts is asked of the list of submissions (model/submissions.h), and nowhere here.
 */
#include "pages/grading.h"

#include "model/pseudonym.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

/* Who is a student of the course: staff's own tries are not graded. */
static apr_status_t students(go_request *q, apr_hash_t **names) {
    apr_array_header_t *people;
    apr_status_t status = go_enrolments(q->db, q->at.course, &people, q->pool, &q->err);
    *names = apr_hash_make(q->pool);
    for (int i = 0; !status && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        if (person->role == GO_ROLE_STUDENT)
            apr_hash_set(*names, person->username, APR_HASH_KEY_STRING, person);
    }
    return status;
}

/* Feedback of the assignment by submission id. */
static apr_status_t feedback_by_id(go_request *q, apr_hash_t **found) {
    apr_array_header_t *list;
    apr_status_t status =
        go_feedback_of_assignment(q->db, q->at.assignment, &list, q->pool, &q->err);
    *found = apr_hash_make(q->pool);
    for (int i = 0; !status && i < list->nelts; i++) {
        go_feedback *feedback = &APR_ARRAY_IDX(list, i, go_feedback);
        apr_hash_set(*found, &feedback->submission_id, sizeof(feedback->submission_id), feedback);
    }
    return status;
}

apr_status_t desk_lines(go_request *q, const go_grading_rules *rules, apr_array_header_t **lines) {
    apr_array_header_t *all;
    apr_hash_t *names, *said;
    if (go_submissions(q->db, GO_SUBMISSIONS_LATEST, q->at.assignment->id, 0, &all, q->pool,
                       &q->err) ||
        students(q, &names) || feedback_by_id(q, &said))
        return q->err.status;
    apr_array_header_t *theirs = apr_array_make(q->pool, 64, sizeof(go_submission_line));
    for (int i = 0; i < all->nelts; i++) {
        const go_submission_line *line = &APR_ARRAY_IDX(all, i, go_submission_line);
        if (apr_hash_get(names, line->username, APR_HASH_KEY_STRING))
            APR_ARRAY_PUSH(theirs, go_submission_line) = *line;
    }
    go_blind_lines(rules, theirs, 1, q->pool);
    *lines = apr_array_make(q->pool, theirs->nelts + 1, sizeof(desk_line));
    for (int i = 0; i < theirs->nelts; i++) {
        go_submission_line *line = &APR_ARRAY_IDX(theirs, i, go_submission_line);
        go_feedback *feedback = apr_hash_get(said, &line->graded_id, sizeof(line->graded_id));
        APR_ARRAY_PUSH(*lines, desk_line) = (desk_line){
            .line = line,
            .feedback = feedback,
            .state = feedback ? go_feedback_state(rules, feedback, q->now) : GO_GRADING_UNGRADED};
    }
    return APR_SUCCESS;
}

static json_t *json_desk_line(const go_request *q, const go_grading_rules *rules,
                              const desk_line *one) {
    static const char *const tones[GO_GRADING_COUNT] = {"none", "queued", "open", "finished"};
    const go_submission_line *line = one->line;
    json_t *json =
        json_submission_line(q, q->at.course->name, q->zone, q->at.assignment->name, line);
    json_object_set_new(json, "grade_url",
                        json_string(apr_psprintf(q->pool, "%s/submissions/%d/grade",
                                                 assignment_url(q, ""), line->number)));
    json_object_set_new(json, "grading",
                        json_pack("{s:s, s:s}", "state", go_grading_state_name(one->state), "tone",
                                  tones[one->state]));
    if (!one->feedback) return json;
    go_score total = go_feedback_total(rules, one->feedback, line->has_score, line->score);
    json_object_set_new(json, "manual", json_points(q, go_feedback_manual(rules, one->feedback)));
    json_object_set_new(json, "total", go_json_score(q, 1, total));
    json_object_set_new(json, "grader", json_string(one->feedback->grader));
    return json;
}

static void add_counts(go_request *q, json_t *page, const apr_array_header_t *lines,
                       const char *show) {
    int counts[GO_GRADING_COUNT] = {0};
    for (int i = 0; i < lines->nelts; i++)
        counts[APR_ARRAY_IDX(lines, i, desk_line).state]++;
    json_t *filters = json_array();
    for (int i = 0; i < GO_GRADING_COUNT; i++) {
        const char *name = go_grading_state_name((go_grading_state)i);
        json_array_append_new(
            filters, json_pack("{s:s, s:i, s:b, s:s}", "name", name, "count", counts[i],
                               "is_current", strcmp(show, name) == 0, "url",
                               assignment_url(q, apr_psprintf(q->pool, "/grading?show=%s", name))));
    }
    json_object_set_new(page, "filters", filters);
    json_object_set_new(page, "graded",
                        json_integer(counts[GO_GRADING_DONE] + counts[GO_GRADING_RELEASED]));
    json_object_set_new(page, "all", json_integer(lines->nelts));
    json_object_set_new(page, "has_next",
                        json_boolean(counts[GO_GRADING_UNGRADED] + counts[GO_GRADING_DRAFT] > 0));
}

int grading_page(go_request *q, json_t *page) {
    go_grading_rules *rules;
    apr_array_header_t *lines;
    const char *show = go_form_text(q->query, "show");
    page_begin(q, page, "Grading");
    if (go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err) ||
        desk_lines(q, rules, &lines))
        return go_failed(q);
    json_t *list = json_array();
    for (int i = 0; i < lines->nelts; i++) {
        const desk_line *one = &APR_ARRAY_IDX(lines, i, desk_line);
        if (!*show || strcmp(show, go_grading_state_name(one->state)) == 0)
            json_array_append_new(list, json_desk_line(q, rules, one));
    }
    add_counts(q, page, lines, show);
    json_object_set_new(page, "submissions", list);
    json_object_set_new(page, "is_blind", json_boolean(rules->is_blind));
    json_object_set_new(page, "shows_all", json_boolean(!*show));
    json_object_set_new(page, "has_keys", json_true());
    json_object_set_new(page, "base", json_string(assignment_url(q, "")));
    return HTTP_OK;
}

/* The first in this state behind place `after`, round the end; -1: there is none. */
static int next_in_state(const apr_array_header_t *lines, int after, go_grading_state state) {
    for (int i = 1; i <= lines->nelts; i++) {
        int place = (after + i) % lines->nelts;
        if (APR_ARRAY_IDX(lines, place, desk_line).state == state) return place;
    }
    return -1;
}

int grading_next(go_request *q, json_t *page) {
    go_grading_rules *rules;
    apr_array_header_t *lines = NULL;
    int after = -1, number = atoi(go_form_text(q->query, "after"));
    if (go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err) ||
        desk_lines(q, rules, &lines) || !lines)
        return go_failed(q);
    for (int i = 0; i < lines->nelts; i++)
        if (APR_ARRAY_IDX(lines, i, desk_line).line->number == number) after = i;
    int place = next_in_state(lines, after, GO_GRADING_UNGRADED);
    if (place < 0) place = next_in_state(lines, after, GO_GRADING_DRAFT);
    if (place < 0) return go_reply_redirect(q, assignment_url(q, "/grading"), "all-graded", 0);
    return go_reply_redirect(q,
                             apr_psprintf(q->pool, "%s/submissions/%d/grade", assignment_url(q, ""),
                                          APR_ARRAY_IDX(lines, place, desk_line).line->number),
                             NULL, 0);
}
