/* What must come to an end, and whether it did. */
#include "gradeovenctl/doctor.h"

#include <apr_strings.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define MIB         (1L << 20)
#define SOME_SLACK  1250       /* thousandths of what is allowed: clocks are no finer */
#define NEVER_LIMIT (1L << 50) /* what cgroup v1 says for "none" is more */
#define OPEN_FILES  1024

static const char not_obeyed[] = "The engine does not limit it; use another one, or as root.";

/* The kernel's own word for a limit: -1 when it gives none to see, NEVER_LIMIT for "max". */
static long kernel_limit(const ctl_facts *facts, const char *key) {
    const char *value = ctl_fact_of(facts, key);
    if (!value) return -1;
    if (strncmp(value, "max", 3) == 0) return NEVER_LIMIT;
    long number = strtol(value, NULL, 10);
    return number < 0 || number > NEVER_LIMIT ? NEVER_LIMIT : number;
}

void ctl_judge_processes(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    const char *value = ctl_fact_of(facts, "forks"); /* "made errno" */
    long made = ctl_fact_number(facts, "forks", -1), kernels = kernel_limit(facts, "cgroup.pids");
    long error = value && strchr(value, ' ') ? strtol(strchr(value, ' ') + 1, NULL, 10) : 0;
    int pids = facts->limits.pids;
    if (made < 0)
        SAY(PROBLEM, NULL, "The probe could not try it.");
    else if (made >= pids || (kernels >= 0 && kernels != pids))
        SAY(PROBLEM, not_obeyed, "%d are allowed (PidsLimit), and %ld could be made%s.", pids, made,
            kernels == NEVER_LIMIT ? "; the kernel knows no limit" : "");
    else if (error != EAGAIN || made < pids / 2)
        SAY(WARNING, "Is there a lower limit for the engine itself, such as TasksMax?",
            "Making the %ldth of %d failed: %s.", made + 1, pids, strerror((int)error));
    else
        SAY(OK, NULL, "After %ld more, the kernel refused to make another (%d in all).", made,
            pids);
}

void ctl_judge_memory(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    long taken = 0, allowed = (long)facts->limits.memory_mb + facts->limits.disk_mb;
    long exit = ctl_fact_number(facts, "memory.exit", -1);
    for (int i = 0; i < facts->list->nelts; i++) {
        const ctl_fact *fact = &APR_ARRAY_IDX(facts->list, i, ctl_fact);
        if (strcmp(fact->key, "memory.taken") == 0) taken = strtol(fact->value, NULL, 10);
    }
    if (taken > allowed)
        SAY(PROBLEM, not_obeyed, "%ld MiB are allowed (Memory), and %ld could be taken.", allowed,
            taken);
    else if (exit != 128 + SIGKILL)
        SAY(PROBLEM, NULL, "Whoever takes too much is not killed (after %ld MiB, status %ld).",
            taken, exit);
    else
        SAY(OK, NULL, "A program that took %ld of %ld MiB was killed, and the stage went on.",
            taken, allowed);
}

void ctl_judge_swap(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    long memory = kernel_limit(facts, "cgroup.memory"), swap = kernel_limit(facts, "cgroup.swap");
    long both = kernel_limit(facts, "cgroup.memory_and_swap");
    if (swap == 0 || (memory >= 0 && memory < NEVER_LIMIT && both == memory))
        SAY(OK, NULL, "A container gets none.");
    else if (swap < 0 && both < 0)
        SAY(WARNING, "On cgroup v1 the kernel needs the option swapaccount=1.",
            "The kernel does not say whether a container's swap space is limited.");
    else
        SAY(PROBLEM, not_obeyed, "A container may use swap space (MemorySwap), where it is slow.");
}

/* Thousandths of a processor, by the kernel; -1: not seen, NEVER_LIMIT: none. */
static long kernel_quota(const ctl_facts *facts) {
    const char *both = ctl_fact_of(facts, "cgroup.cpu"); /* "quota period" */
    long quota = kernel_limit(facts, both ? "cgroup.cpu" : "cgroup.cpu_quota");
    const char *blank = both ? strchr(both, ' ') : NULL;
    long period = blank ? strtol(blank, NULL, 10) : ctl_fact_number(facts, "cgroup.cpu_period", 0);
    if (quota < 0 || quota == NEVER_LIMIT || period <= 0) return quota < 0 ? -1 : NEVER_LIMIT;
    return quota * 1000 / period;
}

void ctl_judge_cpu(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    long allowed = facts->limits.cpus_milli, used = ctl_fact_number(facts, "compute", -1);
    long kernels = kernel_quota(facts), have = ctl_fact_number(facts, "processors", 0) * 1000;
    if (allowed == 0 || (have && have <= allowed))
        SAY(OK, NULL, "The limit is %ld.%03ld, and the host has %ld.", allowed / 1000,
            allowed % 1000, have / 1000);
    else if (used > allowed * SOME_SLACK / 1000 || kernels == NEVER_LIMIT)
        SAY(PROBLEM, not_obeyed, "%ld.%03ld are allowed (NanoCpus), and %ld.%03ld could be used%s.",
            allowed / 1000, allowed % 1000, used / 1000, used % 1000,
            kernels == NEVER_LIMIT ? "; the kernel knows no limit" : "");
    else if (kernels < 0)
        SAY(WARNING, NULL, "%ld.%03ld were used; the kernel does not tell its limit.", used / 1000,
            used % 1000);
    else
        SAY(OK, NULL, "%ld.%03ld are allowed; those who wanted all got %ld.%03ld.", allowed / 1000,
            allowed % 1000, used / 1000, used % 1000);
}

