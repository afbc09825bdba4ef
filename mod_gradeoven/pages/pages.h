/* The pages: each is a function in the file of its name, a line in routes.c, and a template. */
#ifndef GO_PAGES_H
#define GO_PAGES_H

#include "web/reply.h"
#include "web/request.h"

#include "model/counted.h"
#include "model/exceptions.h"
#include "model/factor.h"
#include "model/links.h"
#include "model/login_guard.h"
#include "model/roster.h"
#include "model/turns.h"

/* login.c */
int login_page(go_request *q, json_t *page);
int login_submit(go_request *q, json_t *page);
int logout_submit(go_request *q, json_t *page);
/*
 * The identity of `user` is proven, by a password, a link, or whatever else knows people: begins
 * their session, or when they have a second factor the step that asks for it, and answers with the
 * redirect. `next` is where to from there, as a form said it (any text), or NULL.
 */
int login_proven(go_request *q, go_user *user, const char *next);
/* The same once nothing is left to prove. */
int login_finish(go_request *q, go_user *user, const char *next);
go_login_attempt login_attempt(const go_request *q, const char *username);
/* 429: too many wrong ones; `username` as typed. */
int login_refuse_for_now(go_request *q, const char *username, int seconds);
/* Is this the password of the session's user? GO_EINVALID, GO_EDENIED (too many were wrong). */
apr_status_t login_check_password(go_request *q, const char *typed);
/* Is this a code of the user's second factor? Taken when it is; the same errors. */
apr_status_t login_check_code(go_request *q, const go_user *user, const char *typed,
                              go_factor_answer *answer);

/* login_code.c */
int login_code_page(go_request *q, json_t *page);
int login_code_submit(go_request *q, json_t *page);

/* second_factor.c */
int factor_page(go_request *q, json_t *page);
int factor_begin(go_request *q, json_t *page);
int factor_confirm(go_request *q, json_t *page);
int factor_codes(go_request *q, json_t *page);
int factor_off(go_request *q, json_t *page);

/* links.c */
int welcome_page(go_request *q, json_t *page);
int welcome_submit(go_request *q, json_t *page);
int roster_invite(go_request *q, json_t *page);
/* {"username", "name", "email", "url", "kind", "expires"} of a link that was just made. */
json_t *json_link(go_request *q, const go_link *link);

/* dashboard.c */
int dashboard_page(go_request *q, json_t *page);

/* settings.c */
int settings_page(go_request *q, json_t *page);
int settings_profile(go_request *q, json_t *page);
int settings_password(go_request *q, json_t *page);
int settings_session_end(go_request *q, json_t *page);

/* tokens.c */
int tokens_page(go_request *q, json_t *page);
int token_create(go_request *q, json_t *page);
int token_end(go_request *q, json_t *page);

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

/* view_as.c */
int view_as_begin(go_request *q, json_t *page);
int view_as_stop(go_request *q, json_t *page);
/* Must what was handed in for this assignment not be shown to who looks as somebody else? */
apr_status_t view_as_withholds(go_request *q, const go_assignment *assignment, int *withholds);

/* roster_import.c */
int roster_import(go_request *q, json_t *page);
/* A list, decoded to UTF-8: of the uploaded "file", or else what was pasted into "csv". */
apr_status_t csv_read(go_request *q, const char **csv, apr_size_t *length);

/* gradebook.c, gradebook_export.c, gradebook_import.c, gradebook_settings.c, grade_cell.c */
int gradebook_page(go_request *q, json_t *page);
int gradebook_export(go_request *q, json_t *page);
int gradebook_import_page(go_request *q, json_t *page);
int gradebook_import(go_request *q, json_t *page);
int gradebook_settings_page(go_request *q, json_t *page);
int gradebook_category_set(go_request *q, json_t *page);
int gradebook_column_set(go_request *q, json_t *page);
int grade_cell_page(go_request *q, json_t *page);
int grade_cell_set(go_request *q, json_t *page);

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
int audit_export(go_request *q, json_t *page);
/* Notes that the person of the session did this to an account: "login", "password", "account". In
   the transaction of the change. */
