/*
 * All submissions of an assignment, for staff: the one that counts of each student, all of them, or
 * those of the first that could not be graded.
 */
#include "pages/pages.h"

#include "model/pseudonym.h"

#include <apr_strings.h>

#include <string.h>

enum { PAGE_LINES = 200 };

int submissions_page(go_request *q, json_t *page) {
    const char *before_text = go_form_text(q->query, "before");
    const char *show = go_form_text(q->query, "show");
    int all = strcmp(show, "all") == 0, troubled = strcmp(show, "trouble") == 0;
    apr_int64_t before = *before_text ? apr_atoi64(before_text) : APR_INT32_MAX;
    apr_array_header_t *lines;
    go_grading_rules *rules;
    page_begin(q, page, "Submissions");
    if (go_submissions(q->db,
                       all        ? GO_SUBMISSIONS_ALL
                       : troubled ? GO_SUBMISSIONS_TROUBLED
                                  : GO_SUBMISSIONS_LATEST,
                       q->at.assignment->id, before, &lines, q->pool, &q->err) ||
        go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err))
        return go_failed(q);
    go_blind_lines(rules, lines, !all, q->pool);
    json_t *list = json_array();
    int count = all && lines->nelts > PAGE_LINES ? PAGE_LINES : lines->nelts;
    const char *url = go_url(q, "/courses/%s/assignments/%s/submissions", q->at.course->name,
                             q->at.assignment->name);
    for (int i = 0; i < count; i++)
        json_array_append_new(
            list, json_submission_line(q, q->at.course->name, q->zone, q->at.assignment->name,
                                       &APR_ARRAY_IDX(lines, i, go_submission_line)));
    if (count < lines->nelts)
        json_object_set_new(
            page, "older",
            json_string(apr_psprintf(q->pool, "%s?show=all&before=%d", url,
                                     APR_ARRAY_IDX(lines, count - 1, go_submission_line).number)));
    json_object_set_new(page, "submissions", list);
    json_object_set_new(page, "shows_all", json_boolean(all));
    json_object_set_new(page, "shows_trouble", json_boolean(troubled));
    json_object_set_new(page, "list_url", json_string(url));
    return HTTP_OK;
}
