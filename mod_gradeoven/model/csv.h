/*
 * CSV: rosters come in, grades go out.
 *
 * Reading follows RFC 4180 and what spreadsheets really save: a UTF-8 byte order mark, CR LF or LF
 * (or, from old Macs, CR), and comma, semicolon (German and French Excel) or tab between the cells.
 * Which of them is told by the first line: the one that stands there most often outside quotes, the
 * comma on a tie; a line "sep=;" before it says so outright. Every mistake names its line.
 *
 * Writing quotes what needs quotes and disarms formulas: a cell that begins with = + - @ tab or CR
 * would be run by a spreadsheet, so it gets a ' in front. Plain numbers such as -5 or +1.5 stay.
 */
#ifndef GO_MODEL_CSV_H
#define GO_MODEL_CSV_H

#include "model/buffer.h"
#include "model/error.h"

#include <apr_tables.h>

#define GO_CSV_BYTES_MAX (4 * 1024 * 1024)
#define GO_CSV_ROWS_MAX  50000
#define GO_CSV_CELLS_MAX 200 /* in one row */

typedef struct go_csv_row {
    int line;                  /* where it begins in the file, from 1 */
    apr_array_header_t *cells; /* of const char *, never NULL */
} go_csv_row;

/*
 * Parses all of it. *rows is an array of go_csv_row in `pool`; lines with nothing on them are left
 * out. Rows may differ in length: the caller knows what it needs. GO_EINVALID (quotes that are
 * never closed, text after a closing quote, invalid UTF-8, a NUL) and GO_ETOOBIG name the line.
 */
apr_status_t go_csv_parse(apr_array_header_t **rows, const char *bytes, apr_size_t length,
                          apr_pool_t *pool, go_error *err);

/* Appends one row of `count` cells (NULL is an empty cell), ended by CR LF, comma separated. */
void go_csv_write_row(go_buffer *out, const char *const *cells, int count);

/* A cell as it was before go_csv_write_row() put a ' in front of it; points into `cell`. */
const char *go_csv_rearmed(const char *cell);

#endif
