/*
 * Markdown: how people write an assignment's text and comments.
 *
 * CommonMark by cmark, in its safe mode: raw HTML is left out, and so are links whose scheme can
 * run (javascript:, vbscript:, file:, most of data:). So the result may stand in a page as it is.
 * Links get rel="noopener nofollow". There are no tables: the library that has them (cmark-gfm
 * 0.29) takes seconds for a table of a few KiB.
 */
#ifndef GO_WEB_MARKDOWN_H
#define GO_WEB_MARKDOWN_H

#include <apr_pools.h>

#define GO_MARKDOWN_MAX (64 * 1024) /* bytes; forms refuse longer texts with this number */

/*
 * The HTML of `text` (NULL: ""), in `pool`. Never fails: invalid UTF-8 is replaced, and a text over
 * GO_MARKDOWN_MAX is cut there and ends in an ellipsis.
 */
const char *go_markdown_html(apr_pool_t *pool, const char *text);

#endif
