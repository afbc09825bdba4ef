#include "pages/pages.h"

#include "model/pseudonym.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_DIGITS_MAX = 6 };

json_t *json_course(const go_request *q, const go_course *course) {
    json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "name", course->name, "title", course->title,
                             "zone", course->zone, "url", go_url(q, "/courses/%s", course->name));
    go_situation at = {.user = q->at.user, .course = course, .role = course->role};
    if (q->at.course && course->id == q->at.course->id) at.role = q->at.role;
    json_object_set_new(json, "role", json_string(go_role_name(at.role)));
    json_object_set_new(json, "is_staff",
                        json_boolean(go_rights_decide(GO_RIGHT_GRADE, &at) == GO_ALLOWED));
    json_object_set_new(json, "teaches",
                        json_boolean(go_rights_decide(GO_RIGHT_TEACH, &at) == GO_ALLOWED));
    json_object_set_new(json, "is_paused", json_boolean(course->is_paused));
    return json;
}

json_t *json_assignment(const go_request *q, const go_course *course,
                        const go_assignment *assignment) {
    return json_pack("{s:s, s:s, s:s, s:o, s:b, s:b, s:i}", "name", assignment->name, "title",
                     assignment->title, "url",
                     go_url(q, "/courses/%s/assignments/%s", course->name, assignment->name), "due",
                     go_json_time(q, course->zone, assignment->due_us), "is_over",
                     assignment->due_us && assignment->due_us < q->now, "is_published",
                     assignment->is_published, "version", assignment->version_number);
}

/* What a list says of a run in one word, for a label and its colour. */
static const char *state_word(const go_submission_line *line) {
    return line->has_run ? go_run_state_name(line->state) : "none";
}

json_t *json_submission_line(const go_request *q, const char *course, const char *zone,
                             const char *assignment, const go_submission_line *line) {
    json_t *json = json_pack(
        "{s:i, s:i, s:s, s:b, s:o, s:s, s:o}", "number", line->number, "attempt", line->attempt,
        "url",
        go_url(q, "/courses/%s/assignments/%s/submissions/%d", course, assignment, line->number),
        "is_late", line->is_late, "submitted", go_json_time(q, zone, line->created_us), "state",
        state_word(line), "score", go_json_score(q, line->has_score, line->score));
    json_object_set_new(
        json, "label",
        json_string(line->has_run ? run_label(line->state, line->is_ungradable) : "none"));
    json_object_set_new(
        json, "tone",
        json_string(line->has_run ? run_tone(line->state, line->is_ungradable) : "none"));
    json_object_set_new(json, "is_waiting",
                        json_boolean(line->has_run && (line->state == GO_RUN_QUEUED ||
                                                       line->state == GO_RUN_RUNNING)));
    json_object_set_new(json, "counts", json_boolean(line->counts));
    json_object_set_new(json, "penalty",
                        line->penalty_milli
                            ? json_string(go_percent_text(q->pool, line->penalty_milli))
                            : json_null());
    json_object_set_new(json, "raw_score", go_json_score(q, line->has_score, line->raw_score));
    json_object_set_new(json, "is_shared",
                        json_boolean(line->graded_id && line->graded_id != line->id));
    if (!line->username) return json;
    json_object_set_new(json, "username", json_string(line->username));
    json_object_set_new(json, "name",
                        json_string(*line->display_name ? line->display_name : line->username));
    json_object_set_new(json, "full_name",
                        *line->display_name ? json_string(line->display_name) : json_null());
    json_object_set_new(json, "files", json_integer(line->files));
    json_object_set_new(json, "size", json_string(go_bytes_text(q->pool, line->bytes)));
    return json;
}

const char *url_course(const go_request *q) {
    return go_url(q, "/courses/%s", q->at.course->name);
}

void page_begin(go_request *q, json_t *page, const char *title) {
    json_object_set_new(page, "title", go_json_text(q, title));
    if (!q->at.course) return;
    json_object_set_new(page, "course", json_course(q, q->at.course));
    if (q->at.assignment)
        json_object_set_new(page, "assignment", json_assignment(q, q->at.course, q->at.assignment));
}

apr_status_t find_sharers(go_request *q, apr_array_header_t **sharers) {
    go_grading_rules *rules = NULL;
    apr_status_t status = go_submission_sharers(q->db, q->at.submission, sharers, q->pool, &q->err);
    if (!status) status = go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err);
    if (status || !rules->is_blind || !go_request_may(q, GO_RIGHT_GRADE)) return status;
    for (int i = 0; i < (*sharers)->nelts; i++) {
        go_sharer *one = &APR_ARRAY_IDX(*sharers, i, go_sharer);
        if (one->user_id == q->at.user->id) continue;
        one->username = go_pseudonym(rules->blind_key, one->username, q->pool);
        one->display_name = "";
    }
    return APR_SUCCESS;
}

int is_sharer(const apr_array_header_t *sharers, apr_int64_t user_id) {
    for (int i = 0; i < sharers->nelts; i++)
        if (APR_ARRAY_IDX(sharers, i, go_sharer).user_id == user_id) return 1;
    return 0;
}

void page_keep(go_request *q, json_t *page, const char *const *fields, int count) {
    json_t *kept = json_object();
    for (int i = 0; i < count; i++)
        json_object_set_new(kept, fields[i], json_string(go_form_text(q->form, fields[i])));
    json_object_set_new(page, "form", kept);
}

int page_number(const go_request *q, int pages) {
    const char *text = go_form_text(q->query, "page");
    int is_number = strspn(text, "0123456789") == strlen(text) && strlen(text) <= PAGE_DIGITS_MAX;
    int page = is_number ? atoi(text) : 1;
    return page < 1 ? 1 : page > pages ? pages : page;
}
