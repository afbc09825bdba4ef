/*
 * Importing a list: what it would change is shown first, and only what was shown is applied. The
 * page carries the list and a digest of what it showed; the list is read and compared again, and
 * the digest must still fit, so that the browser is trusted with nothing but the choice.
 */
#include "pages/pages.h"

#include "web/remote.h"

#include "model/csv.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

apr_status_t csv_read(go_request *q, const char **csv, apr_size_t *length) {
    const go_upload_file *file = go_upload_first(q->upload, "file");
    const char *pasted = go_form_text(q->form, "csv");
    *csv = "";
    *length = 0;
    if (!file || !file->size) {
        *csv = go_roster_decode(pasted, strlen(pasted), length, q->pool);
        return APR_SUCCESS;
    }
    if (file->size > GO_CSV_BYTES_MAX)
        return go_error_set(&q->err, GO_EINVALID, "Import it in parts.",
                            "The file is larger than 4 MiB.");
    apr_file_t *handle;
    char *bytes = apr_palloc(q->pool, (apr_size_t)file->size + 1);
    apr_status_t status = apr_file_open(&handle, file->path, APR_FOPEN_READ, 0, q->pool);
    if (!status) status = apr_file_read_full(handle, bytes, (apr_size_t)file->size, length);
    if (status && status != APR_EOF)
        return go_error_system(&q->err, status, NULL, "The file could not be read");
    bytes[*length] = '\0';
    *csv = go_roster_decode(bytes, *length, length, q->pool);
    return APR_SUCCESS;
}

/* The groups of the preview, in the order they are shown; a person stands in the first that fits.
 */
static const struct {
    unsigned what;
    const char *name, *title;
} groups[] = {
    {GO_ROSTER_ADDED, "added", "Added"},
    {GO_ROSTER_BACK, "back", "Back in the course"},
    {GO_ROSTER_ROLE, "role", "Another role"},
    {GO_ROSTER_SECTION, "section", "Another section"},
    {GO_ROSTER_EXTRA, "data", "Other data"},
    {GO_ROSTER_ABSENT, "absent", "In the course, but not in the list"},
    {0, "unchanged", "Unchanged"},
};
enum { GROUPS = sizeof(groups) / sizeof(*groups) };

static int group_of(unsigned what) {
    int group = 0;
    while (groups[group].what && !(groups[group].what & what))
        group++;
    return group;
}

static json_t *json_change(const go_roster_change *change) {
    const go_enrolment *person = change->person;
    const go_roster_line *line = change->line;
    const char *username = line ? line->username : person ? person->username : "";
    const char *name = person ? person->display_name : line ? line->display_name : "";
    json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "username", username, "name", name, "role",
                             go_role_name(change->role), "section", change->section);
    if (line) json_object_set_new(json, "line", json_integer(line->line));
    if (person && change->role != person->role)
        json_object_set_new(json, "was_role", json_string(go_role_name(person->role)));
    if (person && strcmp(change->section, person->section))
        json_object_set_new(json, "was_section",
                            json_string(*person->section ? person->section : "none"));
    return json;
}

/* "preview": the digest, the list to send again, and "groups" of people. */
static void add_preview(go_request *q, json_t *page, const apr_array_header_t *changes,
                        const char *csv) {
    json_t *people[GROUPS], *list = json_array();
    for (int i = 0; i < GROUPS; i++)
        people[i] = json_array();
    for (int i = 0; i < changes->nelts; i++) {
        const go_roster_change *change = &APR_ARRAY_IDX(changes, i, go_roster_change);
        json_array_append_new(people[group_of(change->what)], json_change(change));
    }
    json_t *preview = json_pack("{s:s, s:o}", "digest", go_roster_digest(changes, q->pool), "csv",
                                go_json_text(q, csv));
    for (int i = 0; i < GROUPS; i++) {
        json_int_t count = (json_int_t)json_array_size(people[i]);
        json_t *group = json_pack("{s:s, s:s, s:I, s:o}", "name", groups[i].name, "title",
                                  groups[i].title, "count", count, "people", people[i]);
        if (groups[i].what == GO_ROSTER_ABSENT && count)
            json_object_set_new(preview, "absent_count", json_integer(count));
        if (count)
            json_array_append_new(list, group);
        else
            json_decref(group);
    }
    json_object_set_new(preview, "groups", list);
    json_object_set_new(page, "preview", preview);
}

