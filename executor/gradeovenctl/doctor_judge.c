/* What a container is, and what may not be done in it. */
#include "gradeovenctl/doctor.h"

#include <apr_strings.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SETGID_SETUID_KILL 0xe0 /* capabilities 5, 6 and 7 */

static const char *const who[] = {"one", "stage", "student"}; /* PID 1, and two kinds of others */
enum { ONE, STAGE, STUDENT, WHO };

static const char *status_of(const ctl_doctor *doctor, const ctl_facts *facts, int i,
                             const char *field) {
    return ctl_fact_of(facts, apr_pstrcat(doctor->pool, who[i], ".", field, NULL));
}

/* --- processes ------------------------------------------------------------------------------- */

static void capabilities(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const fields[] = {"CapEff", "CapPrm", "CapInh", "CapAmb", "CapBnd"};
    for (int i = 0; i < WHO; i++) {
        for (size_t k = 0; k < sizeof(fields) / sizeof(*fields); k++) {
            const char *text = status_of(doctor, facts, i, fields[k]);
            unsigned long long has = text ? strtoull(text, NULL, 16) : 0;
            /* What PID 1 cannot do without; of the others no more than the bounding set. */
            int may_have = i == ONE ? k != 2 && k != 3 : k == 4;
            unsigned long long may = may_have ? SETGID_SETUID_KILL : 0;
            if (text && (has & ~may) == 0) continue;
            SAY(PROBLEM, "The engine does not obey CapDrop; use another one.",
                "Capabilities are left: %s of %s is %s.", fields[k], i == ONE ? "PID 1" : who[i],
                text ? text : "not to be seen");
            return;
        }
    }
    SAY(OK, NULL, "PID 1 has SETUID, SETGID and KILL, a stage and a student have none.");
}

/* The same line of /proc/N/status must have one value in all three. */
static void each_has(ctl_doctor *doctor, const char *name, const ctl_facts *facts,
                     const char *field, const char *wanted, const char *good, const char *bad,
                     const char *remedy) {
    for (int i = 0; i < WHO; i++) {
        const char *text = status_of(doctor, facts, i, field);
        if (text && strcmp(text, wanted) == 0) continue;
        SAY(PROBLEM, remedy, "%s (%s of %s is %s).", bad, field, i == ONE ? "PID 1" : who[i],
            text ? text : "not to be seen");
        return;
    }
    SAY(OK, NULL, "%s", good);
}

static void new_privileges(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    each_has(doctor, name, facts, "NoNewPrivs", "1", "No program gains rights by being executed.",
             "A set-user-id program in the image would gain rights",
             "The engine does not obey no-new-privileges; use another one.");
}

/*
 * The oven has a filter of its own, and one more when the run has processors of its own, from which
 * on nobody may choose any: with no more than these the engine has none.
 */
static void seccomp(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char remedy[] = "Take \"seccomp-profile\" out of the engine's daemon.json.";
    long filters =
        ctl_fact_number(facts, "one.Seccomp_filters", LONG_MAX); /* not told before Linux 5.9 */
    int own = ctl_fact_number(facts, "affinity.error", 0) > 0 ? 2 : 1;
    if (filters <= own)
        SAY(PROBLEM, remedy, "The engine filters no system calls, only the oven itself does.");
    else
        each_has(doctor, name, facts, "Seccomp", "2", "System calls are filtered.",
                 "System calls are not filtered", remedy);
}

/* --- acts that must be refused --------------------------------------------------------------- */

/* 1 when the act was refused to whoever tried it; otherwise it has been told. */
static int is_refused(ctl_doctor *doctor, const char *name, const ctl_facts *facts, const char *by,
                      const char *act, const char *remedy) {
    const char *key = apr_pstrcat(doctor->pool, by, ".act", NULL);
    long error = ctl_fact_named(facts, key, act);
    if (error > 0) return 1;
    if (error < 0)
        SAY(PROBLEM, NULL, "\"%s\" was not tried by a %s.", act, by);
    else
        SAY(PROBLEM, remedy, "A %s may do what it must not: %s.", by, act);
    return 0;
}

