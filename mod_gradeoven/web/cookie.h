/* Cookies: the value of one in the header that a browser sends (RFC 6265, section 4.2.1). */
#ifndef GO_WEB_COOKIE_H
#define GO_WEB_COOKIE_H

#include <apr_pools.h>

/*
 * The value of the first cookie with this name in a Cookie header, byte for byte and possibly
 * empty, in `pool`; NULL when there is none or `header` is NULL.
 */
const char *go_cookie_find(const char *header, const char *name, apr_pool_t *pool);

#endif
