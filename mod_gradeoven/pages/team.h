/* What the pages of teams share; the routes' functions stand in pages.h. */
#ifndef GO_PAGES_TEAM_H
#define GO_PAGES_TEAM_H

#include "pages/pages.h"

#include "model/teams.h"

/* The address of the page, and `tail` ("/list") behind it. */
const char *team_url(const go_request *q, const char *tail);

/* The page again with q->err as its problem, and what was typed; the status to return. */
int team_refuse(go_request *q, json_t *page);

/* The field "team" as an id; 0 for what is none. */
apr_int64_t team_id(const go_request *q);

#endif
