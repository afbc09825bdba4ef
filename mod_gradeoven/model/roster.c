/* Making what a roster says true: accounts, enrolments, and a line in the audit log for each. */
#include "model/roster.h"

#include "model/counted.h"
#include "model/names.h"
#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

/* What will be done for a line, decided before the transaction: the slow hashes are made here. */
static apr_status_t prepare(go_db *db, const go_roster_line *line, go_registration *done,
                            apr_pool_t *pool, go_error *err) {
    go_user *user;
    apr_status_t status = go_user_find(db, line->username, &user, pool, err);
    if (status != GO_ENOTFOUND) return status;
    done->is_new_account = 1;
    if (line->no_password || (line->by_link && line->role == GO_ROLE_STUDENT)) return APR_SUCCESS;
    if (line->password && *line->password) {
        status = go_password_check(line->password, err);
        return status ? status : go_password_hash(&done->hash, line->password, pool, err);
    }
    done->password = go_password_generate(pool);
    return go_password_hash_generated(&done->hash, done->password, pool, err);
}

static apr_status_t note(go_db *db, const go_course *course, const go_audit_entry *by,
                         const char *action, const char *subject, const char *was,
                         const char *became, apr_pool_t *pool, go_error *err) {
    go_audit_entry entry = *by;
    entry.course_id = course->id;
    return go_audit_change(db, &entry, action, subject, was, became, pool, err);
}

static apr_status_t drop(go_db *db, const go_course *course, const go_enrolment *person,
                         const go_audit_entry *by, apr_pool_t *pool, go_error *err) {
    const go_user user = {.id = person->user_id};
    apr_status_t status = go_enrolment_set(db, course, &user, GO_ROLE_NONE, by->at_us, pool, err);
    return status ? status
                  : note(db, course, by, "drop", person->username, go_role_name(person->role),
                         "dropped", pool, err);
}

/* Writes a change of somebody who has an account, and notes what differs. */
static apr_status_t put(go_db *db, const go_course *course, const go_roster_change *change,
                        apr_int64_t user_id, const char *username, const go_audit_entry *by,
                        apr_pool_t *pool, go_error *err) {
    const go_enrolment *person = change->person;
    unsigned what = change->what;
    if (!what) return APR_SUCCESS;
    apr_status_t status = go_db_run(
        db, GO_SQL_ENROLMENT_PUT,
        GO_VALUES(go_integer(course->id), go_integer(user_id), go_text(go_role_name(change->role)),
                  go_text(change->section), go_text(change->extra), go_integer(by->at_us)),
        NULL, pool, err);
    if (!status && what & (GO_ROSTER_ADDED | GO_ROSTER_BACK | GO_ROSTER_ROLE))
        status = go_user_rights_changed(db, user_id, pool, err);
    if (!status && what & (GO_ROSTER_ADDED | GO_ROSTER_BACK))
        status = note(db, course, by, "enrol", username, what & GO_ROSTER_BACK ? "dropped" : "",
                      go_role_name(change->role), pool, err);
    if (status || !person) return status; /* what follows differs from what was */
    if (what & GO_ROSTER_ROLE)
        status = note(db, course, by, "role", username, go_role_name(person->role),
                      go_role_name(change->role), pool, err);
    if (!status && what & GO_ROSTER_SECTION)
        status =
            note(db, course, by, "section", username, person->section, change->section, pool, err);
    /* Exceptions may be a section's, and the rules bind students only. */
    if (!status && what & (GO_ROSTER_SECTION | GO_ROSTER_ROLE | GO_ROSTER_BACK))
        status = go_counted_refresh_course(db, course->id, user_id, pool, err);
    if (!status && what & GO_ROSTER_EXTRA)
        status = note(db, course, by, "data", username, person->extra, change->extra, pool, err);
    return status;
}

static apr_status_t register_one(go_db *db, const go_course *course, const go_roster_change *change,
                                 const go_audit_entry *by, go_registration *done, apr_pool_t *pool,
                                 go_error *err) {
    go_user *user;
    const go_roster_line *line = change->line;
    apr_status_t status = done->is_new_account
                              ? go_user_create(db, line->username, line->display_name, line->email,
                                               done->hash, by->at_us, &user, pool, err)
                              : go_user_find(db, line->username, &user, pool, err);
    if (!status) status = put(db, course, change, user->id, user->username, by, pool, err);
    if (status) return status;
    done->role = change->role;
    done->was_enrolled = change->person && !change->person->dropped_us;
    done->username = user->username;
    done->display_name = user->display_name;
    done->email = user->email;
    return APR_SUCCESS;
}

