# The domain (libgradeoven: no httpd), the pure half of the web layer, and the module itself.
noinst_LTLIBRARIES += libgradeoven.la libgradeovenweb.la

libgradeoven_la_SOURCES = \
	mod_gradeoven/model/archive.c mod_gradeoven/model/archive.h \
	mod_gradeoven/model/assignments.c mod_gradeoven/model/assignments.h \
	mod_gradeoven/model/avatar.c mod_gradeoven/model/avatar.h \
	mod_gradeoven/model/courses.c mod_gradeoven/model/courses.h \
	mod_gradeoven/model/csv.c mod_gradeoven/model/csv.h \
	mod_gradeoven/model/db.c mod_gradeoven/model/db.h \
	mod_gradeoven/model/error.c mod_gradeoven/model/error.h \
	mod_gradeoven/model/migrate.c \
	mod_gradeoven/model/names.c mod_gradeoven/model/names.h \
	mod_gradeoven/model/objects.c mod_gradeoven/model/objects.h \
	mod_gradeoven/model/policy.c mod_gradeoven/model/policy.h \
	mod_gradeoven/model/passwords.c mod_gradeoven/model/passwords.h \
	mod_gradeoven/model/problems.c mod_gradeoven/model/problems.h \
	mod_gradeoven/model/roster.c mod_gradeoven/model/roster.h \
	mod_gradeoven/model/runs.c mod_gradeoven/model/runs.h \
	mod_gradeoven/model/claim.c \
	mod_gradeoven/model/score.c mod_gradeoven/model/score.h \
	mod_gradeoven/model/sessions.c mod_gradeoven/model/sessions.h \
	mod_gradeoven/model/stages.c mod_gradeoven/model/stages.h \
	mod_gradeoven/model/state.c mod_gradeoven/model/state.h \
	mod_gradeoven/model/statements.inc \
	mod_gradeoven/model/store.c mod_gradeoven/model/store.h \
	mod_gradeoven/model/submissions.c mod_gradeoven/model/submissions.h \
	mod_gradeoven/model/text.c mod_gradeoven/model/text.h \
	mod_gradeoven/model/tree.c mod_gradeoven/model/tree.h \
	mod_gradeoven/model/trees.c mod_gradeoven/model/trees.h \
	mod_gradeoven/model/users.c mod_gradeoven/model/users.h \
	mod_gradeoven/model/zone.c mod_gradeoven/model/zone.h
nodist_libgradeoven_la_SOURCES = schema.inc
libgradeoven_la_CPPFLAGS = $(AM_CPPFLAGS) $(APR_CFLAGS) $(JANSSON_CFLAGS) $(ARCHIVE_CFLAGS) \
	$(SODIUM_CFLAGS) $(GD_CFLAGS) $(ICU_CFLAGS)
libgradeoven_la_LIBADD = $(JANSSON_LIBS) $(ARCHIVE_LIBS) $(SODIUM_LIBS) $(GD_LIBS) $(ICU_LIBS) \
	$(APR_LIBS)

libgradeovenweb_la_SOURCES = \
	mod_gradeoven/web/form.c mod_gradeoven/web/form.h \
	mod_gradeoven/web/markdown.c mod_gradeoven/web/markdown.h \
	mod_gradeoven/web/multipart.c mod_gradeoven/web/multipart.h \
	mod_gradeoven/web/template.c mod_gradeoven/web/template.h
libgradeovenweb_la_CPPFLAGS = $(AM_CPPFLAGS) $(APR_CFLAGS) $(JANSSON_CFLAGS) $(CMARK_CFLAGS)
libgradeovenweb_la_LIBADD = $(JANSSON_LIBS) $(CMARK_LIBS) $(APR_LIBS)

# The migrations, as C strings, so that no program depends on finding them at run time.
schema = $(srcdir)/conf/schema
schema.inc: $(schema)/*.sql $(srcdir)/tools/embed-schema.sh
	$(AM_V_GEN)sh $(srcdir)/tools/embed-schema.sh $(schema) > $@.tmp && mv $@.tmp $@
BUILT_SOURCES += schema.inc
CLEANFILES += schema.inc
EXTRA_DIST += tools/embed-schema.sh
