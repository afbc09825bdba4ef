/* A command's own options: a small table instead of a loop of comparisons in each command. */
#ifndef GO_CTL_OPTIONS_H
#define GO_CTL_OPTIONS_H

#include "gradeovenctl/command.h"

typedef struct ctl_option {
    const char *name;   /* "--title" */
    const char **value; /* of an option with a value; or NULL */
    int *flag;          /* of one without: set to 1; or NULL */
} ctl_option;

/*
 * Reads options (ended by one without a name) and positional words, in any order, after argv[0].
 * Exactly `wanted` words are asked for, put into `words`. CTL_USAGE when it does not fit.
 */
int ctl_options_read(const ctl_command *command, int argc, const char *const *argv,
                     const ctl_option *options, const char **words, int wanted);

/* The password on standard input's first line, or NULL with a message when there is none. */
const char *ctl_read_password(apr_pool_t *pool);

#endif
