/* What the container looks like: who its processes are, what is mounted, which network there is. */
#include "oven/probe.h"

#include "oven/util.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define LINE_BYTES 1024

static bool read_line(const char *path, char *line, size_t size) {
    FILE *file = fopen(path, "re");
    if (!file) return false;
    bool is_read = fgets(line, (int)size, file) != NULL;
    fclose(file);
    if (is_read) line[strcspn(line, "\n")] = '\0';
    return is_read;
}

void probe_process(const char *who, pid_t pid) {
    static const char *const wanted[] = {"CapInh", "CapPrm",  "CapEff",          "CapBnd",
                                         "CapAmb", "Seccomp", "Seccomp_filters", "NoNewPrivs"};
    char path[64], line[LINE_BYTES], key[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (!colon) continue;
        *colon = '\0';
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
            if (strcmp(line, wanted[i]) != 0) continue;
            char *value = colon + 1 + strspn(colon + 1, " \t");
            snprintf(key, sizeof key, "%s.%s", who, wanted[i]);
            probe_say(key, "%.*s", (int)strcspn(value, "\n"), value);
        }
    }
    if (file) fclose(file);
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", (int)pid);
    snprintf(key, sizeof key, "%s.oom_score", who);
    if (read_line(path, line, sizeof line)) probe_say(key, "%s", line);
}

static void tell_namespaces(void) {
    static const char *const names[] = {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64], key[32];
        struct stat found;
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        snprintf(key, sizeof key, "ns.%s", names[i]);
        if (stat(path, &found) == 0) probe_say(key, "%lu", (unsigned long)found.st_ino);
    }
}

/* "36 35 98:0 /root /point rw,noatime master:1 - type source options", see proc(5). */
static void tell_mounts(void) {
    char line[8 * LINE_BYTES], root[LINE_BYTES], point[LINE_BYTES], options[LINE_BYTES];
    char type[64];
    FILE *file = fopen("/proc/self/mountinfo", "re");
    while (file && fgets(line, sizeof line, file)) {
        const char *dash = strstr(line, " - ");
        if (!dash || sscanf(dash, " - %63s", type) != 1 ||
            sscanf(line, "%*d %*d %*s %1023s %1023s %1023s", root, point, options) != 3)
            continue;
        probe_say("mount", "%s %s %s %s", point, type, options, root);
    }
    if (file) fclose(file);
}

/* Which of these are there; whether something is mounted over them, tell_mounts() says. */
static void tell_kernel_files(void) {
    static const char *const masked[] = {
        "/proc/acpi",          "/proc/kcore",       "/proc/keys",
        "/proc/latency_stats", "/proc/sched_debug", "/proc/timer_list",
        "/proc/scsi",          "/proc/timer_stats", "/sys/firmware",
    };
    static const char *const fixed[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                        "/proc/sysrq-trigger"};
    struct stat found;
    struct statvfs mounted;
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++)
        if (lstat(masked[i], &found) == 0) probe_say("sensitive", "%s", masked[i]);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (statvfs(fixed[i], &mounted) == 0)
            probe_say("fixed", "%s %d", fixed[i], (mounted.f_flag & ST_RDONLY) != 0);
}

/* What the kernel holds the container to, by its own word. */
static void tell_cgroup(void) {
    static const struct {
        const char *key, *path; /* of cgroup v2, then of v1 */
    } files[] = {
        {"cgroup.pids", "pids.max"},
        {"cgroup.pids", "pids/pids.max"},
        {"cgroup.memory", "memory.max"},
        {"cgroup.memory", "memory/memory.limit_in_bytes"},
        {"cgroup.swap", "memory.swap.max"},
        {"cgroup.memory_and_swap", "memory/memory.memsw.limit_in_bytes"},
        {"cgroup.cpu", "cpu.max"},
        {"cgroup.cpu_quota", "cpu/cpu.cfs_quota_us"},
        {"cgroup.cpu_period", "cpu/cpu.cfs_period_us"},
        {"cgroup.cpu_weight", "cpu.weight"},
        {"cgroup.cpu_shares", "cpu/cpu.shares"},
    };
    char path[128], line[LINE_BYTES];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/sys/fs/cgroup/%s", files[i].path);
        if (read_line(path, line, sizeof line)) probe_say(files[i].key, "%s", line);
    }
}

static void tell_resources(void) {
    static const struct {
        const char *name;
        __rlimit_resource_t resource;
    } resources[] = {{"core", RLIMIT_CORE}, {"nofile", RLIMIT_NOFILE}};
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        struct rlimit limit;
        if (getrlimit(resources[i].resource, &limit) == 0)
            probe_say("rlimit", "%s %lld", resources[i].name, (long long)limit.rlim_max);
    }
}

static void tell_interfaces(void) {
    char line[LINE_BYTES];
    FILE *file = fopen("/proc/self/net/dev", "re");
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':'); /* the two lines of headings have none */
        if (!colon) continue;
        *colon = '\0';
        probe_say("interface", "%s", line + strspn(line, " "));
    }
    if (file)
        fclose(file);
    else
        probe_say("interface", "?");
}

void probe_world(void) {
    tell_namespaces();
    tell_mounts();
    tell_kernel_files();
    tell_cgroup();
    tell_resources();
    tell_interfaces();
    probe_say("processors", "%ld", sysconf(_SC_NPROCESSORS_ONLN));
}
