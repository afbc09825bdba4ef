/*
 * Unit tests: one suite a module, one file a suite, test names that are sentences.
 *
 * To add a suite "runs": write tests/unit/runs_test.c with `Suite *runs_suite(void)`, and add one
 * line each to suites.inc and to local.mk. `make check` runs them all; CK_RUN_SUITE=runs
 * tests/unit/unit only that one, CK_FORK=no keeps it in one process for a debugger.
 */
#ifndef GO_TESTS_UNIT_H
#define GO_TESTS_UNIT_H

#include "model/error.h"

#include <apr_pools.h>
#include <check.h>

#define SUITE(name) Suite *name##_suite(void);
#include "unit/suites.inc"
#undef SUITE

/* A test case of `suite` whose tests each find a fresh unit_pool and unit_error. */
TCase *unit_case(Suite *suite, const char *name);

extern apr_pool_t *unit_pool;
extern go_error unit_error;

/* A fresh directory; all of them are removed when the tests are over. */
const char *unit_directory(void);

/* `directory`/`name`, in unit_pool. */
const char *unit_path(const char *directory, const char *name);

/* A file of the source tree: unit_source("tests/unit/mustache-spec/sections.json"). */
const char *unit_source(const char *path);

/* Writes and reads whole files; failing fails the test. */
void unit_write(const char *path, const char *bytes, apr_size_t length);
const char *unit_read(const char *path, apr_size_t *length);

#define ck_assert_ok(call)                                                                         \
    do {                                                                                           \
        apr_status_t unit_status = (call);                                                         \
        ck_assert_msg(unit_status == APR_SUCCESS, "%s: %d, %s", #call, unit_status,                \
                      go_error_text(&unit_error));                                                 \
    } while (0)

/* The call fails with this status, and unit_error.what holds this text. */
#define ck_assert_fails(call, expected, text)                                                      \
    do {                                                                                           \
        apr_status_t unit_status = (call);                                                         \
        ck_assert_msg(unit_status == (expected), "%s: %d, %s", #call, unit_status,                 \
                      go_error_text(&unit_error));                                                 \
        ck_assert_msg(unit_error.what &&strstr(unit_error.what, (text)), "%s: said \"%s\"", #call, \
                      go_error_text(&unit_error));                                                 \
    } while (0)

#endif
