/*
 * results.json. Its numbers are made texts before jansson reads it, which would make them
 * floating-point numbers: 9.5 becomes "\u00019.5". The same pass bounds depth and count, so that
 * what jansson allocates is bounded as well.
 */
#include "model/results.h"

#include "model/buffer.h"
#include "model/results_private.h"
#include "model/text.h"

#include <apr_strings.h>
#include <jansson.h>

#include <string.h>

#define NUMBER_MARK      '\001'
#define NUMBER_MARK_JSON "\\u0001"
#define NUMBER_START     "-0123456789"
#define NUMBER           "+-.0123456789eE"

typedef struct parsing {
    go_results *results;
    go_visibility otherwise; /* of a test that says none */
    go_text_format format;   /* the same */
    apr_pool_t *pool;
    go_error *err;
} parsing;

/* --- numbers as texts ------------------------------------------------------------------------ */

typedef struct scanner {
    const char *at, *end;
    go_buffer *out;
    int depth, values;
} scanner;

static void copy_string(scanner *scan) {
    const char *start = scan->at++;
    while (scan->at < scan->end && *scan->at != '"')
        scan->at += *scan->at == '\\' && scan->at + 1 < scan->end ? 2 : 1;
    if (scan->at < scan->end) scan->at++;
    go_buffer_add(scan->out, start, (apr_size_t)(scan->at - start));
}

static void copy_number(scanner *scan) {
    apr_size_t length = strspn(scan->at, NUMBER);
    go_buffer_puts(scan->out, "\"" NUMBER_MARK_JSON);
    go_buffer_add(scan->out, scan->at, length);
    go_buffer_putc(scan->out, '"');
    scan->at += length;
}

static void copy_other(scanner *scan) {
    char c = *scan->at++;
    if (c == '{' || c == '[') scan->depth++;
    if (c == '}' || c == ']') scan->depth--;
    if (c == '{' || c == '[' || c == ',') scan->values++;
    go_buffer_putc(scan->out, c);
}

/* The clean text is NUL-terminated, and holds no other NUL. */
static apr_status_t quote_numbers(const char *text, apr_size_t length, const char **quoted,
                                  apr_pool_t *pool, go_error *err) {
    scanner scan = {.at = text, .end = text + length, .out = go_buffer_make(pool, length + 1024)};
    while (scan.at < scan.end) {
        if (*scan.at == '"')
            copy_string(&scan);
        else if (strchr(NUMBER_START, *scan.at))
            copy_number(&scan);
        else
            copy_other(&scan);
        if (scan.depth > GO_RESULTS_DEPTH_MAX)
            return go_error_set(err, GO_EINVALID, NULL, "it is nested more than %d deep",
                                GO_RESULTS_DEPTH_MAX);
        if (scan.values > GO_RESULTS_VALUES_MAX)
            return go_error_set(err, GO_ETOOBIG, NULL, "it has more than %d values",
                                GO_RESULTS_VALUES_MAX);
    }
    *quoted = scan.out->bytes;
    return APR_SUCCESS;
}

/* --- fields ----------------------------------------------------------------------------------- */

