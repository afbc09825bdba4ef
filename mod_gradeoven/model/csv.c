#include "model/csv.h"

#include "model/text.h"

#include <apr_strings.h>

#include <string.h>
#include <strings.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

typedef struct parser {
    const char *at, *end;
    int line;
    char separator;
    apr_array_header_t *rows;
    go_buffer *cell; /* of a quoted cell; used again for each */
    apr_pool_t *pool;
    go_error *err;
} parser;

/* The separator that stands most often in the first line, outside quotes. */
static char detect_separator(const char *at, const char *end) {
    static const char candidates[] = ",;\t";
    int counts[3] = {0, 0, 0}, best = 0, quoted = 0;
    for (; at < end && (quoted || (*at != '\n' && *at != '\r')); at++) {
        if (*at == '"') quoted = !quoted;
        const char *found = quoted || !*at ? NULL : strchr(candidates, *at);
        if (found) counts[found - candidates]++;
    }
    for (int i = 1; i < 3; i++)
        if (counts[i] > counts[best]) best = i;
    return candidates[best];
}

static apr_status_t mistake(const parser *p, int line, const char *what) {
    return go_error_set(p->err, GO_EINVALID, NULL, "Line %d of the CSV file: %s.", line, what);
}

static int at_line_end(const parser *p) {
    return p->at == p->end || *p->at == '\n' || *p->at == '\r';
}

/* Takes CR LF, LF or CR. */
static void take_line_end(parser *p) {
    if (p->at < p->end && *p->at == '\r')
        p->at++;
    else if (p->at < p->end) {
        p->at++;
        p->line++;
        return;
    }
    if (p->at < p->end && *p->at == '\n') p->at++;
    p->line++;
}

/* A cell in quotes; "" in it is one quote. Behind it only a separator or the line's end may stand.
 */
static apr_status_t take_quoted(parser *p, const char **cell) {
    int began = p->line;
    p->cell->length = 0;
    for (p->at++;; p->at++) {
        const char *quote = memchr(p->at, '"', (apr_size_t)(p->end - p->at));
        if (!quote) return mistake(p, began, "a quote is opened here and never closed");
        for (const char *c = p->at; c < quote; c++)
            p->line += *c == '\n' || (*c == '\r' && c[1] != '\n');
        go_buffer_add(p->cell, p->at, (apr_size_t)(quote - p->at));
        p->at = quote + 1;
        if (p->at == p->end || *p->at != '"') break;
        go_buffer_putc(p->cell, '"');
    }
    if (!at_line_end(p) && *p->at != p->separator)
        return mistake(p, p->line, "there is text between a closing quote and the next cell");
    *cell = apr_pstrmemdup(p->pool, p->cell->bytes, p->cell->length);
    return APR_SUCCESS;
}

/* *cell comes in as "", which is what an empty cell stays. */
static apr_status_t take_cell(parser *p, const char **cell) {
    if (p->at < p->end && *p->at == '"') return take_quoted(p, cell);
    const char *begin = p->at;
    while (!at_line_end(p) && *p->at != p->separator)
        p->at++;
    if (p->at > begin) *cell = apr_pstrmemdup(p->pool, begin, (apr_size_t)(p->at - begin));
    return APR_SUCCESS;
}

static apr_status_t take_row(parser *p) {
    if (p->rows->nelts >= GO_CSV_ROWS_MAX)
        return go_error_set(p->err, GO_ETOOBIG, NULL, "The CSV file has more than %d rows.",
                            GO_CSV_ROWS_MAX);
    go_csv_row row = {.line = p->line, .cells = apr_array_make(p->pool, 8, sizeof(const char *))};
    for (;;) {
        const char *cell = "";
        if (row.cells->nelts >= GO_CSV_CELLS_MAX)
            return go_error_set(p->err, GO_ETOOBIG, NULL,
                                "Line %d of the CSV file has more than %d cells.", row.line,
                                GO_CSV_CELLS_MAX);
        apr_status_t status = take_cell(p, &cell);
        if (status) return status;
        APR_ARRAY_PUSH(row.cells, const char *) = cell;
        if (at_line_end(p)) break;
        p->at++;
    }
    take_line_end(p);
    APR_ARRAY_PUSH(p->rows, go_csv_row) = row;
    return APR_SUCCESS;
}

