/*
 * GradeOvenAuth and what belongs to it: who says who somebody is, and where that is told. Their
 * values are words of several kinds, so that each has a reader of its own.
 */
#include "directives.h"

#include "model/names.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_log.h>

#include <stdint.h>
#include <string.h>
#include <strings.h>

APLOG_USE_MODULE(gradeoven);

enum { LABEL_MAX = 60, URL_MAX = 1000 };

static const char *const mode_names[] = {"local", "remote", "both"};

static const char *read_mode(cmd_parms *cmd, go_setting *setting, const char *word) {
    for (int mode = GO_AUTH_LOCAL; mode <= GO_AUTH_BOTH; mode++) {
        if (strcasecmp(word, mode_names[mode])) continue;
        setting->number = mode;
        return NULL;
    }
    return apr_psprintf(
        cmd->pool,
        "%s: \"%s\" is not \"local\" (passwords of Grade Oven), \"remote\" (httpd's "
        "own authentication at /login/sso) or \"both\".",
        cmd->cmd->name, word);
}

static const char *read_switch(cmd_parms *cmd, go_setting *setting, const char *word) {
    setting->number = strcasecmp(word, "on") == 0;
    if (setting->number || !strcasecmp(word, "off")) return NULL;
    return apr_psprintf(cmd->pool, "%s: \"%s\" is not \"on\" or \"off\".", cmd->cmd->name, word);
}

static const char *read_label(cmd_parms *cmd, go_setting *setting, const char *word) {
    go_error err = GO_ERROR_INIT(cmd->pool);
    if (!go_name_line(&setting->text, "label", word, LABEL_MAX, 0, cmd->pool, &err)) return NULL;
    return apr_psprintf(cmd->pool, "%s: %s", cmd->cmd->name, go_error_text(&err));
}

static const char *read_source(cmd_parms *cmd, go_setting *setting, const char *word) {
    const char *colon = strchr(word, ':'), *name = colon ? colon + 1 : "";
    setting->text = name;
    setting->number = !strcasecmp(word, "user")          ? GO_SOURCE_USER
                      : !strncasecmp(word, "env:", 4)    ? GO_SOURCE_ENV
                      : !strncasecmp(word, "header:", 7) ? GO_SOURCE_HEADER
                                                         : GO_SOURCE_NONE;
    apr_size_t length = strlen(name);
    int is_name = length && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789_-") == length;
    if (setting->number && (setting->number == GO_SOURCE_USER || is_name)) return NULL;
    return apr_psprintf(
        cmd->pool,
        "%s: \"%s\" is not \"user\", or \"env:NAME\", or \"header:NAME\" with a NAME "
        "of letters, digits, _ and -; such as: %s env:OIDC_CLAIM_email",
        cmd->cmd->name, word, cmd->cmd->name);
}

/* SOURCE VALUE [SEPARATOR] */
static const char *read_admin(cmd_parms *cmd, go_setting *setting, const char *source,
                              const char *value, const char *separator) {
    const char *problem = read_source(cmd, setting, source);
    if (problem) return problem;
    setting->more = value;
    setting->limit = 0;
    if (!value || !*value)
        return apr_psprintf(cmd->pool,
                            "%s lacks the value that makes an admin, such as: %s "
                            "env:OIDC_CLAIM_groups grading-admins ,",
                            cmd->cmd->name, cmd->cmd->name);
    if (!separator) return NULL;
    if (strlen(separator) != 1 || !apr_ispunct(*separator) || *separator == '\\')
        return apr_psprintf(cmd->pool,
                            "%s: \"%s\" cannot stand between several values: name one character, "
                            "as your authentication module writes it, such as ; or ,",
                            cmd->cmd->name, separator);
    if (strchr(value, *separator))
        return apr_psprintf(cmd->pool,
                            "%s: \"%s\" holds the separator \"%s\", and would never be found.",
                            cmd->cmd->name, value, separator);
    setting->limit = (unsigned char)*separator;
    return NULL;
}

static const char *read_realm(cmd_parms *cmd, go_setting *setting, const char *word) {
    const char *name;
    setting->text = word;
    if (*word == '@' && !strchr(word + 1, '@') &&
        !go_name_username(&name, word + 1, cmd->pool, NULL))
        return NULL;
    return apr_psprintf(cmd->pool,
                        "%s: \"%s\" is not the end of a name from its @ on, such as: %s "
                        "@uni.example",
                        cmd->cmd->name, word, cmd->cmd->name);
}

/* https, or a path of this host: the logout must not lead where others can read along. */
static const char *read_url(cmd_parms *cmd, go_setting *setting, const char *word) {
    int is_ours = word[0] == '/' && word[1] != '/';
    int is_https = !strncasecmp(word, "https://", 8) && apr_isalnum(word[8]);
    int is_clean = strlen(word) <= URL_MAX;
    for (const char *p = word; *p; p++)
        if (!apr_isgraph(*p) || strchr("\"<>\\", *p)) is_clean = 0;
    setting->text = word;
    if ((is_ours || is_https) && is_clean) return NULL;
    return apr_psprintf(cmd->pool,
                        "%s: \"%s\" is neither an https:// URL nor a path of this host that starts "
                        "with one /; percent-encode what is not plain ASCII.",
                        cmd->cmd->name, word);
}

const char *go_auth_set(cmd_parms *cmd, void *ignored, const char *one, const char *two,
                        const char *three) {
    go_directive_name name = (go_directive_name)(intptr_t)cmd->info;
    const char *problem = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT | NOT_IN_HTACCESS);
    if (problem) return problem;
    go_settings *settings = ap_get_module_config(cmd->server->module_config, &gradeoven_module);
    go_setting *setting = &settings->values[name];
    setting->is_set = 1;
    if (name == GO_D_AUTH_ADMIN) return read_admin(cmd, setting, one, two, three);
    if (two) return apr_psprintf(cmd->pool, "%s takes one argument.", cmd->cmd->name);
    switch (name) {
    case GO_D_AUTH:
        return read_mode(cmd, setting, one);
    case GO_D_AUTH_LABEL:
        return read_label(cmd, setting, one);
    case GO_D_AUTH_STRIP:
        return read_realm(cmd, setting, one);
    case GO_D_AUTH_CREATE:
    case GO_D_AUTH_LINK:
        return read_switch(cmd, setting, one);
    case GO_D_AUTH_LOGOUT:
        return read_url(cmd, setting, one);
    default:
        return read_source(cmd, setting, one);
    }
}

void go_auth_check(const go_settings *settings, server_rec *server) {
    if (go_setting_get(settings, GO_D_AUTH).number != GO_AUTH_LOCAL) return;
    for (int i = GO_D_AUTH + 1; i <= GO_D_AUTH_LOGOUT; i++) {
        if (!settings->values[i].is_set) continue;
        ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_WARNING, 0, server,
                     "GradeOvenAuth is local, so that the other GradeOvenAuth... directives do "
                     "nothing. Set it to remote or both, or remove them.");
        return;
    }
}
