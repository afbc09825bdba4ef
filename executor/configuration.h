/*
 * What the executor is told at start: one JSON object, written by httpd's supervisor (or a test) on
 * descriptor 3, or on stdin when there is no descriptor 3.
 *
 *   state        directory of the site
 *   database     {"driver": ..., "params": ...}
 *   engines      where ovens are made, an array of {"docker": address (engine.h), "docker_tls":
 *                directory of certificates, or absent, "slots": how many bake at once there,
 *                "warm": how many wait}; the last two absent: parallel and warm
 *   docker       the same for a single engine, with docker_tls; when there is no "engines"
 *   image, oven  the base image; the path of the oven binary
 *   runtime      which of the engine's runtimes runs ovens; absent: its default
 *   parallel, warm                       how many ovens bake, and wait, on an engine
 *   memory_mb, disk_mb, pids, cpus_milli what an oven may use
 *   memory_max_mb  no stage gets more, whatever its version says; absent: what it says
 *   site         whose containers are ours; absent: the state directory on this host
 *   warm_age_seconds, warm_idle_seconds, image_age_seconds
 *                (pool.h: go_pool_times) absent: the usual; tests do not wait so long
 *   gradeovenctl, sync  its path; an array of {"course", "schedule"}, of courses that it
 *                synchronises; absent: none
 *   parent       the process whose death drains us; absent: our parent at start
 *   log_level    httpd's name of one; absent: info
 *
 * What else is in it is for others and ignored.
 */
#ifndef GO_EXECUTOR_CONFIGURATION_H
#define GO_EXECUTOR_CONFIGURATION_H

#include "engines.h"
#include "log.h"
#include "model/error.h"

/* A course that is synchronised on a schedule (model/sync_setting.h). */
typedef struct go_sync_plan {
    const char *course, *schedule;
} go_sync_plan;

typedef struct go_configuration {
    const char *state, *driver, *params;
    apr_array_header_t *engines; /* of go_endpoint, at least one */
    const char *image, *oven, *site;
    const char *ctl;           /* path of gradeovenctl; NULL: nothing is synchronised */
    apr_array_header_t *syncs; /* of go_sync_plan */
    int parallel, warm;
    int parent; /* a process id */
    go_container_limits limits;
    go_pool_times times;
    go_log_level log_level;
} go_configuration;

/* Reads to the end of `fd` and closes it. GO_EINVALID names the key that is wrong. */
apr_status_t go_configuration_read(go_configuration *configuration, int fd, apr_pool_t *pool,
                                   go_error *err);

#endif
