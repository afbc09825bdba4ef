#include "web/cookie.h"

#include <apr_strings.h>

#include <string.h>

const char *go_cookie_find(const char *header, const char *name, apr_pool_t *pool) {
    apr_size_t length = strlen(name);
    if (!header) return NULL;
    while (*header) {
        while (*header == ' ' || *header == ';')
            header++;
        const char *end = strchr(header, ';');
        if (!end) end = header + strlen(header);
        apr_size_t size = (apr_size_t)(end - header);
        if (size > length && !strncmp(header, name, length) && header[length] == '=')
            return apr_pstrmemdup(pool, header + length + 1, size - length - 1);
        header = end;
    }
    return NULL;
}
