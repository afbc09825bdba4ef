/*
 * One-time codes by time (TOTP, RFC 6238), as every authenticator app makes them: SHA-1, six
 * digits, thirty seconds. By liboath.
 */
#ifndef GO_MODEL_TOTP_H
#define GO_MODEL_TOTP_H

#include "model/error.h"

#include <apr_time.h>

enum { GO_TOTP_BYTES = 20, GO_TOTP_DIGITS = 6, GO_TOTP_SECONDS = 30 };

/* Once a process, before the others. */
apr_status_t go_totp_start(void);

/* The secret as apps take it: base32 without padding, 32 characters. NULL when memory is out. */
const char *go_totp_base32(const unsigned char secret[GO_TOTP_BYTES], apr_pool_t *pool);

/* A text in groups of four, for people who type it. */
const char *go_totp_grouped(const char *text, apr_pool_t *pool);

/*
 * The number of the time step whose code this is: that of `now`, the one before, or the one after,
 * since clocks differ; 0 when it is none of these. `code` is exactly six digits, anything else
 * is 0 too.
 */
apr_int64_t go_totp_counter(const unsigned char secret[GO_TOTP_BYTES], const char *code,
                            apr_time_t now);

#endif
