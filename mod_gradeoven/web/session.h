/*
 * The session of a request: its cookie, and the token that forms must carry.
 *
 * The cookie's name begins with "__Host-" (RFC 6265bis): browsers then take it only over TLS, for
 * this host, and never from a subdomain. Sites at different mounts of a host have different names.
 *
 * A form that changes something is believed when it carries the session's token (hidden field
 * "csrf", or header X-CSRF-Token) and when the browser does not say that it comes from elsewhere
 * (Origin, Sec-Fetch-Site).
 */
#ifndef GO_WEB_SESSION_H
#define GO_WEB_SESSION_H

#include "web/request.h"

/* Finds the session of the request's cookie; q->session and q->at.user stay NULL without one. */
apr_status_t go_web_session_load(go_request *q);

/* The live session of the cookie that a request has for the site at this mount, or NULL; no token
   of a program, and no view. Not only for pages of ours. In `pool`. */
apr_status_t go_web_session_find(const request_rec *r, const char *mount,
                                 const go_session_limits *limits, go_db *db, apr_time_t now,
                                 go_session **session, apr_pool_t *pool, go_error *err);

/* Starts a session for `user`, a new one whatever the browser had, and sets the cookie. */
apr_status_t go_web_session_begin(go_request *q, const go_user *user);

/* The token of this browser as a known device (login_guard.h), or NULL; and giving it one. */
const char *go_web_device(const go_request *q);
void go_web_device_set(go_request *q, const char *token);

/*
 * Another token for the present session, as after each change of its user's rights (sessions.h);
 * the old one ends at once, or some seconds later with `keeps_old`.
 */
apr_status_t go_web_session_renew(go_request *q, int keeps_old);

/* The token of a half-finished login (login_step.h), or NULL; giving one, and taking it back. */
const char *go_web_step(const go_request *q);
void go_web_step_set(go_request *q, const char *token);
void go_web_step_end(go_request *q);

/* Ends the session and takes the cookie back. */
apr_status_t go_web_session_end(go_request *q);

/* Does the request come from a page of ours? Looks at Origin and Sec-Fetch-Site only. */
int go_web_is_same_origin(const go_request *q);

/* GO_EDENIED unless the form's token is the session's. */
apr_status_t go_web_csrf_check(go_request *q);

#endif
