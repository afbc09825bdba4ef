/* A list of points for columns that people fill in: read, compared with the book, applied. */
#include "model/gradebook.h"

#include "model/buffer.h"
#include "model/csv.h"
#include "model/names.h"
#include "model/passwords.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

typedef struct import {
    const go_gradebook *book;
    apr_array_header_t *rows;        /* of go_csv_row */
    int username;                    /* which cell names the student */
    const go_grade_column **columns; /* one a cell of the heading; NULL: passed over */
    int column_count;
    apr_array_header_t *changes;
    const char **seen; /* usernames, one a line */
    apr_pool_t *pool;
    go_problems *problems;
} import;

static const char *cell_of(const go_csv_row *row, int i) {
    return i < row->cells->nelts ? APR_ARRAY_IDX(row->cells, i, const char *) : "";
}

/* The title without what the export puts behind it: "Essay (of 10)". */
static const char *bare_title(const char *title, apr_pool_t *pool) {
    const char *behind = NULL;
    for (const char *at = title; (at = strstr(at, " (of ")); at++)
        behind = at;
    return behind && title[strlen(title) - 1] == ')'
               ? apr_pstrmemdup(pool, title, (apr_size_t)(behind - title))
               : title;
}

static const go_grade_column *find_column(const import *in, const char *title) {
    const char *bare = bare_title(title, in->pool);
    const go_grade_column *found = NULL;
    for (int i = 0; i < in->book->columns->nelts; i++) {
        const go_grade_column *one = &APR_ARRAY_IDX(in->book->columns, i, go_grade_column);
        if (strcmp(one->title, title) && strcmp(one->title, bare)) continue;
        if (!found || !one->assignment_id) found = one;
    }
    return found;
}

/* What else an export of ours has. */
static int is_known_title(const char *title) {
    static const char *const known[] = {"name", "email", "section", "total", ""};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcasecmp(title, known[i])) return 1;
    return 0;
}

static void read_heading(import *in, const go_csv_row *row) {
    int wanted = 0;
    in->username = -1;
    in->column_count = row->cells->nelts;
    in->columns = apr_pcalloc(in->pool, sizeof(*in->columns) * (apr_size_t)(row->cells->nelts + 1));
    for (int i = 0; i < row->cells->nelts; i++) {
        const char *title = go_csv_rearmed(cell_of(row, i));
        if (!strcasecmp(title, "username")) {
            in->username = i;
            continue;
        }
        const go_grade_column *column = find_column(in, title);
        if (column && !column->assignment_id) {
            in->columns[i] = column;
            wanted++;
        } else if (!column && !is_known_title(title))
            go_problems_error(
                in->problems,
                "Line %d: the gradebook has no column \"%s\". Make it in the settings "
                "first, or take it out of the list.",
                row->line, title);
    }
    if (in->username < 0)
        go_problems_error(in->problems, "Line %d: there is no column \"username\".", row->line);
    if (!wanted && !in->problems->errors)
        go_problems_error(
            in->problems,
            "Line %d: no column is one that people fill in. Scores of assignments are "
            "set in their cells.",
            row->line);
}

static int was_seen(const import *in, int line, const char *username) {
    for (int i = 0; i < line; i++)
        if (in->seen[i] && strcmp(in->seen[i], username) == 0) return 1;
    in->seen[line] = username;
    return 0;
}

static void read_cell(import *in, const go_csv_row *line, int i, const go_grade_row *row) {
    const char *text = cell_of(line, i);
    const go_grade_column *column = in->columns[i];
    apr_int64_t milli;
    while (apr_isspace(*text))
        text++;
    if (!*text) return;
    if (go_score_parse_milli(text, strlen(text), &milli)) {
        go_problems_error(in->problems, "Line %d: \"%s\" is no number of points for \"%s\".",
                          line->line, text, column->title);
        return;
    }
    const go_grade *grade = &row->grades[column - (const go_grade_column *)in->book->columns->elts];
    if (grade->has_override && grade->override_milli == milli) return;
    APR_ARRAY_PUSH(in->changes, go_grade_change) =
        (go_grade_change){.line = line->line,
                          .column = column,
                          .row = row,
                          .has_been = grade->has_override,
                          .was_milli = grade->override_milli,
                          .revision = grade->revision,
                          .milli = milli};
}

