#include "routes.h"

#include "pages/pages.h"

#define COURSE     "/courses/:course"
#define ASSIGNMENT COURSE "/assignments/:assignment"
#define SUBMISSION ASSIGNMENT "/submissions/:number"

/* clang-format off */
const go_route go_routes[] = {
    /* method, pattern                    who may                  page                  template        files */
    {GO_GET,  "/login",                   GO_RIGHT_PUBLIC,         login_page,           "login",           0},
    {GO_POST, "/login",                   GO_RIGHT_PUBLIC,         login_submit,         "login",           0},
    {GO_POST, "/logout",                  GO_RIGHT_USER,           logout_submit,        NULL,              0},
    {GO_GET,  "/",                        GO_RIGHT_USER,           dashboard_page,       "dashboard",       0},

    {GO_GET,  "/settings",                GO_RIGHT_USER,           settings_page,        "settings",        0},
    {GO_POST, "/settings/profile",        GO_RIGHT_USER,           settings_profile,     "settings",        0},
    {GO_POST, "/settings/password",       GO_RIGHT_USER,           settings_password,    "settings",        0},
    {GO_POST, "/settings/avatar",         GO_RIGHT_USER,           avatar_update,        "settings",        1},
    {GO_POST, "/settings/avatar/remove",  GO_RIGHT_USER,           avatar_remove,        NULL,              0},
    {GO_GET,  "/avatars/:user",           GO_RIGHT_USER,           avatar_page,          NULL,              0},

    {GO_GET,  "/new-course",              GO_RIGHT_MAKE_COURSE,    course_new_page,      "course_edit",     0},
    {GO_POST, "/courses",                 GO_RIGHT_MAKE_COURSE,    course_create,        "course_edit",     0},
    {GO_GET,  COURSE,                     GO_RIGHT_SEE_COURSE,     course_page,          "course",          0},
    {GO_GET,  COURSE "/edit",             GO_RIGHT_TEACH,          course_edit_page,     "course_edit",     0},
    {GO_POST, COURSE "/edit",             GO_RIGHT_TEACH,          course_change,        "course_edit",     0},
    {GO_POST, COURSE "/pause",            GO_RIGHT_TEACH,          course_pause,         NULL,              0},
    {GO_GET,  COURSE "/roster",           GO_RIGHT_GRADE,          roster_page,          "roster",          0},
    {GO_POST, COURSE "/roster",           GO_RIGHT_TEACH,          roster_add,           "roster",          0},
    {GO_POST, COURSE "/roster/import",    GO_RIGHT_TEACH,          roster_import,        "roster",          1},
    {GO_GET,  COURSE "/roster/export",    GO_RIGHT_GRADE,          roster_export,        NULL,              0},
    {GO_POST, COURSE "/roster/change",    GO_RIGHT_TEACH,          roster_change,        "roster",          0},
    {GO_POST, COURSE "/roster/drop",      GO_RIGHT_TEACH,          roster_drop,          "roster",          0},
    {GO_POST, COURSE "/roster/code",      GO_RIGHT_TEACH,          roster_code,          "roster",          0},
    {GO_POST, COURSE "/roster/code/end",  GO_RIGHT_TEACH,          roster_code_end,      NULL,              0},
    {GO_GET,  "/enrol",                   GO_RIGHT_USER,           enrol_page,           "enrol",           0},
    {GO_POST, "/enrol",                   GO_RIGHT_USER,           enrol_submit,         "enrol",           0},
    {GO_GET,  COURSE "/audit",            GO_RIGHT_TEACH,          audit_page,           "audit",           0},

    {GO_GET,  COURSE "/new-assignment",   GO_RIGHT_TEACH,          assignment_new_page,  "assignment_edit", 0},
    {GO_POST, COURSE "/assignments",      GO_RIGHT_TEACH,          assignment_create,    "assignment_edit", 0},
    {GO_GET,  ASSIGNMENT,                 GO_RIGHT_SEE_ASSIGNMENT, assignment_page,      "assignment",      0},
    {GO_GET,  ASSIGNMENT "/edit",         GO_RIGHT_TEACH,          assignment_edit_page, "assignment_edit", 0},
    {GO_POST, ASSIGNMENT "/edit",         GO_RIGHT_TEACH,          assignment_change,    "assignment_edit", 0},
    {GO_POST, ASSIGNMENT "/publish",      GO_RIGHT_TEACH,          assignment_publish,   "assignment_edit", 0},
    {GO_POST, ASSIGNMENT "/versions",     GO_RIGHT_TEACH,          version_create,       "assignment_edit", 1},
    {GO_GET,  ASSIGNMENT "/versions/:version", GO_RIGHT_GRADE,     version_archive,      NULL,              0},

    {GO_GET,  ASSIGNMENT "/submissions",  GO_RIGHT_GRADE,          submissions_page,     "submissions",     0},
    {GO_POST, ASSIGNMENT "/submissions",  GO_RIGHT_SUBMIT,         submit,               "assignment",      1},
    {GO_GET,  SUBMISSION,                 GO_RIGHT_SEE_SUBMISSION, submission_page,      "submission",      0},
    {GO_POST, SUBMISSION "/rerun",        GO_RIGHT_GRADE,          submission_rerun,     NULL,              0},
    {GO_POST, SUBMISSION "/demand",       GO_RIGHT_SEE_SUBMISSION, submission_demand,    NULL,              0},
    {GO_POST, SUBMISSION "/cancel",       GO_RIGHT_GRADE,          submission_cancel,    NULL,              0},
    {GO_POST, SUBMISSION "/prioritise",   GO_RIGHT_GRADE,          submission_prioritise, NULL,             0},
    {GO_GET,  SUBMISSION "/files/*path",  GO_RIGHT_SEE_SUBMISSION, submission_file,      NULL,              0},
    {GO_GET,  SUBMISSION "/archive",      GO_RIGHT_SEE_SUBMISSION, submission_archive,   NULL,              0},

    {GO_GET,  "/admin",                   GO_RIGHT_ADMIN,          admin_page,           "admin",           0},
    {GO_GET,  "/admin/courses",           GO_RIGHT_ADMIN,          admin_courses_page,   "admin_courses",   0},
    {GO_POST, "/admin/instructors",       GO_RIGHT_ADMIN,          admin_instructor,     "admin_courses",   0},
    {GO_POST, "/admin/weight",            GO_RIGHT_ADMIN,          admin_weight,         "admin_courses",   0},
    {GO_POST, "/admin/drain",             GO_RIGHT_ADMIN,          admin_drain,          NULL,              0},
    {GO_GET,  "/admin/users",             GO_RIGHT_ADMIN,          admin_users_page,     "admin_users",     0},
    {GO_POST, "/admin/users",             GO_RIGHT_ADMIN,          admin_user_create,    "admin_users",     0},
    {GO_POST, "/admin/users/:user",       GO_RIGHT_ADMIN,          admin_user_change,    "admin_users",     0},
    {GO_GET,  NULL,                       GO_RIGHT_ADMIN,          NULL,                 NULL,              0},
};
/* clang-format on */
