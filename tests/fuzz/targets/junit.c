/* output/junit.xml */
#include "fuzz/fuzz.h"

#include "model/results.h"

#include <string.h>

FUZZ_TARGET(junit) {
    apr_pool_t *pool = fuzz_pool();
    go_results *results = NULL;
    go_error err = GO_ERROR_INIT(pool);
    go_score score;
    apr_status_t status = go_results_parse_junit((const char *)bytes, length, &results, pool, &err);
    MUST(status == APR_SUCCESS || status == GO_EINVALID || status == GO_ETOOBIG);
    if (!status) {
        MUST(results->tests->nelts <= GO_RESULTS_TESTS_MAX);
        MUST(!go_results_score(results, &score));
    }
    return fuzz_done(pool);
}
