/* A roster's CSV to lines: the header's spellings, every mistake by its line number. */
#include "model/csv.h"
#include "model/names.h"
#include "model/passwords.h"
#include "model/roster.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <jansson.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    COLUMN_USERNAME,
    COLUMN_NAME,
    COLUMN_FIRST,
    COLUMN_LAST,
    COLUMN_EMAIL,
    COLUMN_PASSWORD,
    COLUMN_ROLE,
    COLUMN_SECTION,
    COLUMN_COUNT
};

/* In small letters and without blanks, - and _, as usual_spelling makes them. */
static const struct {
    const char *title;
    int column;
} titles[] = {
    {"username", COLUMN_USERNAME}, {"user", COLUMN_USERNAME},   {"login", COLUMN_USERNAME},
    {"netid", COLUMN_USERNAME},    {"userid", COLUMN_USERNAME}, {"name", COLUMN_NAME},
    {"displayname", COLUMN_NAME},  {"fullname", COLUMN_NAME},   {"firstname", COLUMN_FIRST},
    {"givenname", COLUMN_FIRST},   {"first", COLUMN_FIRST},     {"lastname", COLUMN_LAST},
    {"surname", COLUMN_LAST},      {"familyname", COLUMN_LAST}, {"last", COLUMN_LAST},
    {"email", COLUMN_EMAIL},       {"mail", COLUMN_EMAIL},      {"emailaddress", COLUMN_EMAIL},
    {"password", COLUMN_PASSWORD}, {"role", COLUMN_ROLE},       {"section", COLUMN_SECTION},
    {"group", COLUMN_SECTION},
};

typedef struct roster_reader {
    const go_csv_row *header;
    int places[COLUMN_COUNT]; /* of our columns in the header; -1: not there */
    apr_hash_t *ours;         /* cells of the header that are our columns */
    apr_hash_t *seen;         /* usernames */
    go_role role;
    apr_array_header_t *lines;
    go_problems *problems;
    apr_pool_t *pool;
} roster_reader;

static const char *usual_spelling(const char *cell, apr_pool_t *pool) {
    char *out = apr_pstrdup(pool, cell), *to = out;
    for (; *cell; cell++)
        if (!strchr(" -_", *cell))
            *to++ = (char)(*cell >= 'A' && *cell <= 'Z' ? *cell - 'A' + 'a' : *cell);
    *to = '\0';
    return out;
}

static void read_header(roster_reader *in) {
    for (int i = 0; i < COLUMN_COUNT; i++)
        in->places[i] = -1;
    for (int i = 0; i < in->header->cells->nelts; i++) {
        const char *cell = APR_ARRAY_IDX(in->header->cells, i, const char *);
        const char *usual = usual_spelling(cell, in->pool);
        size_t t = 0, count = sizeof(titles) / sizeof(*titles);
        while (t < count && strcmp(usual, titles[t].title))
            t++;
        if (t == count) continue;
        if (in->places[titles[t].column] >= 0)
            go_problems_error(in->problems,
                              "The first line has two columns that mean the same (\"%s\"). "
                              "Rename or remove one.",
                              cell);
        in->places[titles[t].column] = i;
        apr_hash_set(in->ours, apr_itoa(in->pool, i), APR_HASH_KEY_STRING, cell);
    }
    if (in->places[COLUMN_USERNAME] < 0)
        go_problems_error(in->problems, "The first line has no column \"username\". Begin with a "
                                        "line like: username,name,email");
}

/* A cell, without the ' that the export puts before what a spreadsheet would run. */
static const char *cell_of(const go_csv_row *row, int place) {
    if (place < 0 || place >= row->cells->nelts) return "";
    return go_csv_rearmed(APR_ARRAY_IDX(row->cells, place, const char *));
}

static int is_blank(const go_csv_row *row) {
    for (int i = 0; i < row->cells->nelts; i++)
        if (*APR_ARRAY_IDX(row->cells, i, const char *)) return 0;
    return 1;
}

