/*
 * HTML that a stage wrote about a test, or about all of them: a document of its own, which the page
 * of the submission shows in a frame. A stage may repeat what a student's program printed, so
 * nothing in it is trusted: its policy makes it a sandbox (an origin of its own, no script, no
 * form, no way out of the frame) that loads nothing from anywhere. Opened in a tab by itself it is
 * the same.
 */
#include "pages/pages.h"

#include "web/reply.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

#define SANDBOX                                                                                    \
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "  \
    "base-uri 'none'; frame-ancestors 'self'"

/* The output that the path names, when it is HTML and the viewer may see it; NULL otherwise. */
static const char *find_html(const go_request *q, const go_results *results,
                             const go_results_viewer *viewer) {
    const char *which = apr_table_get(q->params, "test");
    if (strcmp(which, "all") == 0)
        return results->output_format == GO_FORMAT_HTML && *results->output &&
                       go_results_may_see(results->output_visibility, viewer)
                   ? results->output
                   : NULL;
    if (!*which || strlen(which) > 6 || strspn(which, "0123456789") != strlen(which)) return NULL;
    int number = atoi(which);
    if (number < 1 || number > results->tests->nelts) return NULL;
    const go_test *test = &APR_ARRAY_IDX(results->tests, number - 1, go_test);
    return test->format == GO_FORMAT_HTML && *test->output &&
                   go_results_may_see(test->visibility, viewer)
               ? test->output
               : NULL;
}

int test_output_page(go_request *q, json_t *page) {
    go_run *run = NULL;
    go_results *results = NULL;
    go_results_viewer viewer = {0};
    (void)page;
    if (go_run_newest(q->db, q->at.submission->graded_id, &run, q->pool, &q->err) ||
        tests_viewer(q, &viewer))
        return go_failed(q);
    if (run && run->state == GO_RUN_FINISHED &&
        go_results_of_run(q->db, run->id, &results, q->pool, &q->err))
        return go_failed(q);
    const char *html = results ? find_html(q, results, &viewer) : NULL;
    if (!html) return HTTP_NOT_FOUND;
    q->policy = SANDBOX;
    const char *document =
        apr_pstrcat(q->pool, "<!doctype html><meta charset=\"utf-8\">", html, NULL);
    return go_reply_bytes(q, "text/html; charset=utf-8", NULL, document, strlen(document));
}
