/*
 * The other direction: "AuthType GradeOven" protects whatever else this httpd serves (lecture
 * notes, a wiki, a proxied service) with the logins and the courses of the site in the same virtual
 * host.
 *
 *   AuthType GradeOven
 *   Require valid-user | gradeoven-user [NAME ...] | gradeoven-admin |
 *           gradeoven-course COURSE [instructor|grader|student ...]
 *
 * It reads the session's cookie, which browsers send to the whole host, and asks the same store as
 * the pages do: a session that is idle, old or ended lets nobody in, nor does one over plain HTTP.
 * Who looks at a course as a student (view_as.h) is themself here. Tokens of programs are not
 * taken: they are for the pages, within their scopes.
 */
#ifndef GO_PROVIDER_H
#define GO_PROVIDER_H

#include <httpd.h>

/* Names the words of Require, for configtest and for requests. */
void go_provider_register(apr_pool_t *pool);

/* Who is it? Sets r->user; or a browser is sent to the login and back, and all else is refused. */
int go_provider_check(request_rec *r);

/* The challenge of a 401. */
int go_provider_challenge(request_rec *r, const char *auth_type);

#endif
