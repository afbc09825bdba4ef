/* Reruns of an assignment as proposals: the list of them, and the form that makes one. */
#include "pages/reruns.h"

#include "model/pseudonym.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>
#include <string.h>

static const char *const scope_texts[GO_RERUN_SCOPE_COUNT] = {
    [GO_RERUN_ALL] = "All submissions",
    [GO_RERUN_LATEST] = "The newest of each student",
    [GO_RERUN_BEST] = "The best of each student",
    [GO_RERUN_COUNTED] = "Those that count",
    [GO_RERUN_TROUBLED] = "Only those that failed or could not be graded",
    [GO_RERUN_STUDENT] = "All of one student",
    [GO_RERUN_SECTION] = "All of one section"};

/* --- a proposal, as both pages show it ------------------------------------------------------- */

const char *rerun_url(const go_request *q, int number, const char *tail) {
    return apr_pstrcat(q->pool,
                       go_url(q, "/courses/%s/assignments/%s/reruns/%d", q->at.course->name,
                              q->at.assignment->name, number),
                       tail, NULL);
}

/* Staff of this course need not be staff of the one that a trial's submissions come from. */
apr_status_t rerun_names_of(go_request *q, const go_rerun *rerun, rerun_names *names) {
    go_grading_rules *rules = NULL;
    const go_assignment source = {.id = rerun->source_id, .name = rerun->source};
    const go_course course = {.id = rerun->source_course_id, .name = rerun->source_course};
    go_situation at = {.user = q->at.user, .role = q->at.role, .course = &course};
    apr_status_t status = go_grading_rules_find(q->db, &source, &rules, q->pool, &q->err);
    if (!status && course.id != q->at.course->id)
        status = go_enrolment_role(q->db, course.id, q->at.user->id, &at.role, q->pool, &q->err);
    *names = (rerun_names){.are_hidden = go_rights_decide(GO_RIGHT_GRADE, &at) != GO_ALLOWED,
                           .rules = rules};
    return status;
}

const char *rerun_name(const go_request *q, const rerun_names *names, const char *username,
                       const char *display_name) {
    if (names->are_hidden) return "a student";
    if (names->rules->is_blind) return go_pseudonym(names->rules->blind_key, username, q->pool);
    return *display_name ? display_name : username;
}

static const char *what_text(const go_request *q, const go_rerun *rerun, const rerun_names *names) {
    if (rerun->scope == GO_RERUN_SECTION)
        return apr_psprintf(q->pool, "All of section %s", rerun->section);
    if (rerun->scope == GO_RERUN_STUDENT && rerun->username)
        return apr_psprintf(q->pool, "All of %s",
                            rerun_name(q, names, rerun->username, rerun->display_name));
    return scope_texts[rerun->scope];
}

static const char *tone_of(const go_rerun *rerun) {
    static const char *const tones[GO_RERUN_STATE_COUNT] = {[GO_RERUN_BAKING] = "running",
                                                            [GO_RERUN_READY] = "open",
                                                            [GO_RERUN_APPLIED] = "finished",
                                                            [GO_RERUN_DROPPED] = "none",
                                                            [GO_RERUN_UNDONE] = "none"};
    return tones[rerun->state];
}

json_t *json_rerun(const go_request *q, const go_rerun *rerun, const rerun_names *names) {
    int runs = rerun->entries * (rerun->is_twice ? 2 : 1);
    json_t *json = json_pack(
        "{s:i, s:s, s:i, s:s, s:o, s:s, s:s, s:b, s:s, s:o, s:i, s:i, s:i}", "number",
        rerun->number, "url", rerun_url(q, rerun->number, ""), "version", rerun->version_number,
        "scope", go_rerun_scope_name(rerun->scope), "what",
        go_json_text(q, what_text(q, rerun, names)), "state", go_rerun_state_name(rerun->state),
        "tone", tone_of(rerun), "is_twice", rerun->is_twice, "author", rerun->author, "created",
        go_json_time(q, q->zone, rerun->created_us), "submissions", rerun->entries, "runs", runs,
        "baked", runs - rerun->waiting);
    json_object_set_new(json, "is_baking", json_boolean(rerun->state == GO_RERUN_BAKING));
    json_object_set_new(json, "closed_by",
                        rerun->closed_by ? json_string(rerun->closed_by) : json_null());
    json_object_set_new(json, "closed", go_json_time(q, q->zone, rerun->closed_us));
    json_object_set_new(json, "policy",
                        rerun->has_policy ? json_string(go_rerun_policy_name(rerun->policy))
                                          : json_null());
    json_object_set_new(
        json, "trial_of",
        rerun->is_trial
            ? json_string(apr_psprintf(q->pool, "%s/%s", rerun->source_course, rerun->source))
            : json_null());
    return json;
}

