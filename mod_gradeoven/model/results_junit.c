/*
 * JUnit XML, as test runners write it:
 *
 *   testsuites > testsuite > ... > testcase > failure | error | skipped | system-out | system-err
 *
 * A property "visibility" of a testsuite or a testcase says who may see it; otherwise students may.
 * What it is not asked for is passed over. A document type is refused, and with it every entity
 * that is not XML's own: no bombs, and nothing from outside.
 */
#include "model/results.h"

#include "model/buffer.h"
#include "model/results_private.h"
#include "model/text.h"

#include <apr_strings.h>
#include <expat.h>

#include <string.h>

typedef struct parsing {
    XML_Parser parser;
    go_results *results;
    apr_pool_t *pool;
    go_error *err;
    int depth, elements;
    go_visibility visibility[GO_RESULTS_DEPTH_MAX + 1]; /* of the elements that are open */
    int tests_before[GO_RESULTS_DEPTH_MAX + 1];         /* tests when each of them began */
    int case_depth;                                     /* of the testcase; 0: in none */
    go_test test;
    go_buffer *output; /* of the testcase */
    int properties_depth;
    int text_depth; /* of the element whose text is wanted; 0: none */
} parsing;

static void refuse(parsing *p, apr_status_t status, const char *what) {
    if (p->err->status) return;
    go_error_set(p->err, status, NULL, "line %d: %s", (int)XML_GetCurrentLineNumber(p->parser),
                 what);
    XML_StopParser(p->parser, XML_FALSE);
}

static const char *attribute_of(const XML_Char **attributes, const char *name) {
    for (int i = 0; attributes[i]; i += 2)
        if (strcmp(attributes[i], name) == 0) return attributes[i + 1];
    return "";
}

/* More than is kept is not gathered either. */
static void say(parsing *p, const char *text, apr_size_t length) {
    apr_size_t room = GO_RESULTS_OUTPUT_MAX + 1 - p->output->length;
    if (p->output->length > GO_RESULTS_OUTPUT_MAX) return;
    go_buffer_add(p->output, text, length < room ? length : room);
}

static void begin_line(parsing *p) {
    if (p->output->length && p->output->bytes[p->output->length - 1] != '\n') say(p, "\n", 1);
}

static void begin_case(parsing *p, const XML_Char **attributes) {
    const char *name = attribute_of(attributes, "name");
    const char *class = attribute_of(attributes, "classname");
    const char *whole = *class ? apr_pstrcat(p->pool, class, ".", name, NULL) : name;
    if (p->results->tests->nelts == GO_RESULTS_TESTS_MAX) {
        refuse(p, GO_ETOOBIG,
               apr_psprintf(p->pool, "there are more than %d tests", GO_RESULTS_TESTS_MAX));
        return;
    }
    p->case_depth = p->depth;
    p->output = go_buffer_make(p->pool, 256);
    p->test = (go_test){.name = go_results_line(p->pool, whole, strlen(whole)),
                        .number = "",
                        .tags = "",
                        .status = GO_TEST_PASSED};
}

/* A failure, an error, a skip: its message, and then its text. */
static void begin_outcome(parsing *p, go_test_status status, const XML_Char **attributes) {
    const char *message = attribute_of(attributes, "message");
    if (p->test.status == GO_TEST_PASSED) p->test.status = status;
    begin_line(p);
    say(p, message, strlen(message));
    begin_line(p);
    p->text_depth = p->depth;
}

/* It holds for the element that its <properties> stand in. */
static void read_property(parsing *p, const XML_Char **attributes) {
    if (!p->properties_depth || strcmp(attribute_of(attributes, "name"), "visibility") != 0) return;
    go_visibility visibility;
    if (!go_visibility_parse(attribute_of(attributes, "value"), &visibility)) {
        refuse(p, GO_EINVALID,
               "visibility is none of visible, hidden, after_due_date, after_published");
        return;
    }
    if (p->tests_before[p->properties_depth - 1] != p->results->tests->nelts) {
        refuse(p, GO_EINVALID, "visibility must stand before the tests that it is for");
        return;
    }
    for (int i = p->properties_depth - 1; i <= p->depth; i++)
        p->visibility[i] = visibility;
}

