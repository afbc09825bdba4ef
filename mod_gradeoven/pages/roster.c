/* The roster: who is in the course, adding and changing one person, the export. Lists come in by
 * roster_import.c. */
#include "pages/pages.h"

#include "web/remote.h"

#include "model/csv.h"
#include "model/names.h"
#include "model/sync.h"

#include <apr_base64.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

/* The columns that an import brought and that mean nothing to us: [{"name", "value"}]. */
static json_t *json_extra(const char *extra) {
    json_t *kept = json_loads(extra, 0, NULL), *list = json_array(), *value;
    const char *name;
    json_object_foreach(kept, name, value) {
        if (json_string_length(value))
            json_array_append_new(list, json_pack("{s:s, s:O}", "name", name, "value", value));
    }
    json_decref(kept);
    return list;
}

static json_t *json_person(const go_request *q, const go_enrolment *person) {
    json_t *json = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:b}", "username", person->username, "name",
        person->display_name, "email", person->email, "role", go_role_name(person->role), "avatar",
        go_url(q, "/avatars/%s", person->username), "is_me", person->user_id == q->at.user->id);
    json_t *roles = json_array();
    for (go_role role = GO_ROLE_STUDENT; role <= GO_ROLE_INSTRUCTOR; role++)
        json_array_append_new(roles, json_pack("{s:s, s:b}", "name", go_role_name(role),
                                               "is_chosen", role == person->role));
    json_object_set_new(json, "roles", roles);
    json_object_set_new(json, "is_student",
                        json_boolean(person->role == GO_ROLE_STUDENT && !person->dropped_us));
    json_object_set_new(json, "section", json_string(person->section));
    json_object_set_new(json, "extra", json_extra(person->extra));
    json_object_set_new(json, "dropped", go_json_time(q, q->zone, person->dropped_us));
    return json;
}

/* The sections that the course has, for the filter, the shown one marked. */
static void add_sections(go_request *q, json_t *page, const apr_array_header_t *people,
                         const char *shown) {
    apr_hash_t *seen = apr_hash_make(q->pool);
    json_t *list = json_array();
    for (int i = 0; i < people->nelts; i++) {
        const char *section = APR_ARRAY_IDX(people, i, go_enrolment).section;
        if (!*section || apr_hash_get(seen, section, APR_HASH_KEY_STRING)) continue;
        apr_hash_set(seen, section, APR_HASH_KEY_STRING, section);
        json_array_append_new(list, json_pack("{s:s, s:b}", "name", section, "is_chosen",
                                              strcmp(section, shown) == 0));
    }
    json_object_set_new(page, "sections", list);
}

/* "sync": the last exchange with the institution's database; its errors name people and servers, so
 * they are for admins. */
static apr_status_t add_sync(go_request *q, json_t *page) {
    go_sync_run *run;
    apr_status_t status = go_sync_last(q->db, q->at.course->id, &run, q->pool, &q->err);
    if (status || !run) return status;
    apr_time_t at = run->ended_us ? run->ended_us : run->started_us;
    json_t *json =
        json_pack("{s:o, s:b, s:b, s:b}", "at", go_json_time(q, q->zone, at), "is_ok", run->is_ok,
                  "is_running", run->ended_us == 0, "is_scheduled", run->is_scheduled);
    json_object_set_new(json, "summary", go_json_text(q, run->summary));
    if (q->at.user->is_admin && *run->detail)
        json_object_set_new(json, "detail", go_json_text(q, run->detail));
    json_object_set_new(page, "sync", json);
    return APR_SUCCESS;
}

/* "invitable_count": students without a password, for whom links can be made. */
static apr_status_t add_invitable(go_request *q, json_t *page) {
    int count;
    apr_status_t status = go_links_count_invitable(q->db, q->at.course, &count, q->pool, &q->err);
    if (count && go_auth_takes_passwords(q))
        json_object_set_new(page, "invitable_count", json_integer(count));
    return status;
}

