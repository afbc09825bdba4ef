#include "gradeovenctl/options.h"

#include <apr_strings.h>

#include <stdio.h>
#include <string.h>

static const ctl_option *find(const ctl_option *options, const char *name) {
    for (; options->name; options++)
        if (strcmp(options->name, name) == 0) return options;
    return NULL;
}

int ctl_options_read(const ctl_command *command, int argc, const char *const *argv,
                     const ctl_option *options, const char **words, int wanted) {
    int count = 0;
    for (int i = 1; i < argc; i++) {
        const ctl_option *option = strncmp(argv[i], "--", 2) ? NULL : find(options, argv[i]);
        if (!option && strncmp(argv[i], "--", 2) == 0) {
            ctl_fail("there is no option %s here", argv[i]);
            return ctl_usage(command);
        }
        if (!option) {
            if (count < wanted) words[count] = argv[i];
            count++;
        } else if (option->flag) {
            *option->flag = 1;
        } else if (++i < argc) {
            *option->value = argv[i];
        } else {
            ctl_fail("%s needs a value", option->name);
            return ctl_usage(command);
        }
    }
    return count == wanted ? CTL_OK : ctl_usage(command);
}

const char *ctl_read_password(apr_pool_t *pool) {
    char line[2048];
    if (!fgets(line, sizeof(line), stdin)) {
        ctl_fail("no password came on standard input");
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return apr_pstrdup(pool, line);
}
