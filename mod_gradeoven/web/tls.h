/*
 * TLS: whether a request came over it, as mod_ssl itself tells of the connection, and what becomes
 * of one that did not (GradeOvenPlainHTTP). Headers that a proxy or a client may write, such as
 * X-Forwarded-Proto, are not looked at.
 *
 * Of a plain request nothing is read but its address: no cookie, no token, no body.
 */
#ifndef GO_WEB_TLS_H
#define GO_WEB_TLS_H

#include <httpd.h>

/* The words of GradeOvenPlainHTTP, in the directive's order. */
typedef enum go_plain_http {
    GO_PLAIN_REDIRECT, /* reading goes to the same address over TLS, the rest is refused */
    GO_PLAIN_REFUSE,
    GO_PLAIN_ALLOW, /* a proxy before this httpd ends TLS, or it is a test */
} go_plain_http;

int go_tls_is_on(const request_rec *r);

/* "https", or what ServerName says where plain requests are allowed. */
const char *go_tls_scheme(const request_rec *r);

/* OK; or the status to answer: HTTP_MOVED_PERMANENTLY with its Location set, HTTP_FORBIDDEN. */
int go_tls_demand(request_rec *r, go_plain_http choice);

/*
 * Strict-Transport-Security, half a year, for this host's name alone: only when the site has the
 * whole host (it is mounted at "/") and TLS is demanded anyway. Below a path the host has other
 * content, whose owner decides. mod_headers may change or unset it.
 */
void go_tls_set_headers(request_rec *r, const char *mount, go_plain_http choice);

#endif
