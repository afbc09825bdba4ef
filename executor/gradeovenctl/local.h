/*
 * An assignment and a submission that lie in directories of this host, as they would look to a site
 * after an upload: the same rules, the same limits, no database.
 */
#ifndef GO_CTL_LOCAL_H
#define GO_CTL_LOCAL_H

#include "model/stages.h"

#include <stdio.h>

/* Limits for what is read; those of a site without any directives. */
#define CTL_TIMEOUT_SECONDS     60
#define CTL_TIMEOUT_SECONDS_MAX 3600
#define CTL_MEMORY_MB           512
#define CTL_MEMORY_MB_MAX       4096
#define CTL_STAGES_MAX          64
#define CTL_BYTES_MAX           ((apr_off_t)512 * 1024 * 1024)
#define CTL_ENTRIES_MAX         20000
#define CTL_RATIO_MAX           200

/*
 * Reads the assignment in `directory`. What is wrong with it is in `problems`, whose errors make
 * the result GO_EINVALID; other failures (no such directory) are in `err`.
 */
apr_status_t ctl_assignment_read(go_stages **stages, const char *directory, int timeout_seconds,
                                 int memory_mb, apr_pool_t *pool, go_problems *problems,
                                 go_error *err);

/*
 * Reads a submission: a directory, a file, or an archive, which is unpacked into a directory that
 * is removed when `pool` ends.
 */
apr_status_t ctl_submission_read(go_tree **tree, const char *path, apr_pool_t *pool, go_error *err);

/* Prints problems to `out`, one a line: "error: ...". */
void ctl_problems_print(const go_problems *problems, FILE *out);

#endif
