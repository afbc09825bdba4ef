/*
 * How often somebody may ask: a token bucket for each person and each address, in memory that all
 * workers share, so that no request costs a write to the database.
 *
 * A bucket holds a minute's requests and fills evenly. It is kept as one number, the time at which
 * it would be full again (the generic cell rate algorithm): taking one adds the interval between
 * two requests, and is refused when that would lie more than a minute ahead.
 *
 * The table has a fixed size. A bucket stands in one of eight places that a keyed hash of its name
 * chooses; when all are taken, the one that is nearest to full goes. So whoever makes up names
 * pushes out buckets and never grows anything, and who is pushed out starts with a full bucket:
 * nobody is locked out by others. People and addresses have parts of their own, so that no flood
 * of addresses empties what is known of people.
 *
 * Everything is atomic and nothing waits. When two workers put a new name into one place at once,
 * a request may go uncounted; that is all.
 */
#ifndef GO_MODEL_RATES_H
#define GO_MODEL_RATES_H

#include <apr.h>
#include <apr_time.h>

typedef struct go_rates go_rates;

/* What a bucket belongs to. */
typedef enum go_rate_kind {
    GO_RATE_PROGRAM,  /* the tokens of a user, together */
    GO_RATE_BROWSER,  /* the sessions of a user, together */
    GO_RATE_STRANGER, /* an address without a login */
    GO_RATE_GUESSER,  /* an address with a token that is none */
    GO_RATE_KIND_COUNT
} go_rate_kind;

typedef struct go_rate {
    int is_allowed;
    int remaining;     /* requests that may follow at once */
    int wait_seconds;  /* of what is refused: until the next is allowed; at least 1 */
    int reset_seconds; /* until the bucket is full */
} go_rate;

/* The bytes that a table takes, and a table in them, which are zero and shared. */
apr_size_t go_rates_size(void);
go_rates *go_rates_init(void *memory);

/* Takes one request of `per_minute` (1 to a million) from the bucket of `name`. */
go_rate go_rates_take(go_rates *rates, go_rate_kind kind, const char *name, int per_minute,
                      apr_time_t now);

/* Gives nine tenths of a request back: what was asked for had not changed, and cost little. */
void go_rates_give_back(go_rates *rates, go_rate_kind kind, const char *name, int per_minute,
                        apr_time_t now);

#endif
