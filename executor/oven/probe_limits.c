/* What must come to an end: space, inodes, processes, processor time, memory. */
#include "oven/probe.h"

#include "oven/affinity.h"
#include "oven/util.h"
#include "oven/world.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#define MIB           (1L << 20)
#define BEYOND_MB     8  /* how far over a limit one goes before one says that there is none */
#define BEYOND_PIDS   16 /* likewise */
#define COMPUTE_US    500000
#define MEMORY_STEP   (4 * MIB)
#define PROCESSES_MAX 4096 /* more than that need not be tried */

/* "WHERE MiB errno inodes": how much went in, and what stopped it (0: nothing). */
static void fill(const char *name, const char *path, long size_mb) {
    static char block[MIB];
    memset(block, 0x5a, sizeof block); /* not zeros: nobody may store them as a hole */
    struct statvfs place;
    int64_t written = 0;
    int error = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        probe_say("fill", "%s 0 %d 0", name, errno);
        return;
    }
    while (!error && written < (size_mb + BEYOND_MB) * MIB) {
        ssize_t count = write(fd, block, sizeof block);
        if (count < 0)
            error = errno;
        else
            written += count;
    }
    long long inodes = fstatvfs(fd, &place) ? 0 : (long long)place.f_files;
    close(fd);
    unlink(path);
    probe_say("fill", "%s %lld %d %lld", name, (long long)(written / MIB), error, inodes);
}

/* "made errno": processes at once that can be made, PID 1 and ourselves not counted. */
static void fork_many(long pids) {
    static pid_t made[PROCESSES_MAX + BEYOND_PIDS];
    long most = (pids < PROCESSES_MAX ? pids : PROCESSES_MAX) + BEYOND_PIDS, count = 0;
    int error = 0;
    while (count < most && !error) {
        pid_t pid = fork();
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                pause();
        }
        if (pid < 0)
            error = errno;
        else
            made[count++] = pid;
    }
    for (long i = 0; i < count; i++)
        kill(made[i], SIGKILL);
    for (long i = 0; i < count; i++)
        waitpid(made[i], NULL, 0);
    probe_say("forks", "%ld %d", count, error);
}

static int64_t cpu_us(const struct rusage *usage) {
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * INT64_C(1000000) +
           usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
}

/* Processors that it may run on, how it is told not to choose others, and more that it gains. */
static void choose_processors(void) {
    unsigned count = affinity_count();
    pid_t pid = fork(); /* what it gains must not change what is looked at next */
    if (pid == 0) {
        int error = affinity_take_all();
        unsigned now = affinity_count();
        probe_say("affinity", "%u", count);
        probe_say("affinity.error", "%d", error);
        probe_say("affinity.gained", "%u", now > count ? now - count : 0);
        fflush(NULL);
        _exit(0);
    }
    if (pid > 0) waitpid(pid, NULL, 0);
}

/* Thousandths of a processor that as many processes get as there are processors. */
static void compute(void) {
    enum { MOST = 64 };
    long processors = sysconf(_SC_NPROCESSORS_ONLN), count = 0;
    int64_t begin = now_us(), used = 0;
    pid_t made[MOST];
    for (; count < processors && count < MOST; count++) {
        made[count] = fork();
        if (made[count] < 0) break;
        if (made[count]) continue;
        while (now_us() - begin < COMPUTE_US)
            ;
        _exit(0);
    }
    for (long i = 0; i < count; i++) {
        struct rusage usage;
        if (wait4(made[i], NULL, 0, &usage) == made[i]) used += cpu_us(&usage);
    }
    probe_say("compute", "%lld", (long long)(used * 1000 / (now_us() - begin)));
}

void probe_memory(long most_mb) {
    for (long taken = 0; taken < most_mb * MIB; taken += MEMORY_STEP) {
        char *memory =
            mmap(NULL, MEMORY_STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            probe_say("memory.refused", "%d", errno);
            return;
        }
        memset(memory, 0x5a, MEMORY_STEP);
        probe_say("memory.taken", "%ld", (taken + MEMORY_STEP) / MIB);
    }
}

void probe_limits(const struct probe_limits *limits) {
    long quarter = limits->disk_mb / 4 > 0 ? limits->disk_mb / 4 : 1;
    fill("/grade_oven", WORLD_OVEN "/" PROBE_STAGE "/fill", quarter * 2);
    fill("/sandbox", WORLD_SANDBOX "/0/fill", quarter);
    fill("/tmp", "/tmp/gradeoven-fill", quarter);
    fill("/dev/shm", "/dev/shm/gradeoven-fill", limits->shm_mb);
    fork_many(limits->pids);
    choose_processors();
    compute();
}
