/* Statements for the institution's database: the first line says the dialect. */
#include "fuzz/fuzz.h"

#include "model/sql_text.h"

#include <apr_strings.h>

#include <string.h>

FUZZ_TARGET(sql) {
    static const char *const names[] = {"username", "score", NULL};
    static const char *const literals[] = {"'o''brien'", "NULL"};
    apr_pool_t *pool = fuzz_pool();
    go_error err = GO_ERROR_INIT(pool);
    fuzz_input input = {bytes, bytes + length};
    unsigned dialect = fuzz_below(&input, 4);
    const char *sql =
        apr_pstrmemdup(pool, (const char *)input.at, (apr_size_t)(input.end - input.at));
    go_sql_text text;
    if (!go_sql_text_parse(&text, sql, (go_dialect)dialect, names, pool, &err)) {
        const char *filled = go_sql_text_fill(&text, literals, pool);
        go_sql_text again;
        MUST(*text.verb);
        /* what was filled in is one statement still, without a place for anything */
        MUST(!go_sql_text_parse(&again, filled, (go_dialect)dialect, names, pool, &err));
        MUST(!strcmp(again.verb, text.verb));
        for (int i = 0; i < again.pieces->nelts; i++)
            MUST(APR_ARRAY_IDX(again.pieces, i, go_sql_piece).text);
    }
    return fuzz_done(pool);
}
