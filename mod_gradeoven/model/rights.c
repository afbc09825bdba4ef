#include "model/rights.h"

/* Who somebody is towards the things at hand, from nothing to everything. */
typedef enum standing {
    STRANGER, /* not logged in */
    OUTSIDER, /* a user who is not in this course */
    STUDENT,
    GRADER,
    INSTRUCTOR,
    ADMIN,
} standing;

/* The least standing each right asks for. */
static const standing least[GO_RIGHT_COUNT] = {
    [GO_RIGHT_PUBLIC] = STRANGER,        [GO_RIGHT_USER] = OUTSIDER,
    [GO_RIGHT_MAKE_COURSE] = ADMIN,      [GO_RIGHT_SEE_COURSE] = STUDENT,
    [GO_RIGHT_SEE_ASSIGNMENT] = STUDENT, [GO_RIGHT_SUBMIT] = STUDENT,
    [GO_RIGHT_SEE_SUBMISSION] = STUDENT, [GO_RIGHT_GRADE] = GRADER,
    [GO_RIGHT_TEACH] = INSTRUCTOR,       [GO_RIGHT_ADMIN] = ADMIN,
};

static standing standing_of(const go_situation *at) {
    if (!at->user) return STRANGER;
    if (at->user->is_admin) return ADMIN;
    switch (at->role) {
    case GO_ROLE_INSTRUCTOR:
        return INSTRUCTOR;
    case GO_ROLE_GRADER:
        return GRADER;
    case GO_ROLE_STUDENT:
        return STUDENT;
    case GO_ROLE_NONE:
        break;
    }
    return OUTSIDER;
}

static int is_looking(go_right right) {
    return right == GO_RIGHT_USER || right == GO_RIGHT_SEE_COURSE ||
           right == GO_RIGHT_SEE_ASSIGNMENT || right == GO_RIGHT_SEE_SUBMISSION;
}

go_decision go_rights_decide(go_right right, const go_situation *at) {
    standing who = standing_of(at);
    if (least[right] == STRANGER) return GO_ALLOWED;
    if (who == STRANGER) return GO_LOGIN_FIRST;
    /* a course one is not in, an unpublished assignment, another's submission: not there at all */
    if (at->course && who < STUDENT) return GO_HIDDEN;
    if (who == STUDENT && at->assignment && !at->assignment->is_published) return GO_HIDDEN;
    if (who == STUDENT && at->submission && at->submission->user_id != at->user->id)
        return GO_HIDDEN;
    if (at->is_viewing && !is_looking(right)) return GO_FORBIDDEN;
    if (right == GO_RIGHT_MAKE_COURSE && at->user->may_teach) return GO_ALLOWED;
    return who >= least[right] ? GO_ALLOWED : GO_FORBIDDEN;
}
