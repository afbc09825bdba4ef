/*
 * `sandbox`: what a stage calls to run a student's program. This side has no rights of its own: it
 * packs its arguments, hands its stdin and two pipes to PID 1, and relays what the program says
 * until PID 1 tells how it ended.
 */
#ifndef GO_OVEN_SANDBOX_H
#define GO_OVEN_SANDBOX_H

#include "oven/sandbox_wire.h"

#include <sys/types.h>

#define SANDBOX_EXIT_TIMED_OUT 124 /* as timeout(1) */
#define SANDBOX_EXIT_FAILED    125 /* as env(1) and timeout(1): sandbox itself failed */

#define SANDBOX_PROCESSES    64
#define SANDBOX_OUTPUT_BYTES (16ULL * 1024 * 1024)

struct sandbox_options {
    struct sandbox_request request;
    uint64_t output_bytes;     /* stdout and stderr together */
    const char *report;        /* a path, or NULL */
    const char **destinations; /* of request.collect, one for each */
    const char **sources;      /* of request.files, one for each */
};

/* What came of a call. */
struct sandbox_outcome {
    struct sandbox_answer answer;
    bool output_exceeded;
    uint32_t not_collected; /* how many files */
};

/* Fills options from the command line, or prints help or what is wrong and exits. */
void sandbox_parse(int argc, char **argv, struct sandbox_options *options);

/* Relays until the program has ended. `from` holds the reading ends, -1 where there is none. */
void sandbox_relay(int connection, const int from[2], const struct sandbox_options *options,
                   struct sandbox_outcome *outcome);

/* Copies a collected file to its destination. False after a message on stderr. */
bool sandbox_save(const struct sandbox_options *options, const struct sandbox_answer *answer,
                  int fd);

/* Writes the report as one line of JSON. */
void sandbox_write_report(int fd, const struct sandbox_outcome *outcome);

/* Says "sandbox: ..." on stderr and exits. */
_Noreturn void sandbox_fail(int exit_status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int sandbox_main(int argc, char **argv);

#endif
