# What the pages are made of; installed as files, read when httpd starts.
templatesdir = $(pkgdatadir)/templates
dist_templates_DATA = \
	templates/admin.html templates/admin_courses.html templates/admin_users.html \
	templates/assignment.html templates/assignment_edit.html templates/audit.html templates/course.html \
	templates/course_edit.html templates/dashboard.html templates/enrol.html templates/error.html \
	templates/exceptions.html templates/course_exceptions.html templates/rules.html \
	templates/footer.html templates/header.html templates/login.html templates/roster.html \
	templates/score.html templates/settings.html templates/privacy.html templates/admin_privacy.html templates/tokens.html \
	templates/login_code.html templates/second_factor.html templates/welcome.html templates/submission.html \
	templates/submissions.html \
	templates/check.html templates/check_runs.html templates/copy.html templates/diff.html \
	templates/stage_file.html templates/stages.html templates/text_diff.html \
	templates/version_diff.html templates/versions.html \
	templates/course_student.html templates/scoreboard.html templates/team.html \
	templates/feedback.html templates/file_view.html templates/grade.html templates/grading.html \
	templates/regrade.html templates/regrades.html templates/reveal.html templates/rubric.html \
	templates/submission_diff.html \
	templates/gradebook.html templates/gradebook_import.html templates/gradebook_settings.html \
	templates/grade_cell.html \
	templates/rerun.html templates/reruns.html \
	templates/statistics.html
staticdir = $(templatesdir)/static
dist_static_DATA = templates/static/app.js templates/static/live.js templates/static/upload.js \
	templates/static/check.js templates/static/rerun.js templates/static/oven.svg templates/static/style.css \
	templates/static/highlight.js templates/static/keys.js
