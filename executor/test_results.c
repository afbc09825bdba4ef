#include "test_results.h"

typedef apr_status_t parser(const char *bytes, apr_size_t length, go_results **results,
                            apr_pool_t *pool, go_error *err);

enum { KINDS = 2 };

/* In the order of their weight. */
static const struct {
    enum oven_file file;
    parser *parse;
} kinds[KINDS] = {{OVEN_FILE_RESULTS, go_results_parse_json},
                  {OVEN_FILE_JUNIT, go_results_parse_junit}};

struct go_test_results {
    apr_pool_t *pool;
    struct {
        apr_pool_t *pool; /* of the results; NULL: none */
        go_results *results;
    } last[KINDS];
};

go_test_results *go_test_results_make(apr_pool_t *pool) {
    go_test_results *known = apr_pcalloc(pool, sizeof(*known));
    known->pool = pool;
    return known;
}

static void read_kind(go_test_results *known, int kind, const go_outputs *outputs,
                      go_stage_notes *notes, apr_pool_t *pool) {
    apr_pool_t *own;
    go_results *results;
    apr_size_t length;
    const char *bytes = go_outputs_bytes(outputs, kinds[kind].file, &length);
    apr_pool_create(&own, known->pool);
    go_error err = GO_ERROR_INIT(own);
    if (kinds[kind].parse(bytes, length, &results, own, &err) != APR_SUCCESS) {
        go_stage_note(notes, pool, "The file \"%s\" cannot be used, so it was ignored: %s.",
                      go_output_name(kinds[kind].file), go_error_text(&err));
        apr_pool_destroy(own);
        return;
    }
    if (known->last[kind].pool) apr_pool_destroy(known->last[kind].pool);
    known->last[kind].pool = own;
    known->last[kind].results = results;
}

void go_test_results_read(go_test_results *known, const go_outputs *outputs, go_stage_notes *notes,
                          apr_pool_t *pool) {
    int has_news = 0;
    for (int i = 0; i < KINDS; i++) {
        if (!notes->has_said[kinds[i].file]) continue;
        has_news = 1;
        read_kind(known, i, outputs, notes, pool);
    }
    if (has_news && known->last[0].results && known->last[1].results)
        go_stage_note(notes, pool,
                      "There are both \"results.json\" and \"junit.xml\": the first one counts.");
}

const go_results *go_test_results_chosen(const go_test_results *known) {
    return known->last[0].results ? known->last[0].results : known->last[1].results;
}
