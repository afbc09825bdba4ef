#include "container.h"

#include <apr_strings.h>

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define MIB           ((json_int_t)1024 * 1024)
#define OPEN_FILES    1024
#define INODES_PER_MB 256 /* an inode of tmpfs costs about a KiB that is not in its size */

/*
 * A limit that this process could set for itself. The engine usually may give more, but one that
 * runs as this user (rootless) may not, and refuses to start a container that asks.
 */
static json_int_t within_host(int resource, json_int_t wish) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return wish;
    return (json_int_t)limit.rlim_max < wish ? (json_int_t)limit.rlim_max : wish;
}

#define AT_MOST ", at most %d MiB a stage"
#define RUNTIME ", runtime "

const char *go_container_limits_text(const go_container_limits *limits, apr_pool_t *pool) {
    const char *at_most =
        limits->memory_max_mb ? apr_psprintf(pool, AT_MOST, limits->memory_max_mb) : "";
    return apr_psprintf(pool, "memory %d MiB%s, files %d MiB, processes %d, CPUs %g%s%s",
                        limits->memory_mb, at_most, limits->disk_mb, limits->pids,
                        limits->cpus_milli / 1000.0, limits->runtime ? RUNTIME : "",
                        limits->runtime ? limits->runtime : "");
}

int go_container_limits_parse(const char *text, go_container_limits *result) {
    go_container_limits limits = {0};
    double cpus = 0;
    int at = 0, end = 0;
    /* The widths keep the numbers in range. NOLINTBEGIN(cert-err34-c) */
    if (sscanf(text, "memory %9d MiB%n", &limits.memory_mb, &at) != 1) return 0;
    if (sscanf(text + at, AT_MOST "%n", &limits.memory_max_mb, &end) == 1) at += end;
    end = 0;
    int count = sscanf(text + at, ", files %9d MiB, processes %9d, CPUs %9lf%n", &limits.disk_mb,
                       &limits.pids, &cpus, &end);
    /* NOLINTEND(cert-err34-c) */
    if (count != 3 || end == 0) return 0;
    const char *rest = text + at + end;
    limits.cpus_milli = (int)(cpus * 1000 + 0.5);
    if (!strncmp(rest, RUNTIME, strlen(RUNTIME))) limits.runtime = rest + strlen(RUNTIME);
    if (*rest && !limits.runtime) return 0;
    *result = limits;
    return 1;
}

static json_t *ulimit(const char *name, json_int_t value) {
    return json_pack("{s:s, s:I, s:I}", "Name", name, "Soft", value, "Hard", value);
}

static json_t *tmpfs(int size_mb, const char *more) {
    char options[160];
    snprintf(options, sizeof(options), "rw,exec,nosuid,nodev,size=%dm,nr_inodes=%d,%s", size_mb,
             size_mb * INODES_PER_MB, more);
    return json_string(options);
}

/* Where files can be written: /grade_oven for the contract, /sandbox and /tmp for programs. */
static json_t *writable_places(int disk_mb, int uid_base) {
    char owner[80];
    snprintf(owner, sizeof(owner), "mode=0711,uid=%d,gid=%d", uid_base, uid_base);
    int quarter = disk_mb / 4 > 0 ? disk_mb / 4 : 1;
    return json_pack("{s:o, s:o, s:o}", "/grade_oven", tmpfs(quarter * 2, owner), "/sandbox",
                     tmpfs(quarter, "mode=1777"), "/tmp", tmpfs(quarter, "mode=1777"));
}

static json_t *labels(const go_container_names *names) {
    return json_pack("{s:s, s:s}", GO_LABEL_SITE, names->site, GO_LABEL_OWNER, names->owner);
}

json_t *go_container_memory(const go_container_limits *limits, int memory_mb) {
    /* tmpfs counts as memory, and cannot be had back by ending a process. */
    json_int_t bytes = ((json_int_t)memory_mb + limits->disk_mb) * MIB;
    /* Equal: no swap, in which a run would be slow in a way nobody understands. */
    return json_pack("{s:I, s:I}", "Memory", bytes, "MemorySwap", bytes);
}

static json_t *host_config(const go_container_limits *limits, int uid_base) {
    json_t *host = go_container_memory(limits, limits->memory_mb);
    json_t *more = json_pack(
        "{s:b, s:b, s:b, s:b, s:s, s:s, s:s, s:[s], s:[s, s, s], s:[s], s:i, s:I, s:i, s:i, s:I, "
        "s:{s:s}, s:o, s:[o, o], s:s*}",
        "AutoRemove", 1, "ReadonlyRootfs", 1, "Privileged", 0,
        /* Whatever the engine's default is: the oven itself is PID 1. */
        "Init", 0, "NetworkMode", "none", "IpcMode", "private",
        /* With API versions before 1.41 and cgroup v1 the default would be the host's. */
        "CgroupnsMode", "private", "CapDrop", "ALL",
        /* The oven starts programs under other user ids and ends them; no more than that. */
        "CapAdd", "SETUID", "SETGID", "KILL", "SecurityOpt", "no-new-privileges", "PidsLimit",
        limits->pids, "NanoCpus", (json_int_t)limits->cpus_milli * 1000000, "CpuShares",
        GO_CONTAINER_CPU_SHARES, "OomScoreAdj", GO_CONTAINER_OOM_SCORE, "ShmSize",
        GO_CONTAINER_SHM_MIB * MIB, "LogConfig", "Type", "none", "Tmpfs",
        writable_places(limits->disk_mb, uid_base), "Ulimits",
        ulimit("nofile", within_host(RLIMIT_NOFILE, OPEN_FILES)), ulimit("core", 0), "Runtime",
        limits->runtime);
    json_object_update(host, more);
    json_decref(more);
    return host;
}

json_t *go_container_oven(const go_container_names *names, const go_container_limits *limits,
                          int uid_base) {
    char argument[32];
    snprintf(argument, sizeof(argument), "--uid-base=%d", uid_base);
    /*
     * Beside the network "none", NetworkDisabled: the container has a network namespace of its own
     * with nothing but loopback in it either way, but Docker then does not run itself once more, as
     * a hook of runc, to hand it over, which is half of the time and of the processor that starting
     * a container takes (196 against 94 ms, Docker 20.10). Nor does it mount its files of /etc: the
     * oven itself says what localhost is (oven/names.h).
     */
    return json_pack("{s:s, s:[s], s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:{s:[s]}, "
                     "s:o, s:o}",
                     "Image", names->image, "Cmd", argument, "User", "0:0", "WorkingDir", "/",
                     "Hostname", "oven", "NetworkDisabled", 1, "Tty", 0, "OpenStdin", 1,
                     "StdinOnce", 1, "AttachStdin", 1, "AttachStdout", 1, "AttachStderr", 1,
                     "Healthcheck", "Test", "NONE", "Labels", labels(names), "HostConfig",
                     host_config(limits, uid_base));
}

json_t *go_container_carrier(const go_container_names *names) {
    return json_pack("{s:s, s:[s], s:[s], s:s, s:o, s:{s:s, s:{s:s}}}", "Image", names->image,
                     "Entrypoint", "/", "Cmd", "", "User", "0:0", "Labels", labels(names),
                     "HostConfig", "NetworkMode", "none", "LogConfig", "Type", "none");
}
