#include "model/roster.h"

#include "model/csv.h"
#include "model/names.h"
#include "model/passwords.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>
#include <strings.h>

enum { COLUMN_USERNAME, COLUMN_NAME, COLUMN_EMAIL, COLUMN_PASSWORD, COLUMN_ROLE, COLUMN_COUNT };

static const struct {
    const char *title;
    int column;
} titles[] = {
    {"username", COLUMN_USERNAME}, {"user", COLUMN_USERNAME},     {"login", COLUMN_USERNAME},
    {"name", COLUMN_NAME},         {"display_name", COLUMN_NAME}, {"full name", COLUMN_NAME},
    {"email", COLUMN_EMAIL},       {"e-mail", COLUMN_EMAIL},      {"mail", COLUMN_EMAIL},
    {"password", COLUMN_PASSWORD}, {"role", COLUMN_ROLE},
};

/* Where each column of ours is in the header, -1 for none. */
static void read_header(const go_csv_row *header, int places[COLUMN_COUNT], go_problems *problems) {
    for (int i = 0; i < COLUMN_COUNT; i++)
        places[i] = -1;
    for (int i = 0; i < header->cells->nelts; i++) {
        const char *cell = APR_ARRAY_IDX(header->cells, i, const char *);
        size_t t = 0, count = sizeof(titles) / sizeof(*titles);
        while (t < count && strcasecmp(cell, titles[t].title))
            t++;
        if (t < count)
            places[titles[t].column] = i;
        else
            go_problems_warning(problems, "The column \"%s\" is not used.", cell);
    }
    if (places[COLUMN_USERNAME] < 0)
        go_problems_error(problems, "The first line has no column \"username\". Begin with a line "
                                    "like: username,name,email");
}

static const char *cell_of(const go_csv_row *row, int place) {
    if (place < 0 || place >= row->cells->nelts) return "";
    return APR_ARRAY_IDX(row->cells, place, const char *);
}

static int is_blank(const go_csv_row *row) {
    for (int i = 0; i < row->cells->nelts; i++)
        if (*APR_ARRAY_IDX(row->cells, i, const char *)) return 0;
    return 1;
}

static void read_line(const go_csv_row *row, const int places[COLUMN_COUNT], go_role role,
                      apr_hash_t *seen, apr_array_header_t *lines, apr_pool_t *pool,
                      go_problems *problems) {
    go_error err = GO_ERROR_INIT(pool);
    go_roster_line line = {.line = row->line,
                           .display_name = cell_of(row, places[COLUMN_NAME]),
                           .email = cell_of(row, places[COLUMN_EMAIL]),
                           .password = cell_of(row, places[COLUMN_PASSWORD]),
                           .role = role};
    const char *role_name = cell_of(row, places[COLUMN_ROLE]);
    apr_status_t status =
        go_name_username(&line.username, cell_of(row, places[COLUMN_USERNAME]), pool, &err);
    if (!status && *role_name) status = go_role_parse(role_name, &line.role, &err);
    if (!status && *line.password) status = go_password_check(line.password, &err);
    if (status) {
        go_problems_error(problems, "Line %d: %s", row->line, go_error_text(&err));
    } else if (apr_hash_get(seen, line.username, APR_HASH_KEY_STRING)) {
        go_problems_error(problems, "Line %d: \"%s\" stands in the list twice.", row->line,
                          line.username);
    } else {
        apr_hash_set(seen, line.username, APR_HASH_KEY_STRING, line.username);
        APR_ARRAY_PUSH(lines, go_roster_line) = line;
    }
}

apr_status_t go_roster_parse(const char *csv, apr_size_t length, go_role role,
                             apr_array_header_t **lines, apr_pool_t *pool, go_problems *problems) {
    go_error err = GO_ERROR_INIT(pool);
    apr_array_header_t *rows;
    int places[COLUMN_COUNT];
    *lines = apr_array_make(pool, 64, sizeof(go_roster_line));
    apr_status_t status = go_csv_parse(&rows, csv, length, pool, &err);
    if (status)
        go_problems_error(problems, "%s", go_error_text(&err));
    else if (rows->nelts < 2)
        go_problems_error(problems, "There are no people in the list. The first line names the "
                                    "columns, each further line is a person.");
    else if (rows->nelts > GO_ROSTER_MAX)
        go_problems_error(problems, "The list has more than %d lines. Import it in parts.",
                          GO_ROSTER_MAX);
    if (problems->errors) return GO_EINVALID;
    read_header(&APR_ARRAY_IDX(rows, 0, go_csv_row), places, problems);
    if (problems->errors) return GO_EINVALID;
    apr_hash_t *seen = apr_hash_make(pool);
    for (int i = 1; i < rows->nelts; i++) {
        const go_csv_row *row = &APR_ARRAY_IDX(rows, i, go_csv_row);
        if (!is_blank(row)) read_line(row, places, role, seen, *lines, pool, problems);
    }
    return problems->errors ? GO_EINVALID : APR_SUCCESS;
}

/* What will be done for a line, decided before the transaction: the slow hashes are made here. */
static apr_status_t prepare(go_db *db, const go_roster_line *line, go_registration *done,
                            apr_pool_t *pool, go_error *err) {
    go_user *user;
    apr_status_t status = go_user_find(db, line->username, &user, pool, err);
    if (status != GO_ENOTFOUND) return status;
    done->is_new_account = 1;
    if (line->password && *line->password) {
        status = go_password_check(line->password, err);
        return status ? status : go_password_hash(&done->hash, line->password, pool, err);
    }
    done->password = go_password_generate(pool);
    return go_password_hash_generated(&done->hash, done->password, pool, err);
}

static apr_status_t register_one(go_db *db, const go_course *course, const go_roster_line *line,
                                 apr_time_t now, go_registration *done, apr_pool_t *pool,
                                 go_error *err) {
    go_user *user;
    go_role before;
    apr_status_t status = done->is_new_account
                              ? go_user_create(db, line->username, line->display_name, line->email,
                                               done->hash, now, &user, pool, err)
                              : go_user_find(db, line->username, &user, pool, err);
    if (!status) status = go_enrolment_role(db, course->id, user->id, &before, pool, err);
    if (!status) status = go_enrolment_set(db, course, user, line->role, now, pool, err);
    if (status) return status;
    done->role = line->role;
    done->was_enrolled = before != GO_ROLE_NONE;
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

apr_status_t go_roster_register(go_db *db, const go_course *course, const apr_array_header_t *lines,
                                apr_time_t now, apr_array_header_t **result, apr_pool_t *pool,
                                go_error *err) {
    apr_array_header_t *done = apr_array_make(pool, lines->nelts, sizeof(go_registration));
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; i < lines->nelts && !status; i++) {
        const go_roster_line *line = &APR_ARRAY_IDX(lines, i, go_roster_line);
        go_registration *one = memset(apr_array_push(done), 0, sizeof(*one));
        status = at_line(prepare(db, line, one, pool, err), line, pool, err);
    }
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    for (int i = 0; i < lines->nelts && !status; i++) {
        const go_roster_line *line = &APR_ARRAY_IDX(lines, i, go_roster_line);
        status = at_line(register_one(db, course, line, now,
                                      &APR_ARRAY_IDX(done, i, go_registration), pool, err),
                         line, pool, err);
    }
    *result = done;
    return go_db_end(db, status, err);
}