/* --- the list and the form ------------------------------------------------------------------- */

static json_t *json_choice(const char *value, const char *text, const char *chosen) {
    return json_pack("{s:s, s:s, s:b}", "value", value, "text", text, "is_chosen",
                     strcmp(value, chosen) == 0);
}

/* Of the form, as it was sent, or `otherwise` at first. */
static const char *typed(const go_request *q, const char *field, const char *otherwise) {
    return q->route->method == GO_POST ? go_form_text(q->form, field) : otherwise;
}

static apr_status_t add_versions(go_request *q, json_t *page) {
    apr_array_header_t *versions;
    json_t *list = json_array();
    json_object_set_new(page, "versions", list);
    apr_status_t status = go_versions(q->db, q->at.assignment, &versions, q->pool, &q->err);
    const char *chosen = typed(q, "version", apr_itoa(q->pool, q->at.assignment->version_number));
    for (int i = 0; !status && i < versions->nelts; i++) {
        const go_version *version = APR_ARRAY_IDX(versions, i, const go_version *);
        const char *number = apr_itoa(q->pool, version->number);
        const char *text =
            apr_psprintf(q->pool, "Version %s%s%s%s", number,
                         version->id == q->at.assignment->version_id ? ", in use" : "",
                         *version->note ? ": " : "", version->note);
        json_array_append_new(list, json_choice(number, text, chosen));
    }
    return status;
}

/* Other assignments whose submissions a trial may take: of all courses that this person teaches. */
static apr_status_t add_sources(go_request *q, json_t *page) {
    apr_array_header_t *courses, *assignments;
    json_t *list = json_array();
    json_object_set_new(page, "sources", list);
    const char *chosen = typed(q, "source", "");
    apr_status_t status = courses_taught(q, &courses);
    for (int i = 0; !status && i < courses->nelts; i++) {
        const go_course *course = APR_ARRAY_IDX(courses, i, const go_course *);
        status = go_assignments_of_course(q->db, course, &assignments, q->pool, &q->err);
        for (int j = 0; !status && j < assignments->nelts; j++) {
            const go_assignment *one = APR_ARRAY_IDX(assignments, j, const go_assignment *);
            if (one->id == q->at.assignment->id) continue;
            const char *value = apr_psprintf(q->pool, "%s/%s", course->name, one->name);
            json_array_append_new(
                list, json_choice(value, apr_psprintf(q->pool, "%s: %s", course->name, one->title),
                                  chosen));
        }
    }
    return status;
}

static apr_status_t add_form(go_request *q, json_t *page) {
    static const char *const fields[] = {"student", "section", "twice"};
    json_t *scopes = json_array();
    const char *chosen = typed(q, "scope", go_rerun_scope_name(GO_RERUN_COUNTED));
    page_keep(q, page, fields, 3);
    /* "" is true in a template */
    json_object_set_new(json_object_get(page, "form"), "twice",
                        json_boolean(*go_form_text(q->form, "twice")));
    for (int i = 0; i < GO_RERUN_SCOPE_COUNT; i++)
        json_array_append_new(
            scopes, json_choice(go_rerun_scope_name((go_rerun_scope)i), scope_texts[i], chosen));
    json_object_set_new(page, "scopes", scopes);
    return add_versions(q, page) ? q->err.status : add_sources(q, page);
}

int reruns_page(go_request *q, json_t *page) {
    apr_array_header_t *reruns;
    rerun_names names;
    json_t *list = json_array();
    int teaches = go_request_may(q, GO_RIGHT_TEACH);
    page_begin(q, page, "Reruns");
    json_object_set_new(page, "reruns", list);
    json_object_set_new(page, "can_start",
                        json_boolean(teaches && q->at.assignment->version_id != 0));
    json_object_set_new(page, "action", json_string(url_authoring(q, "reruns")));
    if (go_reruns(q->db, q->at.assignment, &reruns, q->pool, &q->err)) return go_failed(q);
    for (int i = 0; i < reruns->nelts; i++) {
        const go_rerun *rerun = &APR_ARRAY_IDX(reruns, i, go_rerun);
        if (rerun_names_of(q, rerun, &names)) return go_failed(q);
        json_array_append_new(list, json_rerun(q, rerun, &names));
    }
    if (teaches && add_form(q, page)) return go_failed(q);
    return HTTP_OK;
}

