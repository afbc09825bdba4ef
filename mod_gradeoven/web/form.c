#include "web/form.h"

#include "model/text.h"

#include <apr_strings.h>

#include <string.h>

go_form *go_form_make(apr_pool_t *pool) {
    go_form *form = apr_palloc(pool, sizeof(*form));
    form->pool = pool;
    form->pairs = apr_array_make(pool, 16, sizeof(go_form_pair));
    return form;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/*
 * Decodes into `to`, which has room for `length` bytes and a NUL. Returns how many bytes came out,
 * or -1 if a '%' is not followed by two hex digits.
 */
static apr_ssize_t decode(char *to, const char *from, apr_size_t length, int plus_is_space) {
    char *begin = to;
    for (apr_size_t i = 0; i < length; i++) {
        if (from[i] == '+' && plus_is_space) {
            *to++ = ' ';
        } else if (from[i] != '%') {
            *to++ = from[i];
        } else {
            int high = i + 2 < length ? hex_value(from[i + 1]) : -1;
            int low = i + 2 < length ? hex_value(from[i + 2]) : -1;
            if (high < 0 || low < 0) return -1;
            *to++ = (char)(high << 4 | low);
            i += 2;
        }
    }
    *to = '\0';
    return to - begin;
}

/* What names and values may be: text without a NUL. */
static int is_text(const char *bytes, apr_size_t length) {
    return !memchr(bytes, '\0', length) && go_text_is_utf8(bytes, length);
}

static apr_status_t malformed(go_error *err) {
    return go_error_set(err, GO_EINVALID, "Send it as UTF-8 text.",
                        "A field of the form is malformed, or is no UTF-8 text.");
}

static apr_status_t add_pair(go_form *form, const char *name, const char *value, go_error *err) {
    if (form->pairs->nelts >= GO_FORM_PAIRS_MAX)
        return go_error_set(err, GO_ETOOBIG, NULL, "The form has more than %d fields.",
                            GO_FORM_PAIRS_MAX);
    go_form_pair *pair = apr_array_push(form->pairs);
    pair->name = name;
    pair->value = value;
    return APR_SUCCESS;
}

/* Decodes one name or value into the form's pool; NULL if it is none. */
static const char *decode_text(apr_pool_t *pool, const char *bytes, apr_size_t length,
                               int plus_is_space) {
    char *text = apr_palloc(pool, length + 1);
    apr_ssize_t decoded = decode(text, bytes, length, plus_is_space);
    return decoded >= 0 && is_text(text, (apr_size_t)decoded) ? text : NULL;
}

static apr_status_t parse_pair(go_form *form, const char *bytes, apr_size_t length, go_error *err) {
    const char *equals = memchr(bytes, '=', length);
    apr_size_t name_length = equals ? (apr_size_t)(equals - bytes) : length;
    const char *name = decode_text(form->pool, bytes, name_length, 1);
    const char *value =
        equals ? decode_text(form->pool, equals + 1, length - name_length - 1, 1) : "";
    return name && value ? add_pair(form, name, value, err) : malformed(err);
}

apr_status_t go_form_parse(go_form *form, const char *bytes, apr_size_t length, go_error *err) {
    if (length > GO_FORM_BYTES_MAX)
        return go_error_set(err, GO_ETOOBIG, NULL, "The form is larger than %d bytes.",
                            GO_FORM_BYTES_MAX);
    while (length) {
        const char *ampersand = memchr(bytes, '&', length);
        apr_size_t n = ampersand ? (apr_size_t)(ampersand - bytes) : length;
        apr_status_t status = n ? parse_pair(form, bytes, n, err) : APR_SUCCESS;
        if (status) return status;
        if (ampersand) n++;
        bytes += n;
        length -= n;
    }
    return APR_SUCCESS;
}

apr_status_t go_form_add(go_form *form, const char *name, const char *value, apr_size_t length,
                         go_error *err) {
    if (!is_text(name, strlen(name)) || (length && !is_text(value, length))) return malformed(err);
    return add_pair(form, apr_pstrdup(form->pool, name),
                    length ? apr_pstrmemdup(form->pool, value, length) : "", err);
}

const char *go_form_get(const go_form *form, const char *name) {
    const go_form_pair *pairs = (const go_form_pair *)form->pairs->elts;
    for (int i = 0; i < form->pairs->nelts; i++)
        if (!strcmp(pairs[i].name, name)) return pairs[i].value;
    return NULL;
}

const char *go_form_text(const go_form *form, const char *name) {
    const char *value = go_form_get(form, name);
    return value ? value : "";
}

apr_array_header_t *go_form_all(const go_form *form, const char *name, apr_pool_t *pool) {
    const go_form_pair *pairs = (const go_form_pair *)form->pairs->elts;
    apr_array_header_t *values = apr_array_make(pool, 4, sizeof(const char *));
    for (int i = 0; i < form->pairs->nelts; i++)
        if (!strcmp(pairs[i].name, name)) APR_ARRAY_PUSH(values, const char *) = pairs[i].value;
    return values;
}

/* RFC 3986, section 2.3. */
static int is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static const char *encode(apr_pool_t *pool, const char *text, char also) {
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = apr_palloc(pool, strlen(text) * 3 + 1);
    char *to = encoded;
    for (; *text; text++) {
        if (is_unreserved(*text) || *text == also) {
            *to++ = *text;
            continue;
        }
        *to++ = '%';
        *to++ = digits[(unsigned char)*text >> 4];
        *to++ = digits[(unsigned char)*text & 15];
    }
    *to = '\0';
    return encoded;
}

const char *go_form_encode(apr_pool_t *pool, const char *text) {
    return encode(pool, text, '\0');
}

const char *go_form_encode_path(apr_pool_t *pool, const char *path) {
    return encode(pool, path, '/');
}

const char *go_form_decode_segment(apr_pool_t *pool, const char *segment, apr_size_t length) {
    return decode_text(pool, segment, length, 0);
}
