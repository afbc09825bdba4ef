#include "model/score.h"

#include "model/error.h"

#include <apr_strings.h>

#include <stdlib.h>

#define PLACES_MAX 3

static int is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

apr_status_t go_score_parse_milli(const char *bytes, apr_size_t length, apr_int64_t *milli) {
    apr_int64_t value = 0;
    int places = -1; /* digits after the point; -1: no point yet */
    apr_size_t digits = 0;
    for (apr_size_t i = 0; i < length; i++) {
        if (bytes[i] == '.' && places < 0 && digits) {
            places = 0;
            continue;
        }
        if (!is_digit(bytes[i]) || places == PLACES_MAX) return GO_EINVALID;
        value = value * 10 + (bytes[i] - '0');
        /* Checked at every digit, so that the multiplications below and above cannot overflow. */
        if (value > GO_SCORE_MILLI_MAX) return GO_EINVALID;
        if (places >= 0) places++;
        digits++;
    }
    if (!digits || places == 0) return GO_EINVALID;
    for (int i = places < 0 ? 0 : places; i < PLACES_MAX; i++)
        value *= 10;
    if (value > GO_SCORE_MILLI_MAX) return GO_EINVALID;
    *milli = value;
    return APR_SUCCESS;
}

static void trim(const char **start, const char **end) {
    while (*start < *end && is_space(**start))
        (*start)++;
    while (*start < *end && is_space((*end)[-1]))
        (*end)--;
}

static apr_status_t parse_trimmed(const char *start, const char *end, apr_int64_t *milli) {
    trim(&start, &end);
    return go_score_parse_milli(start, (apr_size_t)(end - start), milli);
}

apr_status_t go_score_parse(const char *bytes, apr_size_t length, go_score *score) {
    const char *end = bytes + length;
    const char *slash = bytes;
    while (slash < end && *slash != '/')
        slash++;
    if (slash == end) return GO_EINVALID;

    go_score parsed;
    if (parse_trimmed(bytes, slash, &parsed.earned_milli)) return GO_EINVALID;
    if (parse_trimmed(slash + 1, end, &parsed.possible_milli)) return GO_EINVALID;
    *score = parsed;
    return APR_SUCCESS;
}

const char *go_score_format_milli(apr_pool_t *pool, apr_int64_t milli) {
    const char *sign = milli < 0 ? "-" : "";
    apr_uint64_t value = milli < 0 ? 0 - (apr_uint64_t)milli : (apr_uint64_t)milli;
    char *text =
        apr_psprintf(pool, "%s%" APR_UINT64_T_FMT ".%03d", sign, value / 1000, (int)(value % 1000));
    char *end = text;
    while (*end)
        end++;
    while (end[-1] == '0')
        end--;
    if (end[-1] == '.') end--;
    *end = '\0';
    return text;
}

const char *go_score_format(apr_pool_t *pool, go_score score) {
    return apr_pstrcat(pool, go_score_format_milli(pool, score.earned_milli), "/",
                       go_score_format_milli(pool, score.possible_milli), NULL);
}

int go_score_is_better(go_score a, go_score b) {
    __extension__ typedef __int128 wide;
    if (a.possible_milli <= 0) return 0;
    if (b.possible_milli <= 0) return 1;
    return (wide)a.earned_milli * b.possible_milli > (wide)b.earned_milli * a.possible_milli;
}
