/*
 * Stages: what an uploaded assignment says about itself.
 *
 * An assignment is a tree with a directory for each stage and a text file `stages` that lists them:
 * one directory name a line, taken literally, in the order they run. A stage is executed by its
 * `main`. An optional `<stage>/metadata.json` refines it:
 *
 *   description       text, up to GO_STAGE_DESCRIPTION_MAX bytes; shown to students; NULL if none
 *   is_trusted_stage  false: what this stage writes to `score` is ignored
 *   timeout_seconds   integer, 1 to the site's maximum
 *   memory_mb         integer, GO_STAGE_MEMORY_MIN to the site's maximum
 *   stop_on_failure   true: a non-zero exit skips the stages after it
 *
 * Where there is no `stages` file, an assignment-level metadata.json
 * {"stages":[{"directory_name": …, and the keys above}]} is accepted. Keys nobody knows are warned
 * about, since a misspelt one would be silently ignored otherwise.
 *
 * The reader lists every problem it finds, and repairs two: an assignment packed inside one outer
 * directory is read from there, and a `main` that is plainly a program but lost its executable bit
 * (zip made on Windows) gets it back, with a warning. Whether stages seem to run a student's code
 * without sandbox is another question (stages_lint.h).
 */
#ifndef GO_MODEL_STAGES_H
#define GO_MODEL_STAGES_H

#include "model/problems.h"
#include "model/runs.h" /* go_stage */
#include "model/tree.h"

#define GO_STAGE_NAME_MAX        128 /* bytes */
#define GO_STAGE_DESCRIPTION_MAX 4096
#define GO_STAGE_MEMORY_MIN      16          /* MiB; less does not start a shell reliably */
#define GO_STAGES_FILE_MAX       (64 * 1024) /* bytes of `stages` and of each metadata.json */

typedef struct go_stages_limits {
    int default_timeout_seconds;
    int max_timeout_seconds;
    int default_memory_mb;
    int max_memory_mb;
    int max_stages; /* 64 unless the site says otherwise */
} go_stages_limits;

typedef struct go_stages {
    apr_array_header_t *stages; /* of go_stage, in the order they run */
    go_tree *tree;              /* re-rooted and repaired: save this one, not the upload */
} go_stages;

/*
 * Reads the first `max` bytes of a file of the tree into *bytes and *length (in `pool`); shorter
 * files give fewer. How the reader gets at contents that lie in the object store.
 */
typedef apr_status_t (*go_stages_reader)(void *baton, const go_tree_entry *entry, apr_size_t max,
                                         const char **bytes, apr_size_t *length, apr_pool_t *pool);

/*
 * Reads a finished tree. `read` may be NULL: then each entry's `file` is opened. Everything found
 * is added to `problems`. APR_SUCCESS when no error is among them, and *out is complete, in `pool`;
 * otherwise GO_EINVALID, and *out is NULL. The given tree is not changed.
 */
apr_status_t go_stages_read(go_stages **out, const go_tree *tree, const go_stages_limits *limits,
                            go_stages_reader read, void *baton, apr_pool_t *pool,
                            go_problems *problems);

#endif
