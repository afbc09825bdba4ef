#include "web/qr.h"

#include "model/buffer.h"

#include <qrencode.h>

enum { QUIET_ZONE = 4 }; /* modules around it that ISO/IEC 18004 asks for */

static int is_dark(const QRcode *code, int x, int y) {
    return code->data[y * code->width + x] & 1; /* the other bits say what a module is for */
}

/* One rectangle for each run of dark modules in a row. */
static void add_row(go_buffer *svg, const QRcode *code, int y) {
    for (int x = 0; x < code->width; x++) {
        int from = x;
        while (x < code->width && is_dark(code, x, y))
            x++;
        if (x > from)
            go_buffer_printf(svg, "M%d %dh%dv1h-%dz", from + QUIET_ZONE, y + QUIET_ZONE, x - from,
                             x - from);
    }
}

const char *go_qr_svg(const char *text, const char *label, apr_pool_t *pool) {
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code) return NULL;
    int size = code->width + 2 * QUIET_ZONE;
    go_buffer *svg = go_buffer_make(pool, 8192);
    go_buffer_printf(svg,
                     "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                     "aria-label=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">"
                     "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
                     label, size, size, size * 5, size * 5, size, size);
    for (int y = 0; y < code->width; y++)
        add_row(svg, code, y);
    go_buffer_puts(svg, "\"/></svg>");
    QRcode_free(code);
    return svg->bytes;
}
