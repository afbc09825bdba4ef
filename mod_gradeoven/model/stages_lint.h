/*
 * The lint: does a stage seem to run a student's code without `sandbox`?
 *
 * Such a stage works, and its score can be forged: the code has the stage's own rights. So the
 * scripts of a stage that is trusted with the score are searched for commands that run, import,
 * source, build or compile something of the submission, which is every stage's working directory.
 * Looked at are `main` and the scripts of its stage that main runs, sources or imports, if they are
 * shell or Python; nothing is executed, and a binary cannot be looked at.
 *
 * It is a reader with a simple idea of both languages: it follows quotes, pipes, substitutions,
 * here-documents, `cd` and plain assignments, and gives up where it does not understand. What it
 * finds is a warning, with the stage, the file, the line and what to do; finding nothing proves
 * nothing. All input is bounded, and no function calls itself: archives come from everywhere.
 */
#ifndef GO_MODEL_STAGES_LINT_H
#define GO_MODEL_STAGES_LINT_H

#include "model/stages.h"

#define GO_LINT_FILE_MAX     (64 * 1024)   /* bytes of a script that are looked at */
#define GO_LINT_TOTAL_MAX    (1024 * 1024) /* bytes of all scripts of an assignment */
#define GO_LINT_FILES_MAX    32            /* scripts of a stage */
#define GO_LINT_WARNINGS_MAX 20 /* of an assignment; a last one says that there are more */

/*
 * Adds a warning for each finding. `read` may be NULL: then each entry's `file` is opened. What
 * cannot be read is left out.
 */
void go_stages_lint(const go_stages *stages, go_stages_reader read, void *baton, apr_pool_t *pool,
                    go_problems *problems);

#endif
