#include "model/results.h"

#include "model/results_private.h"
#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

enum {
    PLACES = 3,       /* that are kept after the point */
    DIGITS_MAX = 400, /* of one number, and of its exponent's value */
};

static const char *const status_names[GO_TEST_STATUS_COUNT] = {"", "passed", "failed", "skipped",
                                                               "error"};
static const char *const visibility_names[GO_VISIBILITY_COUNT] = {
    "visible", "hidden", "after_due_date", "after_published"};

const char *go_test_status_name(go_test_status status) {
    return status_names[status];
}

const char *go_visibility_name(go_visibility visibility) {
    return visibility_names[visibility];
}

const char *go_text_format_name(go_text_format format) {
    return format == GO_FORMAT_HTML ? "html" : "text";
}

go_text_format go_text_format_of(const char *name) {
    return strcmp(name, "html") == 0 ? GO_FORMAT_HTML : GO_FORMAT_TEXT;
}

static int index_of(const char *name, const char *const *names, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0) return i;
    return -1;
}

int go_test_status_parse(const char *name, go_test_status *status) {
    int found = index_of(name, status_names, GO_TEST_STATUS_COUNT);
    if (found >= 0) *status = (go_test_status)found;
    return found >= 0;
}

int go_visibility_parse(const char *name, go_visibility *visibility) {
    int found = index_of(name, visibility_names, GO_VISIBILITY_COUNT);
    if (found >= 0) *visibility = (go_visibility)found;
    return found >= 0;
}

int go_results_may_see(go_visibility visibility, const go_results_viewer *viewer) {
    if (viewer->is_staff) return 1;
    switch (visibility) {
    case GO_VISIBLE:
        return 1;
    case GO_AFTER_DUE_DATE:
        return viewer->is_due_over;
    case GO_AFTER_PUBLISHED:
        return viewer->is_released;
    default:
        return 0;
    }
}

/* --- numbers ---------------------------------------------------------------------------------- */

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Reads an exponent ("e-7") at *at, if there is one; 0 when it is malformed. */
static int read_exponent(const char **at, int *exponent) {
    int value = 0;
    *exponent = 0;
    if (**at != 'e' && **at != 'E') return 1;
    ++*at;
    int is_negative = **at == '-';
    if (**at == '-' || **at == '+') ++*at;
    if (!is_digit(**at)) return 0;
    for (; is_digit(**at); ++*at)
        if (value <= DIGITS_MAX) value = value * 10 + (**at - '0');
    *exponent = is_negative ? -value : value;
    return 1;
}

/*
 * The digits, of which the first stands for 10^power, in thousandths. 0 when it is more than a
 * score may be.
 */
static int scale(const char *digits, int count, int power, apr_int64_t *milli) {
    apr_int64_t value = 0;
    int next = 0; /* the first digit that is left out */
    for (int at = power; at >= -PLACES; at--) {
        int i = power - at;
        value = value * 10 + (i < count ? digits[i] - '0' : 0);
        if (value > GO_SCORE_MILLI_MAX) return 0;
        next = i + 1;
    }
    /* a number below 0.001 has its first digit here, or behind it */
    if (power < -PLACES) next = power == -PLACES - 1 ? 0 : count;
    if (next < count && digits[next] >= '5') value++;
    *milli = value;
    return value <= GO_SCORE_MILLI_MAX;
}

int go_results_milli(const char *text, apr_int64_t *milli) {
    char digits[DIGITS_MAX];
    int count = 0, whole = 0, exponent;
    int is_negative = *text == '-';
    text += is_negative;
    if (!is_digit(*text)) return 0;
    for (; is_digit(*text); text++) {
        if (count == 0 && *text == '0') continue;
        if (count == DIGITS_MAX) return 0;
        digits[count++] = *text;
        whole++;
    }
    if (*text == '.') {
        if (!is_digit(*++text)) return 0;
        for (; is_digit(*text); text++) {
            if (count == 0 && *text == '0')
                whole--; /* 0.05: the first digit stands for 10^-2 */
            else if (count < DIGITS_MAX)
                digits[count++] = *text;
        }
    }
    if (!read_exponent(&text, &exponent) || *text) return 0;
    *milli = 0;
    if (count && !scale(digits, count, whole - 1 + exponent, milli)) return 0;
    if (is_negative) *milli = -*milli;
    return 1;
}

/* --- texts ------------------------------------------------------------------------------------ */

go_results *go_results_make(const char *source, apr_pool_t *pool) {
    go_results *results = apr_pcalloc(pool, sizeof(*results));
    results->source = source;
    results->output = "";
    results->tests = apr_array_make(pool, 16, sizeof(go_test));
    results->leaderboard = apr_array_make(pool, 1, sizeof(go_leader));
    return results;
}

const char *go_results_text(apr_pool_t *pool, const char *bytes, apr_size_t length,
                            apr_size_t max) {
    apr_size_t clean_length;
    char *text = go_text_clean_utf8(pool, bytes, length, &clean_length);
    if (clean_length <= max) return text;
    while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80)
        max--;
    text[max] = '\0';
    return apr_pstrcat(pool, text, "\xE2\x80\xA6", NULL); /* … */
}

const char *go_results_line(apr_pool_t *pool, const char *bytes, apr_size_t length) {
    char *line = apr_pstrdup(pool, go_results_text(pool, bytes, length, GO_RESULTS_NAME_MAX));
    for (char *at = line; *at; at++)
        if (*at == '\n' || *at == '\t') *at = ' ';
    return line;
}

apr_status_t go_results_clean(const char **bytes, apr_size_t *length, apr_pool_t *pool,
                              go_error *err) {
    if (*length > GO_RESULTS_MAX)
        return go_error_set(err, GO_ETOOBIG, NULL, "it is longer than 1 MiB");
    *bytes = go_text_clean_utf8(pool, *bytes, *length, length);
    return APR_SUCCESS;
}

/* --- the score that follows ------------------------------------------------------------------- */

int go_results_score(const go_results *results, go_score *score) {
    apr_int64_t earned = 0, possible = 0;
    int has_max = 0;
    for (int i = 0; i < results->tests->nelts; i++) {
        const go_test *test = &APR_ARRAY_IDX(results->tests, i, go_test);
        if (!test->has_max) continue;
        has_max = 1;
        possible += test->max_milli; /* 2000 of 10^15 are far from an overflow */
        if (test->has_score) earned += test->score_milli;
    }
    if (results->has_max) possible = results->max_milli;
    if (results->has_score) earned = results->score_milli;
    if (!has_max && !(results->has_max && results->has_score)) return 0;
    if (earned < 0) earned = 0;
    if (earned > GO_SCORE_MILLI_MAX || possible > GO_SCORE_MILLI_MAX) return 0;
    *score = (go_score){earned, possible};
    return 1;
}
