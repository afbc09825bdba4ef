/*
 * `oven probe`: looks at a grading container from the inside, for `gradeovenctl doctor`.
 *
 * It is the interpreter of a stage's `main` ("#!.../oven probe"), so the image needs nothing for
 * it; the lines of that file are what was asked for. It tries what must not be possible, as a stage
 * and again as a student (through the sandbox), and writes what came of it as lines of a key and a
 * value to output/debug. It judges nothing: gradeovenctl/doctor_judge.c does, which knows what was
 * asked for. Whoever runs it has no more rights than any other program in the container.
 *
 *   probe.c          who tries what, in order      probe_acts    what must be refused
 *   probe_world.c    processes, mounts, network    probe_limits  what must come to an end
 */
#ifndef GO_OVEN_PROBE_H
#define GO_OVEN_PROBE_H

#include <stdbool.h>
#include <sys/types.h>

#define PROBE_STAGE "probe" /* the stage's name, hence its directory */

/* What the container was made with. */
struct probe_limits {
    long memory_mb, disk_mb, shm_mb, pids;
};

/* One line: the key, a blank, the value. */
void probe_say(const char *key, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs `act` in a child of its own, and answers with what that answers: 0 or an errno. */
int probe_in_child(int (*act)(void));

/* Each act that must be refused: "WHO.act NAME errno", 0 when it was allowed. */
void probe_acts(const char *who);

/* Capabilities and the like of a process: "WHO.NAME value". */
void probe_process(const char *who, pid_t pid);
/* Namespaces, mounts, masked paths, cgroup, network. */
void probe_world(void);

/* Fills, forks, computes until it is stopped, or until it is plain that nobody stops it. */
void probe_limits(const struct probe_limits *limits);
/* Takes memory until it is killed, or has got `most_mb` MiB; says after each step how much. */
void probe_memory(long most_mb);

/* What a student's program may not, and the stage `grader` may. */
void probe_student(pid_t grader);

int probe_main(int argc, char **argv);

#endif
