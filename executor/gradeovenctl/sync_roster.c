/* People from the institution's database: through the same reading, comparing and applying as a
 * CSV that an instructor imports, with what a machine must be kept from. */
#include "gradeovenctl/sync.h"

#include "model/csv.h"
#include "model/roster.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <stdio.h>
#include <string.h>

typedef struct roster {
    ctl_sync *sync;
    apr_array_header_t *lines;   /* of go_roster_line */
    apr_array_header_t *people;  /* of go_enrolment */
    apr_array_header_t *changes; /* of go_roster_change */
    apr_hash_t *kept;            /* instructors whose role the rows would change */
    int students;                /* in the course now */
    int added, back, changed, missing_students, unchanged;
} roster;

/* --- from rows to lines ---------------------------------------------------------------------- */

/* In one line: the row's number is that of the list, then. */
static const char *cell_of(const apr_array_header_t *row, int place, apr_pool_t *pool) {
    const char *cell = APR_ARRAY_IDX(row, place, const char *);
    if (!cell) return "";
    char *text = apr_pstrdup(pool, cell);
    for (char *at = text; *at; at++)
        if (*at == '\n' || *at == '\r') *at = ' ';
    return text;
}

static go_buffer *csv_of(const apr_array_header_t *rows, apr_pool_t *pool) {
    go_buffer *csv = go_buffer_make(pool, 16384);
    go_buffer_puts(csv, "sep=,\n");
    for (int i = 0; i < rows->nelts; i++) {
        const apr_array_header_t *row = APR_ARRAY_IDX(rows, i, const apr_array_header_t *);
        const char **cells = apr_pcalloc(pool, (apr_size_t)row->nelts * sizeof(*cells));
        for (int k = 0; k < row->nelts; k++)
            cells[k] = cell_of(row, k, pool);
        go_csv_write_row(csv, cells, row->nelts);
    }
    return csv;
}

static apr_status_t parse(roster *in, const apr_array_header_t *rows) {
    ctl_sync *sync = in->sync;
    go_error *err = &sync->site.err;
    if (rows->nelts < 2)
        return go_error_set(err, GO_EINVALID,
                            "Look at the statement's conditions: an empty list would mean that "
                            "everybody has left.",
                            "The Roster statement found nobody.");
    go_problems *problems = go_problems_make(sync->pool);
    const go_buffer *csv = csv_of(rows, sync->pool);
    if (go_roster_parse(csv->bytes, csv->length, GO_ROLE_STUDENT, &in->lines, sync->pool,
                        problems) == APR_SUCCESS)
        return APR_SUCCESS;
    for (int i = 0; i < problems->list->nelts; i++)
        ctl_fail("%s", APR_ARRAY_IDX(problems->list, i, go_problem).text);
    return go_error_set(err, GO_EINVALID,
                        "Its columns are those of a CSV: username, and name, email, role, section. "
                        "Line 2 is their names, line 3 the first row.",
                        "The roster has %d mistakes, and nothing was changed. The first: %s",
                        problems->errors,
                        problems->list->nelts ? APR_ARRAY_IDX(problems->list, 0, go_problem).text
                                              : "it cannot be read.");
}

/* --- what it would change -------------------------------------------------------------------- */

/* Whoever teaches the course is not made anything else by a machine. */
static void keep_instructors(roster *in) {
    apr_hash_t *teaching = apr_hash_make(in->sync->pool);
    in->kept = apr_hash_make(in->sync->pool);
    for (int i = 0; i < in->people->nelts; i++) {
        const go_enrolment *person = &APR_ARRAY_IDX(in->people, i, go_enrolment);
        in->students += !person->dropped_us && person->role == GO_ROLE_STUDENT;
        if (!person->dropped_us && person->role == GO_ROLE_INSTRUCTOR)
            apr_hash_set(teaching, person->username, APR_HASH_KEY_STRING, person);
    }
    for (int i = 0; i < in->lines->nelts; i++) {
        go_roster_line *line = &APR_ARRAY_IDX(in->lines, i, go_roster_line);
        if (!apr_hash_get(teaching, line->username, APR_HASH_KEY_STRING)) continue;
        if (line->says_role && line->role != GO_ROLE_INSTRUCTOR)
            apr_hash_set(in->kept, line->username, APR_HASH_KEY_STRING, line->username);
        line->says_role = 0;
    }
}

static int drops(const roster *in, const go_roster_change *change) {
    return in->sync->setting->drops_missing && change->what & GO_ROSTER_ABSENT &&
           change->role == GO_ROLE_STUDENT;
}

