#include "oven/sandbox.h"

#include "oven/beneath.h"
#include "oven/boxes.h"
#include "oven/util.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define PROCESSES_MAX 4096

enum {
    OPTION_TIME = 256,
    OPTION_MEMORY,
    OPTION_PROCESSES,
    OPTION_OUTPUT,
    OPTION_FILE_SIZE,
    OPTION_DIR,
    OPTION_FILE,
    OPTION_COLLECT,
    OPTION_COLLECT_SIZE,
    OPTION_REPORT,
    OPTION_ENV,
    OPTION_TCP,
    OPTION_HELP
};

/* One line an option: its number, its argument, and what --help says. */
static const struct {
    const char *name, *argument, *help;
    int number;
} table[] = {
    {"time", "S", "seconds of wall-clock time, 0.5 is possible; then exit status 124", OPTION_TIME},
    {"memory", "MIB", "MiB of address space for each process", OPTION_MEMORY},
    {"processes", "N", "processes and threads at once (default 64)", OPTION_PROCESSES},
    {"output", "BYTES", "of stdout and stderr together (default 16M)", OPTION_OUTPUT},
    {"file-size", "BYTES", "of a file that the program writes", OPTION_FILE_SIZE},
    {"dir", "NAME", "a directory that later calls with this NAME see again", OPTION_DIR},
    {"file", "PATH[:NAME]", "hand the program a copy of PATH in $SANDBOX_FILES, read-only",
     OPTION_FILE},
    {"collect", "FILE[:DEST]", "copy FILE from the program's directory to DEST afterwards",
     OPTION_COLLECT},
    {"collect-size", "BYTES", "of the largest file to be collected (default 16M)",
     OPTION_COLLECT_SIZE},
    {"report", "FILE", "write how it ended as JSON to FILE", OPTION_REPORT},
    {"env", "NAME=VALUE", "set a variable for the program", OPTION_ENV},
    {"tcp", NULL, "allow TCP within the container", OPTION_TCP},
    {"help", NULL, "print this", OPTION_HELP},
};
enum { TABLE_SIZE = sizeof table / sizeof *table };

_Noreturn static void help(void) {
    puts("Usage: sandbox [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
         "Runs a student's program where it can read the submission, but neither stages nor "
         "outputs,\n"
         "and can write to a directory of its own only (its HOME). BYTES may end in K, M or G.\n");
    for (int i = 0; i < TABLE_SIZE; i++) {
        char left[40];
        snprintf(left, sizeof left, "--%s %s", table[i].name,
                 table[i].argument ? table[i].argument : "");
        printf("  %-24s %s\n", left, table[i].help);
    }
    puts("\nExit status: the program's; 128 + N after signal N; 124 when its time was over; 125 "
         "when\n"
         "sandbox failed; 126 and 127 when the program could not be executed or found.");
    exit(0);
}

_Noreturn static void refuse(int option, const char *value, const char *expected) {
    const char *name = "";
    for (int i = 0; i < TABLE_SIZE; i++)
        if (table[i].number == option) name = table[i].name;
    sandbox_fail(SANDBOX_EXIT_FAILED, "--%s %s: expected %s", name, value, expected);
}

static uint64_t parse_number(int option, const char *text, uint64_t min, uint64_t max,
                             const char *expected) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || strchr(text, '-') || value < min || value > max)
        refuse(option, text, expected);
    return value;
}

static uint64_t parse_bytes(int option, const char *text) {
    static const char expected[] = "a number of bytes, such as 4096, 64K, 10M or 1G";
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    bool fits = !errno && end != text && !strchr(text, '-') && value < 1ULL << 32;
    int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    if (!fits || (shift ? end[1] : end[0])) refuse(option, text, expected);
    return value << shift;
}

static uint64_t parse_time(const char *text) {
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end || !(seconds >= 0.001 && seconds <= 1e6))
        refuse(OPTION_TIME, text, "seconds, more than 0");
    return (uint64_t)(seconds * 1000);
}

/* FILE[:DEST]; without DEST it is the last part of FILE, in the caller's directory. */
static void add_collection(struct sandbox_options *options, char *text) {
    struct sandbox_request *request = &options->request;
    char *destination = strchr(text, ':');
    if (destination) *destination = '\0';
    int is_path = beneath_is_path(text);
    if (destination) *destination++ = ':'; /* the refusal shows all of it */
    if (!is_path || (destination && !*destination))
        refuse(OPTION_COLLECT, text, "a path below the program's directory, without \"..\"");
    if (destination) destination[-1] = '\0';
    char *slash = strrchr(text, '/');
    options->destinations[request->head.collectc] = destination ? destination
                                                    : slash     ? slash + 1
                                                                : text;
    request->collect[request->head.collectc++] = text;
}

