#include "model/chart.h"

#include "model/buffer.h"
#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

/* Sizes in units of the drawing, which grows and shrinks with the page. */
enum {
    WIDTH = 640,
    LEFT = 44, /* of the axis: room for its numbers */
    TOP = 16,
    PLOT = 170, /* height of the columns */
    HEIGHT = TOP + PLOT + 28,
    RIGHT = 8,
    LABELS_MAX = 11,
    NAME = 180, /* width of a row's name */
    NAME_CHARACTERS = 24,
    NUMBER = 70, /* width of a row's number */
    ROW = 28,
    BAR = 18
};

int go_chart_top(int most) {
    static const int steps[] = {1, 2, 5};
    int power = 1;
    for (;;) {
        for (int i = 0; i < 3; i++)
            if (steps[i] * power >= most) return steps[i] * power;
        if (power >= 100000000) return most;
        power *= 10;
    }
}

static void put_text(go_buffer *svg, const char *text) {
    go_buffer_add_html(svg, text, strlen(text));
}

static void begin(go_buffer *svg, const go_chart *chart, int height) {
    go_buffer_printf(svg,
                     "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" "
                     "aria-labelledby=\"%s-title %s-text\"><title id=\"%s-title\">",
                     WIDTH, height, chart->id, chart->id, chart->id);
    put_text(svg, chart->title);
    go_buffer_printf(svg, "</title><desc id=\"%s-text\">", chart->id);
    put_text(svg, chart->description);
    go_buffer_puts(svg, "</desc>");
}

static void put_rect(go_buffer *svg, const char *class, int x, int y, int width, int height) {
    go_buffer_printf(svg, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                     class, x, y, width, height);
}

static void put_label(go_buffer *svg, const char *anchor, int x, int y, const char *text) {
    go_buffer_printf(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    put_text(svg, text);
    go_buffer_puts(svg, "</text>");
}

/* Something that is there is seen, however small its part. */
static int length_of(int value, int top, int whole) {
    int length = (int)((apr_int64_t)value * whole / top);
    return value && !length ? 1 : length;
}

static int most_of(const go_chart *chart) {
    int most = 1;
    for (int i = 0; i < chart->bars->nelts; i++) {
        int value = APR_ARRAY_IDX(chart->bars, i, go_chart_bar).value;
        if (value > most) most = value;
    }
    return most;
}

static void put_axis(go_buffer *svg, int top) {
    const int values[] = {0, top % 2 ? 0 : top / 2, top};
    for (int i = 0; i < 3; i++) {
        int y = TOP + PLOT - length_of(values[i], top, PLOT);
        char number[16];
        if (i && !values[i]) continue;
        apr_snprintf(number, sizeof(number), "%d", values[i]);
        go_buffer_printf(svg, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
                         LEFT, y, WIDTH - RIGHT, y);
        put_label(svg, "end", LEFT - 6, y + 4, number);
    }
}

/* The whole and its stronger part, with what they mean when one points at them. */
static void put_column(go_buffer *svg, const go_chart_bar *bar, int x, int width, int top) {
    int height = length_of(bar->value, top, PLOT), part = length_of(bar->part, top, PLOT);
    go_buffer_puts(svg, "<g><title>");
    put_text(svg, bar->text);
    go_buffer_puts(svg, "</title>");
    put_rect(svg, "space", x, TOP, width, PLOT); /* one can point above a low column too */
    put_rect(svg, "bar", x, TOP + PLOT - height, width, height);
    if (part) put_rect(svg, "bar part", x, TOP + PLOT - part, width, part);
    go_buffer_puts(svg, "</g>");
}

static void put_mark(go_buffer *svg, const char *mark, int x) {
    go_buffer_printf(svg, "<line class=\"mark\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", x,
                     TOP - 4, x, TOP + PLOT);
    put_label(svg, x > WIDTH / 2 ? "end" : "start", x, TOP - 5, mark);
}

const char *go_chart_columns(const go_chart *chart, apr_pool_t *pool) {
    go_buffer *svg = go_buffer_make(pool, 8192);
    int count = chart->bars->nelts, top = go_chart_top(most_of(chart));
    int plot = WIDTH - LEFT - RIGHT, each = (count + LABELS_MAX - 1) / LABELS_MAX;
    begin(svg, chart, HEIGHT);
    put_axis(svg, top);
    for (int i = 0; i < count; i++) {
        const go_chart_bar *bar = &APR_ARRAY_IDX(chart->bars, i, go_chart_bar);
        int x = LEFT + plot * i / count, end = LEFT + plot * (i + 1) / count;
        int gap = end - x > 12 ? 4 : 1;
        put_column(svg, bar, x + gap / 2, end - x - gap, top);
        if (i % each == 0) put_label(svg, "middle", (x + end) / 2, TOP + PLOT + 18, bar->label);
        if (bar->is_marked && chart->mark) put_mark(svg, chart->mark, end);
    }
    go_buffer_puts(svg, "</svg>");
    return svg->bytes;
}

/* The beginning of a name that is too long, in whole characters. */
static const char *shorten(const char *name, apr_pool_t *pool) {
    apr_size_t length = strlen(name), at = 0, kept = 0;
    apr_uint32_t ignored;
    for (int i = 0; i < NAME_CHARACTERS && at < length; i++) {
        apr_size_t step = go_text_decode(name + at, length - at, &ignored);
        kept = at;
        at += step ? step : 1;
    }
    return at >= length ? name
                        : apr_pstrcat(pool, apr_pstrmemdup(pool, name, kept), "\xe2\x80\xa6", NULL);
}

const char *go_chart_rows(const go_chart *chart, apr_pool_t *pool) {
    go_buffer *svg = go_buffer_make(pool, 4096);
    int count = chart->bars->nelts, most = most_of(chart), plot = WIDTH - NAME - NUMBER;
    begin(svg, chart, count * ROW);
    for (int i = 0; i < count; i++) {
        const go_chart_bar *bar = &APR_ARRAY_IDX(chart->bars, i, go_chart_bar);
        int y = i * ROW + (ROW - BAR) / 2, width = length_of(bar->value, most, plot);
        int part = length_of(bar->part, most, plot);
        go_buffer_puts(svg, "<g><title>");
        put_text(svg, bar->text);
        go_buffer_puts(svg, "</title>");
        put_label(svg, "end", NAME - 8, y + 14, shorten(bar->label, pool));
        put_rect(svg, "bar", NAME, y, width, BAR);
        if (part) put_rect(svg, "bar part", NAME, y, part, BAR);
        put_label(svg, "start", NAME + width + 6, y + 14,
                  bar->part == bar->value || !bar->value
                      ? apr_psprintf(pool, "%d", bar->part)
                      : apr_psprintf(pool, "%d / %d", bar->part, bar->value));
        go_buffer_puts(svg, "</g>");
    }
    go_buffer_puts(svg, "</svg>");
    return svg->bytes;
}
