/*
 * What httpd's own authentication tells of a request, and how a site takes it (GradeOvenAuth...).
 *
 * Only /login/sso asks. Everywhere else r->user means nothing to us: there our session says who
 * somebody is, so that an authentication module which is bound to one more Location by mistake, or
 * a header that somebody made up, changes nothing.
 */
#ifndef GO_WEB_REMOTE_H
#define GO_WEB_REMOTE_H

#include "web/request.h"

#include "model/remote.h"

/* The AuthType by which Grade Oven protects other things of the same httpd (provider.h). */
#define GO_AUTH_TYPE "GradeOven"

/* One value of this request's virtual host. */
go_setting go_auth_setting(const go_request *q, go_directive_name name);

/* Do passwords of ours let anybody in? Not with "GradeOvenAuth remote". */
int go_auth_takes_passwords(const go_request *q);

/*
 * Who has come, in the request's pool. Without r->user no other source counts, not even a header.
 * GO_EDENIED when nothing has authenticated this request, and the log then says what the
 * configuration lacks; or when r->user is there but the name is not.
 */
apr_status_t go_remote_read(go_request *q, go_remote_identity *identity);

/* How names become accounts here. */
go_remote_rules go_remote_rules_of(const go_request *q);

#endif
