/*
 * What a container of ours may do: the whole policy, in one place, as the body of the engine's
 * "create" request. Nothing of the host is inside, there is no network, the root file system is
 * read-only, and all that can be written lies in memory that is counted and limited. When memory or
 * processors are short, httpd comes first.
 *
 * What is left out is left out on purpose: the engine's seccomp profile, its masked and read-only
 * parts of /proc, and the user namespace that it is set up with (userns-remap) hold as they are.
 * User ids are those inside the container, with or without such a namespace. Whether all of it is
 * in force is seen from the inside by `gradeovenctl doctor`.
 */
#ifndef GO_EXECUTOR_CONTAINER_H
#define GO_EXECUTOR_CONTAINER_H

#include <apr_pools.h>
#include <jansson.h>

/*
 * Of the host's processors, when others want them too: an eighth of what any other container or
 * service gets by default, so that pages are served while every oven is busy.
 */
#define GO_CONTAINER_CPU_SHARES 128

/*
 * Added to what the host's OOM killer thinks of an oven, in thousandths of all memory: ovens go
 * before httpd and the database do. Inside, PID 1 still goes last: stages have more
 * (oven/launch.h).
 */
#define GO_CONTAINER_OOM_SCORE 300

#define GO_CONTAINER_SHM_MIB 16 /* /dev/shm, which every container has */

/* The labels by which containers are found again. */
#define GO_LABEL_SITE  "gradeoven.site"
#define GO_LABEL_OWNER "gradeoven.owner"

typedef struct go_container_limits {
    const char *runtime; /* the engine's name of what runs containers; NULL: its default */
    int memory_mb;       /* for processes */
    int memory_max_mb;   /* no stage gets more, whatever its version says; 0: what it says */
    int disk_mb;         /* for files; all of them are in memory, and come on top */
    int pids;            /* processes and threads */
    int cpus_milli;      /* thousandths of a CPU; 0: no limit */
} go_container_limits;

/*
 * The limits in words, and back: "memory 512 MiB, at most 1024 MiB a stage, files 256 MiB,
 * processes 256, CPUs 1, runtime runc"; what is not set is left out. Parsing answers 0 for any
 * other text; the name stays in it.
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
