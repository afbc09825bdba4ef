#include "web/remote.h"

#include <http_log.h>

#include <strings.h>

go_setting go_auth_setting(const go_request *q, go_directive_name name) {
    return go_setting_get(go_settings_of(q->r->server), name);
}

int go_auth_takes_passwords(const go_request *q) {
    return go_auth_setting(q, GO_D_AUTH).number != GO_AUTH_REMOTE;
}

/* What a source tells, or NULL. */
static const char *told(const go_request *q, go_directive_name name) {
    const go_setting source = go_auth_setting(q, name);
    switch ((go_auth_source)source.number) {
    case GO_SOURCE_USER:
        return q->r->user;
    case GO_SOURCE_ENV:
        return apr_table_get(q->r->subprocess_env, source.text);
    case GO_SOURCE_HEADER:
        return apr_table_get(q->r->headers_in, source.text);
    case GO_SOURCE_NONE:
        break;
    }
    return NULL;
}

/*
 * Has a module of httpd authenticated this request? Not if it is the document of an error: Basic
 * sets r->user before it looks at the password, and after a 401 httpd hands it to the ErrorDocument
 * unchecked. And not if it was our own session.
 */
static int is_authenticated(const request_rec *r) {
    if (r->prev && ap_is_HTTP_ERROR(r->prev->status)) return 0;
    if (r->ap_auth_type && !strcasecmp(r->ap_auth_type, GO_AUTH_TYPE)) return 0;
    return r->user && *r->user;
}

static int is_admin(const go_request *q) {
    const go_setting source = go_auth_setting(q, GO_D_AUTH_ADMIN);
    const char *text = told(q, GO_D_AUTH_ADMIN);
    if (source.number == GO_SOURCE_NONE) return -1;
    return text && go_remote_holds(text, source.more, (char)source.limit);
}

apr_status_t go_remote_read(go_request *q, go_remote_identity *identity) {
    if (!is_authenticated(q->r)) {
        go_request_log(q, APLOG_ERR,
                       "nothing has authenticated this request: httpd's configuration needs "
                       "<Location \"%s/login/sso\"> with the AuthType of an authentication module "
                       "(not " GO_AUTH_TYPE ") and \"Require valid-user\"; see mod_gradeoven(5), "
                       "GradeOvenAuth",
                       q->mount);
        return go_error_set(&q->err, GO_EDENIED, "Ask your administrator; the error log says more.",
                            "The login of your institution is not set up completely.");
    }
    *identity = (go_remote_identity){.name = told(q, GO_D_AUTH_USERNAME),
                                     .display_name = told(q, GO_D_AUTH_NAME),
                                     .email = told(q, GO_D_AUTH_EMAIL),
                                     .is_admin = is_admin(q)};
    if (identity->name && *identity->name) return APR_SUCCESS;
    const go_setting source = go_auth_setting(q, GO_D_AUTH_USERNAME);
    go_request_log(q, APLOG_ERR,
                   "\"%s\" is authenticated, but the %s \"%s\" of GradeOvenAuthUsername is not "
                   "there: does the authentication module pass it on?",
                   q->r->user, source.number == GO_SOURCE_ENV ? "variable" : "header", source.text);
    return go_error_set(&q->err, GO_EDENIED, "Ask your administrator; the error log says more.",
                        "Your institution does not tell this site your username.");
}

go_remote_rules go_remote_rules_of(const go_request *q) {
    return (go_remote_rules){.realm = go_auth_setting(q, GO_D_AUTH_STRIP).text,
                             .may_create = (int)go_auth_setting(q, GO_D_AUTH_CREATE).number,
                             .may_link = !go_auth_takes_passwords(q) ||
                                         go_auth_setting(q, GO_D_AUTH_LINK).number};
}
