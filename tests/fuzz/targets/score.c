/* Scores, progress and decimals: output/score and output/progress, and forms. */
#include "fuzz/fuzz.h"

#include "model/score.h"

#include <string.h>

FUZZ_TARGET(score) {
    apr_pool_t *pool = fuzz_pool();
    go_score score = {-1, -1}, again;
    if (!go_score_parse((const char *)bytes, length, &score)) {
        MUST(score.earned_milli >= 0 && score.earned_milli <= GO_SCORE_MILLI_MAX);
        MUST(score.possible_milli >= 0 && score.possible_milli <= GO_SCORE_MILLI_MAX);
        const char *text = go_score_format(pool, score);
        MUST(!go_score_parse(text, strlen(text), &again));
        MUST(again.earned_milli == score.earned_milli);
        MUST(again.possible_milli == score.possible_milli);
    } else
        MUST(score.earned_milli == -1 && score.possible_milli == -1);
    apr_int64_t milli = 0, same;
    if (!go_score_parse_milli((const char *)bytes, length, &milli)) {
        const char *text = go_score_format_milli(pool, milli);
        MUST(!go_score_parse_milli(text, strlen(text), &same) && same == milli);
    }
    return fuzz_done(pool);
}
