/* The roster: who is in the course, registering people one by one or as CSV, taking them out. */
#include "pages/pages.h"

#include "model/csv.h"
#include "model/roster.h"

#include <apr_base64.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

static apr_status_t fill(go_request *q, json_t *page) {
    apr_array_header_t *people;
    page_begin(q, page, "People");
    apr_status_t status = go_enrolments(q->db, q->at.course, &people, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "username",
                                        person->username, "name", person->display_name, "email",
                                        person->email, "role", go_role_name(person->role), "avatar",
                                        go_url(q, "/avatars/%s", person->username), "is_me",
                                        person->user_id == q->at.user->id));
    }
    json_object_set_new(page, "people", list);
    return status;
}

int roster_page(go_request *q, json_t *page) {
    return fill(q, page) ? go_failed(q) : HTTP_OK;
}

/* The generated passwords as a CSV that a link of the page carries in itself: kept nowhere. */
static const char *passwords_csv(go_request *q, const apr_array_header_t *done) {
    static const char *const titles[] = {"username", "name", "email", "password"};
    go_buffer *csv = go_buffer_make(q->pool, 1024);
    go_csv_write_row(csv, titles, 4);
    for (int i = 0; i < done->nelts; i++) {
        const go_registration *one = &APR_ARRAY_IDX(done, i, go_registration);
        const char *const cells[] = {one->username, one->display_name, one->email, one->password};
        if (one->password) go_csv_write_row(csv, cells, 4);
    }
    char *text = apr_palloc(q->pool, (apr_size_t)apr_base64_encode_len((int)csv->length));
    apr_base64_encode(text, csv->bytes, (int)csv->length);
    return text;
}

/* What was done, with the passwords that are shown this once. */
static void add_registered(go_request *q, json_t *page, const apr_array_header_t *done) {
    json_t *list = json_array();
    int passwords = 0;
    for (int i = 0; i < done->nelts; i++) {
        const go_registration *one = &APR_ARRAY_IDX(done, i, go_registration);
        json_t *json =
            json_pack("{s:s, s:s, s:s, s:b, s:b}", "username", one->username, "name",
                      one->display_name, "role", go_role_name(one->role), "is_new_account",
                      one->is_new_account, "was_enrolled", one->was_enrolled);
        if (one->password) json_object_set_new(json, "password", json_string(one->password));
        passwords += one->password != NULL;
        json_array_append_new(list, json);
    }
    json_object_set_new(page, "registered", list);
    json_object_set_new(page, "registered_count", json_integer(done->nelts));
    if (passwords) json_object_set_new(page, "passwords_csv", json_string(passwords_csv(q, done)));
}

static int register_lines(go_request *q, json_t *page, const apr_array_header_t *lines) {
    apr_array_header_t *done;
    if (go_roster_register(q->db, q->at.course, lines, q->now, &done, q->pool, &q->err)) {
        go_error cause = q->err;
        fill(q, page);
        q->err = cause;
        return go_page_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "%d people registered", done->nelts);
    if (fill(q, page)) return go_failed(q);
    add_registered(q, page, done);
    return HTTP_OK;
}

int roster_add(go_request *q, json_t *page) {
    static const char *const fields[] = {"username", "name", "email", "role"};
    apr_array_header_t *lines = apr_array_make(q->pool, 1, sizeof(go_roster_line));
    go_roster_line *line = apr_array_push(lines);
    *line = (go_roster_line){.username = go_form_text(q->form, "username"),
                             .display_name = go_form_text(q->form, "name"),
                             .email = go_form_text(q->form, "email"),
                             .password = go_form_text(q->form, "password")};
    int status = HTTP_UNPROCESSABLE_ENTITY;
    if (go_role_parse(go_form_text(q->form, "role"), &line->role, &q->err)) {
        go_error cause = q->err;
        fill(q, page);
        q->err = cause;
        go_page_failed(q, page);
    } else {
        status = register_lines(q, page, lines);
    }
    if (status == HTTP_UNPROCESSABLE_ENTITY) page_keep(q, page, fields, 4);
    return status;
}

/* The CSV: of the file, or else what was pasted. */
static apr_status_t read_csv(go_request *q, const char **csv, apr_size_t *length) {
    const go_upload_file *file = go_upload_first(q->upload, "file");
    *csv = go_form_text(q->form, "csv");
    *length = strlen(*csv);
    if (!file) return APR_SUCCESS;
    if (file->size > GO_CSV_BYTES_MAX)
        return go_error_set(&q->err, GO_EINVALID, "Import it in parts.",
                            "The file is larger than 8 MiB.");
    apr_file_t *handle;
    char *bytes = apr_palloc(q->pool, (apr_size_t)file->size + 1);
    apr_status_t status = apr_file_open(&handle, file->path, APR_FOPEN_READ, 0, q->pool);
    if (!status) status = apr_file_read_full(handle, bytes, (apr_size_t)file->size, length);
    *csv = bytes;
    return status && status != APR_EOF
               ? go_error_system(&q->err, status, NULL, "The file could not be read")
               : APR_SUCCESS;
}

int roster_import(go_request *q, json_t *page) {
    static const char *const fields[] = {"csv"};
    const char *csv;
    apr_size_t length;
    apr_array_header_t *lines;
    go_problems *problems = go_problems_make(q->pool);
    if (read_csv(q, &csv, &length)) {
        go_error cause = q->err;
        fill(q, page);
        q->err = cause;
        return go_page_failed(q, page);
    }
    apr_status_t status = go_roster_parse(csv, length, GO_ROLE_STUDENT, &lines, q->pool, problems);
    int answer = HTTP_UNPROCESSABLE_ENTITY;
    if (!status)
        answer = register_lines(q, page, lines);
    else if (fill(q, page))
        return go_failed(q);
    for (int i = 0; i < problems->list->nelts; i++)
        go_page_problem(q, page, APR_ARRAY_IDX(problems->list, i, go_problem).text);
    if (answer == HTTP_UNPROCESSABLE_ENTITY) page_keep(q, page, fields, 1);
    return answer;
}

int roster_remove(go_request *q, json_t *page) {
    go_user *user;
    if (go_user_find(q->db, go_form_text(q->form, "username"), &user, q->pool, &q->err))
        return go_failed(q);
    if (user->id == q->at.user->id && !q->at.user->is_admin) {
        go_error_set(&q->err, GO_ECONFLICT, "Ask another instructor or an admin to do it.",
                     "You cannot take yourself out of your course.");
        return go_failed(q);
    }
    if (go_enrolment_set(q->db, q->at.course, user, GO_ROLE_NONE, q->now, q->pool, &q->err))
        return go_failed(q);
    go_request_log(q, APLOG_NOTICE, "\"%s\" taken out of the course", user->username);
    return go_reply_redirect(q, go_url(q, "/courses/%s/roster", q->at.course->name), "removed", 0);
}
