/* Query strings, form bodies, and the encoding of what we write into addresses. */
#include "fuzz/fuzz.h"

#include "web/form.h"

#include <string.h>

static void there_and_back(const go_form *form, apr_pool_t *pool) {
    for (int i = 0; i < form->pairs->nelts; i++) {
        const go_form_pair *pair = &APR_ARRAY_IDX(form->pairs, i, go_form_pair);
        const char *encoded = go_form_encode(pool, pair->value);
        MUST(!strpbrk(encoded, "<>\"'& \r\n#?"));
        const char *value = go_form_decode_segment(pool, encoded, strlen(encoded));
        MUST(value && !strcmp(value, pair->value));
        MUST(go_form_get(form, pair->name));
    }
}

FUZZ_TARGET(form) {
    apr_pool_t *pool = fuzz_pool();
    go_form *form = go_form_make(pool);
    go_error err = GO_ERROR_INIT(pool);
    apr_status_t status = go_form_parse(form, (const char *)bytes, length, &err);
    MUST(status == APR_SUCCESS || status == GO_EINVALID || status == GO_ETOOBIG);
    if (!status) there_and_back(form, pool);
    return fuzz_done(pool);
}
