/*
 * Rate limits (GradeOvenRateLimit, model/rates.h) as a request meets them. A program counts for the
 * user of its token, a browser for the user of its session with a much higher limit, and who is not
 * logged in for the address, the token that is none apart from pages: so nobody behind an address
 * that many share keeps those out who are logged in, nor a script with a wrong token the login
 * page.
 *
 * An IPv6 address counts with its /64, of which one customer has all. Static files are not counted,
 * and an answer of 304 counts a tenth: pages that are live ask often and mostly hear that.
 */
#ifndef GO_WEB_RATE_H
#define GO_WEB_RATE_H

#include "web/request.h"

/* Shared memory for the buckets of a site, in the parent; NULL with the reason in `err`. */
go_rates *go_rate_table(apr_pool_t *pool, go_error *err);

/*
 * Once it is known who asks: HTTP_OK, or HTTP_TOO_MANY_REQUESTS with Retry-After. What comes with a
 * token gets RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10) in any case.
 */
int go_rate_admit(go_request *q);

/* The answer is a 304. */
void go_rate_was_fresh(const go_request *q);

#endif
