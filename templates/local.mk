# What the pages are made of; installed as files, read when httpd starts.
templatesdir = $(pkgdatadir)/templates
dist_templates_DATA = \
	templates/admin.html templates/admin_courses.html templates/admin_users.html \
	templates/assignment.html templates/assignment_edit.html templates/audit.html templates/course.html \
	templates/course_edit.html templates/dashboard.html templates/enrol.html templates/error.html \
	templates/footer.html templates/header.html templates/login.html templates/roster.html \
	templates/score.html templates/settings.html templates/submission.html \
	templates/submissions.html
staticdir = $(templatesdir)/static
dist_static_DATA = templates/static/app.js templates/static/live.js templates/static/upload.js \
	templates/static/oven.svg templates/static/style.css