static const char *name_of(const roster_reader *in, const go_csv_row *row) {
    const char *name = cell_of(row, in->places[COLUMN_NAME]);
    if (*name) return name;
    const char *first = cell_of(row, in->places[COLUMN_FIRST]);
    const char *last = cell_of(row, in->places[COLUMN_LAST]);
    return apr_pstrcat(in->pool, first, *first && *last ? " " : "", last, NULL);
}

/* The columns that are none of ours, as a JSON object; NULL where the list has none. */
static const char *extra_of(const roster_reader *in, const go_csv_row *row) {
    json_t *extra = json_object();
    for (int i = 0; i < in->header->cells->nelts; i++) {
        const char *title = cell_of(in->header, i);
        if (*title && !apr_hash_get(in->ours, apr_itoa(in->pool, i), APR_HASH_KEY_STRING))
            json_object_set_new(extra, title, json_string(cell_of(row, i)));
    }
    char *text = json_dumps(extra, JSON_COMPACT | JSON_SORT_KEYS);
    const char *copy = text && json_object_size(extra) ? apr_pstrdup(in->pool, text) : NULL;
    free(text);
    json_decref(extra);
    return copy;
}

static apr_status_t read_cells(const roster_reader *in, const go_csv_row *row, go_roster_line *line,
                               go_error *err) {
    const char *role = usual_spelling(cell_of(row, in->places[COLUMN_ROLE]), in->pool);
    *line = (go_roster_line){.line = row->line,
                             .display_name = name_of(in, row),
                             .email = cell_of(row, in->places[COLUMN_EMAIL]),
                             .password = cell_of(row, in->places[COLUMN_PASSWORD]),
                             .role = in->role,
                             .says_role = *role != '\0',
                             .extra = extra_of(in, row)};
    apr_status_t status =
        go_name_username(&line->username, cell_of(row, in->places[COLUMN_USERNAME]), in->pool, err);
    if (!status && *role) status = go_role_parse(role, &line->role, err);
    if (!status && *line->password) status = go_password_check(line->password, err);
    if (!status && in->places[COLUMN_SECTION] >= 0)
        status = go_name_line(&line->section, "section", cell_of(row, in->places[COLUMN_SECTION]),
                              GO_ROSTER_SECTION_MAX, 1, in->pool, err);
    return status;
}

static void read_line(roster_reader *in, const go_csv_row *row) {
    go_error err = GO_ERROR_INIT(in->pool);
    go_roster_line line;
    if (row->cells->nelts > in->header->cells->nelts) {
        go_problems_error(in->problems,
                          "Line %d: it has more cells than the first line has columns. Put a cell "
                          "that holds a separator into quotes.",
                          row->line);
    } else if (read_cells(in, row, &line, &err)) {
        go_problems_error(in->problems, "Line %d: %s", row->line, go_error_text(&err));
    } else if (apr_hash_get(in->seen, line.username, APR_HASH_KEY_STRING)) {
        go_problems_error(in->problems, "Line %d: \"%s\" stands in the list twice.", row->line,
                          line.username);
    } else {
        apr_hash_set(in->seen, line.username, APR_HASH_KEY_STRING, line.username);
        APR_ARRAY_PUSH(in->lines, go_roster_line) = line;
    }
}

apr_status_t go_roster_parse(const char *csv, apr_size_t length, go_role role,
                             apr_array_header_t **lines, apr_pool_t *pool, go_problems *problems) {
    go_error err = GO_ERROR_INIT(pool);
    apr_array_header_t *rows;
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
    roster_reader in = {.header = &APR_ARRAY_IDX(rows, 0, go_csv_row),
                        .ours = apr_hash_make(pool),
                        .seen = apr_hash_make(pool),
                        .role = role,
                        .lines = *lines,
                        .problems = problems,
                        .pool = pool};
    read_header(&in);
    if (problems->errors) return GO_EINVALID;
    for (int i = 1; i < rows->nelts; i++) {
        const go_csv_row *row = &APR_ARRAY_IDX(rows, i, go_csv_row);
        if (!is_blank(row)) read_line(&in, row);
    }
    return problems->errors ? GO_EINVALID : APR_SUCCESS;
}
