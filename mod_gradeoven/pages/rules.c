/* The rules of an assignment, on its edit page: dates, lateness, attempts, which one counts. */
#include "pages/pages.h"

#include "model/zone.h"

#include <apr_strings.h>
#include <http_log.h>

#include <stdlib.h>
#include <string.h>

typedef struct choice {
    const char *value, *text;
} choice;

static const choice late_choices[] = {
    {"free", "costs nothing, and is marked"},
    {"day", "loses a part for each day that has begun"},
    {"hour", "loses a part for each hour that has begun"},
    {"fixed", "loses a part once, however late"},
    {"budget", "uses the student's late days of this course"},
};
static const choice counting_choices[] = {
    {"last", "the newest submission"},
    {"best", "the one with the highest score after penalty"},
    {"ontime", "the newest that is on time (if there is none: the newest)"},
    {"chosen", "the one the student chooses (until then: the newest)"},
};

static const char *const fields[] = {"opens", "closes",   "late_rule", "late",    "late_max",
                                     "grace", "attempts", "refill",    "counting"};
enum { FIELDS = sizeof(fields) / sizeof(*fields), CHOICES = 5, COUNTINGS = 4 };

/* --- the form -------------------------------------------------------------------------------- */

static json_t *json_choices(const choice *choices, int count, const char *chosen) {
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", choices[i].value, "text",
                                              choices[i].text, "is_chosen",
                                              strcmp(choices[i].value, chosen) == 0));
    return list;
}

static json_t *json_local(const go_request *q, apr_time_t time) {
    return json_string(time ? go_zone_format(q->pool, q->zone, time, GO_ZONE_DATETIME_LOCAL) : "");
}

/* 125 thousandths are "12.5" */
static json_t *json_percent(const go_request *q, int milli) {
    return json_string(go_score_format_milli(q->pool, (apr_int64_t)milli * 100));
}

static json_t *json_stored(const go_request *q, const go_policy *p) {
    return json_pack(
        "{s:o, s:o, s:s, s:o, s:o, s:s, s:s, s:s, s:s}", "opens", json_local(q, p->opens_us),
        "closes", json_local(q, p->closes_us), "late_rule", go_late_rule_name(p->late_rule), "late",
        json_percent(q, p->late_milli), "late_max", json_percent(q, p->late_max_milli), "grace",
        apr_itoa(q->pool, p->grace_minutes), "attempts", apr_itoa(q->pool, p->attempts), "refill",
        apr_itoa(q->pool, p->refill_minutes), "counting", go_counting_name(p->counting));
}

static json_t *json_typed(const go_request *q) {
    json_t *json = json_object();
    for (int i = 0; i < FIELDS; i++)
        json_object_set_new(json, fields[i], json_string(go_form_text(q->form, fields[i])));
    return json;
}

apr_status_t add_rules(go_request *q, json_t *page) {
    go_policy policy;
    apr_status_t status = go_rules_of(q->db, q->at.assignment->id, &policy, q->pool, &q->err);
    if (status) return status;
    json_t *json = go_form_get(q->form, "counting") ? json_typed(q) : json_stored(q, &policy);
    const char *late = json_string_value(json_object_get(json, "late_rule"));
    const char *counting = json_string_value(json_object_get(json, "counting"));
    json_object_set_new(json, "late_choices", json_choices(late_choices, CHOICES, late));
    json_object_set_new(json, "counting_choices",
                        json_choices(counting_choices, COUNTINGS, counting));
    json_object_set_new(json, "late_days", json_integer(policy.late_days));
    json_object_set_new(json, "wrong", json_object());
    json_object_set_new(page, "rules", json);
    return APR_SUCCESS;
}

/* --- reading it ------------------------------------------------------------------------------ */

apr_status_t read_count(go_request *q, const char *field, int *number) {
    enum { DIGITS_MAX = 6 };
    const char *text = go_form_text(q->form, field);
    *number = atoi(text);
    if (strspn(text, "0123456789") == strlen(text) && strlen(text) <= DIGITS_MAX)
        return APR_SUCCESS;
    return go_error_set(&q->err, GO_EINVALID, "Give a whole number, such as 3.",
                        "\"%s\" is not a number.", text);
}