apr_status_t roster_fill(go_request *q, json_t *page) {
    apr_array_header_t *people;
    const char *section = go_form_text(q->query, "section");
    int dropped = strcmp(go_form_text(q->query, "show"), "dropped") == 0, left = 0;
    page_begin(q, page, "People");
    apr_status_t status = go_enrolments_ever(q->db, q->at.course, &people, q->pool, &q->err);
    json_t *list = json_array();
    for (int i = 0; !status && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        left += person->dropped_us != 0;
        if (dropped == (person->dropped_us != 0) &&
            (!*section || strcmp(section, person->section) == 0))
            json_array_append_new(list, json_person(q, person));
    }
    json_object_set_new(page, "count", json_integer((json_int_t)json_array_size(list)));
    json_object_set_new(page, "people", list);
    json_object_set_new(page, "takes_passwords", json_boolean(go_auth_takes_passwords(q)));
    json_object_set_new(page, "shows_dropped", json_boolean(dropped));
    json_object_set_new(page, "dropped_count", json_integer(left));
    if (!status) add_sections(q, page, people, section);
    if (!status) status = add_sync(q, page);
    if (!status && go_request_may(q, GO_RIGHT_TEACH)) status = enrol_add_code(q, page);
    if (!status && go_request_may(q, GO_RIGHT_TEACH)) status = add_invitable(q, page);
    return status;
}

int roster_failed(go_request *q, json_t *page) {
    go_error cause = q->err;
    if (roster_fill(q, page)) return go_failed(q);
    q->err = cause;
    return go_page_failed(q, page);
}

