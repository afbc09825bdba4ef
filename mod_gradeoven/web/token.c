#include "web/token.h"

#include "model/tokens.h"

#include <apr_strings.h>

#include <string.h>

#define BEARER      "Bearer"
#define SUBMISSIONS "/courses/:course/assignments/:assignment/submissions"

apr_status_t go_token_load(go_request *q, int *has_header) {
    const char *header = apr_table_get(q->r->headers_in, "Authorization");
    go_token *token = NULL;
    *has_header = header && !strncasecmp(header, BEARER, strlen(BEARER)) &&
                  (!header[strlen(BEARER)] || header[strlen(BEARER)] == ' ');
    if (!*has_header) return APR_SUCCESS;
    q->is_program = 1;
    q->wants_json = 1; /* a program, whose answer is no page and no way to a login */
    const char *secret = header + strlen(BEARER);
    apr_status_t status =
        go_token_find(q->db, secret + strspn(secret, " "), q->now, &token, q->pool, &q->err);
    if (status || !token) return status;
    /* pages ask the session for who it is; this one has nothing that could be ended or stolen */
    go_session *session = apr_pcalloc(q->pool, sizeof(*session));
    session->token_hash = "";
    session->csrf = "";
    session->user = token->user;
    q->token = token;
    q->session = session;
    q->at.user = token->user;
    return APR_SUCCESS;
}

static int is_of_account(const char *pattern) {
    return strncmp(pattern, "/settings", 9) == 0 || strncmp(pattern, "/admin", 6) == 0 ||
           strcmp(pattern, "/logout") == 0 || strcmp(pattern, "/view-as/stop") == 0;
}

/* What leads out of a course although its address is in it. */
static int leads_out(const char *pattern) {
    static const char *const patterns[] = {
        "/courses/:course/roster/view-as", "/courses/:course/roster/invite",
        "/courses/:course/copy", "/courses/:course/assignments/:assignment/copy"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (strcmp(pattern, patterns[i]) == 0) return 1;
    return 0;
}

static int is_in_scope(const go_request *q) {
    const go_route *route = q->route;
    const char *course = apr_table_get(q->params, "course");
    if (is_of_account(route->pattern)) return 0;
    if (q->token->scope == GO_TOKEN_COURSE)
        return course && q->token->course && strcmp(course, q->token->course) == 0 &&
               !leads_out(route->pattern);
    if (route->method == GO_GET) return 1;
    return q->token->scope == GO_TOKEN_SUBMIT && strcmp(route->pattern, SUBMISSIONS) == 0;
}

apr_status_t go_token_admit(go_request *q) {
    if (!q->token || is_in_scope(q)) return APR_SUCCESS;
    return go_error_set(&q->err, GO_EDENIED, "Make one with another scope in the settings.",
                        "The token \"%s\" is for something else (%s%s%s).", q->token->name,
                        go_token_scope_name(q->token->scope), q->token->course ? " " : "",
                        q->token->course ? q->token->course : "");
}
