/* Two texts, one after the other: the first line says where the second begins. */
#include "fuzz/fuzz.h"

#include "model/diff.h"

#include <stdlib.h>

/* A hunk counts its lines of both sides rightly. */
static void check_hunk(const go_diff_hunk *hunk) {
    int was = 0, is = 0;
    for (int i = 0; i < hunk->lines->nelts; i++) {
        go_diff_kind kind = APR_ARRAY_IDX(hunk->lines, i, go_diff_line).kind;
        was += kind != GO_DIFF_ADDED;
        is += kind != GO_DIFF_REMOVED;
    }
    MUST(was == hunk->old_count && is == hunk->new_count);
}

FUZZ_TARGET(diff) {
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, bytes + length};
    apr_size_t cut = (apr_size_t)strtoul(fuzz_line(&input, pool), NULL, 10);
    apr_size_t left = (apr_size_t)(input.end - input.at);
    if (cut > left) cut = left;
    const char *text = (const char *)input.at;
    const go_diff *diff = go_diff_texts(text, cut, text + cut, left - cut, GO_DIFF_CONTEXT, pool);
    MUST((diff->outcome == GO_DIFF_TEXT) == (diff->hunks && diff->hunks->nelts > 0));
    MUST(diff->outcome != GO_DIFF_EQUAL || (diff->added == 0 && diff->removed == 0));
    for (int i = 0; diff->hunks && i < diff->hunks->nelts; i++)
        check_hunk(&APR_ARRAY_IDX(diff->hunks, i, go_diff_hunk));
    return fuzz_done(pool);
}
