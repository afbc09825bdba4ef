/* What the list of stages and their metadata share. */
#ifndef GO_MODEL_STAGES_PRIVATE_H
#define GO_MODEL_STAGES_PRIVATE_H

#include "model/stages.h"

typedef struct go_stages_job {
    go_tree *tree; /* our copy: re-rooted, may be repaired */
    const go_stages_limits *limits;
    go_stages_reader read;
    void *baton;
    apr_pool_t *pool;
    go_problems *problems;
    apr_array_header_t *stages; /* of go_stage */
} go_stages_job;

/*
 * A whole text file of the assignment, without a byte order mark, or NULL and a problem:
 * unreadable, too large, not UTF-8, or with a NUL in it.
 */
const char *go_stages_text(go_stages_job *job, const go_tree_entry *entry, apr_size_t *length);

/* "…" as a problem may show it */
const char *go_stages_quoted(const go_stages_job *job, const char *text);

/* Refines `stage` by its metadata.json. */
void go_stages_refine(go_stages_job *job, go_stage *stage, const go_tree_entry *entry);

/*
 * The stages that an assignment-level metadata.json lists, with what it says about each, appended
 * to `job->stages`. Names are not checked here.
 */
void go_stages_from_metadata(go_stages_job *job, const go_tree_entry *entry);

/* The reader for trees whose files lie on this host. */
apr_status_t go_stages_read_file(void *baton, const go_tree_entry *entry, apr_size_t max,
                                 const char **bytes, apr_size_t *length, apr_pool_t *pool);

/* A stage with the site's defaults. */
go_stage go_stages_default(const go_stages_job *job, const char *name);

#endif
