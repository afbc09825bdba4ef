#include "web/markdown.h"

#include "model/buffer.h"
#include "model/text.h"

#include <cmark.h>

#include <stdlib.h>
#include <string.h>

#define ELLIPSIS "\n\n\xE2\x80\xA6\n"

/* Clean text of at most GO_MARKDOWN_MAX bytes, cut between two code points. */
static const char *clean(apr_pool_t *pool, const char *text, apr_size_t *length) {
    apr_size_t given = strlen(text);
    if (given <= GO_MARKDOWN_MAX) {
        const char *cleaned = go_text_clean_utf8(pool, text, given, length);
        if (*length <= GO_MARKDOWN_MAX) return cleaned;
        text = cleaned;
    }
    apr_size_t cut = GO_MARKDOWN_MAX;
    while (cut && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    go_buffer *shorter = go_buffer_make(pool, cut + sizeof(ELLIPSIS));
    go_buffer_add(shorter, text, cut);
    go_buffer_puts(shorter, ELLIPSIS);
    return go_text_clean_utf8(pool, shorter->bytes, shorter->length, length);
}

/*
 * Puts rel="noopener nofollow" into the links. In cmark's safe output "<a href=" can only be its
 * own tag: whatever the text held of "<" is escaped, in attributes too.
 */
static const char *mark_links(apr_pool_t *pool, const char *html) {
    static const char link[] = "<a href=";
    go_buffer *out = go_buffer_make(pool, strlen(html) + 256);
    for (;;) {
        const char *found = strstr(html, link);
        if (!found) break;
        go_buffer_add(out, html, (apr_size_t)(found - html));
        go_buffer_puts(out, "<a rel=\"noopener nofollow\" href=");
        html = found + sizeof(link) - 1;
    }
    go_buffer_puts(out, html);
    return out->bytes;
}

const char *go_markdown_html(apr_pool_t *pool, const char *text) {
    apr_size_t length;
    if (!text || !*text) return "";
    const char *source = clean(pool, text, &length);
    char *html =
        cmark_markdown_to_html(source, length, CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
    if (!html) return "";
    const char *marked = mark_links(pool, html);
    free(html);
    return marked;
}