static int all_refused(ctl_doctor *doctor, const char *name, const ctl_facts *facts,
                       const char *const *acts, const char *remedy) {
    for (; *acts; acts++)
        for (int i = STAGE; i < WHO; i++)
            if (!is_refused(doctor, name, facts, who[i], *acts, remedy)) return 0;
    return 1;
}

static void user_namespaces(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const acts[] = {"new_user_namespace", "clone_user_namespace",
                                       "new_network_namespace", NULL};
    if (all_refused(doctor, name, facts, acts, "The engine's seccomp profile should refuse it."))
        SAY(OK, NULL, "No process can make one.");
}

static void keyrings(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const acts[] = {"use_keyring", "add_key", NULL};
    if (all_refused(doctor, name, facts, acts, "The engine's seccomp profile should refuse it."))
        SAY(OK, NULL, "The kernel's are closed.");
}

static void kernel(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const acts[] = {
        "make_device", "mount",        "chroot",   "open_by_handle", "become_root",
        "trace_one",   "signal_one",   "read_one", "load_bpf",       "watch_performance",
        "load_module", "use_io_uring", NULL};
    if (all_refused(doctor, name, facts, acts, NULL))
        SAY(OK, NULL,
            "No devices, mounts, modules, BPF, io_uring, performance counters; PID 1 is out of "
            "reach.");
}

static void root_file_system(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const acts[] = {"write_root", "write_usr"};
    for (int i = STAGE; i < WHO; i++) {
        for (int k = 0; k < 2; k++) {
            const char *key = apr_pstrcat(doctor->pool, who[i], ".act", NULL);
            long error = ctl_fact_named(facts, key, acts[k]);
            /* A student is refused by Landlock before it is seen what the file system says. */
            if (error == EROFS || (i == STUDENT && error == EACCES)) continue;
            SAY(PROBLEM, "The engine does not obey ReadonlyRootfs; use another one.",
                "It can be written to (\"%s\" by a %s: %s).", acts[k], who[i],
                error ? strerror((int)error) : "done");
            return;
        }
    }
    SAY(OK, NULL, "It is read-only.");
}

/* --- mounts ---------------------------------------------------------------------------------- */

/* "POINT TYPE OPTIONS ROOT" */
typedef struct mount {
    const char *point, *type, *options;
} mount;

static mount mount_of(const ctl_fact *fact, apr_pool_t *pool) {
    char *state, *text = apr_pstrdup(pool, fact->value);
    const char *point = apr_strtok(text, " ", &state), *type = apr_strtok(NULL, " ", &state);
    const char *options = apr_strtok(NULL, " ", &state);
    return (mount){point ? point : "", type ? type : "", options ? options : ""};
}

static int is_one_of(const char *word, const char *const *list) {
    for (; *list; list++)
        if (strcmp(word, *list) == 0) return 1;
    return 0;
}

static int has_option(const mount *at, const char *option) {
    size_t length = strlen(option);
    for (const char *found = at->options; (found = strstr(found, option)); found += length)
        if ((found == at->options || found[-1] == ',') && (!found[length] || found[length] == ','))
            return 1;
    return 0;
}

/* Of file systems that are none, or memory, or the image itself. */
static int is_of_host(const mount *at) {
    static const char *const harmless[] = {"proc",    "sysfs",  "tmpfs",  "cgroup",
                                           "cgroup2", "devpts", "mqueue", NULL};
    /* The engine's own files; and devices, which rootless engines take from the host one by one. */
    static const char *const known[] = {"/",
                                        "/etc/hosts",
                                        "/etc/hostname",
                                        "/etc/resolv.conf",
                                        "/run/.containerenv",
                                        "/dev/null",
                                        "/dev/zero",
                                        "/dev/full",
                                        "/dev/tty",
                                        "/dev/random",
                                        "/dev/urandom",
                                        NULL};
    if (strcmp(at->type, "devtmpfs") == 0 && strncmp(at->point, "/proc/", 6) == 0) return 0;
    return !is_one_of(at->type, harmless) && !is_one_of(at->point, known);
}

