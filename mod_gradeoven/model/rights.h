/*
 * Who may see or do what: one function, one table. Every page goes through it, by the right that
 * its line in routes.c names; a page that shows more to some (debug, console) asks it again.
 */
#ifndef GO_MODEL_RIGHTS_H
#define GO_MODEL_RIGHTS_H

#include "model/submissions.h"

typedef enum go_right {
    GO_RIGHT_PUBLIC,         /* anybody, logged in or not */
    GO_RIGHT_USER,           /* whoever is logged in */
    GO_RIGHT_MAKE_COURSE,    /* users whom an admin lets make courses, and admins */
    GO_RIGHT_SEE_COURSE,     /* who is enrolled in it, and admins */
    GO_RIGHT_SEE_ASSIGNMENT, /* the same; students only when it is published */
    GO_RIGHT_SUBMIT,         /* the same: staff may try an assignment too */
    GO_RIGHT_SEE_SUBMISSION, /* whose it is, while enrolled, and staff */
    GO_RIGHT_GRADE,          /* staff: all submissions, debug, console, rerun */
    GO_RIGHT_TEACH,          /* instructors: people, assignments, the course */
    GO_RIGHT_ADMIN,          /* admins: users, courses, the queue */
    GO_RIGHT_COUNT
} go_right;

/* Whom and what it is about; members a right does not need may be NULL. */
typedef struct go_situation {
    const go_user *user; /* NULL: not logged in */
    go_role role;        /* in `course` */
    const go_course *course;
    const go_assignment *assignment;
    const go_submission *submission;
    int is_viewing; /* somebody else looks as `user` (view_as.h): nothing but looking is allowed */
} go_situation;

typedef enum go_decision {
    GO_ALLOWED,
    GO_LOGIN_FIRST, /* might be allowed, once we know who it is */
    GO_FORBIDDEN,   /* they may know that it exists */
    GO_HIDDEN,      /* answer as if it were not there */
} go_decision;

go_decision go_rights_decide(go_right right, const go_situation *situation);

#endif