apr_status_t read_late_days(go_request *q, int *days) {
    if (!go_form_get(q->form, "late_days"))
        return go_late_days_of_course(q->db, q->at.course->id, days, q->pool, &q->err);
    return read_count(q, "late_days", days);
}

static apr_status_t read_percent(go_request *q, const char *field, int *milli) {
    const char *text = go_form_text(q->form, field);
    apr_int64_t value = 0;
    if (*text && go_score_parse_milli(text, strlen(text), &value)) value = -1;
    if (value < 0 || value > (apr_int64_t)GO_MILLI * 100 || value % 100)
        return go_error_set(&q->err, GO_EINVALID,
                            "Give a percentage from 0 to 100 with one place at most, such as 12.5.",
                            "\"%s\" is not a percentage.", text);
    *milli = (int)(value / 100);
    return APR_SUCCESS;
}

static apr_status_t read_date(go_request *q, const char *field, apr_time_t *time) {
    const char *text = go_form_text(q->form, field);
    *time = 0;
    return *text ? go_zone_parse_local(q->zone, text, time, &q->err) : APR_SUCCESS;
}

static apr_status_t read_word(go_request *q, const char *field, int (*parse)(const char *),
                              int *word) {
    *word = parse(go_form_text(q->form, field));
    if (*word >= 0) return APR_SUCCESS;
    return go_error_set(&q->err, GO_EINVALID, "Choose one of the list.",
                        "\"%s\" is not one of the choices.", go_form_text(q->form, field));
}

static void note(const go_request *q, json_t *wrong, const char *field, apr_status_t status) {
    if (status) json_object_set_new(wrong, field, go_json_text(q, go_error_text(&q->err)));
}

/* What is wrong with each field goes to `wrong`; all of it is told at once. */
static void read_rules(go_request *q, go_policy *policy, json_t *wrong) {
    int late_rule = 0, counting = 0;
    note(q, wrong, "opens", read_date(q, "opens", &policy->opens_us));
    note(q, wrong, "closes", read_date(q, "closes", &policy->closes_us));
    note(q, wrong, "late_rule", read_word(q, "late_rule", go_late_rule_parse, &late_rule));
    note(q, wrong, "late", read_percent(q, "late", &policy->late_milli));
    note(q, wrong, "late_max", read_percent(q, "late_max", &policy->late_max_milli));
    note(q, wrong, "grace", read_count(q, "grace", &policy->grace_minutes));
    note(q, wrong, "attempts", read_count(q, "attempts", &policy->attempts));
    note(q, wrong, "refill", read_count(q, "refill", &policy->refill_minutes));
    note(q, wrong, "counting", read_word(q, "counting", go_counting_parse, &counting));
    if (!*go_form_text(q->form, "late_max")) policy->late_max_milli = GO_MILLI;
    policy->late_rule = (go_late_rule)late_rule;
    policy->counting = (go_counting)counting;
}

/* The edit page again, with what was typed and what is wrong with it. */
static int refuse(go_request *q, json_t *page, json_t *wrong) {
    const char *field;
    json_t *text;
    if (assignment_edit_page(q, page) != HTTP_OK) return go_failed(q);
    json_object_foreach(wrong, field, text) {
        go_page_problem(q, page, json_string_value(text));
    }
    json_object_set(json_object_get(page, "rules"), "wrong", wrong);
    return HTTP_UNPROCESSABLE_ENTITY;
}

int rules_change(go_request *q, json_t *page) {
    go_policy policy = {0};
    json_t *wrong = json_object();
    go_audit_entry by = audit_by(q);
    read_rules(q, &policy, wrong);
    int status = HTTP_OK;
    if (json_object_size(wrong)) {
        status = refuse(q, page, wrong);
    } else if (go_rules_change(q->db, q->at.assignment, &policy, &by, q->pool, &q->err)) {
        go_error cause = q->err;
        status = assignment_edit_page(q, page) == HTTP_OK ? HTTP_OK : go_failed(q);
        q->err = cause;
        if (status == HTTP_OK) status = go_page_failed(q, page);
    }
    json_decref(wrong);
    if (status != HTTP_OK) return status;
    go_request_log(q, APLOG_NOTICE, "rules changed");
    return go_reply_redirect(
        q, go_url(q, "/courses/%s/assignments/%s/edit", q->at.course->name, q->at.assignment->name),
        "saved", 0);
}
