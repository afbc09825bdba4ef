/* An assignment: its text, the form to submit, one's own submissions. */
#include "pages/pages.h"

#include "model/passwords.h"
#include "web/markdown.h"

enum { ONCE_BYTES = 16 };

int assignment_page(go_request *q, json_t *page) {
    const go_assignment *assignment = q->at.assignment;
    apr_array_header_t *lines, *stages;
    page_begin(q, page, assignment->title);
    json_object_set_new(page, "description_html",
                        json_string(go_markdown_html(q->pool, assignment->description)));
    if (go_submissions(q->db, GO_SUBMISSIONS_OF_USER, assignment->id, q->at.user->id, &lines,
                       q->pool, &q->err) ||
        go_version_stages(q->db, assignment->version_id, &stages, q->pool, &q->err) ||
        add_scoreboard(q, page))
        return go_failed(q);
    if (q->hides_work) apr_array_clear(lines);
    json_t *list = json_array();
    json_object_set_new(page, "mine", json_null());
    for (int i = 0; i < lines->nelts; i++) {
        const go_submission_line *line = &APR_ARRAY_IDX(lines, i, go_submission_line);
        json_t *json = json_submission_line(q, q->at.course->name, q->zone, assignment->name, line);
        if (line->counts) json_object_set(page, "mine", json);
        json_array_append_new(list, json);
    }
    json_object_set_new(page, "submissions", list);
    json_object_set_new(page, "has_submissions", json_boolean(lines->nelts > 0));
    json_object_set_new(page, "stage_count", json_integer(stages->nelts));
    json_object_set_new(page, "can_submit", json_boolean(assignment->version_id != 0));
    /* one for each showing of the form: sending it twice makes one submission */
    json_object_set_new(page, "once", json_string(go_random_hex(q->pool, ONCE_BYTES)));
    json_object_set_new(page, "max_upload",
                        json_string(go_bytes_text(q->pool, q->site->max_upload)));
    json_object_set_new(page, "submit_url",
                        json_string(go_url(q, "/courses/%s/assignments/%s/submissions",
                                           q->at.course->name, assignment->name)));
    if (q->hides_work) { /* the rules speak of attempts and lateness, which tell whose it is too */
        json_object_set_new(page, "is_withheld", json_true());
        return HTTP_OK;
    }
    if (add_policy(q, page) || add_team(q, page)) return go_failed(q);
    const json_t *policy = json_object_get(page, "policy");
    if (json_is_true(json_object_get(policy, "is_bound")) &&
        json_is_true(json_object_get(policy, "is_early")))
        json_object_set_new(page, "description_html",
                            json_string("<p>The text is shown when the assignment opens.</p>"));
    return HTTP_OK;
}
