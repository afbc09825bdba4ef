/* QR codes, as SVG that stands in a page: no inline style, no script, nothing that is loaded. */
#ifndef GO_WEB_QR_H
#define GO_WEB_QR_H

#include <apr_pools.h>

/*
 * An <svg> element of the text's bytes, dark on light in any colour scheme, named `label` (written
 * by us, no markup). NULL when the text is too long for one (some 2,000 bytes) or memory is out.
 */
const char *go_qr_svg(const char *text, const char *label, apr_pool_t *pool);

#endif
