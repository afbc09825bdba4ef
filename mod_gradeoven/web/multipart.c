#include "web/multipart.h"

#include "web/multipart_header.h"

#include <apr_strings.h>

#include <string.h>

/*
 * What comes next in the body:
 *
 *   BOUNDARY ──> LINE_END ── CR LF ──> HEADERS ── empty line ──> DATA ──┐
 *      (at the very start)   │  ^                                       │ CR LF -- boundary
 *                            │  └───────────────────────────────────────┘
 *                            └── "--" ──> EPILOGUE (ignored)
 */
typedef enum state { BOUNDARY, LINE_END, HEADERS, DATA, EPILOGUE } state;

struct go_multipart {
    go_multipart_limits limits;
    go_multipart_callbacks callbacks;
    void *baton;
    go_error *err;
    apr_status_t status; /* the failure that ended it, for every later call */
    state state;
    char *delimiter; /* CR LF -- boundary */
    apr_size_t delimiter_length;
    apr_size_t matched; /* bytes of the delimiter that the last bytes fed were */
    char line_end;      /* in LINE_END: the '-' or CR that came, or 0 */
    char *headers;
    apr_size_t header_length;
    apr_off_t total_bytes;
    apr_size_t field_bytes; /* of this part, if it is a plain field */
    int is_file;
    int parts;
    apr_pool_t *part_pool; /* cleared with every part */
};

static apr_status_t malformed(go_multipart *m, const char *what) {
    return go_error_set(m->err, GO_EINVALID, NULL, "The upload is malformed: %s.", what);
}

apr_status_t go_multipart_create(go_multipart **multipart, const char *content_type,
                                 const go_multipart_limits *limits,
                                 const go_multipart_callbacks *callbacks, void *baton,
                                 apr_pool_t *pool, go_error *err) {
    *multipart = NULL;
    const char *boundary = go_multipart_boundary(content_type, pool);
    if (!boundary)
        return go_error_set(err, GO_EINVALID, NULL,
                            "The request is not multipart/form-data with a valid boundary.");
    go_multipart *m = apr_pcalloc(pool, sizeof(*m));
    m->limits = *limits;
    m->callbacks = *callbacks;
    m->baton = baton;
    m->err = err;
    m->state = BOUNDARY;
    m->delimiter = apr_pstrcat(pool, "\r\n--", boundary, NULL);
    m->delimiter_length = strlen(m->delimiter);
    m->matched = 2; /* the first boundary stands at the start, as if CR LF had come before it */
    m->headers = apr_palloc(pool, limits->max_header_bytes + 1);
    apr_status_t status = apr_pool_create(&m->part_pool, pool);
    if (status) return go_error_system(err, status, NULL, "No memory for the upload");
    *multipart = m;
    return APR_SUCCESS;
}

static apr_status_t pass_data(go_multipart *m, const char *bytes, apr_size_t length) {
    if (!length) return APR_SUCCESS;
    if (!m->is_file && length > m->limits.max_field_bytes - m->field_bytes)
        return go_error_set(m->err, GO_ETOOBIG, NULL,
                            "A field of the form is larger than %" APR_SIZE_T_FMT " bytes.",
                            m->limits.max_field_bytes);
    m->field_bytes += m->is_file ? 0 : length;
    return m->callbacks.part_data(m->baton, bytes, length);
}

/* Each of these takes bytes from the front and says in *taken how many. */

static apr_status_t take_boundary(go_multipart *m, const char *bytes, apr_size_t *taken) {
    *taken = 1;
    if (*bytes != m->delimiter[m->matched])
        return malformed(m, "it does not begin with a boundary");
    if (++m->matched == m->delimiter_length) m->state = LINE_END;
    return APR_SUCCESS;
}

