#include "model/names.h"

#include "model/text.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

static char *trimmed(apr_pool_t *pool, const char *typed) {
    if (!typed) typed = "";
    while (*typed == ' ' || *typed == '\t')
        typed++;
    apr_size_t length = strlen(typed);
    while (length && (typed[length - 1] == ' ' || typed[length - 1] == '\t'))
        length--;
    return apr_pstrmemdup(pool, typed, length);
}

/* Also C1 controls and the characters that turn the direction of what follows (a disguise). */
static int has_control(const char *text) {
    const unsigned char *p = (const unsigned char *)text;
    for (; *p; p++) {
        if (*p < 0x20 || *p == 0x7F) return 1;
        if (p[0] == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0) return 1;
        if (p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) return 1;
        if (p[0] == 0xE2 && p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9) return 1;
    }
    return 0;
}

apr_status_t go_name_username(const char **name, const char *typed, apr_pool_t *pool,
                              go_error *err) {
    char *text = trimmed(pool, typed);
    apr_size_t length = strlen(text);
    int is_fine = length > 0 && length <= GO_NAME_MAX && apr_isalnum(text[0]);
    for (char *p = text; *p; p++) {
        *p = (char)apr_tolower(*p);
        if ((unsigned char)*p > 0x7F || (!apr_isalnum(*p) && !strchr("._@+-", *p))) is_fine = 0;
    }
    if (!is_fine)
        return go_error_set(err, GO_EINVALID,
                            "Use 1 to 64 letters, digits and . _ @ + -, starting with a letter or "
                            "digit.",
                            "\"%s\" cannot be a username.", text);
    *name = text;
    return APR_SUCCESS;
}

apr_status_t go_name_slug(const char **name, const char *kind, const char *typed, apr_pool_t *pool,
                          go_error *err) {
    char *text = trimmed(pool, typed);
    apr_size_t length = strlen(text);
    if (!length || length > GO_NAME_MAX || strpbrk(text, "/\\") || has_control(text) ||
        !go_text_is_utf8(text, length) || !strcmp(text, ".") || !strcmp(text, ".."))
        return go_error_set(err, GO_EINVALID,
                            "Use 1 to 64 bytes of text without slashes; it becomes part of the "
                            "address.",
                            "\"%s\" cannot be the name of %s.", text, kind);
    *name = text;
    return APR_SUCCESS;
}

apr_status_t go_name_line(const char **line, const char *kind, const char *typed, apr_size_t max,
                          int may_be_empty, apr_pool_t *pool, go_error *err) {
    char *text = trimmed(pool, typed);
    apr_size_t length = strlen(text);
    if (!length && !may_be_empty)
        return go_error_set(err, GO_EINVALID, "Fill it in.", "The %s is empty.", kind);
    if (length > max)
        return go_error_set(err, GO_EINVALID, "Shorten it.",
                            "The %s is longer than %" APR_SIZE_T_FMT " bytes.", kind, max);
    if (has_control(text) || !go_text_is_utf8(text, length))
        return go_error_set(err, GO_EINVALID, "Write it in one line of plain text.",
                            "The %s holds characters that are not text.", kind);
    *line = text;
    return APR_SUCCESS;
}
