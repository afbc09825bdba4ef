/*
 * A request while its session sees a course as a student sees it (model/view_as.h): what it may
 * reach, and that nothing comes of it but pages.
 *
 * What is not named here is refused: a new page for students is added to the list in viewing.c when
 * somebody has thought of what it tells about work that is graded blind. Such work is not shown at
 * all, since it would tell the viewer, who grades under pseudonyms, whose it is.
 */
#ifndef GO_WEB_VIEWING_H
#define GO_WEB_VIEWING_H

#include "web/request.h"

/*
 * Part of loading the session: sets q->view, and makes the student the user of the situation. A
 * view that may not go on is ended here; go_viewing_admit() then says so.
 */
apr_status_t go_viewing_load(go_request *q);

/*
 * Before anything of the path is looked up: HTTP_OK, or the status of what is in the way (with
 * q->err), or what a redirect has answered. Nothing is refused without a view.
 */
int go_viewing_admit(go_request *q);

/*
 * After the assignment of the path is known: sets q->hides_work when it is graded blind, and then
 * refuses all but the assignment's own page (GO_EDENIED), whether the student has work or not.
 */
apr_status_t go_viewing_check(go_request *q);

/* Ends the view, if there is one; `why` is for the log. */
apr_status_t go_viewing_end(go_request *q, const char *why);

#endif
