/* gradeovenctl assignment check DIRECTORY */
#include "gradeovenctl/command.h"
#include "gradeovenctl/local.h"

#include "model/stages_lint.h"

#include <stdio.h>

int ctl_assignment_check(const ctl_command *command, int argc, const char *const *argv,
                         apr_pool_t *pool) {
    if (argc != 2) return ctl_usage(command);
    go_stages *stages;
    go_error err = GO_ERROR_INIT(pool);
    go_problems *problems = go_problems_make(pool);
    apr_status_t status = ctl_assignment_read(&stages, argv[1], CTL_TIMEOUT_SECONDS, CTL_MEMORY_MB,
                                              pool, problems, &err);
    if (status == APR_SUCCESS) go_stages_lint(stages, NULL, NULL, pool, problems);
    ctl_problems_print(problems, stdout);
    if (status != APR_SUCCESS) return ctl_fail("%s", go_error_text(&err));
    printf("The assignment has %d stage%s:\n", stages->stages->nelts,
           stages->stages->nelts == 1 ? "" : "s");
    for (int i = 0; i < stages->stages->nelts; i++) {
        const go_stage *stage = &APR_ARRAY_IDX(stages->stages, i, go_stage);
        printf("  %s: %d s, %d MiB%s%s\n", stage->name, stage->timeout_seconds, stage->memory_mb,
               stage->is_trusted ? "" : ", not trusted with the score",
               stage->stop_on_failure ? ", stops the run when it fails" : "");
    }
    return CTL_OK;
}
