/* The rubric of an assignment, and the rules of grading by people: staff see, instructors change.
 */
#include "pages/grading.h"

#include "model/zone.h"

#include <apr_strings.h>
#include <http_log.h>

#include <string.h>

enum { FIELDS = 4 };
static const char *const item_fields[FIELDS] = {"heading", "title", "description", "points"};
static const char *const rule_fields[FIELDS] = {"max", "release", "release_at", "regrade_days"};

static void add_items(go_request *q, json_t *page, const apr_array_header_t *items) {
    json_t *list = json_array();
    for (int i = 0; i < items->nelts; i++) {
        const go_rubric_item *item = &APR_ARRAY_IDX(items, i, go_rubric_item);
        json_array_append_new(
            list, json_pack("{s:I, s:s, s:s, s:s, s:o, s:b, s:i, s:s}", "id", (json_int_t)item->id,
                            "heading", item->heading, "title", item->title, "description",
                            item->description, "points", json_points(q, item->points_milli),
                            "is_retired", item->is_retired, "uses", item->uses, "action",
                            assignment_url(
                                q, apr_psprintf(q->pool, "/rubric/%" APR_INT64_T_FMT, item->id))));
    }
    json_object_set_new(page, "items", list);
    json_object_set_new(page, "has_items", json_boolean(items->nelts > 0));
}

static void add_grading_rules(go_request *q, json_t *page, const go_grading_rules *rules) {
    json_t *json =
        json_pack("{s:o, s:b, s:s, s:o, s:i}", "max",
                  rules->has_max ? json_points(q, rules->max_milli) : json_null(), "is_blind",
                  rules->is_blind, "release", go_release_name(rules->release), "release_time",
                  go_json_time(q, q->zone, rules->release_us), "regrade_days", rules->regrade_days);
    json_object_set_new(json, "release_at",
                        json_string(rules->release == GO_RELEASE_DATE && rules->release_us
                                        ? go_zone_format(q->pool, q->zone, rules->release_us,
                                                         GO_ZONE_DATETIME_LOCAL)
                                        : ""));
    json_object_set_new(json, "by_done", json_boolean(rules->release == GO_RELEASE_DONE));
    json_object_set_new(json, "by_date", json_boolean(rules->release == GO_RELEASE_DATE));
    json_object_set_new(json, "by_button", json_boolean(rules->release == GO_RELEASE_BUTTON));
    json_object_set_new(json, "is_pressed",
                        json_boolean(rules->release == GO_RELEASE_BUTTON && rules->release_us));
    json_object_set_new(page, "rules", json);
}

static apr_status_t fill(go_request *q, json_t *page) {
    apr_array_header_t *items;
    go_grading_rules *rules;
    page_begin(q, page, "Rubric and release");
    if (go_rubric(q->db, q->at.assignment, &items, q->pool, &q->err) ||
        go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err))
        return q->err.status;
    add_items(q, page, items);
    add_grading_rules(q, page, rules);
    json_object_set_new(page, "base", json_string(assignment_url(q, "")));
    return APR_SUCCESS;
}

int rubric_page(go_request *q, json_t *page) {
    return fill(q, page) ? go_failed(q) : HTTP_OK;
}

/* The item's form that was typed into: that of the item `id`, or the one for a new item. */
static json_t *typed_form(json_t *page, apr_int64_t id) {
    json_t *items = json_object_get(page, "items"), *form;
    for (size_t i = 0; i < json_array_size(items); i++) {
        form = json_array_get(items, i);
        if (json_integer_value(json_object_get(form, "id")) == id) return form;
    }
    form = json_object();
    json_object_set_new(page, "typed", form);
    return form;
}

/* The page again, with what is wrong and what was typed: for item `id`, 0: a new one, -1: the
   rules. */
static int refuse(go_request *q, json_t *page, apr_int64_t id) {
    go_error cause = q->err;
    int are_rules = id < 0;
    const char *const *fields = are_rules ? rule_fields : item_fields;
    if (go_failed(q) >= 500 || q->err.status == GO_ENOTFOUND) return go_failed(q);
    q->err = (go_error)GO_ERROR_INIT(q->pool);
    if (fill(q, page)) return go_failed(q);
    json_t *form = are_rules ? json_object_get(page, "rules") : typed_form(page, id);
    for (int i = 0; i < FIELDS; i++)
        json_object_set_new(form, fields[i], json_string(go_form_text(q->form, fields[i])));
    json_object_set_new(form, "is_open", json_true());
    if (are_rules) {
        const char *release = go_form_text(q->form, "release");
        json_object_set_new(form, "is_blind", json_boolean(*go_form_text(q->form, "blind")));
        json_object_set_new(form, "by_done", json_boolean(!strcmp(release, "done")));
        json_object_set_new(form, "by_date", json_boolean(!strcmp(release, "date")));
        json_object_set_new(form, "by_button", json_boolean(!strcmp(release, "button")));
    }
    q->err = cause;
    return go_page_failed(q, page);
}