/* An instructor's own line must leave them one: nobody shuts themself out. */
static void check_self(const go_request *q, const apr_array_header_t *changes,
                       go_problems *problems) {
    for (int i = 0; i < changes->nelts; i++) {
        const go_roster_change *change = &APR_ARRAY_IDX(changes, i, go_roster_change);
        if (change->line && change->person && change->what & GO_ROSTER_ROLE &&
            change->person->user_id == q->at.user->id && !q->at.user->is_admin)
            go_problems_error(problems,
                              "Line %d: it would change your own role in your course. Ask another "
                              "instructor or an admin to do it.",
                              change->line->line);
    }
}

/* Says what is wrong, each with its line, and keeps what was pasted. */
static int refuse(go_request *q, json_t *page, const go_problems *problems, const char *csv) {
    if (roster_fill(q, page)) return go_failed(q);
    for (int i = 0; i < problems->list->nelts; i++)
        go_page_problem(q, page, APR_ARRAY_IDX(problems->list, i, go_problem).text);
    json_object_set_new(page, "form", json_pack("{s:o}", "csv", go_json_text(q, csv)));
    return HTTP_UNPROCESSABLE_ENTITY;
}

/* What a list changes now, or its problems. */
static apr_status_t look(go_request *q, const char *csv, apr_size_t length, go_problems *problems,
                         apr_array_header_t **lines, apr_array_header_t **changes) {
    apr_array_header_t *people;
    if (go_roster_parse(csv, length, GO_ROLE_STUDENT, lines, q->pool, problems)) return GO_EINVALID;
    apr_status_t status = go_enrolments_ever(q->db, q->at.course, &people, q->pool, &q->err);
    if (status) return status;
    *changes = go_roster_diff(*lines, people, q->pool);
    check_self(q, *changes, problems);
    return problems->errors ? GO_EINVALID : APR_SUCCESS;
}

static int apply(go_request *q, json_t *page, const apr_array_header_t *lines,
                 const apr_array_header_t *changes, const char *csv) {
    const go_audit_entry by = audit_by(q);
    apr_array_header_t *done;
    int drops = strcmp(go_form_text(q->form, "drop"), "1") == 0 ? GO_ROSTER_DROPS_ALL
                                                                : GO_ROSTER_DROPS_NOBODY;
    if (go_roster_apply(q->db, q->at.course, lines, go_form_text(q->form, "apply"), drops,
                        q->at.user->id, &by, &done, q->pool, &q->err)) {
        if (go_failed(q) < 500) add_preview(q, page, changes, csv);
        return roster_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "a list of %d people applied", done->nelts);
    if (roster_fill(q, page)) return go_failed(q);
    roster_add_registered(q, page, done);
    return HTTP_OK;
}

int roster_import(go_request *q, json_t *page) {
    const char *csv;
    apr_size_t length;
    apr_array_header_t *lines, *changes;
    go_problems *problems = go_problems_make(q->pool);
    if (csv_read(q, &csv, &length)) return roster_failed(q, page);
    if (look(q, csv, length, problems, &lines, &changes))
        return problems->errors ? refuse(q, page, problems, csv) : go_failed(q);
    for (int i = 0; i < lines->nelts; i++) {
        go_roster_line *line = &APR_ARRAY_IDX(lines, i, go_roster_line);
        line->by_link = go_form_get(q->form, "by_link") != NULL;
        line->no_password = !go_auth_takes_passwords(q);
    }
    if (*go_form_text(q->form, "apply")) return apply(q, page, lines, changes, csv);
    if (roster_fill(q, page)) return go_failed(q);
    add_preview(q, page, changes, csv);
    return HTTP_OK;
}
