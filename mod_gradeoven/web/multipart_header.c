#include "web/multipart_header.h"

#include "model/text.h"

#include <apr_strings.h>

#include <string.h>
#include <strings.h>

#define BOUNDARY_MAX 70

/* A header's value being read: type or disposition first, then "; name=value" any number of times.
 */
typedef struct reader {
    const char *at, *end;
    apr_pool_t *pool;
} reader;

static int is_token(char c) {
    return c > ' ' && c < 0x7F && !strchr("()<>@,;:\\\"/[]?=", c);
}

static void skip_blanks(reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
}

/* A token, possibly with '/' in it as in a type; NULL if there is none. */
static const char *read_token(reader *r) {
    const char *begin = r->at;
    while (r->at < r->end && (is_token(*r->at) || *r->at == '/'))
        r->at++;
    return r->at > begin ? apr_pstrmemdup(r->pool, begin, (apr_size_t)(r->at - begin)) : NULL;
}

/*
 * What stands at a backslash or percent sign in a quoted string. Browsers write " CR LF as %22 %0D
 * %0A and leave all else alone, a backslash too (HTML, "multipart form data"); curl and older
 * browsers write \" and \\. So these five are undone, and any other such sign means itself.
 */
static char unescape(reader *r) {
    static const struct {
        char escaped[4];
        char is;
    } escapes[] = {{"\\\"", '"'}, {"\\\\", '\\'}, {"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}};
    for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
        size_t n = strlen(escapes[i].escaped);
        if ((size_t)(r->end - r->at) < n || strncasecmp(r->at, escapes[i].escaped, n)) continue;
        r->at += n;
        return escapes[i].is;
    }
    return *r->at++;
}

static const char *read_quoted(reader *r) {
    char *value = apr_palloc(r->pool, (apr_size_t)(r->end - r->at) + 1);
    char *to = value;
    r->at++;
    while (r->at < r->end && *r->at != '"')
        *to++ = *r->at == '\\' || *r->at == '%' ? unescape(r) : *r->at++;
    if (r->at == r->end) return NULL;
    r->at++;
    *to = '\0';
    return value;
}

/* The next parameter: 1, 0 at the end, -1 if it is malformed. */
static int read_parameter(reader *r, const char **name, const char **value) {
    skip_blanks(r);
    if (r->at == r->end) return 0;
    if (*r->at++ != ';') return -1;
    skip_blanks(r);
    if (r->at == r->end) return 0; /* a ';' at the end is harmless */
    *name = read_token(r);
    if (!*name || r->at == r->end || *r->at++ != '=') return -1;
    *value = r->at < r->end && *r->at == '"' ? read_quoted(r) : read_token(r);
    return *value ? 1 : -1;
}

static int is_boundary(const char *boundary) {
    static const char allowed[] = "'()+_,-./:=? ";
    size_t length = strlen(boundary);
    if (!length || length > BOUNDARY_MAX || boundary[length - 1] == ' ') return 0;
    for (const char *c = boundary; *c; c++) {
        int alphanumeric = (*c >= '0' && *c <= '9') || ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z');
        if (!alphanumeric && !strchr(allowed, *c)) return 0;
    }
    return 1;
}

const char *go_multipart_boundary(const char *content_type, apr_pool_t *pool) {
    if (!content_type) return NULL;
    reader r = {.at = content_type, .end = content_type + strlen(content_type), .pool = pool};
    const char *name, *value, *boundary = NULL;
    int more;
    skip_blanks(&r);
    const char *type = read_token(&r);
    if (!type || strcasecmp(type, "multipart/form-data")) return NULL;
    while ((more = read_parameter(&r, &name, &value)) > 0) {
        if (strcasecmp(name, "boundary")) continue;
        if (boundary) return NULL;
        boundary = value;
    }
    return !more && boundary && is_boundary(boundary) ? boundary : NULL;
}

static apr_status_t malformed(go_error *err, const char *what) {
    return go_error_set(err, GO_EINVALID, NULL, "The upload is malformed: %s.", what);
}

static apr_status_t check_name(const char *name, apr_size_t max_name, go_error *err) {
    apr_size_t length = strlen(name);
    if (length > max_name)
        return go_error_set(err, GO_ETOOBIG, "Give it a shorter name.",
                            "The upload holds a name of more than %" APR_SIZE_T_FMT " bytes.",
                            max_name);
    if (!go_text_is_utf8(name, length)) return malformed(err, "a name is not UTF-8");
    return APR_SUCCESS;
}

static apr_status_t read_disposition(go_multipart_part *part, reader *r, go_error *err) {
    const char *name, *value;
    int more;
    if (part->name) return malformed(err, "a part says twice what it is");
    const char *type = read_token(r);
    if (!type || strcasecmp(type, "form-data")) return malformed(err, "a part is no form data");
    while ((more = read_parameter(r, &name, &value)) > 0) {
        /* RFC 7578, section 4.2: the encoded form must not be used here. */
        if (!strcasecmp(name, "filename*") || !strcasecmp(name, "name*"))
            return malformed(err, "a part uses \"filename*\", which forms must not");
        const char **to = !strcasecmp(name, "name")       ? &part->name
                          : !strcasecmp(name, "filename") ? &part->filename
                                                          : NULL;
        if (to && *to) return malformed(err, "a part has two names");
        if (to) *to = value;
    }
    if (more < 0) return malformed(err, "the name of a part cannot be read");
    if (!part->name || !*part->name) return malformed(err, "a part has no name");
    return APR_SUCCESS;
}

/* One header line without its CR LF. */
static apr_status_t read_header(go_multipart_part *part, char *line, apr_size_t length,
                                apr_pool_t *pool, go_error *err) {
    for (apr_size_t i = 0; i < length; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7F)
            return malformed(err, "a part's header holds a control character");
    char *colon = memchr(line, ':', length); /* cppcheck-suppress invalidFunctionArg ; n >= 2 */
    if (!colon || colon == line || !is_token(*line))
        return malformed(err, "a part's header has no name");
    *colon = '\0';
    reader r = {.at = colon + 1, .end = line + length, .pool = pool};
    skip_blanks(&r);
    if (!strcasecmp(line, "Content-Disposition")) return read_disposition(part, &r, err);
    const char *value = apr_pstrmemdup(pool, r.at, (apr_size_t)(r.end - r.at));
    if (!strcasecmp(line, "Content-Type")) {
        if (part->content_type) return malformed(err, "a part has two types");
        part->content_type = value;
    } else if (!strcasecmp(line, "Content-Transfer-Encoding") && strcasecmp(value, "binary") &&
               strcasecmp(value, "8bit") && strcasecmp(value, "7bit")) {
        return malformed(err, "a part is encoded, which forms must not");
    }
    return APR_SUCCESS;
}

apr_status_t go_multipart_read_headers(go_multipart_part *part, char *bytes, apr_size_t length,
                                       apr_size_t max_name, apr_pool_t *pool, go_error *err) {
    *part = (go_multipart_part){NULL, NULL, NULL};
    while (length) {
        char *newline = memchr(bytes, '\n', length);
        if (!newline || newline == bytes || newline[-1] != '\r')
            return malformed(err, "a part's header does not end in CR LF");
        apr_size_t n = (apr_size_t)(newline - bytes) + 1;
        apr_status_t status = read_header(part, bytes, n - 2, pool, err);
        if (status) return status;
        bytes += n;
        length -= n;
    }
    if (!part->name) return malformed(err, "a part has no name");
    apr_status_t status = check_name(part->name, max_name, err);
    if (!status && part->filename) status = check_name(part->filename, max_name, err);
    return status;
}
