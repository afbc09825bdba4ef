# The domain (libgradeoven: no httpd), the pure half of the web layer, and the module itself.
noinst_LTLIBRARIES += libgradeoven.la libgradeovenweb.la

libgradeoven_la_SOURCES = \
	mod_gradeoven/model/archive.c \
	mod_gradeoven/model/archive.h \
	mod_gradeoven/model/archive_private.h \
	mod_gradeoven/model/archive_write.c \
	mod_gradeoven/model/assignments.c \
	mod_gradeoven/model/assignments.h \
	mod_gradeoven/model/audit.c mod_gradeoven/model/audit_redact.c \
	mod_gradeoven/model/audit.h \
	mod_gradeoven/model/authoring.c mod_gradeoven/model/authoring.h \
	mod_gradeoven/model/checks.c mod_gradeoven/model/checks.h \
	mod_gradeoven/model/copy.c mod_gradeoven/model/copy.h \
	mod_gradeoven/model/stage_edit.c mod_gradeoven/model/stage_edit.h \
	mod_gradeoven/model/avatar.c \
	mod_gradeoven/model/avatar.h \
	mod_gradeoven/model/avatar_header.c \
	mod_gradeoven/model/avatar_private.h \
	mod_gradeoven/model/avatar_svg.c \
	mod_gradeoven/model/buffer.c \
	mod_gradeoven/model/buffer.h \
	mod_gradeoven/model/chart.c mod_gradeoven/model/chart.h \
	mod_gradeoven/model/checkup.c mod_gradeoven/model/checkup.h \
	mod_gradeoven/model/claim.c \
	mod_gradeoven/model/counted.c mod_gradeoven/model/counted.h \
	mod_gradeoven/model/courses.c \
	mod_gradeoven/model/courses.h \
	mod_gradeoven/model/csv.c \
	mod_gradeoven/model/csv.h \
	mod_gradeoven/model/db.c \
	mod_gradeoven/model/db.h \
	mod_gradeoven/model/db_private.h \
	mod_gradeoven/model/diff.c mod_gradeoven/model/diff.h \
	mod_gradeoven/model/diff_tree.c \
	mod_gradeoven/model/engine_setting.c \
	mod_gradeoven/model/engine_setting.h \
	mod_gradeoven/model/engines.c \
	mod_gradeoven/model/engines.h \
	mod_gradeoven/model/enrol_code.c mod_gradeoven/model/enrol_code.h \
	mod_gradeoven/model/error.c \
	mod_gradeoven/model/error.h \
	mod_gradeoven/model/exceptions.c mod_gradeoven/model/exceptions.h \
	mod_gradeoven/model/course_exceptions.c mod_gradeoven/model/course_exceptions.h \
	mod_gradeoven/model/feedback.c mod_gradeoven/model/feedback.h \
	mod_gradeoven/model/gradebook.c mod_gradeoven/model/gradebook.h \
	mod_gradeoven/model/grade_cells.c mod_gradeoven/model/grade_import.c \
	mod_gradeoven/model/grade_settings.c \
	mod_gradeoven/model/grade_total.c mod_gradeoven/model/grade_total.h \
	mod_gradeoven/model/grading_rules.c mod_gradeoven/model/grading_rules.h \
	mod_gradeoven/model/line_comments.c mod_gradeoven/model/line_comments.h \
	mod_gradeoven/model/pseudonym.c mod_gradeoven/model/pseudonym.h \
	mod_gradeoven/model/regrades.c mod_gradeoven/model/regrades.h \
	mod_gradeoven/model/export.c mod_gradeoven/model/export.h mod_gradeoven/model/export_grades.c \
	mod_gradeoven/model/export_submission.c \
	mod_gradeoven/model/object_sweep.c mod_gradeoven/model/removal.c mod_gradeoven/model/removal.h \
	mod_gradeoven/model/erasure.c mod_gradeoven/model/erasure.h \
	mod_gradeoven/model/retention.c mod_gradeoven/model/retention.h \
	mod_gradeoven/model/reruns.c mod_gradeoven/model/reruns.h \
	mod_gradeoven/model/reruns_apply.c mod_gradeoven/model/reruns_start.c \
	mod_gradeoven/model/rubric.c mod_gradeoven/model/rubric.h \
	mod_gradeoven/model/lint_command.c \
	mod_gradeoven/model/lint_names.c \
	mod_gradeoven/model/lint_private.h \
	mod_gradeoven/model/lint_python.c \
	mod_gradeoven/model/lint_shell.c \
	mod_gradeoven/model/login_guard.c mod_gradeoven/model/login_guard.h \
	mod_gradeoven/model/factor.c mod_gradeoven/model/factor.h \
	mod_gradeoven/model/links.c mod_gradeoven/model/links.h \
	mod_gradeoven/model/login_step.c mod_gradeoven/model/login_step.h \
	mod_gradeoven/model/seal.c mod_gradeoven/model/seal.h \
	mod_gradeoven/model/totp.c mod_gradeoven/model/totp.h \
	mod_gradeoven/model/tokens.c mod_gradeoven/model/tokens.h \
	mod_gradeoven/model/migrate.c \
	mod_gradeoven/model/names.c \
	mod_gradeoven/model/names.h \
	mod_gradeoven/model/objects.c \
	mod_gradeoven/model/objects.h \
	mod_gradeoven/model/passwords.c \
	mod_gradeoven/model/passwords.h mod_gradeoven/model/passwords_common.inc \
	mod_gradeoven/model/policy.c mod_gradeoven/model/policy.h \
	mod_gradeoven/model/policy_private.h mod_gradeoven/model/policy_words.c \
	mod_gradeoven/model/rates.c mod_gradeoven/model/rates.h \
	mod_gradeoven/model/receipts.c mod_gradeoven/model/receipts.h \
	mod_gradeoven/model/rights.c \
	mod_gradeoven/model/rights.h \
	mod_gradeoven/model/problems.c \
	mod_gradeoven/model/problems.h \
	mod_gradeoven/model/remote.c mod_gradeoven/model/remote.h \
	mod_gradeoven/model/results.c mod_gradeoven/model/results.h \
	mod_gradeoven/model/results_json.c mod_gradeoven/model/results_junit.c \
	mod_gradeoven/model/results_private.h \
	mod_gradeoven/model/results_store.c \
	mod_gradeoven/model/roster.c \
	mod_gradeoven/model/roster.h \
	mod_gradeoven/model/rules.c mod_gradeoven/model/rules.h \
	mod_gradeoven/model/roster_decode.c \
	mod_gradeoven/model/roster_diff.c \
	mod_gradeoven/model/roster_parse.c \
	mod_gradeoven/model/runs.c \
	mod_gradeoven/model/runs.h \
	mod_gradeoven/model/score.c \
	mod_gradeoven/model/score.h \
	mod_gradeoven/model/scoreboard.c mod_gradeoven/model/scoreboard_lines.c mod_gradeoven/model/scoreboard.h \
	mod_gradeoven/model/sessions.c \
	mod_gradeoven/model/sessions.h \
	mod_gradeoven/model/signing.c mod_gradeoven/model/signing.h \
	mod_gradeoven/model/stages.c \
	mod_gradeoven/model/stages.h \
	mod_gradeoven/model/stages_lint.c \
	mod_gradeoven/model/stages_lint.h \
	mod_gradeoven/model/stages_metadata.c \
	mod_gradeoven/model/stages_private.h \
	mod_gradeoven/model/sql_text.c mod_gradeoven/model/sql_text.h \
	mod_gradeoven/model/sync.c mod_gradeoven/model/sync.h mod_gradeoven/model/sync_file.c \
	mod_gradeoven/model/sync_grades.c mod_gradeoven/model/sync_schedule.c \
	mod_gradeoven/model/sync_setting.c mod_gradeoven/model/sync_setting.h \
	mod_gradeoven/model/state.c \
	mod_gradeoven/model/state.h \
	mod_gradeoven/model/statements.inc \
	mod_gradeoven/model/statistics.c mod_gradeoven/model/statistics.h \
	mod_gradeoven/model/statistics_read.c \
	mod_gradeoven/model/store.c \
	mod_gradeoven/model/store.h \
	mod_gradeoven/model/submissions.c \
	mod_gradeoven/model/submissions.h \
	mod_gradeoven/model/teams.c mod_gradeoven/model/teams.h mod_gradeoven/model/team_private.h \
	mod_gradeoven/model/team_forming.c mod_gradeoven/model/team_list.c \
	mod_gradeoven/model/text.c \
	mod_gradeoven/model/text.h \
	mod_gradeoven/model/tree.c \
	mod_gradeoven/model/tree.h \
	mod_gradeoven/model/tree_scan.c \
	mod_gradeoven/model/trees.c \
	mod_gradeoven/model/trees.h \
	mod_gradeoven/model/turns.c \
	mod_gradeoven/model/turns.h \
	mod_gradeoven/model/users.c \
	mod_gradeoven/model/users.h \
	mod_gradeoven/model/view_as.c mod_gradeoven/model/view_as.h \
	mod_gradeoven/model/zone.c \
	mod_gradeoven/model/zone.h
