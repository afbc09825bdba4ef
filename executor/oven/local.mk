# PID 1 of a grading container and its sandbox client: one static program, libc only.
pkglibexec_PROGRAMS += oven
oven_CPPFLAGS = -I$(top_srcdir)/executor -D_GNU_SOURCE -DGO_VERSION='"$(PACKAGE_VERSION)"'
oven_CFLAGS = $(GO_CFLAGS) $(OVEN_SANITIZE)
oven_LDFLAGS = -all-static
oven_SOURCES = \
	executor/oven/protocol.h executor/oven/oven.h \
	executor/oven/main.c executor/oven/loop.c executor/oven/command.c \
	executor/oven/affinity.c executor/oven/affinity.h \
	executor/oven/beneath.c executor/oven/beneath.h \
	executor/oven/boxes.c executor/oven/boxes.h \
	executor/oven/calls.c executor/oven/calls.h executor/oven/call_start.c \
	executor/oven/clean.c executor/oven/clean.h \
	executor/oven/console.c executor/oven/console.h \
	executor/oven/handover.c executor/oven/handover.h \
	executor/oven/inbox.c executor/oven/inbox.h \
	executor/oven/landlock.c executor/oven/landlock.h \
	executor/oven/launch.c executor/oven/launch.h \
	executor/oven/modes.c executor/oven/modes.h \
	executor/oven/names.c executor/oven/names.h \
	executor/oven/outbox.c executor/oven/outbox.h \
	executor/oven/output.c executor/oven/output.h \
	executor/oven/probe.h executor/oven/probe.c executor/oven/probe_acts.c \
	executor/oven/probe_limits.c executor/oven/probe_world.c \
	executor/oven/processes.c executor/oven/processes.h \
	executor/oven/remove.c executor/oven/remove.h \
	executor/oven/rights.c executor/oven/rights.h \
	executor/oven/sandbox.h executor/oven/sandbox_main.c executor/oven/sandbox_options.c \
	executor/oven/sandbox_relay.c executor/oven/sandbox_report.c \
	executor/oven/sandbox_wire.c executor/oven/sandbox_wire.h \
	executor/oven/stage.c executor/oven/stage.h executor/oven/stage_run.c \
	executor/oven/store.c executor/oven/store.h executor/oven/store_write.c \
	executor/oven/syscalls.c executor/oven/syscalls.h \
	executor/oven/die.c executor/oven/util.c executor/oven/util.h \
	executor/oven/watch.c executor/oven/watch.h \
	executor/oven/world.c executor/oven/world.h
EXTRA_DIST += tests/grading/oven_test.py tests/grading/oven_sandbox_test.py \
	tests/grading/oven_sandbox_files_test.py tests/grading/sandbox_manual_test.py \
	tests/grading/oven_harness.py
