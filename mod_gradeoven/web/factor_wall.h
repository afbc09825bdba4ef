/*
 * Who must have a second factor (GradeOvenSecondFactor) and has none reaches nothing but the page
 * that sets one up, and the way out. The same holds for their tokens of programs: a token is worth
 * what its user's login is worth, so it works again as soon as the factor is on.
 */
#ifndef GO_WEB_FACTOR_WALL_H
#define GO_WEB_FACTOR_WALL_H

#include "web/request.h"

/* Once the route is known: HTTP_OK, or the status of what is in the way (with q->err), or what a
   redirect has answered. */
int go_factor_wall(go_request *q);

/* Must this user have one? Of the site's directive. */
apr_status_t go_factor_wall_stands(go_request *q, const go_user *user, int *stands);

#endif