/* Are the processors of a run its own? */
void ctl_judge_neighbours(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    long count = ctl_fact_number(facts, "affinity", -1);
    long gained = ctl_fact_number(facts, "affinity.gained", -1);
    long have = ctl_fact_number(facts, "processors", 0), parallel = doctor->parallel;
    long want = ((long)facts->limits.cpus_milli + 999) / 1000;
    if (count < 0 || gained < 0)
        SAY(PROBLEM, NULL, "The probe could not try it.");
    else if (gained > 0)
        SAY(PROBLEM, "The kernel needs seccomp (CONFIG_SECCOMP_FILTER).",
            "A program can move to %ld processors beside those that its run has.", gained);
    else if (want * parallel > have)
        SAY(WARNING, "Lower GradeOvenParallel (or slots=), or GradeOvenCpus.",
            "%ld at once, which may keep %ld busy each, share %ld processors: one can slow the "
            "others.",
            parallel, want, have);
    else if (count > want)
        SAY(OK, NULL, "At the moment other runs have taken all processors for themselves.");
    else
        SAY(OK, NULL, "A run has %ld of %ld processors for itself, and cannot leave them.", count,
            have);
}

/* Who gets processors and memory when others need them. */
void ctl_judge_precedence(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    long shares = ctl_fact_number(facts, "cgroup.cpu_shares", -1); /* of 1024, cgroup v1 */
    long weight = ctl_fact_number(facts, "cgroup.cpu_weight", -1); /* of 100, v2 */
    long one = ctl_fact_number(facts, "one.oom_score", -1);
    long stage = ctl_fact_number(facts, "stage.oom_score", -1);
    long student = ctl_fact_number(facts, "student.oom_score", -1);
    if (shares > GO_CONTAINER_CPU_SHARES || weight > 50)
        SAY(WARNING, NULL, "When processors are short, ovens get as much as httpd (CpuShares).");
    else if (one <= 0 || stage <= one || student <= stage)
        SAY(WARNING, NULL,
            "When memory is short, the wrong one is ended first (OomScoreAdj: PID 1 %ld, stage "
            "%ld, student %ld).",
            one, stage, student);
    else
        SAY(OK, NULL,
            "httpd comes before ovens for processors (%s %ld) and memory (PID 1 %ld, stage %ld, "
            "student %ld).",
            shares >= 0 ? "shares" : "weight", shares >= 0 ? shares : weight, one, stage, student);
}

void ctl_judge_space(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    int quarter = facts->limits.disk_mb / 4 > 0 ? facts->limits.disk_mb / 4 : 1;
    const struct {
        const char *path;
        int size_mb;
    } places[] = {{"/grade_oven", quarter * 2},
                  {"/sandbox", quarter},
                  {"/tmp", quarter},
                  {"/dev/shm", GO_CONTAINER_SHM_MIB}};
    const char *found = "";
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        const char *text = NULL; /* "PATH MiB errno inodes" */
        size_t length = strlen(places[i].path);
        for (int k = 0; k < facts->list->nelts; k++) {
            const ctl_fact *fact = &APR_ARRAY_IDX(facts->list, k, ctl_fact);
            if (!strcmp(fact->key, "fill") && !strncmp(fact->value, places[i].path, length) &&
                fact->value[length] == ' ')
                text = fact->value + length;
        }
        char *end = NULL;
        long written = text ? strtol(text, &end, 10) : -1, error = end ? strtol(end, NULL, 10) : 0;
        if (written < 0 || written > places[i].size_mb || error != ENOSPC) {
            SAY(PROBLEM, not_obeyed, "%d MiB fit into \"%s\", and %ld could be written (%s).",
                places[i].size_mb, places[i].path, written,
                error ? strerror((int)error) : "no end");
            return;
        }
        found = apr_psprintf(doctor->pool, "%s%s %s %ld MiB", found, *found ? "," : "",
                             places[i].path, written);
    }
    SAY(OK, NULL, "Full is full:%s.", found);
}

void ctl_judge_resources(ctl_doctor *doctor, const char *name, const ctl_facts *facts) {
    long core = ctl_fact_named(facts, "rlimit", "core");
    long files = ctl_fact_named(facts, "rlimit", "nofile");
    if (core != 0)
        SAY(PROBLEM, NULL, "A crash writes a core dump on the host (ulimit core is %ld).", core);
    else if (files < 0 || files > OPEN_FILES)
        SAY(PROBLEM, NULL, "A process may open %ld files (ulimit nofile).", files);
    else
        SAY(OK, NULL, "No core dumps, and %ld open files for each process.", files);
}
