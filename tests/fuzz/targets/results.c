/* output/results.json */
#include "fuzz/fuzz.h"

#include "model/results.h"

#include <string.h>

FUZZ_TARGET(results) {
    apr_pool_t *pool = fuzz_pool();
    go_results *results = NULL;
    go_error err = GO_ERROR_INIT(pool);
    go_score score;
    apr_status_t status = go_results_parse_json((const char *)bytes, length, &results, pool, &err);
    MUST(status == APR_SUCCESS || status == GO_EINVALID || status == GO_ETOOBIG);
    if (!status) {
        MUST(results->tests->nelts <= GO_RESULTS_TESTS_MAX);
        if (go_results_score(results, &score)) MUST(score.earned_milli >= 0);
        for (int i = 0; i < results->tests->nelts; i++) {
            const go_test *test = &APR_ARRAY_IDX(results->tests, i, go_test);
            MUST(strlen(test->name) <= GO_RESULTS_NAME_MAX + 3);
            MUST(!test->has_max || test->max_milli >= 0);
        }
    }
    return fuzz_done(pool);
}
