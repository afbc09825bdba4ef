/* The Cookie header: the first line is the name that is looked for. */
#include "fuzz/fuzz.h"

#include "web/cookie.h"

#include <apr_strings.h>

#include <string.h>

FUZZ_TARGET(cookie) {
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, bytes + length};
    const char *name = fuzz_line(&input, pool);
    const char *header =
        apr_pstrmemdup(pool, (const char *)input.at, (apr_size_t)(input.end - input.at));
    const char *value = go_cookie_find(header, name, pool);
    MUST(!value || (!strchr(value, ';') && strstr(header, value)));
    return fuzz_done(pool);
}
