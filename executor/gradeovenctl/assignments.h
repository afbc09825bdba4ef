/* Storing an assignment from a local directory: what "assignment add" and "demo load" share. */
#ifndef GO_CTL_ASSIGNMENTS_H
#define GO_CTL_ASSIGNMENTS_H

#include "gradeovenctl/site.h"

#include "model/assignments.h"

typedef struct ctl_assignment {
    const char *name, *title, *description;
    const char *due; /* "YYYY-MM-DDTHH:MM" in the course's zone, or NULL */
    const char *directory;
    int is_published;
} ctl_assignment;

/* Makes the assignment, or a new version of it when it is there. CTL_OK, or it has said why not. */
int ctl_assignment_store(ctl_site *site, const go_course *course, const ctl_assignment *given);

#endif
