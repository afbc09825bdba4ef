#include "model/rates.h"

#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

enum { PARTS = 2, SETS = 2048, PLACES = 8, TRIES = 4 };

static const apr_int64_t window_us = 60 * APR_USEC_PER_SEC;

typedef struct place {
    _Atomic apr_uint64_t key;    /* of the name; 0: free */
    _Atomic apr_int64_t full_us; /* when the bucket is full again */
} place;

struct go_rates {
    unsigned char hash_key[crypto_shorthash_KEYBYTES]; /* nobody can choose whose place to take */
    place places[PARTS][SETS][PLACES];
};

apr_size_t go_rates_size(void) {
    return sizeof(go_rates);
}

go_rates *go_rates_init(void *memory) {
    go_rates *rates = memory;
    randombytes_buf(rates->hash_key, sizeof rates->hash_key);
    return rates;
}

static apr_uint64_t key_of(const go_rates *rates, go_rate_kind kind, const char *name) {
    unsigned char digest[crypto_shorthash_BYTES], text[128];
    apr_size_t length = strlen(name);
    apr_uint64_t key;
    if (length > sizeof text - 1) length = sizeof text - 1;
    text[0] = (unsigned char)kind;
    for (apr_size_t i = 0; i < length; i++)
        text[i + 1] = (unsigned char)name[i];
    crypto_shorthash(digest, text, length + 1, rates->hash_key);
    memcpy(&key, digest, sizeof key);
    return key ? key : 1;
}

/* The place that has the key, or else the one to give up: free, or nearest to full. */
static place *best_of(place *places, apr_uint64_t key, int *is_there) {
    place *best = places;
    *is_there = 1;
    for (int i = 0; i < PLACES; i++)
        if (atomic_load(&places[i].key) == key) return &places[i];
    *is_there = 0;
    for (int i = 1; i < PLACES; i++)
        if (atomic_load(&places[i].full_us) < atomic_load(&best->full_us)) best = &places[i];
    return best;
}

/* The bucket of a name, made when there is none; NULL when others take every place meanwhile. */
static place *place_of(go_rates *rates, go_rate_kind kind, const char *name) {
    int part = kind == GO_RATE_STRANGER || kind == GO_RATE_GUESSER, is_there;
    apr_uint64_t key = key_of(rates, kind, name);
    place *places = rates->places[part][key % SETS];
    for (int i = 0; i < TRIES; i++) {
        place *best = best_of(places, key, &is_there);
        apr_uint64_t old = atomic_load(&best->key);
        if (is_there) return best;
        if (!atomic_compare_exchange_strong(&best->key, &old, key)) continue;
        atomic_store(&best->full_us, 0);
        return best;
    }
    return NULL;
}

static int seconds_up(apr_int64_t us) {
    return us > 0 ? (int)((us + APR_USEC_PER_SEC - 1) / APR_USEC_PER_SEC) : 0;
}

/* From when on the bucket is full, as of now. A clock that was set back must lock nobody out. */
static apr_int64_t starting_at(apr_int64_t full_us, apr_time_t now) {
    return full_us < now || full_us > now + window_us ? now : full_us;
}

static go_rate answer_for(apr_int64_t full_us, apr_int64_t interval_us, apr_time_t now) {
    apr_int64_t ahead = full_us - now;
    go_rate rate = {.is_allowed = ahead <= window_us};
    if (!rate.is_allowed) ahead -= interval_us; /* it was not taken */
    rate.remaining = (int)((window_us - ahead) / interval_us);
    rate.reset_seconds = seconds_up(ahead);
    rate.wait_seconds = rate.is_allowed ? 0 : seconds_up(ahead + interval_us - window_us);
    return rate;
}

go_rate go_rates_take(go_rates *rates, go_rate_kind kind, const char *name, int per_minute,
                      apr_time_t now) {
    apr_int64_t interval_us = window_us / per_minute;
    place *bucket = place_of(rates, kind, name);
    if (!bucket) return (go_rate){.is_allowed = 1, .remaining = per_minute};
    apr_int64_t old = atomic_load(&bucket->full_us), taken;
    do {
        taken = starting_at(old, now) + interval_us;
        if (taken > now + window_us) break;
    } while (!atomic_compare_exchange_weak(&bucket->full_us, &old, taken));
    return answer_for(taken, interval_us, now);
}

void go_rates_give_back(go_rates *rates, go_rate_kind kind, const char *name, int per_minute,
                        apr_time_t now) {
    apr_int64_t tenth_us = window_us / per_minute / 10;
    place *bucket = place_of(rates, kind, name);
    if (bucket && atomic_load(&bucket->full_us) > now)
        atomic_fetch_sub(&bucket->full_us, 9 * tenth_us);
}
