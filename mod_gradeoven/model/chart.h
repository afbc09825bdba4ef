/*
 * Charts as SVG, made on the server: columns over an axis, and rows with a name each. They need no
 * script and no inline style (the pages' CSP allows neither): positions and sizes are attributes,
 * colours come from the stylesheet by the classes chart, axis, bar, part and mark, in the dark too.
 *
 * A chart is an image with a title and a description for who cannot see it; the page gives the same
 * figures as a table beside it.
 */
#ifndef GO_MODEL_CHART_H
#define GO_MODEL_CHART_H

#include <apr_pools.h>
#include <apr_tables.h>

typedef struct go_chart_bar {
    const char *label; /* under or before it; as many are shown as there is room for */
    const char *text;  /* the whole of it in a sentence: shown when one points at it */
    int value;         /* not negative */
    int part;          /* of `value`, drawn stronger */
    int is_marked;     /* a line before its end, for `mark` */
} go_chart_bar;

typedef struct go_chart {
    const char *id; /* of the page's elements: unique there, no characters to escape */
    const char *title, *description;
    const char *mark;         /* what the line at a marked bar means, or NULL */
    apr_array_header_t *bars; /* of go_chart_bar, not empty */
} go_chart;

/* All texts may be anything and are escaped; they must be valid UTF-8. SVG in `pool`. */
const char *go_chart_columns(const go_chart *chart, apr_pool_t *pool);
const char *go_chart_rows(const go_chart *chart, apr_pool_t *pool);

/* The value at the top of an axis for values up to `most`: 1, 2 or 5 times a power of ten. */
int go_chart_top(int most);

#endif