static apr_status_t read_item(go_request *q, go_rubric_item *item) {
    *item = (go_rubric_item){.heading = go_form_text(q->form, "heading"),
                             .title = go_form_text(q->form, "title"),
                             .description = go_form_text(q->form, "description")};
    return go_points_parse(go_form_text(q->form, "points"), "The value of the item",
                           &item->points_milli, &q->err);
}

int rubric_add(go_request *q, json_t *page) {
    go_rubric_item item;
    go_audit_entry by = audit_by(q);
    if (read_item(q, &item) || go_rubric_add(q->db, q->at.assignment, &item, &by, q->pool, &q->err))
        return refuse(q, page, 0);
    go_request_log(q, APLOG_NOTICE, "rubric item added");
    return go_reply_redirect(q, assignment_url(q, "/rubric"), "saved", 1);
}

int rubric_change(go_request *q, json_t *page) {
    go_rubric_item item;
    go_audit_entry by = audit_by(q);
    const char *action = go_form_text(q->form, "action");
    apr_int64_t id = apr_atoi64(go_request_param(q, "item"));
    apr_status_t status;
    if (strcmp(action, "remove") == 0) {
        status = go_rubric_remove(q->db, q->at.assignment, id, &by, q->pool, &q->err);
    } else {
        status = read_item(q, &item);
        item.id = id;
        item.is_retired = strcmp(go_form_text(q->form, "retired"), "1") == 0;
        if (!status)
            status = go_rubric_change(q->db, q->at.assignment, &item, &by, q->pool, &q->err);
    }
    if (status) return refuse(q, page, id);
    go_request_log(q, APLOG_NOTICE, "rubric item changed");
    return go_reply_redirect(q, assignment_url(q, "/rubric"), "saved", 0);
}

/* What the form says, on top of what was: a button that was pressed stays pressed. */
static apr_status_t read_rules(go_request *q, const go_grading_rules *was,
                               go_grading_rules *rules) {
    const char *max = go_form_text(q->form, "max"), *at = go_form_text(q->form, "release_at");
    const char *days = go_form_text(q->form, "regrade_days");
    *rules = (go_grading_rules){.has_max = *max != '\0',
                                .is_blind = strcmp(go_form_text(q->form, "blind"), "1") == 0};
    if (*max && go_points_parse(max, "The maximum", &rules->max_milli, &q->err))
        return q->err.status;
    if (!go_release_parse(go_form_text(q->form, "release"), &rules->release))
        return go_error_set(&q->err, GO_EINVALID, "Choose one of the three.",
                            "It is not said when students see the feedback.");
    if (strspn(days, "0123456789") != strlen(days) || strlen(days) > 4)
        return go_error_set(&q->err, GO_EINVALID, "0 allows no requests.",
                            "The days for requests are not a number.");
    rules->regrade_days = (int)apr_atoi64(days);
    if (rules->release == GO_RELEASE_BUTTON && was->release == GO_RELEASE_BUTTON)
        rules->release_us = was->release_us;
    if (rules->release == GO_RELEASE_DATE && *at)
        return go_zone_parse_local(q->zone, at, &rules->release_us, &q->err);
    return APR_SUCCESS;
}

int grading_rules_change(go_request *q, json_t *page) {
    go_grading_rules *was, rules;
    go_audit_entry by = audit_by(q);
    /* In one transaction: of two who change them at once neither undoes what the other did. */
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (status) return go_failed(q);
    status = go_grading_rules_find(q->db, q->at.assignment, &was, q->pool, &q->err);
    if (!status) status = read_rules(q, was, &rules);
    if (!status)
        status = go_grading_rules_set(q->db, q->at.assignment, &rules, &by, q->pool, &q->err);
    if (go_db_end(q->db, status, &q->err)) return refuse(q, page, -1);
    go_request_log(q, APLOG_NOTICE, "rules of grading changed");
    return go_reply_redirect(q, assignment_url(q, "/rubric"), "saved", 0);
}

/* Presses the button, or takes it back. */
static apr_status_t release(go_request *q, int is_release) {
    go_grading_rules *rules;
    go_audit_entry by = audit_by(q);
    apr_status_t status = go_grading_rules_find(q->db, q->at.assignment, &rules, q->pool, &q->err);
    if (status) return status;
    if (rules->release != GO_RELEASE_BUTTON)
        return go_error_set(&q->err, GO_ECONFLICT,
                            "Change that under \"Rubric and release\" first.",
                            "Feedback of this assignment is not released by a button.");
    if (!is_release || !rules->release_us) rules->release_us = is_release ? q->now : 0;
    return go_grading_rules_set(q->db, q->at.assignment, rules, &by, q->pool, &q->err);
}

int grading_release(go_request *q, json_t *page) {
    int is_release = strcmp(go_form_text(q->form, "release"), "1") == 0;
    apr_status_t status = go_db_begin(q->db, &q->err);
    if (!status) status = go_db_end(q->db, release(q, is_release), &q->err);
    if (status) return go_failed(q);
    go_request_log(q, APLOG_NOTICE, is_release ? "feedback released" : "feedback withdrawn");
    return go_reply_redirect(q, assignment_url(q, "/rubric"),
                             is_release ? "feedback-released" : "withdrawn", 0);
}