/* --- starting one ---------------------------------------------------------------------------- */

/* The assignment that a trial takes, "course/assignment", of a course that this person teaches. */
static apr_status_t find_source(go_request *q, const go_course **course,
                                const go_assignment **source) {
    apr_array_header_t *courses;
    go_assignment *found;
    const char *name = go_form_text(q->form, "source"), *slash = strchr(name, '/');
    *course = q->at.course;
    *source = q->at.assignment;
    if (!*name) return APR_SUCCESS;
    apr_status_t status = courses_taught(q, &courses);
    for (int i = 0; !status && slash && i < courses->nelts; i++) {
        *course = APR_ARRAY_IDX(courses, i, const go_course *);
        if (strcmp((*course)->name, apr_pstrmemdup(q->pool, name, (apr_size_t)(slash - name))) != 0)
            continue;
        status = go_assignment_find(q->db, *course, slash + 1, &found, q->pool, &q->err);
        if (!status) *source = found;
        if (status != GO_ENOTFOUND) return status;
        break;
    }
    if (status && status != GO_ENOTFOUND) return status;
    return go_error_set(&q->err, GO_EINVALID, "Choose one of the list.",
                        "You teach no assignment \"%s\".", name);
}

/* By username, or by pseudonym where the assignment is graded blind: the name would tell who it is.
 */
static apr_status_t find_student(go_request *q, const go_course *course,
                                 const go_assignment *source, apr_int64_t *user_id) {
    apr_array_header_t *people;
    go_grading_rules *rules = NULL;
    const char *name = go_form_text(q->form, "student");
    apr_status_t status = go_grading_rules_find(q->db, source, &rules, q->pool, &q->err);
    if (!status) status = go_enrolments_ever(q->db, course, &people, q->pool, &q->err);
    for (int i = 0; !status && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        *user_id = person->user_id;
        if (!strcmp(name, rules->is_blind
                              ? go_pseudonym(rules->blind_key, person->username, q->pool)
                              : person->username))
            return APR_SUCCESS;
    }
    if (status) return status;
    return go_error_set(&q->err, GO_EINVALID,
                        rules && rules->is_blind ? "Write the pseudonym as the pages show it."
                                                 : "Write the username.",
                        "There is no student \"%s\" in the course.", name);
}

static apr_status_t read_section(go_request *q, go_rerun_order *order) {
    order->section = go_form_text(q->form, "section");
    if (*order->section) return APR_SUCCESS;
    return go_error_set(&q->err, GO_EINVALID, "Write its name, as in the roster.",
                        "Which section to take is missing.");
}

static apr_status_t read_order(go_request *q, go_rerun_order *order) {
    go_version *version = NULL;
    const go_course *course = NULL;
    const go_assignment *source = NULL;
    int number = atoi(go_form_text(q->form, "version"));
    *order = (go_rerun_order){.is_twice = *go_form_text(q->form, "twice") != '\0'};
    if (!go_rerun_scope_parse(go_form_text(q->form, "scope"), &order->scope))
        return go_error_set(&q->err, GO_EINVALID, "Choose one of the list.",
                            "Which submissions to take is missing.");
    apr_status_t status =
        go_version_find(q->db, q->at.assignment, number, &version, q->pool, &q->err);
    if (status == GO_ENOTFOUND)
        return go_error_set(&q->err, GO_EINVALID, "Choose one of the list.",
                            "The assignment has no such version.");
    if (status || find_source(q, &course, &source)) return q->err.status;
    order->version_id = version ? version->id : 0;
    order->source_id = source->id;
    if (source->id != q->at.assignment->id)
        order->source_name = apr_psprintf(q->pool, "%s, %s", course->name, source->name);
    if (order->scope == GO_RERUN_STUDENT) return find_student(q, course, source, &order->user_id);
    return order->scope == GO_RERUN_SECTION ? read_section(q, order) : APR_SUCCESS;
}

int rerun_start(go_request *q, json_t *page) {
    go_rerun_order order;
    int number;
    const go_authoring who = authoring_of(q);
    if (read_order(q, &order) || go_rerun_start(q->db, &who, &order, &number, q->pool, &q->err))
        return show_again(q, page, reruns_page);
    go_state_ring(q->site->state);
    go_request_log(q, APLOG_NOTICE, "rerun %d proposed", number);
    return go_reply_redirect(q, rerun_url(q, number, ""), "proposed", 1);
}
