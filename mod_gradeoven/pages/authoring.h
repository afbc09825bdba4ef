/* What the pages for authors share: the version at hand, saving an edited one, differences. */
#ifndef GO_PAGES_AUTHORING_H
#define GO_PAGES_AUTHORING_H

#include "pages/pages.h"

#include "model/checks.h"
#include "model/diff.h"
#include "model/stage_edit.h"

/* Who changes the assignment at hand. */
go_authoring authoring_of(const go_request *q);

/* The page of an assignment: "edit", "stages", "check", "versions". */
const char *url_authoring(const go_request *q, const char *page);
/* The page of one file of the stages; `below`: "stages" or "stage-files". */
const char *url_stage_file(const go_request *q, const char *below, const char *path);

/* The present version of the assignment at hand; without one, `tree` and `stages` are empty. */
typedef struct go_draft {
    go_tree *tree;
    apr_array_header_t *stages; /* of go_stage, in order */
    const char *archive;        /* the kind it came as */
} go_draft;
apr_status_t draft_read(go_request *q, go_draft *draft);

/* An edit of the draft, whose new bytes go into the request's workspace. */
apr_status_t draft_edit(go_request *q, const go_draft *draft, go_edit **edit);

/* Is the form from the present version? Its field "base" says which one it was made from. */
int is_newest(const go_request *q);

/*
 * Saves what was edited as a new version, with the form's note or else `note`, and sends the
 * browser to `url`. What cannot be saved is shown by `again` with all that is wrong; what was typed
 * is the form's and stays. A form that is not from the present version is answered by
 * show_conflict(); so is one that was overtaken meanwhile.
 */
int edit_save(go_request *q, json_t *page, const go_edit *edit, const go_draft *draft,
              const char *note, const char *url, go_page again);

/* The page again, with what others changed since the form's base: "conflict". */
int show_conflict(go_request *q, json_t *page, go_page again);

/* The page again, with the error at hand. */
int show_again(go_request *q, json_t *page, go_page again);

/* {"number", "author", "note", "created", "files", "size", "archive", "diff", "kind", ...} */
json_t *json_version(const go_request *q, const go_version *version);

/* {"has_self_check", "check": …, "reference": …} for the pages that show how the self-check stands.
 */
apr_status_t add_check(go_request *q, json_t *page);

/* Courses where this person teaches (all, for an admin): array of go_course *. In copy.c. */
apr_status_t courses_taught(go_request *q, apr_array_header_t **found);

/* --- differences (diff.c) -------------------------------------------------------------------- */

/* Of two texts: {"is_binary", "is_too_large", "added", "removed", "hunks"}. */
json_t *json_text_diff(const go_request *q, const go_diff *diff);

/* Of two trees, whose entries' `file` can be read: {"changes", "count", "is_same"}. */
json_t *json_tree_diff(const go_request *q, const go_tree *was, const go_tree *is);

#endif
