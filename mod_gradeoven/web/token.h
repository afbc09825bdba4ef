/*
 * A request that comes with a personal token (model/tokens.h) in place of a session:
 *
 *   Authorization: Bearer gradeoven_...
 *
 * No browser sends that by itself, so such a request needs no form token. What the scope lets it
 * do: read: every GET but those of one's account and of administration; submit: these, and handing
 * in; course: all of one course, and nothing else.
 */
#ifndef GO_WEB_TOKEN_H
#define GO_WEB_TOKEN_H

#include "web/request.h"

/*
 * Part of loading the session: q->token, q->session and the user, when the header has a token that
 * is valid; *has_header is 1 when there was such a header at all: then no cookie is looked at.
 */
apr_status_t go_token_load(go_request *q, int *has_header);

/* Once the route is known: GO_EDENIED when the token's scope does not reach it. */
apr_status_t go_token_admit(go_request *q);

#endif
