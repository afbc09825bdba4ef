#include "web/rate.h"

#include <apr_shm.h>
#include <apr_strings.h>

#include <sodium.h>
#include <string.h>

enum { V6_PREFIX_BYTES = 8 };

go_rates *go_rate_table(apr_pool_t *pool, go_error *err) {
    apr_shm_t *memory = NULL;
    /* without a name: the workers inherit it, and it goes with the last of them */
    apr_status_t status = apr_shm_create(&memory, go_rates_size(), NULL, pool);
    if (status || !memory) {
        go_error_system(err, status, "Give the machine more memory, or set GradeOvenRateLimit off.",
                        "There is no shared memory for the rate limits");
        return NULL;
    }
    void *bytes = apr_shm_baseaddr_get(memory);
    memset(bytes, 0, go_rates_size());
    return go_rates_init(bytes);
}

static go_rate_kind kind_of(const go_request *q) {
    if (q->token) return GO_RATE_PROGRAM;
    if (q->session) return GO_RATE_BROWSER;
    return q->is_program ? GO_RATE_GUESSER : GO_RATE_STRANGER;
}

/* The address, or of IPv6 the part that its network gave out. */
static const char *address_of(const go_request *q) {
    const apr_sockaddr_t *address = q->r->useragent_addr;
    if (!address || address->family != APR_INET6) return q->r->useragent_ip;
    const unsigned char *bytes = address->ipaddr_ptr;
    char *hex = apr_palloc(q->pool, 2 * V6_PREFIX_BYTES + 1);
    if (IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)address->ipaddr_ptr))
        return q->r->useragent_ip;
    return sodium_bin2hex(hex, 2 * V6_PREFIX_BYTES + 1, bytes, V6_PREFIX_BYTES);
}

/* The name of the bucket; and the limit, 0 for none. */
static const char *bucket_of(const go_request *q, go_rate_kind kind, int *limit) {
    go_setting setting = go_setting_get(q->site->settings, GO_D_RATE_LIMIT);
    int is_api = kind == GO_RATE_PROGRAM || kind == GO_RATE_GUESSER;
    *limit = q->site->rates ? (int)(is_api ? setting.number : setting.limit) : 0;
    if (kind == GO_RATE_STRANGER || kind == GO_RATE_GUESSER) return address_of(q);
    return apr_psprintf(q->pool, "%" APR_INT64_T_FMT, q->session->user->id);
}

static void set_headers(go_request *q, const go_rate *rate, int limit) {
    apr_table_t *headers = q->r->err_headers_out;
    if (!rate->is_allowed)
        apr_table_setn(headers, "Retry-After", apr_itoa(q->pool, rate->wait_seconds));
    if (!q->is_program) return;
    apr_table_setn(headers, "RateLimit-Policy", apr_psprintf(q->pool, "\"api\";q=%d;w=60", limit));
    apr_table_setn(headers, "RateLimit",
                   apr_psprintf(q->pool, "\"api\";r=%d;t=%d", rate->remaining,
                                rate->is_allowed ? rate->reset_seconds : rate->wait_seconds));
}

int go_rate_admit(go_request *q) {
    go_rate_kind kind = kind_of(q);
    int limit;
    const char *name = bucket_of(q, kind, &limit);
    if (!limit) return HTTP_OK;
    go_rate rate = go_rates_take(q->site->rates, kind, name, limit, q->now);
    set_headers(q, &rate, limit);
    if (rate.is_allowed) return HTTP_OK;
    go_error_set(&q->err, GO_EBUSY,
                 apr_psprintf(q->pool,
                              "Wait %d seconds and ask again, and less often from then on.",
                              rate.wait_seconds),
                 "That were more than %d requests a minute.", limit);
    return HTTP_TOO_MANY_REQUESTS;
}

void go_rate_was_fresh(const go_request *q) {
    go_rate_kind kind = kind_of(q);
    int limit;
    const char *name = bucket_of(q, kind, &limit);
    if (limit) go_rates_give_back(q->site->rates, kind, name, limit, q->now);
}
