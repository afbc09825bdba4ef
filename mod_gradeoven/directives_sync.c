/*
 * <GradeOvenSync COURSE> ... </GradeOvenSync>. Its lines mean something in there only, so they are
 * no directives of httpd's table: httpd keeps what it does not know as a tree, and this reads it.
 */
#include "directives.h"

#include <apr_strings.h>
#include "model/names.h"

#include <string.h>
#include <strings.h>

enum { WORDS_MAX = 3 }; /* one more than any line has */

/* Reads one line; an error is reported as of this line, not of the section's first. */
static const char *read_line(cmd_parms *cmd, go_sync_setting *setting, const ap_directive_t *line) {
    const char *words[WORDS_MAX + 1] = {NULL}, *rest = line->args;
    int count = 0;
    while (*rest && count < WORDS_MAX)
        words[count++] = ap_getword_conf(cmd->pool, &rest);
    const char *problem = go_sync_setting_put(setting, line->directive, count, words, cmd->pool);
    if (problem) cmd->err_directive = line;
    return problem;
}

/* The course's name, without the '>' that ends the line. */
static const char *read_course(cmd_parms *cmd, const char *arguments, const char **course) {
    go_error err = GO_ERROR_INIT(cmd->pool);
    const char *end = strrchr(arguments, '>');
    if (!end) return "<GradeOvenSync> has no closing '>'.";
    const char *words = apr_pstrmemdup(cmd->temp_pool, arguments, (apr_size_t)(end - arguments));
    const char *name = ap_getword_conf(cmd->pool, &words);
    if (!*name || *words)
        return "<GradeOvenSync> takes the name of a course, such as: <GradeOvenSync cs101>";
    return go_name_slug(course, "course", name, cmd->pool, &err) ? go_error_text(&err) : NULL;
}

const char *go_sync_section(cmd_parms *cmd, void *ignored, const char *arguments) {
    const char *course = NULL;
    const char *problem = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT | NOT_IN_HTACCESS);
    if (!problem) problem = read_course(cmd, arguments, &course);
    if (problem) return problem;
    go_settings *settings = ap_get_module_config(cmd->server->module_config, &gradeoven_module);
    if (!settings->syncs) settings->syncs = apr_array_make(cmd->pool, 2, sizeof(go_sync_setting *));
    for (int i = 0; i < settings->syncs->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(settings->syncs, i, go_sync_setting *)->course, course))
            return apr_psprintf(cmd->pool, "<GradeOvenSync %s> stands here twice; remove one.",
                                course);
    go_sync_setting *setting = go_sync_setting_make(course, cmd->pool);
    for (const ap_directive_t *line = cmd->directive->first_child; line && !problem;
         line = line->next)
        problem = read_line(cmd, setting, line);
    if (!problem) problem = go_sync_setting_check(setting, cmd->pool);
    if (!problem) APR_ARRAY_PUSH(settings->syncs, go_sync_setting *) = setting;
    return problem;
}
