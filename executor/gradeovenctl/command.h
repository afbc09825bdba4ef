/*
 * gradeovenctl's commands: one description each, from which the dispatch and the help follow.
 *
 * A command of two words ("assignment check") is one name with a space. A command function gets its
 * own arguments, the last word of its name first, and answers with the exit status. Results go to
 * stdout, everything about them to stderr.
 */
#ifndef GO_CTL_COMMAND_H
#define GO_CTL_COMMAND_H

#include "model/error.h"

#define CTL_OK     0
#define CTL_FAILED 1 /* it was tried and did not work; stderr says why */
#define CTL_USAGE  2 /* not understood, or the input is invalid; stderr says how it should be */

typedef struct ctl_command {
    const char *name;      /* the words after "gradeovenctl" */
    const char *arguments; /* for the usage line */
    const char *summary;   /* one line */
    const char *options;   /* lines for its help, each indented by two; or NULL */
    int (*run)(const struct ctl_command *command, int argc, const char *const *argv,
               apr_pool_t *pool);
} ctl_command;

/* All of them, ended by one without a name. */
extern const ctl_command ctl_commands[];

/* Prints "gradeovenctl: " and printf's text to stderr; returns CTL_FAILED. */
int ctl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says how the command is used, on stderr; returns CTL_USAGE. */
int ctl_usage(const ctl_command *command);

/* The commands, one function a file. */
int ctl_grade(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_replay(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_assignment_check(const ctl_command *command, int argc, const char *const *argv,
                         apr_pool_t *pool);
int ctl_assignment_add(const ctl_command *command, int argc, const char *const *argv,
                       apr_pool_t *pool);
int ctl_audit_verify(const ctl_command *command, int argc, const char *const *argv,
                     apr_pool_t *pool);
int ctl_course_add(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_course_list(const ctl_command *command, int argc, const char *const *argv,
                    apr_pool_t *pool);
int ctl_doctor_run(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_demo_load(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_hostile(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_privacy_erase(const ctl_command *command, int argc, const char *const *argv,
                      apr_pool_t *pool);
int ctl_privacy_export(const ctl_command *command, int argc, const char *const *argv,
                       apr_pool_t *pool);
int ctl_privacy_retention(const ctl_command *command, int argc, const char *const *argv,
                          apr_pool_t *pool);
int ctl_receipt_key(const ctl_command *command, int argc, const char *const *argv,
                    apr_pool_t *pool);
int ctl_receipt_verify(const ctl_command *command, int argc, const char *const *argv,
                       apr_pool_t *pool);
int ctl_roster_import(const ctl_command *command, int argc, const char *const *argv,
                      apr_pool_t *pool);
int ctl_sync_run(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_user_add(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_user_invite(const ctl_command *command, int argc, const char *const *argv,
                    apr_pool_t *pool);
int ctl_user_second_factor(const ctl_command *command, int argc, const char *const *argv,
                           apr_pool_t *pool);
int ctl_user_list(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);
int ctl_user_passwd(const ctl_command *command, int argc, const char *const *argv,
                    apr_pool_t *pool);
int ctl_user_role(const ctl_command *command, int argc, const char *const *argv, apr_pool_t *pool);

#endif