static apr_status_t take_line_end(go_multipart *m, const char *bytes, apr_size_t *taken) {
    char c = *bytes;
    *taken = 1;
    if (!m->line_end && (c == ' ' || c == '\t')) return APR_SUCCESS; /* RFC 2046 allows padding */
    if (!m->line_end && (c == '-' || c == '\r')) {
        m->line_end = c;
        return APR_SUCCESS;
    }
    if (m->line_end == '-' && c == '-') {
        m->state = EPILOGUE;
        return APR_SUCCESS;
    }
    if (m->line_end != '\r' || c != '\n')
        return malformed(m, "bytes follow a boundary in its line");
    if (++m->parts > m->limits.max_parts)
        return go_error_set(m->err, GO_ETOOBIG, "Pack the files into one archive.",
                            "The upload has more than %d parts.", m->limits.max_parts);
    m->header_length = 0;
    m->state = HEADERS;
    return APR_SUCCESS;
}

static int headers_end(const go_multipart *m) {
    apr_size_t n = m->header_length;
    return (n == 2 && !memcmp(m->headers, "\r\n", 2)) ||
           (n >= 4 && !memcmp(m->headers + n - 4, "\r\n\r\n", 4));
}

static apr_status_t begin_part(go_multipart *m) {
    go_multipart_part part;
    apr_pool_clear(m->part_pool);
    apr_status_t status = go_multipart_read_headers(&part, m->headers, m->header_length - 2,
                                                    m->limits.max_name, m->part_pool, m->err);
    if (status) return status;
    m->is_file = part.filename != NULL;
    m->field_bytes = 0;
    m->matched = 0;
    m->state = DATA;
    return m->callbacks.part_begin(m->baton, &part);
}

static apr_status_t take_header(go_multipart *m, const char *bytes, apr_size_t *taken) {
    *taken = 1;
    if (m->header_length == m->limits.max_header_bytes)
        return go_error_set(m->err, GO_ETOOBIG, NULL,
                            "The headers of a part are larger than %" APR_SIZE_T_FMT " bytes.",
                            m->limits.max_header_bytes);
    m->headers[m->header_length++] = *bytes;
    return *bytes == '\n' && headers_end(m) ? begin_part(m) : APR_SUCCESS;
}

/*
 * CR is in the delimiter once, at its start. So where a match breaks off, what had matched is data,
 * and only the byte that broke it can begin a new match: nothing has to be looked at twice.
 */
static apr_status_t take_data(go_multipart *m, const char *bytes, apr_size_t length,
                              apr_size_t *taken) {
    if (m->matched && *bytes != m->delimiter[m->matched]) {
        apr_size_t matched = m->matched;
        m->matched = 0;
        *taken = 0;
        return pass_data(m, m->delimiter, matched);
    }
    if (m->matched || *bytes == '\r') {
        *taken = 1;
        if (++m->matched < m->delimiter_length) return APR_SUCCESS;
        m->state = LINE_END;
        m->line_end = 0;
        return m->callbacks.part_end(m->baton);
    }
    const char *cr = memchr(bytes, '\r', length);
    *taken = cr ? (apr_size_t)(cr - bytes) : length;
    return pass_data(m, bytes, *taken);
}

static apr_status_t take(go_multipart *m, const char *bytes, apr_size_t length, apr_size_t *taken) {
    switch (m->state) {
    case BOUNDARY:
        return take_boundary(m, bytes, taken);
    case LINE_END:
        return take_line_end(m, bytes, taken);
    case HEADERS:
        return take_header(m, bytes, taken);
    case DATA:
        return take_data(m, bytes, length, taken);
    case EPILOGUE:
        *taken = length;
        return APR_SUCCESS;
    }
    return GO_EINTERNAL;
}

apr_status_t go_multipart_feed(go_multipart *m, const char *bytes, apr_size_t length) {
    if (m->status) return m->status;
    if ((apr_off_t)length > m->limits.max_total_bytes - m->total_bytes)
        return m->status = go_error_set(m->err, GO_ETOOBIG, NULL,
                                        "The upload is larger than %" APR_OFF_T_FMT " bytes.",
                                        m->limits.max_total_bytes);
    m->total_bytes += (apr_off_t)length;
    while (length && !m->status) {
        apr_size_t taken = 0;
        m->status = take(m, bytes, length, &taken);
        bytes += taken;
        length -= taken;
    }
    return m->status;
}

apr_status_t go_multipart_finish(go_multipart *m) {
    if (!m->status && m->state != EPILOGUE)
        m->status =
            go_error_set(m->err, GO_EINVALID, "Please send it again.", "The upload was cut short.");
    return m->status;
}
