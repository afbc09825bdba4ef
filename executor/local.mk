# The executor (the daemon that bakes) and gradeovenctl, over one library.
noinst_LTLIBRARIES += libgradeovenexecutor.la
pkglibexec_PROGRAMS += executor/executor
sbin_PROGRAMS += gradeovenctl

executor_cppflags = $(AM_CPPFLAGS) $(APR_CFLAGS) $(JANSSON_CFLAGS) $(CURL_CFLAGS) \
	$(ARCHIVE_CFLAGS) $(SODIUM_CFLAGS)

libgradeovenexecutor_la_SOURCES = \
	executor/bake.c executor/bake.h \
	executor/claims.c executor/claims.h \
	executor/container.c executor/container.h \
	executor/demux.c executor/demux.h \
	executor/engine.c executor/engine.h \
	executor/engines.c executor/engines.h \
	executor/image.c executor/image.h \
	executor/inspection.c executor/inspection.h \
	executor/kitchen.c executor/kitchen.h \
	executor/layer.c executor/layer.h \
	executor/log.c executor/log.h \
	executor/loop.c executor/loop.h \
	executor/outputs.c executor/outputs.h \
	executor/oven.c executor/oven.h \
	executor/podman.c executor/podman.h \
	executor/pool.c executor/pool.h \
	executor/prune.c executor/prune.h \
	executor/signals.c executor/signals.h \
	executor/stage_end.c executor/stage_end.h \
	executor/stream.c executor/stream.h \
	executor/sweep.c executor/sweep.h \
	executor/test_results.c executor/test_results.h \
	executor/upload.c executor/upload.h \
	executor/oven/protocol.h
libgradeovenexecutor_la_CPPFLAGS = $(executor_cppflags)
libgradeovenexecutor_la_LIBADD = libgradeoven.la $(CURL_LIBS) $(JANSSON_LIBS) $(ARCHIVE_LIBS) \
	$(SODIUM_LIBS) $(APR_LIBS)

executor_executor_SOURCES = \
	executor/child.c executor/child.h \
	executor/configuration.c executor/configuration.h \
	executor/daemon.c executor/daemon.h \
	executor/doorbell.c executor/doorbell.h \
	executor/executor.c \
	executor/queue.c executor/queue.h \
	executor/run.c executor/run.h \
	executor/syncs.c executor/syncs.h
executor_executor_CPPFLAGS = $(executor_cppflags)
executor_executor_LDADD = libgradeovenexecutor.la

gradeovenctl_SOURCES = \
	executor/gradeovenctl/assignment_check.c \
	executor/gradeovenctl/assignments.c executor/gradeovenctl/assignments.h \
	executor/gradeovenctl/audit.c \
	executor/gradeovenctl/command.h \
	executor/gradeovenctl/commands.c \
	executor/gradeovenctl/courses.c executor/gradeovenctl/demo.c \
	executor/gradeovenctl/doctor.c executor/gradeovenctl/doctor.h \
	executor/gradeovenctl/doctor_engine.c \
	executor/gradeovenctl/doctor_judge.c \
	executor/gradeovenctl/doctor_judge_limits.c \
	executor/gradeovenctl/doctor_oven.c \
	executor/gradeovenctl/doctor_receipts.c executor/gradeovenctl/receipt.c \
	executor/gradeovenctl/doctor_site.c \
	executor/gradeovenctl/doctor_store.c \
	executor/gradeovenctl/hostile.c executor/gradeovenctl/hostile.h \
	executor/gradeovenctl/hostile_judge.c executor/gradeovenctl/hostile_kit.c \
	executor/gradeovenctl/httpd_conf.c executor/gradeovenctl/httpd_conf.h \
	executor/gradeovenctl/options.c executor/gradeovenctl/options.h \
	executor/gradeovenctl/site.c executor/gradeovenctl/site.h \
	executor/gradeovenctl/sync.c executor/gradeovenctl/sync.h \
	executor/gradeovenctl/sync_child.c executor/gradeovenctl/sync_driver.c \
	executor/gradeovenctl/sync_driver.h executor/gradeovenctl/sync_grades.c \
	executor/gradeovenctl/sync_roster.c \
	executor/gradeovenctl/sync_wire.c executor/gradeovenctl/sync_wire.h \
	executor/gradeovenctl/doctor_sync.c \
	executor/gradeovenctl/privacy.c executor/gradeovenctl/doctor_retention.c \
	executor/gradeovenctl/user_login.c executor/gradeovenctl/users.c \
	executor/gradeovenctl/grade.c executor/gradeovenctl/grade.h \
	executor/gradeovenctl/grade_bake.c \
	executor/gradeovenctl/grade_report.c \
	executor/gradeovenctl/replay.c executor/gradeovenctl/replay.h \
	executor/gradeovenctl/replay_compare.c \
	executor/gradeovenctl/local.c executor/gradeovenctl/local.h \
	executor/gradeovenctl/main.c
gradeovenctl_CPPFLAGS = $(executor_cppflags) $(DBI_CFLAGS)
gradeovenctl_LDADD = libgradeovenexecutor.la $(DBI_LIBS)

EXTRA_DIST += tests/grading/doctor_test.py tests/grading/engine_proxy.py

include executor/oven/local.mk

EXTRA_DIST += tests/grading/grade_test.py tests/grading/grade_harness.py \
	tests/grading/executor_test.py tests/grading/executor_harness.py \
	tests/grading/engines_test.py tests/grading/podman_harness.py
