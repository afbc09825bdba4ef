/* Scripts of stages, as the check for a missing `sandbox` reads them. */
#include "fuzz/fuzz.h"

#include "model/stages_lint.h"

typedef struct script {
    const char *bytes;
    apr_size_t length;
} script;

static apr_status_t read_script(void *baton, const go_tree_entry *entry, apr_size_t max,
                                const char **bytes, apr_size_t *length, apr_pool_t *pool) {
    const script *s = baton;
    *bytes = s->bytes;
    *length = s->length < max ? s->length : max;
    return APR_SUCCESS;
}

FUZZ_TARGET(lint) {
    apr_pool_t *pool = fuzz_pool();
    go_error err = GO_ERROR_INIT(pool);
    script s = {(const char *)bytes, length};
    go_tree *tree = go_tree_make(pool);
    go_tree_entry entry = {.path = "test/main", .is_executable = 1, .size = (apr_off_t)length};
    MUST(!go_tree_add(tree, &entry, &err) && !go_tree_finish(tree, &err));
    go_stages stages = {apr_array_make(pool, 1, sizeof(go_stage)), tree};
    APR_ARRAY_PUSH(stages.stages, go_stage) = (go_stage){.name = "test", .is_trusted = 1};
    go_problems *problems = go_problems_make(pool);
    go_stages_lint(&stages, read_script, &s, pool, problems);
    MUST(problems->errors == 0 && problems->list->nelts <= GO_LINT_WARNINGS_MAX + 1);
    return fuzz_done(pool);
}
