# The fuzz targets as one program that replays corpora (tests/fuzz/fuzz.h); libFuzzer's programs are
# made by tools/fuzz.sh.
EXTRA_DIST += tests/fuzz/README.md tests/fuzz/corpus tests/fuzz/seed-corpus.py tools/fuzz.sh
check_PROGRAMS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = tests/fuzz/fuzz.c tests/fuzz/fuzz.h tests/fuzz/replay.c \
	tests/fuzz/targets.inc \
	tests/fuzz/targets/archive.c tests/fuzz/targets/cookie.c tests/fuzz/targets/csv.c tests/fuzz/targets/diff.c \
	tests/fuzz/targets/form.c tests/fuzz/targets/frames.c tests/fuzz/targets/junit.c \
	tests/fuzz/targets/lint.c tests/fuzz/targets/markdown.c tests/fuzz/targets/multipart.c \
	tests/fuzz/targets/oven.c tests/fuzz/targets/policy.c tests/fuzz/targets/results.c \
	tests/fuzz/targets/score.c tests/fuzz/targets/sql.c tests/fuzz/targets/stages.c tests/fuzz/targets/template.c
nodist_tests_fuzz_replay_SOURCES = executor/oven/inbox.c executor/oven/sandbox_wire.c \
	executor/oven/util.c
tests_fuzz_replay_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests $(APR_CFLAGS) $(JANSSON_CFLAGS) \
	$(ARCHIVE_CFLAGS)
tests_fuzz_replay_LDADD = libgradeovenweb.la libgradeovenexecutor.la libgradeoven.la \
	$(JANSSON_LIBS) $(ARCHIVE_LIBS) $(APR_LIBS)
