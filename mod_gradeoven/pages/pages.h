/* The pages: each is a function in the file of its name, a line in routes.c, and a template. */
#ifndef GO_PAGES_H
#define GO_PAGES_H

#include "web/reply.h"
#include "web/request.h"

#include "model/turns.h"

/* login.c */
int login_page(go_request *q, json_t *page);
int login_submit(go_request *q, json_t *page);
int logout_submit(go_request *q, json_t *page);

/* dashboard.c */
int dashboard_page(go_request *q, json_t *page);

/* settings.c */
int settings_page(go_request *q, json_t *page);
int settings_profile(go_request *q, json_t *page);
int settings_password(go_request *q, json_t *page);

/* avatar.c */
int avatar_page(go_request *q, json_t *page);
int avatar_update(go_request *q, json_t *page);
int avatar_remove(go_request *q, json_t *page);

/* course.c */
int course_page(go_request *q, json_t *page);
int course_new_page(go_request *q, json_t *page);
int course_create(go_request *q, json_t *page);
int course_edit_page(go_request *q, json_t *page);
int course_change(go_request *q, json_t *page);

/* roster.c */
int roster_page(go_request *q, json_t *page);
int roster_add(go_request *q, json_t *page);
int roster_import(go_request *q, json_t *page);
int roster_remove(go_request *q, json_t *page);

/* assignment.c */
int assignment_page(go_request *q, json_t *page);

/* assignment_edit.c */
int assignment_new_page(go_request *q, json_t *page);
int assignment_create(go_request *q, json_t *page);
int assignment_edit_page(go_request *q, json_t *page);
int assignment_change(go_request *q, json_t *page);
int assignment_publish(go_request *q, json_t *page);

/* versions.c */
int version_create(go_request *q, json_t *page);
int version_archive(go_request *q, json_t *page);

/* submit.c */
int submit(go_request *q, json_t *page);

/* submissions.c */
int submissions_page(go_request *q, json_t *page);

/* submission.c */
int submission_page(go_request *q, json_t *page);

/* steering.c */
int submission_rerun(go_request *q, json_t *page);
int submission_demand(go_request *q, json_t *page);
int submission_cancel(go_request *q, json_t *page);
int submission_prioritise(go_request *q, json_t *page);
int course_pause(go_request *q, json_t *page);
int admin_drain(go_request *q, json_t *page);
int admin_weight(go_request *q, json_t *page);

/* files.c */
int submission_file(go_request *q, json_t *page);
int submission_archive(go_request *q, json_t *page);

/* Grading by people. rubric.c: */
int rubric_page(go_request *q, json_t *page);
int rubric_add(go_request *q, json_t *page);
int rubric_change(go_request *q, json_t *page);
int grading_rules_change(go_request *q, json_t *page);
int grading_release(go_request *q, json_t *page);
/* grading.c, grade.c, blind.c */
int grading_page(go_request *q, json_t *page);
int grading_next(go_request *q, json_t *page);
int grade_page(go_request *q, json_t *page);
int grade_save(go_request *q, json_t *page);
int submission_reveal(go_request *q, json_t *page);
/* file_view.c, line_comments.c */
int file_view_page(go_request *q, json_t *page);
int comment_add(go_request *q, json_t *page);
int comment_change(go_request *q, json_t *page);
/* regrade.c, submission_diff.c */
int regrade_page(go_request *q, json_t *page);
int regrade_write(go_request *q, json_t *page);
int regrades_page(go_request *q, json_t *page);
int submission_diff_page(go_request *q, json_t *page);
/* feedback.c: "feedback" of the submission's page, and what its ETag must tell of it */
apr_status_t add_feedback(go_request *q, json_t *page);
apr_status_t feedback_tag(go_request *q, const char **tag);

/* admin.c */
int admin_page(go_request *q, json_t *page);
int admin_courses_page(go_request *q, json_t *page);
int admin_instructor(go_request *q, json_t *page);

/* admin_users.c */
int admin_users_page(go_request *q, json_t *page);
int admin_user_create(go_request *q, json_t *page);
int admin_user_change(go_request *q, json_t *page);

/* --- submission_run.c ----------------------------------------------------------------------- */

/* Adds "run": all that the viewer may know of it. `run` NULL: there is none. */
apr_status_t add_run(go_request *q, json_t *page, const go_run *run, const go_wait *wait);

/* What a list or a page calls the state: its name, or "cannot be graded". */
const char *run_label(go_run_state state, int is_ungradable);
/* The state that its colour is of. */
const char *run_tone(go_run_state state, int is_ungradable);

/* --- what several pages share (shared.c) --------------------------------------------------- */

/* {"name", "title", "url", "zone", and for people of the course "role", "is_staff", "teaches"} */
json_t *json_course(const go_request *q, const go_course *course);

/* {"name", "title", "url", "due", "is_published", "version"} */
json_t *json_assignment(const go_request *q, const go_course *course,
                        const go_assignment *assignment);

/* A line of a list of submissions: number, attempt, url, time, state, score. */
json_t *json_submission_line(const go_request *q, const char *course, const char *zone,
                             const char *assignment, const go_submission_line *line);

/* The URL of the page of the course at hand. */
const char *url_course(const go_request *q);

/* Sets the page's title, the course and the assignment at hand. */
void page_begin(go_request *q, json_t *page, const char *title);

/* Repeats what was typed into a field, so that a refused form loses nothing. */
void page_keep(go_request *q, json_t *page, const char *const *fields, int count);

#endif
