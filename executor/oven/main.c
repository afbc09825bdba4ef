/*
 * One binary, two programs: PID 1 of a grading container, and `sandbox`, by the name it is called.
 */
#include "oven/oven.h"
#include "oven/probe.h"
#include "oven/sandbox.h"
#include "oven/util.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int usage(void) {
    fputs(
        "oven: the first process of a grading container; the executor starts it.\n"
        "  oven --uid-base=N [--no-landlock]   N: first of the uids that are this container's own\n"
        "  oven sandbox ...                    what a stage calls as \"sandbox\"\n"
        "  oven probe FILE                     what \"gradeovenctl doctor\" runs as a stage\n",
        stderr);
    return 2;
}

static bool parse_base(const char *text, uid_t *base) {
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *end || end == text || value == 0 || value > INT32_MAX - OVEN_UIDS) return false;
    *base = (uid_t)value;
    return true;
}

int main(int argc, char **argv) {
    static const char base_option[] = "--uid-base=";
    const char *slash = strrchr(argc > 0 ? argv[0] : "", '/');
    if (argc > 0 && !strcmp(slash ? slash + 1 : argv[0], "sandbox"))
        return sandbox_main(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "sandbox")) return sandbox_main(argc - 1, argv + 1);
    if (argc > 1 && !strcmp(argv[1], "probe")) return probe_main(argc - 1, argv + 1);

    uid_t base = 0;
    bool use_landlock = true;
    for (int i = 1; i < argc; i++) {
        if (!strncmp(argv[i], base_option, sizeof base_option - 1)) {
            if (!parse_base(argv[i] + sizeof base_option - 1, &base)) return usage();
        } else if (!strcmp(argv[i], "--no-landlock")) {
            use_landlock = false; /* for tests of the first wall alone */
        } else {
            return usage();
        }
    }
    if (base == 0 || getpid() != 1) return usage();
    oven_run(base, use_landlock);
}
