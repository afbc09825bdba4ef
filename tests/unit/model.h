/* A fresh database with a course, an assignment and people, for the tests of the model. */
#ifndef GO_TESTS_UNIT_MODEL_H
#define GO_TESTS_UNIT_MODEL_H

#include "unit/unit.h"

#include "model/submissions.h"

typedef struct unit_site {
    go_state *state;
    go_db *db;
    go_course *course;
    go_assignment *assignment; /* with one version of one stage, "test" */
    go_user *student, *other, *instructor;
} unit_site;

/* Everything durable, in a directory of its own. */
unit_site *unit_site_make(void);

/* Another course, or another assignment of `course`; each assignment with a version like the first.
 */
go_course *unit_course(unit_site *site, const char *name);
go_assignment *unit_assignment(unit_site *site, go_course *course, const char *name);

/* Submits one file of this content for `user`: to the first assignment, or to another. */
go_receipt *unit_submit_to(unit_site *site, go_assignment *assignment, go_user *user,
                           const char *content, const char *once);

go_receipt *unit_submit(unit_site *site, go_user *user, const char *content, const char *once);

#endif
