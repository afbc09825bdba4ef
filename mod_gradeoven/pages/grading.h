/* What the pages of grading by people share; the routes' functions stand in pages.h. */
#ifndef GO_PAGES_GRADING_H
#define GO_PAGES_GRADING_H

#include "pages/pages.h"

#include "model/feedback.h"
#include "model/line_comments.h"
#include "model/regrades.h"
#include "model/rubric.h"

/* All that there is about the submission at hand. */
typedef struct grading {
    go_grading_rules *rules;
    go_feedback *feedback;
    apr_array_header_t *rubric; /* of go_rubric_item */
    int has_automatic;
    go_score automatic; /* of the newest graded run, after what being late costs */
    int is_released;
    apr_time_t released_us; /* 0: not known yet */
} grading;

apr_status_t grading_load(go_request *q, grading *g);

/* The address of the assignment or of the submission at hand, and `tail` ("/grade") behind it. */
const char *assignment_url(const go_request *q, const char *tail);
const char *submission_url(const go_request *q, const char *tail);

/* The page of a file of the submission at hand. */
const char *file_url(const go_request *q, const char *path);

/* GO_EDENIED when a grader would judge what they handed in themselves; instructors may try it out.
 */
apr_status_t refuse_own_work(go_request *q);

json_t *json_markdown(const go_request *q, const char *text);
json_t *json_points(const go_request *q, apr_int64_t milli);

/* "submission" as the pages beside the submission's own show it: number, attempt, name, url. */
void add_submission_head(go_request *q, json_t *page);

/* What was said: state, score, total, ticked items, adjustment, comment. */
json_t *json_feedback(const go_request *q, const grading *g);

/* May the viewer see comments and manual score now? Staff always, students after the release. */
int may_see_feedback(const go_request *q, const grading *g);

/* --- grading.c ------------------------------------------------------------------------------ */

/* A line of the desk: a student's submission that counts, with what was said of it. */
typedef struct desk_line {
    go_submission_line *line;
    go_feedback *feedback; /* NULL: nobody has begun */
    go_grading_state state;
} desk_line;

/* Array of desk_line, in the order of the desk: by name, or by pseudonym. */
apr_status_t desk_lines(go_request *q, const go_grading_rules *rules, apr_array_header_t **lines);

#endif