/* PATH[:NAME]; without NAME it is the last part of PATH. */
static void add_file(struct sandbox_options *options, char *text) {
    struct sandbox_request *request = &options->request;
    if (request->head.filec == SANDBOX_FILES_MAX)
        sandbox_fail(SANDBOX_EXIT_FAILED, "--file: more than %d files", SANDBOX_FILES_MAX);
    char *colon = strrchr(text, ':'), *slash = strrchr(text, '/');
    char *name = colon ? colon + 1 : slash ? slash + 1 : text;
    if (colon == text || !beneath_is_name(name))
        refuse(OPTION_FILE, text, "a file, and after a colon a plain name without \"/\"");
    if (colon) *colon = '\0';
    for (size_t i = 0; request->files[i]; i++)
        if (!strcmp(request->files[i], name))
            sandbox_fail(SANDBOX_EXIT_FAILED, "--file: two files with the name %s", name);
    options->sources[request->head.filec] = text;
    request->files[request->head.filec++] = name;
}

static void take_option(struct sandbox_options *options, int option, char *value) {
    struct sandbox_request *request = &options->request;
    struct sandbox_head *head = &request->head;
    switch (option) {
    case OPTION_TIME:
        head->time_ms = parse_time(value);
        break;
    case OPTION_MEMORY:
        head->memory_bytes = parse_number(option, value, 1, 1 << 24, "a number of MiB") << 20;
        break;
    case OPTION_PROCESSES:
        head->processes =
            (uint32_t)parse_number(option, value, 1, PROCESSES_MAX, "a number up to 4096");
        break;
    case OPTION_OUTPUT:
        options->output_bytes = parse_bytes(option, value);
        break;
    case OPTION_FILE_SIZE:
        head->file_size_bytes = parse_bytes(option, value);
        break;
    case OPTION_COLLECT_SIZE:
        head->collect_bytes = parse_bytes(option, value);
        break;
    case OPTION_DIR:
        if (!*value || strlen(value) > BOX_NAME_MAX)
            refuse(option, value, "a name of 1 to 64 bytes");
        request->dir = value;
        break;
    case OPTION_FILE:
        add_file(options, value);
        break;
    case OPTION_COLLECT:
        add_collection(options, value);
        break;
    case OPTION_REPORT:
        options->report = value;
        break;
    case OPTION_ENV:
        if (!strchr(value, '=') || *value == '=') refuse(option, value, "NAME=VALUE");
        request->env[head->envc++] = value;
        break;
    case OPTION_TCP:
        head->flags |= SANDBOX_ALLOW_TCP;
        break;
    case OPTION_HELP:
        help();
    default:
        sandbox_fail(SANDBOX_EXIT_FAILED, "see sandbox --help"); /* getopt has said what */
    }
}

void sandbox_parse(int argc, char **argv, struct sandbox_options *options) {
    struct option longs[TABLE_SIZE + 1] = {{0}};
    size_t most = (size_t)argc + 1; /* no list can be longer than the command line */
    for (int i = 0; i < TABLE_SIZE; i++)
        longs[i] =
            (struct option){table[i].name, table[i].argument ? required_argument : no_argument,
                            NULL, table[i].number};
    *options = (struct sandbox_options){
        .request = {.head = {.processes = SANDBOX_PROCESSES,
                             .time_ms = SANDBOX_NO_LIMIT,
                             .memory_bytes = SANDBOX_NO_LIMIT,
                             .file_size_bytes = SANDBOX_NO_LIMIT,
                             .collect_bytes = SANDBOX_OUTPUT_BYTES},
                    .dir = "",
                    .env = allocate(most, sizeof(char *)),
                    .collect = allocate(most, sizeof(char *)),
                    .files = allocate(most, sizeof(char *))},
        .output_bytes = SANDBOX_OUTPUT_BYTES,
        .destinations = allocate(most, sizeof(char *)),
        .sources = allocate(most, sizeof(char *)),
    };
    for (int option; (option = getopt_long(argc, argv, "+", longs, NULL)) != -1;)
        take_option(options, option, optarg);
    if (optind >= argc) sandbox_fail(SANDBOX_EXIT_FAILED, "no program given; see sandbox --help");
    options->request.argv = argv + optind;
    options->request.head.argc = (uint32_t)(argc - optind);
}