apr_status_t audit_account(go_request *q, const char *action, const go_user *user, const char *was,
                           const char *became);

/* assignment.c */
int assignment_page(go_request *q, json_t *page);

/* assignment_edit.c */
int assignment_new_page(go_request *q, json_t *page);
int assignment_create(go_request *q, json_t *page);
int assignment_edit_page(go_request *q, json_t *page);
int assignment_change(go_request *q, json_t *page);
int assignment_publish(go_request *q, json_t *page);

/* rules.c */
int rules_change(go_request *q, json_t *page);

/* exceptions.c */
int exceptions_page(go_request *q, json_t *page);
int exception_set(go_request *q, json_t *page);
int exception_remove(go_request *q, json_t *page);
/* Adds the course's "students" and "sections", for the forms. */
apr_status_t exceptions_add_people(go_request *q, json_t *page);
/* Fields of the forms: GO_EINVALID with what is wrong. */
apr_status_t exceptions_read_student(go_request *q, go_exception_line *line);
apr_status_t exceptions_read_time(go_request *q, int *milli);
apr_status_t exceptions_read_note(go_request *q, go_exception_line *line);

/* course_exceptions.c */
int course_exceptions_page(go_request *q, json_t *page);
int course_exception_set(go_request *q, json_t *page);
int course_exception_remove(go_request *q, json_t *page);

/* policy.c */
int submission_choose(go_request *q, json_t *page);

/* versions.c */
int version_create(go_request *q, json_t *page);
int version_archive(go_request *q, json_t *page);
int versions_page(go_request *q, json_t *page);
int version_diff(go_request *q, json_t *page);
int version_restore(go_request *q, json_t *page);

/* stages.c, stage_file.c */
int stages_page(go_request *q, json_t *page);
int stages_change(go_request *q, json_t *page);
int stage_file_page(go_request *q, json_t *page);
int stage_file_change(go_request *q, json_t *page);
int stage_file_download(go_request *q, json_t *page);

/* checks.c */
int check_page(go_request *q, json_t *page);
int check_start(go_request *q, json_t *page);
int reference_archive(go_request *q, json_t *page);
int reference_change(go_request *q, json_t *page);

/* reruns.c, rerun.c */
int reruns_page(go_request *q, json_t *page);
int rerun_start(go_request *q, json_t *page);
int rerun_page(go_request *q, json_t *page);
int rerun_apply(go_request *q, json_t *page);
int rerun_undo(go_request *q, json_t *page);
int rerun_drop(go_request *q, json_t *page);

/* copy.c */
int assignment_copy_page(go_request *q, json_t *page);
int assignment_copy(go_request *q, json_t *page);
int course_copy_page(go_request *q, json_t *page);
int course_copy(go_request *q, json_t *page);

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
int test_output_page(go_request *q, json_t *page);

/* receipts.c */
int submission_receipt(go_request *q, json_t *page);
int receipt_key_page(go_request *q, json_t *page);
int my_submissions(go_request *q, json_t *page);

/* scoreboard.c */
int scoreboard_page(go_request *q, json_t *page);
int scoreboard_hide(go_request *q, json_t *page);
int scoreboard_change(go_request *q, json_t *page);

/* team.c, team_staff.c */
int team_page(go_request *q, json_t *page);
int team_act(go_request *q, json_t *page);
int team_rules_change(go_request *q, json_t *page);
int team_list(go_request *q, json_t *page);
int team_change(go_request *q, json_t *page);
/* Adds "team": the viewer's, and what handing in costs its other members; null without teams. */
apr_status_t add_team(go_request *q, json_t *page);

/* statistics.c */
int statistics_page(go_request *q, json_t *page);

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

