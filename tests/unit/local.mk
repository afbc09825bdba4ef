# Unit tests. A new suite is one line here and one in suites.inc; see unit.h.
EXTRA_DIST += \
	tests/unit/policy-vectors.txt \
	tests/unit/mustache-spec/comments.json \
	tests/unit/mustache-spec/delimiters.json \
	tests/unit/mustache-spec/interpolation.json \
	tests/unit/mustache-spec/inverted.json \
	tests/unit/mustache-spec/partials.json \
	tests/unit/mustache-spec/sections.json
if HAVE_CHECK
check_PROGRAMS += tests/unit/unit
TESTS += tests/unit/unit
endif
# The test driver sets srcdir, by which the tests find their data in a separate build too.
tests_unit_unit_SOURCES = \
	tests/unit/archive_test.c \
	tests/unit/avatar_test.c \
	tests/unit/csv_test.c \
	tests/unit/demux_test.c \
	tests/unit/diff_test.c tests/unit/stage_edit_test.c \
	tests/unit/engines_test.c tests/unit/factor_test.c \
	tests/unit/form_test.c \
	tests/unit/grade_total_test.c \
	tests/unit/inspection_test.c \
	tests/unit/main.c \
	tests/unit/model.c tests/unit/model.h \
	tests/unit/manual_test.c \
	tests/unit/markdown_test.c \
	tests/unit/multipart_test.c \
	tests/unit/names_test.c \
	tests/unit/rates_test.c \
	tests/unit/outputs_test.c \
	tests/unit/counted_test.c tests/unit/policy_test.c \
	tests/unit/privacy_test.c \
	tests/unit/receipts_test.c \
	tests/unit/reruns_test.c \
	tests/unit/results_test.c \
	tests/unit/rights_test.c \
	tests/unit/remote_test.c \
	tests/unit/roster_test.c \
	tests/unit/runs_test.c \
	tests/unit/score_test.c \
	tests/unit/scoreboard_test.c \
	tests/unit/sql_text_test.c \
	tests/unit/stages_lint_test.c \
	tests/unit/stages_test.c \
	tests/unit/state_test.c \
	tests/unit/statistics_test.c \
	tests/unit/store_test.c \
	tests/unit/suites.inc \
	tests/unit/teams_test.c \
	tests/unit/template_test.c \
	tests/unit/text_test.c \
	tests/unit/tree_test.c \
	tests/unit/turns_test.c \
	tests/unit/unit.h \
	tests/unit/zone_test.c
nodist_tests_unit_unit_SOURCES = mod_gradeoven/routes_match.c \
	executor/oven/die.c executor/oven/names.c executor/oven/util.c
tests_unit_unit_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests $(APR_CFLAGS) $(JANSSON_CFLAGS) \
	$(ARCHIVE_CFLAGS) $(SODIUM_CFLAGS) $(GD_CFLAGS) $(ICU_CFLAGS) $(CHECK_CFLAGS)
tests_unit_unit_LDADD = libgradeovenweb.la libgradeovenexecutor.la libgradeoven.la $(JANSSON_LIBS) $(ARCHIVE_LIBS) \
	$(SODIUM_LIBS) $(GD_LIBS) $(ICU_LIBS) $(OATH_LIBS) $(CHECK_LIBS) $(APR_LIBS)
