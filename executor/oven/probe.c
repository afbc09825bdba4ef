#include "oven/probe.h"

#include "oven/landlock.h"
#include "oven/world.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STAGE      WORLD_OVEN "/" PROBE_STAGE
#define OUTPUT     WORLD_OVEN "/" WORLD_OUTPUT
#define ITSELF     "/proc/self/exe"
#define PATH_BYTES 256

void probe_say(const char *key, const char *format, ...) {
    va_list arguments;
    printf("%s ", key);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout); /* before any fork, and before anything kills us */
}

int probe_in_child(int (*act)(void)) {
    int status;
    pid_t pid = fork();
    if (pid < 0) return errno;
    if (pid == 0) _exit(act());
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    /* Some seccomp profiles kill instead of refusing. */
    return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

/* --- as a student ---------------------------------------------------------------------------- */

static int try_open(const char *path, int flags) {
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) return errno;
    close(fd);
    return 0;
}

void probe_student(pid_t grader) {
    char path[PATH_BYTES];
    const struct {
        const char *name, *path;
        int flags;
    } files[] = {
        {"read_stage", STAGE "/main", O_RDONLY},
        {"list_stage", STAGE, O_RDONLY | O_DIRECTORY},
        {"write_score", OUTPUT "/score", O_WRONLY},
        {"list_output", OUTPUT, O_RDONLY | O_DIRECTORY},
        {"write_submission", WORLD_OVEN "/" WORLD_SUBMISSION "/new", O_WRONLY | O_CREAT},
    };
    probe_process("student", getpid());
    probe_acts("student");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        probe_say("student.act", "%s %d", files[i].name, try_open(files[i].path, files[i].flags));
    snprintf(path, sizeof path, "/proc/%d/environ", (int)grader);
    probe_say("student.act", "read_environment %d", try_open(path, O_RDONLY));
    probe_say("student.act", "signal_grader %d", kill(grader, 0) ? errno : 0);
    probe_say("student.landlock", "%d", landlock_abi());
    /* Its own, so only Landlock refuses it. */
    probe_say("student.write_comm", "%d", try_open("/proc/self/comm", O_WRONLY));
    probe_say("student.read_submission", "%d",
              try_open(WORLD_OVEN "/" WORLD_SUBMISSION, O_RDONLY | O_DIRECTORY));
}

/* Runs `oven probe WHAT ARGUMENT` through the sandbox; its lines join ours. */
static int in_sandbox(const char *what, long argument) {
    char program[PATH_BYTES] = "", number[24];
    int status;
    ssize_t length = readlink(ITSELF, program, sizeof program - 1);
    if (length <= 0) return -1;
    snprintf(number, sizeof number, "%ld", argument);
    pid_t pid = fork();
    if (pid == 0) {
        char *const argv[] = {(char *)"sandbox", (char *)"--time", (char *)"30",
                              (char *)"--",      program,          (char *)"probe",
                              (char *)what,      number,           NULL};
        execvp("sandbox", argv);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* --- as a stage ------------------------------------------------------------------------------ */

/* The file's lines: a name and a number; the first line is "#!". */
static bool read_limits(const char *path, struct probe_limits *limits) {
    char line[PATH_BYTES], name[32];
    long number;
    FILE *file = fopen(path, "re");
    if (!file) return false;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%31s %ld", name, &number) != 2) continue;
        if (!strcmp(name, "memory_mb")) limits->memory_mb = number;
        if (!strcmp(name, "disk_mb")) limits->disk_mb = number;
        if (!strcmp(name, "shm_mb")) limits->shm_mb = number;
        if (!strcmp(name, "pids")) limits->pids = number;
    }
    fclose(file);
    return limits->memory_mb > 0 && limits->disk_mb > 0 && limits->pids > 0;
}

/* Programs that we start write there, too. */
static bool write_to_debug(void) {
    int fd = open(OUTPUT "/debug", O_WRONLY | O_APPEND | O_CREAT, 0660);
    return fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0;
}

static int as_stage(const char *path) {
    struct probe_limits limits = {0};
    if (!read_limits(path, &limits) || !write_to_debug()) return 1;
    probe_process("one", 1);
    probe_process("stage", getpid());
    probe_acts("stage");
    probe_world();
    probe_say("student.exit", "%d", in_sandbox("--student", getpid()));
    probe_limits(&limits);
    /* One that is not stopped is stopped by us, with some MiB more than there should be. */
    probe_say("memory.exit", "%d", in_sandbox("--memory", limits.memory_mb + limits.disk_mb + 32));
    probe_say("end", "1");
    return 0;
}

int probe_main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "--student"))
        probe_student((pid_t)strtol(argv[2], NULL, 10));
    else if (argc == 3 && !strcmp(argv[1], "--memory"))
        probe_memory(strtol(argv[2], NULL, 10));
    else
        return argc == 2 ? as_stage(argv[1]) : 2;
    return 0;
}
