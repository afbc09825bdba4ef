/* Lists of people: any encoding, CSV, columns; and what was read is written and read again. */
#include "fuzz/fuzz.h"

#include "model/csv.h"
#include "model/roster.h"

#include <string.h>

static void write_again(const apr_array_header_t *rows, apr_pool_t *pool) {
    go_buffer *out = go_buffer_make(pool, 0);
    apr_array_header_t *again;
    go_error err = GO_ERROR_INIT(pool);
    for (int i = 0; i < rows->nelts; i++) {
        const go_csv_row *row = &APR_ARRAY_IDX(rows, i, go_csv_row);
        go_csv_write_row(out, (const char *const *)row->cells->elts, row->cells->nelts);
    }
    /* a list of one column may look like another separator: then it is still read, as something */
    apr_status_t status = go_csv_parse(&again, out->bytes, out->length, pool, &err);
    MUST(status || again->nelts <= rows->nelts);
}

FUZZ_TARGET(csv) {
    apr_pool_t *pool = fuzz_pool();
    apr_array_header_t *rows, *lines;
    apr_size_t decoded;
    go_error err = GO_ERROR_INIT(pool);
    const char *text = go_roster_decode((const char *)bytes, length, &decoded, pool);
    if (!go_csv_parse(&rows, text, decoded, pool, &err)) write_again(rows, pool);
    go_problems *problems = go_problems_make(pool);
    if (!go_roster_parse(text, decoded, GO_ROLE_STUDENT, &lines, pool, problems)) {
        MUST(problems->errors == 0);
        apr_array_header_t *nobody = apr_array_make(pool, 1, sizeof(go_enrolment));
        MUST(go_roster_digest(go_roster_diff(lines, nobody, pool), pool));
    } else
        MUST(problems->errors > 0);
    return fuzz_done(pool);
}
