/* The headers of multipart/form-data: parameters, quoting, and what a part says of itself. */
#ifndef GO_WEB_MULTIPART_HEADER_H
#define GO_WEB_MULTIPART_HEADER_H

#include "web/multipart.h"

/*
 * The boundary that a Content-Type names, in `pool`; NULL if it is not multipart/form-data or the
 * boundary breaks RFC 2046, section 5.1.1.
 */
const char *go_multipart_boundary(const char *content_type, apr_pool_t *pool);

/*
 * Reads a part's headers, the bytes between its boundary line and the empty line, each line with
 * its CR LF. `bytes` is changed; *part points into `pool`.
 */
apr_status_t go_multipart_read_headers(go_multipart_part *part, char *bytes, apr_size_t length,
                                       apr_size_t max_name, apr_pool_t *pool, go_error *err);

#endif