nodist_libgradeoven_la_SOURCES = schema.inc
libgradeoven_la_CPPFLAGS = $(AM_CPPFLAGS) $(APR_CFLAGS) $(JANSSON_CFLAGS) $(ARCHIVE_CFLAGS) \
	$(SODIUM_CFLAGS) $(GD_CFLAGS) $(ICU_CFLAGS) $(EXPAT_CFLAGS) $(OATH_CFLAGS)
libgradeoven_la_LIBADD = $(JANSSON_LIBS) $(ARCHIVE_LIBS) $(SODIUM_LIBS) $(GD_LIBS) $(ICU_LIBS) \
	$(EXPAT_LIBS) $(OATH_LIBS) $(APR_LIBS)

libgradeovenweb_la_SOURCES = \
	mod_gradeoven/web/cookie.c mod_gradeoven/web/cookie.h \
	mod_gradeoven/web/form.c \
	mod_gradeoven/web/form.h \
	mod_gradeoven/web/markdown.c \
	mod_gradeoven/web/markdown.h \
	mod_gradeoven/web/multipart.c \
	mod_gradeoven/web/multipart.h \
	mod_gradeoven/web/multipart_header.c \
	mod_gradeoven/web/multipart_header.h \
	mod_gradeoven/web/qr.c mod_gradeoven/web/qr.h \
	mod_gradeoven/web/template.c \
	mod_gradeoven/web/template.h \
	mod_gradeoven/web/template_parse.c \
	mod_gradeoven/web/template_private.h \
	mod_gradeoven/web/template_render.c