static void mounts(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const ours[] = {"/grade_oven", "/sandbox", "/tmp", "/dev/shm", NULL};
    int count = 0;
    for (int i = 0; i < facts->list->nelts; i++) {
        const ctl_fact *fact = &APR_ARRAY_IDX(facts->list, i, ctl_fact);
        if (strcmp(fact->key, "mount") != 0) continue;
        mount at = mount_of(fact, doctor->pool);
        count++;
        if (is_of_host(&at)) {
            SAY(PROBLEM, "Look for default mounts in the engine's configuration.",
                "Something of the host is mounted at \"%s\" (%s).", at.point, at.type);
            return;
        }
        if (is_one_of(at.point, ours) &&
            (!has_option(&at, "nosuid") || !has_option(&at, "nodev"))) {
            SAY(PROBLEM, NULL, "\"%s\" lacks nosuid or nodev (%s).", at.point, at.options);
            return;
        }
    }
    if (count)
        SAY(OK, NULL, "Nothing of the host is inside; what can be written has nosuid, nodev.");
    else
        SAY(PROBLEM, NULL, "The probe saw none.");
}

static int is_mounted_over(const ctl_doctor *doctor, const ctl_facts *facts, const char *path) {
    for (int i = 0; i < facts->list->nelts; i++) {
        const ctl_fact *fact = &APR_ARRAY_IDX(facts->list, i, ctl_fact);
        if (strcmp(fact->key, "mount") == 0 &&
            strcmp(mount_of(fact, doctor->pool).point, path) == 0)
            return 1;
    }
    return 0;
}

static void kernel_files(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const acts[] = {"write_sys", "write_cgroup", "write_dev", NULL};
    if (!all_refused(doctor, name, facts, acts, "The engine should mount them read-only.")) return;
    for (int i = 0; i < facts->list->nelts; i++) {
        const ctl_fact *fact = &APR_ARRAY_IDX(facts->list, i, ctl_fact);
        if (strcmp(fact->key, "sensitive") == 0 && !is_mounted_over(doctor, facts, fact->value)) {
            SAY(PROBLEM, "The engine should mask it (MaskedPaths).",
                "\"%s\" of the host can be seen.", fact->value);
            return;
        }
        size_t length = strlen(fact->value);
        if (strcmp(fact->key, "fixed") == 0 && length && fact->value[length - 1] != '1') {
            SAY(PROBLEM, "The engine should mount it read-only (ReadonlyPaths).",
                "Part of /proc is not read-only: %.*s.", (int)strcspn(fact->value, " "),
                fact->value);
            return;
        }
    }
    SAY(OK, NULL, "/proc and /sys are read-only where they change the host, and masked.");
}

/* --- what is its own ------------------------------------------------------------------------- */

/* The host's first namespaces have fixed numbers; and none of ours is shared either. */
static void namespaces(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const struct {
        const char *name;
        unsigned first; /* of the host; 0: it has no fixed one */
    } spaces[] = {{"ipc", 0xefffffff},    {"uts", 0xeffffffe}, {"pid", 0xeffffffc},
                  {"cgroup", 0xeffffffb}, {"net", 0},          {"mnt", 0}};
    for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
        struct stat ours = {0};
        long its =
            ctl_fact_number(facts, apr_pstrcat(doctor->pool, "ns.", spaces[i].name, NULL), 0);
        int is_known =
            stat(apr_pstrcat(doctor->pool, "/proc/self/ns/", spaces[i].name, NULL), &ours) == 0;
        if (its && its != (long)spaces[i].first && (!is_known || its != (long)ours.st_ino))
            continue;
        /* Without a namespace of its own it still sees no more than names. */
        if (strcmp(spaces[i].name, "cgroup") == 0) {
            SAY(WARNING, NULL, "The container sees the names of the host's cgroups.");
            return;
        }
        SAY(PROBLEM, "The engine gives no private namespace; use another one.",
            "The container %s the host's %s namespace.", its ? "is in" : "may be in",
            spaces[i].name);
        return;
    }
    SAY(OK, NULL, "IPC, processes, network, host name, mounts and cgroups are its own.");
}

