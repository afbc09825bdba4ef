/* What the list of reruns and the page of one share; the routes' functions stand in pages.h. */
#ifndef GO_PAGES_RERUNS_H
#define GO_PAGES_RERUNS_H

#include "pages/authoring.h"

#include "model/grading_rules.h"
#include "model/reruns.h"

/* How the students of a proposal may be named to the viewer. */
typedef struct rerun_names {
    int are_hidden; /* a trial's, for who is not staff of the course that they come from */
    const go_grading_rules *rules;
} rerun_names;

apr_status_t rerun_names_of(go_request *q, const go_rerun *rerun, rerun_names *names);

/* A student's name, or the pseudonym where grading is blind, or "a student". */
const char *rerun_name(const go_request *q, const rerun_names *names, const char *username,
                       const char *display_name);

/* The address of a proposal, and `tail` ("/apply") behind it. */
const char *rerun_url(const go_request *q, int number, const char *tail);

/* {"number", "url", "version", "scope", "what", "state", "is_ready", …} */
json_t *json_rerun(const go_request *q, const go_rerun *rerun, const rerun_names *names);

#endif