libgradeovenweb_la_CPPFLAGS = $(AM_CPPFLAGS) $(APR_CFLAGS) $(JANSSON_CFLAGS) $(CMARK_CFLAGS) $(QR_CFLAGS)
libgradeovenweb_la_LIBADD = $(JANSSON_LIBS) $(CMARK_LIBS) $(QR_LIBS) $(APR_LIBS)

# The migrations, as C strings, so that no program depends on finding them at run time.
schema = $(srcdir)/conf/schema
schema.inc: $(schema)/*.sql $(srcdir)/tools/embed-schema.sh
	$(AM_V_GEN)sh $(srcdir)/tools/embed-schema.sh $(schema) > $@.tmp && mv $@.tmp $@
BUILT_SOURCES += schema.inc
CLEANFILES += schema.inc
EXTRA_DIST += tools/embed-schema.sh

# The module: httpd's glue, pages and web layer over the two libraries.
module_LTLIBRARIES = mod_gradeoven.la
mod_gradeoven_la_SOURCES = \
	mod_gradeoven/directives.c mod_gradeoven/directives.h mod_gradeoven/directives_sync.c \
	mod_gradeoven/directives_auth.c mod_gradeoven/provider.c mod_gradeoven/provider.h \
	mod_gradeoven/pages/sso.c mod_gradeoven/web/remote.c mod_gradeoven/web/remote.h \
	mod_gradeoven/mod_gradeoven.c \
	mod_gradeoven/pages/admin.c mod_gradeoven/pages/admin_users.c \
	mod_gradeoven/pages/assignment.c mod_gradeoven/pages/assignment_edit.c \
	mod_gradeoven/pages/authoring.c mod_gradeoven/pages/authoring.h \
	mod_gradeoven/pages/checks.c mod_gradeoven/pages/copy.c mod_gradeoven/pages/diff.c \
	mod_gradeoven/pages/stages.c mod_gradeoven/pages/stage_file.c \
	mod_gradeoven/pages/avatar.c mod_gradeoven/pages/course.c \
	mod_gradeoven/pages/dashboard.c mod_gradeoven/pages/files.c \
	mod_gradeoven/pages/exceptions.c mod_gradeoven/pages/course_exceptions.c mod_gradeoven/pages/policy.c \
	mod_gradeoven/pages/rules.c \
	mod_gradeoven/pages/login.c mod_gradeoven/pages/pages.h \
	mod_gradeoven/pages/audit.c mod_gradeoven/pages/enrol.c mod_gradeoven/pages/roster_import.c \
	mod_gradeoven/pages/roster.c mod_gradeoven/pages/settings.c \
	mod_gradeoven/pages/receipts.c mod_gradeoven/pages/scoreboard.c \
	mod_gradeoven/pages/outlook.c \
	mod_gradeoven/pages/statistics.c mod_gradeoven/pages/view_as.c \
	mod_gradeoven/pages/shared.c mod_gradeoven/pages/steering.c \
	mod_gradeoven/pages/submission.c mod_gradeoven/pages/submission_run.c \
	mod_gradeoven/pages/submission_tests.c \
	mod_gradeoven/pages/test_output.c \
	mod_gradeoven/pages/submissions.c mod_gradeoven/pages/submit.c \
	mod_gradeoven/pages/tokens.c mod_gradeoven/pages/privacy.c \
	mod_gradeoven/pages/links.c mod_gradeoven/pages/login_code.c \
	mod_gradeoven/pages/second_factor.c \
	mod_gradeoven/pages/team.c mod_gradeoven/pages/team.h mod_gradeoven/pages/team_staff.c \
	mod_gradeoven/pages/versions.c \
	mod_gradeoven/pages/blind.c mod_gradeoven/pages/feedback.c \
	mod_gradeoven/pages/file_view.c mod_gradeoven/pages/file_view.h \
	mod_gradeoven/pages/grade.c mod_gradeoven/pages/grading.c \
	mod_gradeoven/pages/grade_cell.c mod_gradeoven/pages/gradebook.c \
	mod_gradeoven/pages/gradebook.h mod_gradeoven/pages/gradebook_export.c \
	mod_gradeoven/pages/gradebook_import.c mod_gradeoven/pages/gradebook_settings.c \
	mod_gradeoven/pages/grading.h mod_gradeoven/pages/grading_shared.c \
	mod_gradeoven/pages/line_comments.c mod_gradeoven/pages/regrade.c \
	mod_gradeoven/pages/rerun.c mod_gradeoven/pages/reruns.c mod_gradeoven/pages/reruns.h \
	mod_gradeoven/pages/rubric.c mod_gradeoven/pages/submission_diff.c \
	mod_gradeoven/routes.c mod_gradeoven/routes.h \
	mod_gradeoven/routes_match.c \
	mod_gradeoven/site.c mod_gradeoven/site.h \
	mod_gradeoven/supervisor.c mod_gradeoven/supervisor.h \
	mod_gradeoven/web/handler.c mod_gradeoven/web/handler.h \
	mod_gradeoven/web/reply.c mod_gradeoven/web/reply.h \
	mod_gradeoven/web/request.c mod_gradeoven/web/request.h \
	mod_gradeoven/web/session.c mod_gradeoven/web/session.h \
	mod_gradeoven/web/static.c mod_gradeoven/web/static.h \
	mod_gradeoven/web/upload.c mod_gradeoven/web/upload.h \
	mod_gradeoven/web/token.c mod_gradeoven/web/token.h \
	mod_gradeoven/web/factor_wall.c mod_gradeoven/web/factor_wall.h \
	mod_gradeoven/web/tls.c mod_gradeoven/web/tls.h \
	mod_gradeoven/web/viewing.c mod_gradeoven/web/viewing.h \
	mod_gradeoven/web/problem.c mod_gradeoven/web/problem.h \
	mod_gradeoven/web/rate.c mod_gradeoven/web/rate.h
mod_gradeoven_la_CPPFLAGS = $(AM_CPPFLAGS) $(HTTPD_CFLAGS) $(APR_CFLAGS) $(JANSSON_CFLAGS) \
	$(SODIUM_CFLAGS)
mod_gradeoven_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared
mod_gradeoven_la_LIBADD = libgradeovenweb.la libgradeoven.la

# libtool's .la is of no use to httpd.
install-exec-hook:
	rm -f "$(DESTDIR)$(moduledir)/mod_gradeoven.la"
uninstall-hook:
	rm -f "$(DESTDIR)$(moduledir)/mod_gradeoven.so"
