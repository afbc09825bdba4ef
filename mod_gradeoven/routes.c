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

    {GO_GET,  "/receipt-key",             GO_RIGHT_PUBLIC,         receipt_key_page,     NULL,              0},

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
    {GO_POST, COURSE "/roster/remove",    GO_RIGHT_TEACH,          roster_remove,        NULL,              0},

    {GO_GET,  COURSE "/new-assignment",   GO_RIGHT_TEACH,          assignment_new_page,  "assignment_edit", 0},
    {GO_POST, COURSE "/assignments",      GO_RIGHT_TEACH,          assignment_create,    "assignment_edit", 0},
    {GO_GET,  ASSIGNMENT,                 GO_RIGHT_SEE_ASSIGNMENT, assignment_page,      "assignment",      0},
    {GO_GET,  ASSIGNMENT "/edit",         GO_RIGHT_TEACH,          assignment_edit_page, "assignment_edit", 0},
    {GO_POST, ASSIGNMENT "/edit",         GO_RIGHT_TEACH,          assignment_change,    "assignment_edit", 0},
    {GO_POST, ASSIGNMENT "/publish",      GO_RIGHT_TEACH,          assignment_publish,   "assignment_edit", 0},
    {GO_POST, ASSIGNMENT "/results",      GO_RIGHT_TEACH,          assignment_release,   NULL,              0},
    {GO_POST, ASSIGNMENT "/versions",     GO_RIGHT_TEACH,          version_create,       "assignment_edit", 1},
    {GO_GET,  ASSIGNMENT "/versions/:version", GO_RIGHT_GRADE,     version_archive,      NULL,              0},
    {GO_GET,  ASSIGNMENT "/versions",     GO_RIGHT_GRADE,          versions_page,        "versions",        0},
    {GO_GET,  ASSIGNMENT "/versions/:version/diff", GO_RIGHT_GRADE, version_diff,        "version_diff",    0},
    {GO_POST, ASSIGNMENT "/versions/:version/restore", GO_RIGHT_TEACH, version_restore,  "versions",        0},
    {GO_GET,  ASSIGNMENT "/stages",       GO_RIGHT_TEACH,          stages_page,          "stages",          0},
    {GO_POST, ASSIGNMENT "/stages",       GO_RIGHT_TEACH,          stages_change,        "stages",          1},
    {GO_GET,  ASSIGNMENT "/stages/*file", GO_RIGHT_TEACH,          stage_file_page,      "stage_file",      0},
    {GO_POST, ASSIGNMENT "/stages/*file", GO_RIGHT_TEACH,          stage_file_change,    "stage_file",      1},
    {GO_GET,  ASSIGNMENT "/stage-files/*file", GO_RIGHT_TEACH,     stage_file_download,  NULL,              0},
    {GO_GET,  ASSIGNMENT "/reference",    GO_RIGHT_GRADE,          reference_archive,    NULL,              0},
    {GO_POST, ASSIGNMENT "/reference",    GO_RIGHT_TEACH,          reference_change,     "check",           1},
    {GO_GET,  ASSIGNMENT "/check",        GO_RIGHT_TEACH,          check_page,           "check",           0},
    {GO_POST, ASSIGNMENT "/check",        GO_RIGHT_TEACH,          check_start,          "check",           0},
    {GO_GET,  ASSIGNMENT "/copy",         GO_RIGHT_TEACH,          assignment_copy_page, "copy",            0},
    {GO_POST, ASSIGNMENT "/copy",         GO_RIGHT_TEACH,          assignment_copy,      "copy",            0},
    {GO_GET,  COURSE "/copy",             GO_RIGHT_TEACH,          course_copy_page,     "copy",            0},
    {GO_POST, COURSE "/copy",             GO_RIGHT_TEACH,          course_copy,          "copy",            0},

    {GO_POST, ASSIGNMENT "/rules",        GO_RIGHT_TEACH,          rules_change,         "assignment_edit", 0},
    {GO_GET,  ASSIGNMENT "/exceptions",   GO_RIGHT_GRADE,          exceptions_page,      "exceptions",      0},
    {GO_POST, ASSIGNMENT "/exceptions",   GO_RIGHT_TEACH,          exception_set,        "exceptions",      0},
    {GO_POST, ASSIGNMENT "/exceptions/remove", GO_RIGHT_TEACH,     exception_remove,     "exceptions",      0},
    {GO_POST, SUBMISSION "/choose",       GO_RIGHT_SEE_SUBMISSION, submission_choose,    NULL,              0},

    {GO_GET,  ASSIGNMENT "/submissions",  GO_RIGHT_GRADE,          submissions_page,     "submissions",     0},
    {GO_POST, ASSIGNMENT "/submissions",  GO_RIGHT_SUBMIT,         submit,               "assignment",      1},
    {GO_GET,  SUBMISSION,                 GO_RIGHT_SEE_SUBMISSION, submission_page,      "submission",      0},
    {GO_POST, SUBMISSION "/rerun",        GO_RIGHT_GRADE,          submission_rerun,     NULL,              0},
    {GO_POST, SUBMISSION "/demand",       GO_RIGHT_SEE_SUBMISSION, submission_demand,    NULL,              0},
    {GO_POST, SUBMISSION "/cancel",       GO_RIGHT_GRADE,          submission_cancel,    NULL,              0},
    {GO_POST, SUBMISSION "/prioritise",   GO_RIGHT_GRADE,          submission_prioritise, NULL,             0},
    {GO_GET,  SUBMISSION "/files/*path",  GO_RIGHT_SEE_SUBMISSION, submission_file,      NULL,              0},
    {GO_GET,  SUBMISSION "/archive",      GO_RIGHT_SEE_SUBMISSION, submission_archive,   NULL,              0},

    {GO_GET,  SUBMISSION "/receipt",      GO_RIGHT_SEE_SUBMISSION, submission_receipt,   NULL,              0},
    {GO_GET,  COURSE "/my-submissions",   GO_RIGHT_SEE_COURSE,     my_submissions,       NULL,              0},
    {GO_GET,  ASSIGNMENT "/my-submissions", GO_RIGHT_SEE_ASSIGNMENT, my_submissions,     NULL,              0},
    {GO_GET,  ASSIGNMENT "/scoreboard",   GO_RIGHT_SEE_ASSIGNMENT, scoreboard_page,      "scoreboard",      0},
    {GO_POST, ASSIGNMENT "/scoreboard",   GO_RIGHT_TEACH,          scoreboard_change,    "assignment_edit", 0},
    {GO_POST, ASSIGNMENT "/scoreboard/hide", GO_RIGHT_SEE_ASSIGNMENT, scoreboard_hide,   NULL,              0},

    {GO_GET,  ASSIGNMENT "/rubric",       GO_RIGHT_GRADE,          rubric_page,          "rubric",          0},
    {GO_POST, ASSIGNMENT "/rubric",       GO_RIGHT_TEACH,          rubric_add,           "rubric",          0},
    {GO_POST, ASSIGNMENT "/rubric/:item", GO_RIGHT_TEACH,          rubric_change,        "rubric",          0},
    {GO_GET,  ASSIGNMENT "/grading",      GO_RIGHT_GRADE,          grading_page,         "grading",         0},
    {GO_GET,  ASSIGNMENT "/grading/next", GO_RIGHT_GRADE,          grading_next,         NULL,              0},
    {GO_POST, ASSIGNMENT "/grading/rules", GO_RIGHT_TEACH,         grading_rules_change, "rubric",          0},
    {GO_POST, ASSIGNMENT "/grading/release", GO_RIGHT_TEACH,       grading_release,      NULL,              0},
    {GO_GET,  ASSIGNMENT "/regrades",     GO_RIGHT_GRADE,          regrades_page,        "regrades",        0},
    {GO_GET,  SUBMISSION "/grade",        GO_RIGHT_GRADE,          grade_page,           "grade",           0},
    {GO_POST, SUBMISSION "/grade",        GO_RIGHT_GRADE,          grade_save,           "grade",           0},
    {GO_POST, SUBMISSION "/reveal",       GO_RIGHT_TEACH,          submission_reveal,    "reveal",          0},
    {GO_GET,  SUBMISSION "/view/*path",   GO_RIGHT_SEE_SUBMISSION, file_view_page,       "file_view",       0},
    {GO_POST, SUBMISSION "/comments",     GO_RIGHT_GRADE,          comment_add,          "file_view",       0},
    {GO_POST, SUBMISSION "/comments/:comment", GO_RIGHT_GRADE,     comment_change,       "file_view",       0},
    {GO_GET,  SUBMISSION "/regrade",      GO_RIGHT_SEE_SUBMISSION, regrade_page,         "regrade",         0},
    {GO_POST, SUBMISSION "/regrade",      GO_RIGHT_SEE_SUBMISSION, regrade_write,        "regrade",         0},
    {GO_GET,  SUBMISSION "/diff/:other",  GO_RIGHT_SEE_SUBMISSION, submission_diff_page, "submission_diff", 0},

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
