/*
 * Feedback: what a grader says of one submission. Ticked items of the rubric, a free adjustment
 * with its reason, and a comment; a draft first, then done. The manual score follows from it
 * exactly, in thousandths; the total adds what the stages gave.
 *
 * Two graders may work on one submission: feedback has a revision, and who saves on top of another
 * than the one they saw is told instead of overwriting it.
 */
#ifndef GO_MODEL_FEEDBACK_H
#define GO_MODEL_FEEDBACK_H

#include "model/grading_rules.h"
#include "model/submissions.h"

#define GO_FEEDBACK_TEXT_MAX (64 * 1024) /* bytes of a comment or message: web/markdown.h's */

typedef struct go_feedback {
    apr_int64_t submission_id;
    int revision; /* 0: nobody has begun */
    int is_done;
    apr_int64_t items_milli; /* the sum of the ticked items */
    apr_int64_t adjustment_milli;
    const char *reason;  /* of the adjustment, one line */
    const char *comment; /* Markdown */
    const char *grader;  /* username of who saved it last, or NULL */
    apr_time_t changed_us, done_us;
    apr_array_header_t *ticked; /* of apr_int64_t, ids of rubric items; NULL in lists */
} go_feedback;

typedef enum go_grading_state {
    GO_GRADING_UNGRADED,
    GO_GRADING_DRAFT,
    GO_GRADING_DONE,
    GO_GRADING_RELEASED,
    GO_GRADING_COUNT
} go_grading_state;

/* Pure: the state; "ungraded", "draft", "done", "released"; the score, kept within the bounds. */
go_grading_state go_feedback_state(const go_grading_rules *rules, const go_feedback *feedback,
                                   apr_time_t now);
const char *go_grading_state_name(go_grading_state state);
apr_int64_t go_feedback_manual(const go_grading_rules *rules, const go_feedback *feedback);

/*
 * Pure: what the stages gave (has_automatic 0: nothing) plus the manual score, never below 0; out
 * of what the stages could give plus the rules' maximum.
 */
go_score go_feedback_total(const go_grading_rules *rules, const go_feedback *feedback,
                           int has_automatic, go_score automatic);

/* The feedback of a submission; never NULL: with revision 0 when nobody has begun. */
apr_status_t go_feedback_find(go_db *db, apr_int64_t submission_id, go_feedback **feedback,
                              apr_pool_t *pool, go_error *err);

/* All feedback of an assignment: array of go_feedback, in no order. */
apr_status_t go_feedback_of_assignment(go_db *db, const go_assignment *assignment,
                                       apr_array_header_t **list, apr_pool_t *pool, go_error *err);

/*
 * Saves what was `typed` on top of typed->revision, by user `grader_id`, audited as `by` (whose
 * at_us is now). GO_ECONFLICT: there is another revision by now, or the rubric lost an item that is
 * ticked; GO_EINVALID: an adjustment without a reason, a text too long.
 */
apr_status_t go_feedback_save(go_db *db, const go_assignment *assignment,
                              const go_submission *submission, const go_feedback *typed,
                              apr_int64_t grader_id, const go_audit_entry *by, apr_pool_t *pool,
                              go_error *err);

#endif
