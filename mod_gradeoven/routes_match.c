/* Matching a path against a table of routes; see routes.h. Knows no page, so that it can be tested.
 */
#include "routes.h"

#include <apr_strings.h>

#include <string.h>

static apr_size_t segment_length(const char *text) {
    return strcspn(text, "/");
}

/* Does the path fit the pattern? Fills `params`; both start with '/'. */
static int fits(const char *pattern, const char *path, apr_table_t *params, apr_pool_t *pool) {
    while (*pattern == '/' && *path == '/') {
        pattern++;
        path++;
        apr_size_t p = segment_length(pattern), v = segment_length(path);
        const char *name = apr_pstrndup(pool, pattern + 1, p ? p - 1 : 0);
        if (*pattern == '*') {
            if (!*path) return 0;
            apr_table_setn(params, name, path);
            return 1;
        }
        if (*pattern == ':') {
            if (v == 0) return 0;
            apr_table_setn(params, name, apr_pstrndup(pool, path, v));
        } else if (p != v || strncmp(pattern, path, p)) {
            return 0;
        }
        pattern += p;
        path += v;
    }
    return !*pattern && (!*path || !strcmp(path, "/"));
}

void go_routes_match(const go_route *routes, go_method method, const char *path,
                     go_route_match *match, apr_pool_t *pool) {
    *match = (go_route_match){.params = apr_table_make(pool, 4)};
    for (const go_route *route = routes; route->pattern; route++) {
        apr_table_t *params = apr_table_make(pool, 4);
        if (!fits(route->pattern, path, params, pool)) continue;
        match->allowed |= 1 << route->method;
        if (route->method != method || match->route) continue;
        match->route = route;
        match->params = params;
    }
}
