#include "web/factor_wall.h"

#include "web/reply.h"

#include "model/factor.h"

#include <string.h>

#define SET_UP "/settings/second-factor"

static const char *const reachable[] = {"/logout", SET_UP, SET_UP "/confirm"};

static int is_reachable(const go_request *q, const go_user *user) {
    const char *pattern = q->route->pattern;
    if (q->route->right == GO_RIGHT_PUBLIC) return 1;
    for (size_t i = 0; i < sizeof reachable / sizeof *reachable; i++)
        if (strcmp(reachable[i], pattern) == 0) return 1;
    /* the picture beside one's name, which every page shows */
    return strcmp(pattern, "/avatars/:user") == 0 &&
           strcmp(go_request_param(q, "user"), user->username) == 0;
}

apr_status_t go_factor_wall_stands(go_request *q, const go_user *user, int *stands) {
    go_factor_demand demand =
        (go_factor_demand)go_setting_get(q->site->settings, GO_D_SECOND_FACTOR).number;
    return go_factor_is_missing(q->db, user, demand, stands, q->pool, &q->err);
}

int go_factor_wall(go_request *q) {
    const go_user *user = q->session ? q->session->user : NULL; /* not as whom they look */
    int stands;
    if (!user || (!q->token && is_reachable(q, user))) return HTTP_OK;
    /* who logs in through the institution alone is asked for the institution's */
    if (!user->password_hash) return HTTP_OK;
    if (go_factor_wall_stands(q, user, &stands)) return go_failed(q);
    if (!stands) return HTTP_OK;
    if (q->route->method == GO_GET && !q->wants_json)
        return go_reply_redirect(q, go_url(q, SET_UP), "factor-needed", 0);
    go_error_set(&q->err, GO_EDENIED, "Set it up in the browser: Settings, Second factor.",
                 "Your role on this site asks for a second factor, and you have none.");
    return HTTP_FORBIDDEN;
}