static void print_change(const roster *in, const go_roster_change *change) {
    const go_enrolment *person = change->person;
    const char *username = change->line ? change->line->username : person ? person->username : "";
    unsigned what = change->what;
    if (what & GO_ROSTER_ABSENT) {
        if (drops(in, change))
            printf("  drop     %s\n", username);
        else if (change->role == GO_ROLE_STUDENT)
            printf("  missing  %s (stays)\n", username);
        return;
    }
    if (what & (GO_ROSTER_ADDED | GO_ROSTER_BACK))
        printf("  %s     %s, %s%s%s\n", what & GO_ROSTER_ADDED ? "add " : "back", username,
               go_role_name(change->role), *change->section ? ", section " : "", change->section);
    else if (what && person)
        printf("  change   %s%s%s%s%s%s%s%s\n", username, what & GO_ROSTER_ROLE ? ", role " : "",
               what & GO_ROSTER_ROLE ? go_role_name(person->role) : "",
               what & GO_ROSTER_ROLE ? " to " : "",
               what & GO_ROSTER_ROLE ? go_role_name(change->role) : "",
               what & GO_ROSTER_SECTION ? ", section " : "",
               what & GO_ROSTER_SECTION ? (*change->section ? change->section : "none") : "",
               what & GO_ROSTER_EXTRA ? ", other data" : "");
    if (apr_hash_get(in->kept, username, APR_HASH_KEY_STRING))
        printf("  kept     %s, who stays instructor\n", username);
}

static void count(roster *in, const go_roster_change *change) {
    in->added += (change->what & GO_ROSTER_ADDED) != 0;
    in->back += (change->what & GO_ROSTER_BACK) != 0;
    in->changed +=
        change->what && !(change->what & (GO_ROSTER_ADDED | GO_ROSTER_BACK | GO_ROSTER_ABSENT));
    in->unchanged += !change->what;
    in->missing_students +=
        change->what & GO_ROSTER_ABSENT && change->role == GO_ROLE_STUDENT ? 1 : 0;
}

/* A wrong condition must not empty a course. */
static apr_status_t guard(const roster *in) {
    ctl_sync *sync = in->sync;
    if (!sync->setting->drops_missing || sync->forces || in->missing_students * 2 <= in->students)
        return APR_SUCCESS;
    return go_error_set(&sync->site.err, GO_ECONFLICT,
                        "If that is right: gradeovenctl sync --roster --apply --force COURSE",
                        "The roster would drop %d of %d students, more than half of them; nothing "
                        "was changed.",
                        in->missing_students, in->students);
}

static apr_status_t compare(roster *in) {
    ctl_sync *sync = in->sync;
    apr_status_t status =
        go_enrolments_ever(sync->site.db, sync->course, &in->people, sync->pool, &sync->site.err);
    if (status) return status;
    keep_instructors(in);
    in->changes = go_roster_diff(in->lines, in->people, sync->pool);
    for (int i = 0; i < in->changes->nelts; i++) {
        const go_roster_change *change = &APR_ARRAY_IDX(in->changes, i, go_roster_change);
        count(in, change);
        print_change(in, change);
    }
    go_buffer_printf(sync->summary, "Roster: %d added, %d back, %d changed, %d %s, %d unchanged.",
                     in->added, in->back, in->changed, in->missing_students,
                     sync->setting->drops_missing ? "dropped" : "missing (they stay)",
                     in->unchanged);
    return APR_SUCCESS;
}

/* --- doing it -------------------------------------------------------------------------------- */

static apr_status_t apply(roster *in) {
    ctl_sync *sync = in->sync;
    apr_array_header_t *done = NULL;
    const go_audit_entry by = {.at_us = apr_time_now(), .actor = "*sync"};
    apr_status_t status = go_roster_apply(
        sync->site.db, sync->course, in->lines, go_roster_digest(in->changes, sync->pool),
        sync->setting->drops_missing ? GO_ROSTER_DROPS_STUDENTS : GO_ROSTER_DROPS_NOBODY, 0, &by,
        &done, sync->pool, &sync->site.err);
    for (int i = 0; !status && sync->shows_passwords && done && i < done->nelts; i++) {
        const go_registration *one = &APR_ARRAY_IDX(done, i, go_registration);
        if (one->password) printf("  password %s %s\n", one->username, one->password);
    }
    return status;
}

static apr_status_t fetch(ctl_sync *sync, apr_array_header_t **rows) {
    apr_status_t status = ctl_driver_begin(sync->driver, &sync->site.err);
    if (!status) status = ctl_driver_roster(sync->driver, rows, sync->pool, &sync->site.err);
    ctl_driver_rollback(sync->driver);
    return status;
}

apr_status_t ctl_sync_roster(ctl_sync *sync) {
    roster in = {.sync = sync};
    apr_array_header_t *rows = NULL;
    apr_status_t status = fetch(sync, &rows);
    if (!status && rows) status = parse(&in, rows);
    if (!status) status = compare(&in);
    if (!status) {
        printf("%s\n", sync->summary->bytes);
        status = guard(&in);
    }
    if (!status && sync->applies) status = apply(&in);
    /* what was not done is not told as if it was */
    if (status) sync->summary = go_buffer_make(sync->pool, 256);
    return status;
}
