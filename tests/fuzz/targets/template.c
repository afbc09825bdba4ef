/* Templates, with data that has hostile texts. They are ours, but a mistake must be told, not run.
 */
#include "fuzz/fuzz.h"

#include "web/template.h"

FUZZ_TARGET(template) {
    apr_pool_t *pool = fuzz_pool();
    go_template_set *set = go_template_set_make(pool);
    go_error err = GO_ERROR_INIT(pool);
    json_t *data = json_pack("{s:s, s:[i,i,s], s:{s:s, s:b}, s:[]}", "name", "<b>&\"'", "list", 1,
                             2, "three", "a", "b", "{{name}}", "yes", 1, "empty");
    if (!go_template_set_add(set, "page", (const char *)bytes, length, &err)) {
        go_buffer *out = go_buffer_make(pool, 0);
        apr_status_t status = go_template_render(set, "page", data, out, &err);
        MUST(status == APR_SUCCESS || status == GO_ENOTFOUND || status == GO_EINTERNAL);
    }
    json_decref(data);
    return fuzz_done(pool);
}