/* A field that is there; a null is as if it were not. */
static const json_t *field_of(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

static apr_status_t refuse(const parsing *p, const char *where, const char *name,
                           const char *what) {
    return go_error_set(p->err, GO_EINVALID, NULL, "%s%s is %s", where, name, what);
}

static int is_number(const json_t *value) {
    return json_is_string(value) && json_string_value(value)[0] == NUMBER_MARK;
}

static apr_status_t read_points(const parsing *p, const json_t *object, const char *where,
                                const char *name, int *has, apr_int64_t *milli) {
    const json_t *value = field_of(object, name);
    if (!value) return APR_SUCCESS;
    if (!is_number(value) || !go_results_milli(json_string_value(value) + 1, milli))
        return refuse(p, where, name, "no number, or too large a one");
    *has = 1;
    return APR_SUCCESS;
}

static apr_status_t read_max(const parsing *p, const json_t *object, const char *where, int *has,
                             apr_int64_t *milli) {
    apr_status_t status = read_points(p, object, where, "max_score", has, milli);
    return status || *milli >= 0 ? status : refuse(p, where, "max_score", "negative");
}

/* A text, or a number as it was written; `lines` 0: on one line. */
static apr_status_t read_text(const parsing *p, const json_t *object, const char *where,
                              const char *name, int lines, const char **text) {
    const json_t *value = field_of(object, name);
    *text = "";
    if (!value) return APR_SUCCESS;
    if (!json_is_string(value)) return refuse(p, where, name, "no text");
    const char *bytes = json_string_value(value);
    apr_size_t length = json_string_length(value);
    *text = lines ? go_results_text(p->pool, bytes, length, GO_RESULTS_OUTPUT_MAX)
                  : go_results_line(p->pool, bytes, length); /* the mark is no clean text */
    return APR_SUCCESS;
}

static apr_status_t read_visibility(const parsing *p, const json_t *object, const char *where,
                                    const char *name, go_visibility *visibility) {
    const json_t *value = field_of(object, name);
    const char *text = json_string_value(value);
    if (!value || (text && go_visibility_parse(text, visibility))) return APR_SUCCESS;
    return refuse(p, where, name, "none of visible, hidden, after_due_date, after_published");
}

static apr_status_t read_status(const parsing *p, const json_t *object, const char *where,
                                go_test *test) {
    const json_t *value = field_of(object, "status");
    const char *text = json_string_value(value);
    if (text && *text && go_test_status_parse(text, &test->status)) return APR_SUCCESS;
    if (value) return refuse(p, where, "status", "none of passed, failed, skipped, error");
    if (test->has_score && test->has_max)
        test->status = test->score_milli >= test->max_milli ? GO_TEST_PASSED : GO_TEST_FAILED;
    return APR_SUCCESS;
}

static apr_status_t read_tags(const parsing *p, const json_t *object, const char *where,
                              const char **tags) {
    const json_t *list = field_of(object, "tags");
    size_t i;
    json_t *tag;
    *tags = "";
    if (list && !json_is_array(list)) return refuse(p, where, "tags", "no list");
    json_array_foreach(list, i, tag) {
        if (!json_is_string(tag)) return refuse(p, where, "tags", "no list of texts");
        if (i >= GO_RESULTS_TAGS_MAX) break;
        const char *line =
            go_results_line(p->pool, json_string_value(tag), json_string_length(tag));
        *tags = apr_pstrcat(p->pool, *tags, i ? "\n" : "", line, NULL);
    }
    return APR_SUCCESS;
}

/* --- the whole -------------------------------------------------------------------------------- */

static apr_status_t read_test(const parsing *p, const json_t *object, const char *where) {
    go_test test = {.visibility = p->otherwise};
    const char *format;
    if (!json_is_object(object)) return refuse(p, where, "", "no object");
    if (read_text(p, object, where, "name", 0, &test.name) ||
        read_text(p, object, where, "number", 0, &test.number) ||
        read_text(p, object, where, "output", 1, &test.output) ||
        read_points(p, object, where, "score", &test.has_score, &test.score_milli) ||
        read_max(p, object, where, &test.has_max, &test.max_milli) ||
        read_status(p, object, where, &test) ||
        read_visibility(p, object, where, "visibility", &test.visibility) ||
        read_text(p, object, where, "output_format", 0, &format) ||
        read_tags(p, object, where, &test.tags))
        return p->err->status;
    test.format = *format ? go_text_format_of(format) : p->format;
    APR_ARRAY_PUSH(p->results->tests, go_test) = test;
    return APR_SUCCESS;
}

static apr_status_t read_leader(const parsing *p, const json_t *object, const char *where) {
    go_leader leader = {0};
    const char *order;
    if (!json_is_object(object)) return refuse(p, where, "", "no object");
    if (read_text(p, object, where, "name", 0, &leader.name) ||
        read_text(p, object, where, "value", 0, &leader.value) ||
        read_text(p, object, where, "order", 0, &order))
        return p->err->status;
    if (!*leader.name) return refuse(p, where, "name", "not there");
    if (*order && strcmp(order, "asc") != 0 && strcmp(order, "desc") != 0)
        return refuse(p, where, "order", "neither asc nor desc");
    leader.is_ascending = strcmp(order, "asc") == 0;
    if (is_number(field_of(object, "value")))
        leader.has_milli = go_results_milli(leader.value, &leader.milli);
    APR_ARRAY_PUSH(p->results->leaderboard, go_leader) = leader;
    return APR_SUCCESS;
}

static apr_status_t read_list(const parsing *p, const json_t *root, const char *name, size_t max,
                              apr_status_t (*read)(const parsing *, const json_t *, const char *)) {
    const json_t *list = field_of(root, name);
    size_t i;
    json_t *item;
    if (!list) return APR_SUCCESS;
    if (!json_is_array(list)) return refuse(p, "", name, "no list");
    if (json_array_size(list) > max)
        return go_error_set(p->err, GO_ETOOBIG, NULL, "%s has %d entries, more than %d", name,
                            (int)json_array_size(list), (int)max);
    json_array_foreach(list, i, item) {
        const char *dot = json_is_object(item) ? "." : "";
        if (read(p, item, apr_psprintf(p->pool, "%s[%d]%s", name, (int)i, dot)))
            return p->err->status;
    }
    return APR_SUCCESS;
}

static apr_status_t read_root(parsing *p, const json_t *root) {
    go_results *results = p->results;
    go_visibility ignored;
    const char *own, *of_tests;
    if (!json_is_object(root)) return refuse(p, "it", "", "no object");
    if (read_points(p, root, "", "score", &results->has_score, &results->score_milli) ||
        read_max(p, root, "", &results->has_max, &results->max_milli) ||
        read_text(p, root, "", "output", 1, &results->output) ||
        read_visibility(p, root, "", "visibility", &p->otherwise) ||
        read_visibility(p, root, "", "stdout_visibility", &ignored) ||
        read_text(p, root, "", "output_format", 0, &own) ||
        read_text(p, root, "", "test_output_format", 0, &of_tests))
        return p->err->status;
    results->output_format = go_text_format_of(own);
    p->format = go_text_format_of(of_tests);
    if (read_list(p, root, "tests", GO_RESULTS_TESTS_MAX, read_test) ||
        read_list(p, root, "leaderboard", GO_RESULTS_LEADER_MAX, read_leader))
        return p->err->status;
    results->output_visibility = p->otherwise;
    return APR_SUCCESS;
}

apr_status_t go_results_parse_json(const char *bytes, apr_size_t length, go_results **results,
                                   apr_pool_t *pool, go_error *err) {
    const char *text;
    json_error_t why;
    apr_status_t status = go_results_clean(&bytes, &length, pool, err);
    if (!status) status = quote_numbers(bytes, length, &text, pool, err);
    if (status) return status;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    if (!root)
        return go_error_set(err, GO_EINVALID, NULL, "it is no JSON: line %d: %s", why.line,
                            go_text_printable(pool, why.text, strcspn(why.text, "\n")));
    parsing p = {.results = go_results_make("results.json", pool), .pool = pool, .err = err};
    status = read_root(&p, root);
    json_decref(root);
    if (!status) *results = p.results;
    return status;
}