/* privacy.c */
int privacy_page(go_request *q, json_t *page);
int privacy_export(go_request *q, json_t *page);
int admin_privacy_page(go_request *q, json_t *page);
int admin_privacy_export(go_request *q, json_t *page);
int admin_privacy_erase(go_request *q, json_t *page);
/* "retention": how long the work of the course at hand is kept; null when for ever. */
apr_status_t add_retention(go_request *q, json_t *page);

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

/* --- scoreboard.c ---------------------------------------------------------------------------- */

/* Adds "scoreboard": what it shows, and where it is. */
apr_status_t add_scoreboard(go_request *q, json_t *page);
/* The same for the form that changes it: with what may be chosen, and what was typed. */
apr_status_t add_scoreboard_form(go_request *q, json_t *page);

/* --- outlook.c ------------------------------------------------------------------------------ */

/* "in 3 days", "2 hours ago" */
const char *time_distance(apr_pool_t *pool, apr_time_t now, apr_time_t then);
/* The same from now, as JSON; null for 0. */
json_t *json_distance(const go_request *q, apr_time_t then);

/* Why it has the score it has, in a line, or null. */
json_t *json_why(const go_request *q, const go_submission_line *line);

/* Adds "due_in", "why" and "again": {"may", "text"}. `line` NULL: nothing was submitted. */
apr_status_t add_outlook(go_request *q, json_t *json, const go_assignment *assignment,
                         const go_submission_line *line);
/* --- submission_tests.c --------------------------------------------------------------------- */

/* Who looks at results of tests of the assignment at hand. */
apr_status_t tests_viewer(go_request *q, go_results_viewer *viewer);

/* Adds "results" to the page's "run": the tests that the viewer may see, or null. */
apr_status_t add_tests(go_request *q, json_t *page, const go_run *run,
                       const go_results_viewer *viewer);

int assignment_release(go_request *q, json_t *page);

/* --- what several pages share (shared.c) --------------------------------------------------- */

/* {"name", "title", "url", "zone", and for people of the course "role", "is_staff", "teaches"} */
json_t *json_course(const go_request *q, const go_course *course);

/* {"name", "title", "url", "due", "is_published", "version"} */
json_t *json_assignment(const go_request *q, const go_course *course,
                        const go_assignment *assignment);

/* A line of a list of submissions: number, attempt, url, time, state, score; "is_shared": another
   of the team handed it in (in lists of one assignment). */
json_t *json_submission_line(const go_request *q, const char *course, const char *zone,
                             const char *assignment, const go_submission_line *line);

/* --- rules.c --- */

/* Adds "rules": the form of the assignment's rules as they are, or as they were typed, and what is
   wrong with each field. */
apr_status_t add_rules(go_request *q, json_t *page);
/* The course's late days as typed; the present number when the field was not sent. */
apr_status_t read_late_days(go_request *q, int *days);
/* A whole number of at most six digits; "" is 0. GO_EINVALID. */
apr_status_t read_count(go_request *q, const char *field, int *number);

/* --- policy.c --- */

/* Adds "policy": what the rules say to the viewer now. Also the dates that are theirs. */
apr_status_t add_policy(go_request *q, json_t *page);

/* The dates of an assignment become those of the viewer; "phase" is added. */
void json_set_dates(const go_request *q, json_t *json, const go_dates *dates);

/* The URL of the page of the course at hand. */
const char *url_course(const go_request *q);

/* Sets the page's title, the course and the assignment at hand. */
void page_begin(go_request *q, json_t *page, const char *title);

/*
 * Whose the submission at hand is: array of go_sharer, with the names that the viewer may see
 * (where it is graded blind, staff have pseudonyms). One when it was handed in by nobody's team.
 */
apr_status_t find_sharers(go_request *q, apr_array_header_t **sharers);
/* Is this user one of them? */
int is_sharer(const apr_array_header_t *sharers, apr_int64_t user_id);

/* The number "page" of the query, from 1 to `pages`: what is no number, or beyond, is the nearest.
 */
int page_number(const go_request *q, int pages);

/* Repeats what was typed into a field, so that a refused form loses nothing. */
void page_keep(go_request *q, json_t *page, const char *const *fields, int count);

#endif
