/* The pages: each is a function in the file of its name, a line in routes.c, and a template. */
#ifndef GO_PAGES_H
#define GO_PAGES_H

#include "web/reply.h"
#include "web/request.h"

#include "model/roster.h"
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
int roster_change(go_request *q, json_t *page);
int roster_drop(go_request *q, json_t *page);
int roster_export(go_request *q, json_t *page);
/* The people of the course, as the query's filter says. */
apr_status_t roster_fill(go_request *q, json_t *page);
/* The page with q->err as its problem; the status to return. */
int roster_failed(go_request *q, json_t *page);
/* What was done, with the passwords that are shown this once. */
void roster_add_registered(go_request *q, json_t *page, const apr_array_header_t *done);

/* roster_import.c */
int roster_import(go_request *q, json_t *page);

/* enrol.c */
int enrol_page(go_request *q, json_t *page);
int enrol_submit(go_request *q, json_t *page);
int roster_code(go_request *q, json_t *page);
int roster_code_end(go_request *q, json_t *page);
/* "code": by which people enrol themselves in the course at hand, for who may change it. */
apr_status_t enrol_add_code(go_request *q, json_t *page);

/* audit.c */
int audit_page(go_request *q, json_t *page);
/* Who does something now, when and from where: what an audit entry begins with. */
go_audit_entry audit_by(const go_request *q);

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
