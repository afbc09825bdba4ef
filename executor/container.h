/*
 * What a container of ours may do: the whole policy, in one place, as the body of the engine's
 * "create" request. Nothing of the host is inside, there is no network, the root file system is
 * read-only, and all that can be written lies in memory that is counted and limited.
 */
#ifndef GO_EXECUTOR_CONTAINER_H
#define GO_EXECUTOR_CONTAINER_H

#include <apr_pools.h>
#include <jansson.h>

/* The labels by which containers are found again. */
#define GO_LABEL_SITE  "gradeoven.site"
#define GO_LABEL_OWNER "gradeoven.owner"

typedef struct go_container_limits {
    int memory_mb;  /* for processes */
    int disk_mb;    /* for files; all of them are in memory, and come on top */
    int pids;       /* processes and threads */
    int cpus_milli; /* thousandths of a CPU; 0: no limit */
} go_container_limits;

/*
 * The limits in words, and back: "memory 512 MiB, files 256 MiB, processes 256, CPUs 1". Parsing
 * answers 0 for any other text.
 */
const char *go_container_limits_text(const go_container_limits *limits, apr_pool_t *pool);
int go_container_limits_parse(const char *text, go_container_limits *limits);

typedef struct go_container_names {
    const char *image;
    const char *site;  /* whose containers these are, over all restarts */
    const char *owner; /* which executor has made it (claims.h) */
} go_container_names;

/* The body that creates an oven's container; the caller gives it back with json_decref(). */
json_t *go_container_oven(const go_container_names *names, const go_container_limits *limits,
                          int uid_base);

/* The body that changes the memory limit of a running one. */
json_t *go_container_memory(const go_container_limits *limits, int memory_mb);

/* The body for a container that is never started, from which the oven's image is made. */
json_t *go_container_carrier(const go_container_names *names);

#endif