static void network(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const acts[] = {"raw_socket", "packet_socket", "connect_out",
                                       "connect_out_6", NULL};
    static const char remedy[] = "The engine does not obey NetworkMode; use another one.";
    for (int i = 0; i < facts->list->nelts; i++) {
        const ctl_fact *fact = &APR_ARRAY_IDX(facts->list, i, ctl_fact);
        if (strcmp(fact->key, "interface") != 0 || strcmp(fact->value, "lo") == 0) continue;
        SAY(PROBLEM, remedy, "There is an interface \"%s\".", fact->value);
        return;
    }
    if (!ctl_fact_of(facts, "interface"))
        SAY(PROBLEM, NULL, "The probe saw none, not even lo.");
    else if (all_refused(doctor, name, facts, acts, remedy))
        SAY(OK, NULL, "There is none; what would leave the container does not.");
}

/* --- the sandbox ----------------------------------------------------------------------------- */

static void sandbox(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    static const char *const acts[] = {
        "read_stage",       "list_stage",       "write_score",   "list_output",
        "write_submission", "read_environment", "signal_grader", NULL};
    if (ctl_fact_number(facts, "student.exit", -1) != 0 ||
        ctl_fact_number(facts, "student.read_submission", -1) != 0) {
        SAY(PROBLEM, NULL, "A program in the sandbox could not be run.");
        return;
    }
    for (int i = 0; acts[i]; i++)
        if (!is_refused(doctor, name, facts, who[STUDENT], acts[i], NULL)) return;
    SAY(OK, NULL, "A student reads the submission, and neither a stage nor the score.");
}

static void landlock(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    long abi = ctl_fact_number(facts, "student.landlock", 0);
    if (abi <= 0)
        SAY(WARNING,
            "Landlock needs Linux 5.13 or later, and \"landlock\" in the kernel's lsm= list.",
            "The kernel has none: the sandbox has one wall, not two.");
    else if (ctl_fact_number(facts, "student.write_comm", 0) != EACCES)
        SAY(PROBLEM, NULL, "The kernel has it (ABI %ld), but it does not hold a student.", abi);
    else if (abi < 4)
        SAY(WARNING, "Linux 6.7 or later can.", "It is in force (ABI %ld), but cannot refuse TCP.",
            abi);
    else
        SAY(OK, NULL, "It is in force (ABI %ld).", abi);
}

static void log_of_engine(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    const json_t *host = json_object_get(facts->inspected, "HostConfig");
    const char *type =
        json_string_value(json_object_get(json_object_get(host, "LogConfig"), "Type"));
    const char *path = json_string_value(json_object_get(facts->inspected, "LogPath"));
    if (!type)
        SAY(WARNING, NULL, "The engine does not say where it keeps what a container prints.");
    else if (strcmp(type, "none") != 0 || (path && *path))
        SAY(PROBLEM, "The engine does not obey LogConfig; it would fill the host's disk.",
            "The engine keeps what a container prints (driver \"%s\").", type);
    else
        SAY(OK, NULL, "The engine keeps none.");
}

void ctl_doctor_judge(ctl_doctor *doctor, const ctl_facts *facts) {
    static const struct {
        const char *name;
        ctl_judge judge;
    } properties[] = {
        {"capabilities", capabilities},
        {"new privileges", new_privileges},
        {"seccomp", seccomp},
        {"user namespaces", user_namespaces},
        {"keyrings", keyrings},
        {"kernel", kernel},
        {"root file system", root_file_system},
        {"kernel files", kernel_files},
        {"mounts", mounts},
        {"namespaces", namespaces},
        {"network", network},
        {"processes", ctl_judge_processes},
        {"memory", ctl_judge_memory},
        {"swap", ctl_judge_swap},
        {"processors", ctl_judge_cpu},
        {"neighbours", ctl_judge_neighbours},
        {"precedence", ctl_judge_precedence},
        {"space", ctl_judge_space},
        {"resources", ctl_judge_resources},
        {"log", log_of_engine},
        {"sandbox", sandbox},
        {"landlock", landlock},
    };
    for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++)
        properties[i].judge(doctor, properties[i].name, facts);
}
