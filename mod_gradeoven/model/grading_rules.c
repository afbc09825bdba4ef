#include "model/grading_rules.h"

#include "model/passwords.h"
#include "model/score.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>

enum { KEY_BYTES = 32 };

static const char *const release_names[GO_RELEASE_COUNT] = {"done", "date", "button"};

const char *go_release_name(go_release_rule rule) {
    return release_names[rule];
}

int go_release_parse(const char *name, go_release_rule *rule) {
    for (int i = 0; i < GO_RELEASE_COUNT; i++) {
        if (strcmp(name, release_names[i])) continue;
        *rule = (go_release_rule)i;
        return 1;
    }
    return 0;
}

apr_status_t go_grading_rules_find(go_db *db, const go_assignment *assignment,
                                   go_grading_rules **rules, apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_GRADING_RULES,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    if (status) return status;
    go_grading_rules *found = apr_pcalloc(pool, sizeof(*found));
    found->blind_key = "";
    *rules = found;
    if (!go_rows_next(rows)) return APR_SUCCESS;
    found->has_max = go_rows_text(rows, 0) != NULL;
    found->max_milli = go_rows_integer(rows, 0, 0);
    found->is_blind = (int)go_rows_integer(rows, 1, 0);
    found->blind_key = go_rows_text(rows, 2);
    go_release_parse(go_rows_text(rows, 3), &found->release);
    found->release_us = go_rows_integer(rows, 4, 0);
    found->regrade_days = (int)go_rows_integer(rows, 5, 0);
    return APR_SUCCESS;
}

static apr_status_t check(const go_grading_rules *rules, go_error *err) {
    if (rules->has_max && (rules->max_milli < 0 || rules->max_milli > GO_SCORE_MILLI_MAX))
        return go_error_set(err, GO_EINVALID, "Leave it empty for no maximum.",
                            "The maximum of the manual score is out of bounds.");
    if (rules->regrade_days < 0 || rules->regrade_days > GO_REGRADE_DAYS_MAX)
        return go_error_set(err, GO_EINVALID, "0 allows no requests.",
                            "Students may ask to look again for 0 to %d days.",
                            GO_REGRADE_DAYS_MAX);
    if (rules->release == GO_RELEASE_DATE && !rules->release_us)
        return go_error_set(err, GO_EINVALID, "Give a date, or choose another way to release.",
                            "Feedback is to be released at a date, and the date is missing.");
    return APR_SUCCESS;
}

/* In words, for the audit log. */
static const char *describe(const go_grading_rules *rules, apr_pool_t *pool) {
    return apr_pstrcat(
        pool, rules->is_blind ? "blind" : "not blind", ", max ",
        rules->has_max ? go_score_format_milli(pool, rules->max_milli) : "none", ", release ",
        go_release_name(rules->release), " ",
        rules->release_us ? go_zone_format(pool, NULL, rules->release_us, GO_ZONE_ISO_UTC) : "-",
        apr_psprintf(pool, ", regrades %d days", rules->regrade_days), NULL);
}

static apr_status_t store(go_db *db, const go_assignment *assignment, const go_grading_rules *rules,
                          const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    go_grading_rules *was;
    apr_status_t status = go_grading_rules_find(db, assignment, &was, pool, err);
    if (status) return status;
    status =
        go_db_run(db, GO_SQL_GRADING_RULES_SET,
                  GO_VALUES(go_integer(assignment->id),
                            rules->has_max ? go_integer(rules->max_milli) : go_null(),
                            go_integer(rules->is_blind), go_text(go_random_hex(pool, KEY_BYTES)),
                            go_text(go_release_name(rules->release)),
                            rules->release_us ? go_integer(rules->release_us) : go_null(),
                            rules->regrade_days ? go_integer(rules->regrade_days) : go_null()),
                  NULL, pool, err);
    go_audit_entry entry = *by;
    entry.action = "grading";
    entry.subject = assignment->name;
    entry.was = describe(was, pool);
    entry.became = describe(rules, pool);
    return status ? status : go_audit_add(db, &entry, pool, err);
}

apr_status_t go_grading_rules_set(go_db *db, const go_assignment *assignment,
                                  const go_grading_rules *rules, const go_audit_entry *by,
                                  apr_pool_t *pool, go_error *err) {
    apr_status_t status = check(rules, err);
    if (status || (status = go_db_begin(db, err))) return status;
    status = store(db, assignment, rules, by, pool, err);
    return go_db_end(db, status, err);
}

apr_time_t go_release_time(const go_grading_rules *rules, int is_done, apr_time_t done_us) {
    if (!is_done) return 0;
    if (rules->release == GO_RELEASE_DONE) return done_us;
    if (!rules->release_us) return 0;
    /* what is done after the date is seen from then on */
    return rules->release_us > done_us ? rules->release_us : done_us;
}

int go_is_released(const go_grading_rules *rules, int is_done, apr_time_t done_us, apr_time_t now) {
    apr_time_t since = go_release_time(rules, is_done, done_us);
    return since && since <= now;
}

apr_time_t go_regrade_deadline(const go_grading_rules *rules, apr_time_t released_us) {
    if (!rules->regrade_days || !released_us) return 0;
    return released_us + apr_time_from_sec(APR_INT64_C(86400) * rules->regrade_days);
}
