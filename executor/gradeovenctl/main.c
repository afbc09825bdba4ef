/* gradeovenctl: the operator's and the instructor's tool. See command.h. */
#include "gradeovenctl/command.h"
#include "gradeovenctl/site.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <curl/curl.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ctl_fail(const char *format, ...) {
    va_list args;
    fflush(stdout);
    fputs("gradeovenctl: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return CTL_FAILED;
}

static void print_usage(FILE *out, const ctl_command *command) {
    fprintf(out, "Usage: gradeovenctl %s %s\n", command->name, command->arguments);
}

int ctl_usage(const ctl_command *command) {
    print_usage(stderr, command);
    fprintf(stderr, "\"gradeovenctl help %s\" says more.\n", command->name);
    return CTL_USAGE;
}

static void print_command(const ctl_command *command) {
    print_usage(stdout, command);
    printf("%s\n", command->summary);
    if (command->options) printf("\n%s", command->options);
}

static void print_commands(FILE *out) {
    fputs("Usage: gradeovenctl COMMAND [ARGUMENT...]\n\n", out);
    for (const ctl_command *command = ctl_commands; command->name; command++) {
        fprintf(out, "  %-18s %s\n", command->name, command->summary);
    }
    fputs("\n\"gradeovenctl help COMMAND\" describes one of them. The site is found in httpd's\n"
          "configuration; before the command may stand --state DIR, --httpd-conf FILE, or\n"
          "--database DRIVER PARAMS.\n",
          out);
}

/* The command that these words begin with; *words gets how many of them are its name. */
static const ctl_command *find(int argc, const char *const *argv, int *words) {
    for (const ctl_command *command = ctl_commands; command->name; command++) {
        const char *space = strchr(command->name, ' ');
        size_t first = space ? (size_t)(space - command->name) : strlen(command->name);
        *words = space ? 2 : 1;
        if (argc < *words || strlen(argv[0]) != first ||
            strncmp(argv[0], command->name, first) != 0) {
            continue;
        }
        if (!space || !strcmp(argv[1], space + 1)) return command;
    }
    return NULL;
}

static int help(int argc, const char *const *argv) {
    int words;
    const ctl_command *command = find(argc, argv, &words);
    if (command) {
        print_command(command);
        return CTL_OK;
    }
    print_commands(argc ? stderr : stdout);
    return argc ? CTL_USAGE : CTL_OK;
}

static int dispatch(int argc, const char *const *argv, apr_pool_t *pool) {
    int words;
    if (argc > 0 && strcmp(argv[0], "--version") && ctl_site_options(&argc, &argv))
        return CTL_USAGE;
    const ctl_command *command = find(argc, argv, &words);
    if (command) return command->run(command, argc - words + 1, argv + words - 1, pool);
    if (argc == 0) {
        print_commands(stderr);
        return CTL_USAGE;
    }
    if (!strcmp(argv[0], "help") || !strcmp(argv[0], "--help")) return help(argc - 1, argv + 1);
    if (!strcmp(argv[0], "--version")) {
        puts("gradeovenctl " GO_VERSION);
        return CTL_OK;
    }
    ctl_fail("There is no command \"%s\". \"gradeovenctl help\" lists them.", argv[0]);
    return CTL_USAGE;
}

int main(int argc, const char *const *argv) {
    apr_pool_t *pool;
    if (apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS) return CTL_FAILED;
    atexit(apr_terminate);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) return ctl_fail("curl cannot be used.");
    apr_pool_create(&pool, NULL);
    int status = dispatch(argc - 1, argv + 1, pool);
    apr_pool_destroy(pool);
    curl_global_cleanup();
    if (fflush(stdout) != 0 && status == CTL_OK) status = ctl_fail("The output was not written.");
    return status;
}