/* Says which line it was. */
static apr_status_t at_line(apr_status_t status, const go_roster_line *line, apr_pool_t *pool,
                            go_error *err) {
    if (status && line->line) err->what = apr_psprintf(pool, "Line %d: %s", line->line, err->what);
    return status;
}

/* The diff as it is now, inside the transaction; refuses when a person was shown another one. */
static apr_status_t diff_again(go_db *db, const go_course *course, const apr_array_header_t *lines,
                               const char *digest, apr_array_header_t **changes, apr_pool_t *pool,
                               go_error *err) {
    apr_array_header_t *people;
    apr_status_t status = go_enrolments_ever(db, course, &people, pool, err);
    if (status) return status;
    *changes = go_roster_diff(lines, people, pool);
    if (!digest || strcmp(digest, go_roster_digest(*changes, pool)) == 0) return APR_SUCCESS;
    return go_error_set(err, GO_ECONFLICT, "Look at what it would change now, and apply that.",
                        "The list or the course has changed since this was shown. Nothing was "
                        "changed.");
}

static int is_dropped(const go_enrolment *absent, int drops, apr_int64_t keep) {
    if (absent->user_id == keep || drops == GO_ROSTER_DROPS_NOBODY) return 0;
    return drops == GO_ROSTER_DROPS_ALL || absent->role == GO_ROLE_STUDENT;
}

apr_status_t go_roster_apply(go_db *db, const go_course *course, const apr_array_header_t *lines,
                             const char *digest, int drops, apr_int64_t keep,
                             const go_audit_entry *by, apr_array_header_t **result,
                             apr_pool_t *pool, go_error *err) {
    apr_array_header_t *done = apr_array_make(pool, lines->nelts, sizeof(go_registration));
    apr_array_header_t *changes = NULL;
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; i < lines->nelts && !status; i++) {
        const go_roster_line *line = &APR_ARRAY_IDX(lines, i, go_roster_line);
        go_registration *one = memset(apr_array_push(done), 0, sizeof(*one));
        status = at_line(prepare(db, line, one, pool, err), line, pool, err);
    }
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = diff_again(db, course, lines, digest, &changes, pool, err);
    for (int i = 0; !status && i < changes->nelts; i++) {
        const go_roster_change *change = &APR_ARRAY_IDX(changes, i, go_roster_change);
        if (change->line)
            status = at_line(register_one(db, course, change, by,
                                          &APR_ARRAY_IDX(done, i, go_registration), pool, err),
                             change->line, pool, err);
        else if (is_dropped(change->person, drops, keep))
            status = drop(db, course, change->person, by, pool, err);
    }
    *result = done;
    return go_db_end(db, status, err);
}

apr_status_t go_roster_register(go_db *db, const go_course *course, const apr_array_header_t *lines,
                                const go_audit_entry *by, apr_array_header_t **done,
                                apr_pool_t *pool, go_error *err) {
    return go_roster_apply(db, course, lines, NULL, 0, 0, by, done, pool, err);
}

static apr_status_t change_one(go_db *db, const go_course *course, const char *username,
                               go_role role, const char *section, const go_audit_entry *by,
                               apr_pool_t *pool, go_error *err) {
    apr_array_header_t *people;
    apr_status_t status = go_enrolments_ever(db, course, &people, pool, err);
    for (int i = 0; !status && i < people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(people, i, go_enrolment);
        if (strcmp(person->username, username)) continue;
        if (role == GO_ROLE_NONE)
            return person->dropped_us ? APR_SUCCESS : drop(db, course, person, by, pool, err);
        go_roster_line line = {.role = role, .says_role = 1, .section = section};
        apr_array_header_t *lines = apr_array_make(pool, 1, sizeof(go_roster_line));
        line.username = username;
        APR_ARRAY_PUSH(lines, go_roster_line) = line;
        const apr_array_header_t *changes = go_roster_diff(lines, people, pool);
        return put(db, course, &APR_ARRAY_IDX(changes, 0, go_roster_change), person->user_id,
                   username, by, pool, err);
    }
    return status
               ? status
               : go_error_set(err, GO_ENOTFOUND, NULL, "\"%s\" is not in this course.", username);
}

apr_status_t go_roster_change_one(go_db *db, const go_course *course, const char *username,
                                  go_role role, const char *section, const go_audit_entry *by,
                                  apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_name_line(&section, "section", section ? section : "",
                                       GO_ROSTER_SECTION_MAX, 1, pool, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = change_one(db, course, username, role, section, by, pool, err);
    return go_db_end(db, status, err);
}
