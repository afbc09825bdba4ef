/* Markdown of instructors and graders: no HTML but ours comes out. */
#include "fuzz/fuzz.h"

#include "web/markdown.h"

#include <apr_strings.h>

#include <string.h>

FUZZ_TARGET(markdown) {
    apr_pool_t *pool = fuzz_pool();
    const char *html = go_markdown_html(pool, apr_pstrmemdup(pool, (const char *)bytes, length));
    MUST(!strstr(html, "<script") && !strstr(html, "<iframe") &&
         !strstr(html, "<img src=\"javascript"));
    MUST(!strstr(html, "href=\"javascript:") && !strstr(html, "href=\"vbscript:"));
    return fuzz_done(pool);
}