static void begin_part_of_case(parsing *p, const char *name, const XML_Char **attributes) {
    static const struct {
        const char *name;
        go_test_status status;
    } outcomes[] = {
        {"failure", GO_TEST_FAILED}, {"error", GO_TEST_ERROR}, {"skipped", GO_TEST_SKIPPED}};
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++)
        if (strcmp(name, outcomes[i].name) == 0) begin_outcome(p, outcomes[i].status, attributes);
    if (strcmp(name, "system-out") == 0 || strcmp(name, "system-err") == 0) {
        begin_line(p);
        p->text_depth = p->depth;
    }
}

static void XMLCALL begin(void *baton, const XML_Char *name, const XML_Char **attributes) {
    parsing *p = baton;
    if (p->err->status) return;
    if (p->depth == GO_RESULTS_DEPTH_MAX) {
        refuse(p, GO_EINVALID, "it is nested too deep");
        return;
    }
    if (++p->elements > GO_RESULTS_VALUES_MAX) {
        refuse(p, GO_ETOOBIG, "it has too many elements");
        return;
    }
    p->depth++;
    p->visibility[p->depth] = p->visibility[p->depth - 1];
    p->tests_before[p->depth] = p->results->tests->nelts;
    if (p->depth == 1 && strcmp(name, "testsuites") != 0 && strcmp(name, "testsuite") != 0)
        refuse(p, GO_EINVALID, "it begins with neither <testsuites> nor <testsuite>");
    else if (strcmp(name, "properties") == 0)
        p->properties_depth = p->depth;
    else if (strcmp(name, "property") == 0)
        read_property(p, attributes);
    else if (p->case_depth)
        begin_part_of_case(p, name, attributes);
    else if (strcmp(name, "testcase") == 0)
        begin_case(p, attributes);
}

static void XMLCALL end(void *baton, const XML_Char *name) {
    parsing *p = baton;
    if (p->err->status) return;
    if (p->depth == p->text_depth) p->text_depth = 0;
    if (p->depth == p->properties_depth) p->properties_depth = 0;
    if (p->depth == p->case_depth) {
        p->case_depth = 0;
        p->test.visibility = p->visibility[p->depth];
        p->test.output =
            go_results_text(p->pool, p->output->bytes, p->output->length, GO_RESULTS_OUTPUT_MAX);
        APR_ARRAY_PUSH(p->results->tests, go_test) = p->test;
    }
    p->depth--;
}

static void XMLCALL text(void *baton, const XML_Char *bytes, int length) {
    parsing *p = baton;
    if (p->text_depth && !p->err->status) say(p, bytes, (apr_size_t)length);
}

static void XMLCALL doctype(void *baton, const XML_Char *name, const XML_Char *system_id,
                            const XML_Char *public_id, int has_internal_subset) {
    refuse(baton, GO_EINVALID, "it has a document type, which is not allowed");
}

apr_status_t go_results_parse_junit(const char *bytes, apr_size_t length, go_results **results,
                                    apr_pool_t *pool, go_error *err) {
    apr_status_t status = go_results_clean(&bytes, &length, pool, err);
    if (status) return status;
    parsing p = {.parser = XML_ParserCreate("UTF-8"),
                 .results = go_results_make("junit.xml", pool),
                 .pool = pool,
                 .err = err};
    if (!p.parser) return go_error_set(err, GO_EINTERNAL, NULL, "there is no memory to read it");
    XML_SetUserData(p.parser, &p);
    XML_SetElementHandler(p.parser, begin, end);
    XML_SetCharacterDataHandler(p.parser, text);
    XML_SetStartDoctypeDeclHandler(p.parser, doctype);
    /* at most 3 MiB: cleaning may make three bytes of one */
    if (XML_Parse(p.parser, bytes, (int)length, XML_TRUE) != XML_STATUS_OK && !err->status)
        go_error_set(err, GO_EINVALID, NULL, "line %d: it is no XML: %s",
                     (int)XML_GetCurrentLineNumber(p.parser),
                     XML_ErrorString(XML_GetErrorCode(p.parser)));
    XML_ParserFree(p.parser);
    if (!err->status) *results = p.results;
    return err->status;
}
