/* What the two halves of policy_decide share: reckoning (policy.c) and words (policy_words.c). */
#ifndef GO_MODEL_POLICY_PRIVATE_H
#define GO_MODEL_POLICY_PRIVATE_H

#include "model/policy.h"

/* Fills why_not, remedy, summary and lines from what was reckoned. */
void go_policy_explain(const go_policy *policy, const go_exception *exception,
                       const go_history *history, apr_time_t now, go_verdict *verdict,
                       apr_pool_t *pool);

#endif