static void read_line(import *in, int index) {
    const go_csv_row *line = &APR_ARRAY_IDX(in->rows, index, go_csv_row);
    const char *username = go_csv_rearmed(cell_of(line, in->username));
    const go_grade_row *row = go_gradebook_row(in->book, username);
    if (!row)
        go_problems_error(in->problems, "Line %d: \"%s\" is no student of this course.", line->line,
                          username);
    else if (was_seen(in, index, row->person->username))
        go_problems_error(in->problems, "Line %d: \"%s\" stands in an earlier line too.",
                          line->line, username);
    for (int i = 0; row && i < in->column_count; i++)
        if (in->columns[i]) read_cell(in, line, i, row);
}

apr_status_t go_grade_import_read(const go_gradebook *book, const char *csv, apr_size_t length,
                                  apr_array_header_t **changes, apr_pool_t *pool,
                                  go_problems *problems) {
import in = {.book = book, .pool = pool, .problems = problems };
    go_error err = GO_ERROR_INIT(pool);
    in.changes = *changes = apr_array_make(pool, 32, sizeof(go_grade_change));
    if (go_csv_parse(&in.rows, csv, length, pool, &err)) {
        go_problems_error(problems, "%s", err.what);
        return GO_EINVALID;
    }
    if (in.rows->nelts < 2) {
        go_problems_error(problems, "The list is empty: it needs a line of titles, and a line for "
                                    "each student.");
        return GO_EINVALID;
    }
    read_heading(&in, &APR_ARRAY_IDX(in.rows, 0, go_csv_row));
    in.seen = apr_pcalloc(pool, sizeof(*in.seen) * (apr_size_t)in.rows->nelts);
    for (int i = 1; i < in.rows->nelts && in.username >= 0; i++)
        read_line(&in, i);
    return problems->errors ? GO_EINVALID : APR_SUCCESS;
}

static const go_grade *grade_of(const go_gradebook *book, const go_grade_change *change) {
    return &change->row->grades[change->column - (const go_grade_column *)book->columns->elts];
}

const char *go_grade_import_digest(const apr_array_header_t *changes, apr_pool_t *pool) {
    go_buffer *text = go_buffer_make(pool, 4096);
    for (int i = 0; i < changes->nelts; i++) {
        const go_grade_change *one = &APR_ARRAY_IDX(changes, i, go_grade_change);
        go_buffer_printf(text, "%s %s %" APR_INT64_T_FMT " %" APR_INT64_T_FMT " %d\n",
                         one->column->key, one->row->person->username, one->was_milli, one->milli,
                         one->revision);
    }
    return go_sha256_hex(pool, text->bytes, text->length);
}

static apr_status_t put_all(go_db *db, const go_course *course, const go_gradebook *book,
                            const apr_array_header_t *changes, const go_audit_entry *by,
                            apr_pool_t *pool, go_error *err) {
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; !status && i < changes->nelts; i++) {
        const go_grade_change *one = &APR_ARRAY_IDX(changes, i, go_grade_change);
        const go_grade *was = grade_of(book, one);
        go_grade set = *was;
        set.has_override = 1;
        set.override_milli = one->milli;
        status = go_grade_put(db, course, one->column, one->row->person, was, &set, by, pool, err);
    }
    return status;
}

apr_status_t go_grade_import_apply(go_db *db, const go_course *course, const char *csv,
                                   apr_size_t length, const char *digest, const go_audit_entry *by,
                                   int *count, apr_pool_t *pool, go_error *err) {
    go_gradebook *book = NULL;
    apr_array_header_t *changes = NULL;
    go_problems *problems = go_problems_make(pool);
    apr_status_t status = go_db_begin(db, err);
    if (status) return status;
    status = go_gradebook_read(db, course, 0, GO_BOOK_STAFF, by->at_us, &book, pool, err);
    if (!status && book &&
        (go_grade_import_read(book, csv, length, &changes, pool, problems) ||
         strcmp(go_grade_import_digest(changes, pool), digest) != 0))
        status = go_error_set(err, GO_ECONFLICT, "Look at what it would change now.",
                              "The gradebook has changed since you looked. Nothing was applied.");
    if (!status && changes) status = put_all(db, course, book, changes, by, pool, err);
    *count = changes ? changes->nelts : 0;
    return go_db_end(db, status, err);
}