/* Every line must be text; tells which is not. */
static apr_status_t check_text(const parser *p) {
    int line = 1;
    for (const char *at = p->at; at < p->end;) {
        apr_uint32_t code_point;
        apr_size_t n = go_text_decode(at, (apr_size_t)(p->end - at), &code_point);
        if (!n)
            return go_error_set(p->err, GO_EINVALID,
                                "Save it again as \"CSV UTF-8\" and upload that.",
                                "Line %d of the CSV file is not UTF-8.", line);
        if (!code_point) return mistake(p, line, "there is a NUL in it");
        line += code_point == '\n' || (code_point == '\r' && (at + 1 == p->end || at[1] != '\n'));
        at += n;
    }
    return APR_SUCCESS;
}

apr_status_t go_csv_parse(apr_array_header_t **rows, const char *bytes, apr_size_t length,
                          apr_pool_t *pool, go_error *err) {
    *rows = NULL;
    if (length > GO_CSV_BYTES_MAX)
        return go_error_set(err, GO_ETOOBIG, NULL, "The CSV file is larger than %d bytes.",
                            GO_CSV_BYTES_MAX);
    parser p = {.at = bytes, .end = bytes + length, .line = 1, .pool = pool, .err = err};
    if (length >= 3 && !memcmp(bytes, BYTE_ORDER_MARK, 3)) p.at += 3;
    p.rows = apr_array_make(pool, 64, sizeof(go_csv_row));
    p.cell = go_buffer_make(pool, 0);
    if (p.end - p.at > 5 && !strncasecmp(p.at, "sep=", 4) && strchr("\r\n", p.at[5])) {
        p.separator = p.at[4]; /* how Excel is told; the line is no row */
        p.at += 5;
    } else {
        p.separator = detect_separator(p.at, p.end);
    }
    apr_status_t status = check_text(&p);
    while (!status && p.at < p.end) {
        if (at_line_end(&p))
            take_line_end(&p);
        else
            status = take_row(&p);
    }
    if (!status) *rows = p.rows;
    return status;
}

/* A sign and digits with at most one point: no formula can hide in it. */
static int is_number(const char *cell) {
    if (*cell == '-' || *cell == '+') cell++;
    size_t digits = strspn(cell, "0123456789");
    cell += digits;
    if (*cell == '.') {
        size_t decimals = strspn(++cell, "0123456789");
        digits += decimals;
        cell += decimals;
    }
    return digits && !*cell;
}

static void write_cell(go_buffer *out, const char *cell) {
    /* OWASP, "CSV injection". */
    int formula = *cell && strchr("=+-@\t\r", *cell) && !is_number(cell);
    int quoted = strpbrk(cell, ",;\t\"\r\n") != NULL || *cell == ' ' ||
                 (*cell && cell[strlen(cell) - 1] == ' ');
    if (quoted) go_buffer_putc(out, '"');
    if (formula) go_buffer_putc(out, '\'');
    for (; *cell; cell++) {
        if (*cell == '"') go_buffer_putc(out, '"');
        go_buffer_putc(out, *cell);
    }
    if (quoted) go_buffer_putc(out, '"');
}

void go_csv_write_row(go_buffer *out, const char *const *cells, int count) {
    for (int i = 0; i < count; i++) {
        if (i) go_buffer_putc(out, ',');
        write_cell(out, cells[i] ? cells[i] : "");
    }
    go_buffer_puts(out, "\r\n");
}

const char *go_csv_rearmed(const char *cell) {
    return cell[0] == '\'' && cell[1] && strchr("=+-@\t\r", cell[1]) ? cell + 1 : cell;
}