int roster_page(go_request *q, json_t *page) {
    return roster_fill(q, page) ? go_failed(q) : HTTP_OK;
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
void roster_add_registered(go_request *q, json_t *page, const apr_array_header_t *done) {
    json_t *list = json_array();
    int passwords = 0;
    q->shows_secret = 1;
    for (int i = 0; i < done->nelts; i++) {
        const go_registration *one = &APR_ARRAY_IDX(done, i, go_registration);
        json_t *json =
            json_pack("{s:s, s:s, s:s, s:b, s:b}", "username", one->username, "name",
                      one->display_name, "role", go_role_name(one->role), "is_new_account",
                      one->is_new_account, "was_enrolled", one->was_enrolled);
        json_object_set_new(
            json, "by_link",
            json_boolean(one->is_new_account && !one->hash && go_auth_takes_passwords(q)));
        if (one->password) json_object_set_new(json, "password", json_string(one->password));
        passwords += one->password != NULL;
        json_array_append_new(list, json);
    }
    json_object_set_new(page, "registered", list);
    json_object_set_new(page, "registered_count", json_integer(done->nelts));
    if (passwords) json_object_set_new(page, "passwords_csv", json_string(passwords_csv(q, done)));
}

/* Nobody shuts themself out: an instructor who did could not undo it. */
static apr_status_t refuse_self(go_request *q, const char *username) {
    if (strcmp(username, q->at.user->username) || q->at.user->is_admin) return APR_SUCCESS;
    return go_error_set(&q->err, GO_ECONFLICT, "Ask another instructor or an admin to do it.",
                        "You cannot change your own role in your course.");
}

int roster_add(go_request *q, json_t *page) {
    static const char *const fields[] = {"username", "name", "email", "section"};
    apr_array_header_t *lines = apr_array_make(q->pool, 1, sizeof(go_roster_line)), *done;
    const go_audit_entry by = audit_by(q);
    go_roster_line *line = apr_array_push(lines);
    *line = (go_roster_line){.username = go_form_text(q->form, "username"),
                             .display_name = go_form_text(q->form, "name"),
                             .email = go_form_text(q->form, "email"),
                             .password = go_form_text(q->form, "password"),
                             .by_link = go_form_get(q->form, "by_link") != NULL,
                             .no_password = !go_auth_takes_passwords(q),
                             .says_role = 1};
    const char *section = go_form_text(q->form, "section");
    if (go_name_username(&line->username, line->username, q->pool, &q->err) ||
        go_role_parse(go_form_text(q->form, "role"), &line->role, &q->err) ||
        go_name_line(&section, "section", section, GO_ROSTER_SECTION_MAX, 1, q->pool, &q->err) ||
        refuse_self(q, line->username)) {
        page_keep(q, page, fields, 4);
        return roster_failed(q, page);
    }
    line->section = *section ? section : NULL;
    if (go_roster_register(q->db, q->at.course, lines, &by, &done, q->pool, &q->err)) {
        page_keep(q, page, fields, 4);
        return roster_failed(q, page);
    }
    go_request_log(q, APLOG_NOTICE, "\"%s\" registered", line->username);
    if (roster_fill(q, page)) return go_failed(q);
    roster_add_registered(q, page, done);
    return HTTP_OK;
}

/* Sets role and section of one person, or drops them when the role is GO_ROLE_NONE. */
static int change(go_request *q, json_t *page, go_role role) {
    const go_audit_entry by = audit_by(q);
    go_user *user;
    if (go_user_find(q->db, go_form_text(q->form, "username"), &user, q->pool, &q->err) ||
        refuse_self(q, user->username) ||
        go_roster_change_one(q->db, q->at.course, user->username, role,
                             go_form_get(q->form, "section"), &by, q->pool, &q->err))
        return q->err.status == GO_EINVALID ? roster_failed(q, page) : go_failed(q);
    go_request_log(q, APLOG_NOTICE, "\"%s\" is now %s", user->username,
                   role ? go_role_name(role) : "dropped");
    return go_reply_redirect(q, go_url(q, "/courses/%s/roster", q->at.course->name),
                             role ? "saved" : "removed", 0);
}

int roster_change(go_request *q, json_t *page) {
    go_role role;
    if (go_role_parse(go_form_text(q->form, "role"), &role, &q->err)) return roster_failed(q, page);
    return change(q, page, role);
}

int roster_drop(go_request *q, json_t *page) {
    return change(q, page, GO_ROLE_NONE);
}

/* The titles of all kept columns of anybody, in the order in which they are met. */
static apr_array_header_t *extra_titles(go_request *q, const apr_array_header_t *people) {
    apr_hash_t *seen = apr_hash_make(q->pool);
    apr_array_header_t *titles = apr_array_make(q->pool, 8, sizeof(const char *));
    for (int i = 0; i < people->nelts; i++) {
        json_t *kept = json_loads(APR_ARRAY_IDX(people, i, go_enrolment).extra, 0, NULL), *value;
        const char *name;
        json_object_foreach(kept, name, value) {
            if (apr_hash_get(seen, name, APR_HASH_KEY_STRING)) continue;
            const char *title = apr_pstrdup(q->pool, name);
            apr_hash_set(seen, title, APR_HASH_KEY_STRING, title);
            APR_ARRAY_PUSH(titles, const char *) = title;
        }
        json_decref(kept);
    }
    return titles;
}

static void export_row(go_request *q, go_buffer *csv, const go_enrolment *person,
                       const apr_array_header_t *titles) {
    json_t *kept = json_loads(person->extra, 0, NULL);
    apr_array_header_t *cells = apr_array_make(q->pool, 5 + titles->nelts, sizeof(const char *));
    APR_ARRAY_PUSH(cells, const char *) = person->username;
    APR_ARRAY_PUSH(cells, const char *) = person->display_name;
    APR_ARRAY_PUSH(cells, const char *) = person->email;
    APR_ARRAY_PUSH(cells, const char *) = go_role_name(person->role);
    APR_ARRAY_PUSH(cells, const char *) = person->section;
    for (int i = 0; i < titles->nelts; i++)
        APR_ARRAY_PUSH(cells, const char *) =
            json_string_value(json_object_get(kept, APR_ARRAY_IDX(titles, i, const char *)));
    go_csv_write_row(csv, (const char *const *)cells->elts, cells->nelts);
    json_decref(kept);
}

int roster_export(go_request *q, json_t *page) {
    apr_array_header_t *people;
    if (go_enrolments(q->db, q->at.course, &people, q->pool, &q->err)) return go_failed(q);
    apr_array_header_t *titles = extra_titles(q, people);
    apr_array_header_t *header = apr_array_make(q->pool, 8, sizeof(const char *));
    static const char *const ours[] = {"username", "name", "email", "role", "section"};
    for (int i = 0; i < 5; i++)
        APR_ARRAY_PUSH(header, const char *) = ours[i];
    apr_array_cat(header, titles);
    go_buffer *csv = go_buffer_make(q->pool, 8192);
    go_buffer_puts(csv, "\xEF\xBB\xBF"); /* without it Excel takes UTF-8 for Windows-1252 */
    go_csv_write_row(csv, (const char *const *)header->elts, header->nelts);
    for (int i = 0; i < people->nelts; i++)
        export_row(q, csv, &APR_ARRAY_IDX(people, i, go_enrolment), titles);
    return go_reply_bytes(q, "text/csv; charset=utf-8",
                          apr_pstrcat(q->pool, q->at.course->name, "-roster.csv", NULL), csv->bytes,
                          csv->length);
}
