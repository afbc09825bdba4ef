#include "unit/unit.h"

#include "model/db.h"
#include "model/state.h"

#include <apr_strings.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static go_state *make_state(void) {
    go_state *state = go_state_paths(unit_directory(), NULL, NULL, unit_pool);
    ck_assert_int_eq(go_db_start(unit_pool), APR_SUCCESS);
    ck_assert_ok(go_state_prepare(state, -1, -1, unit_pool, &unit_error));
    return state;
}

static const char *make_workspace(const go_state *state, apr_pool_t *pool) {
    const char *directory;
    ck_assert_ok(go_state_workspace(state, &directory, pool, &unit_error));
    unit_write(apr_pstrcat(pool, directory, "/part-1", NULL), "x", 1);
    return directory;
}

START_TEST(a_workspace_goes_with_its_pool) {
    apr_pool_t *pool;
    apr_pool_create(&pool, unit_pool);
    const char *directory = apr_pstrdup(unit_pool, make_workspace(make_state(), pool));
    ck_assert_int_eq(access(directory, F_OK), 0);
    apr_pool_destroy(pool);
    ck_assert_int_ne(access(directory, F_OK), 0);
}
END_TEST

START_TEST(what_a_killed_process_left_is_swept_and_what_is_in_use_is_not) {
    go_state *state = make_state();
    const char *ours = make_workspace(state, unit_pool);
    int ends[2], outcome;
    char left[256] = "";
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        const char *theirs = make_workspace(state, unit_pool);
        if (write(ends[1], theirs, strlen(theirs) + 1) < 0) _exit(1);
        raise(SIGKILL);
    }
    ck_assert_int_gt(read(ends[0], left, sizeof(left)), 0);
    ck_assert_int_eq(waitpid(pid, &outcome, 0), pid);
    ck_assert(WIFSIGNALED(outcome));
    ck_assert_int_eq(access(left, F_OK), 0);
    go_state_sweep(state, unit_pool);
    ck_assert_int_ne(access(left, F_OK), 0);
    ck_assert_int_eq(access(apr_pstrcat(unit_pool, ours, "/part-1", NULL), F_OK), 0);
}
END_TEST

Suite *state_suite(void);
Suite *state_suite(void) {
    Suite *suite = suite_create("state");
    TCase *tests = unit_case(suite, "workspaces");
    tcase_add_test(tests, a_workspace_goes_with_its_pool);
    tcase_add_test(tests, what_a_killed_process_left_is_swept_and_what_is_in_use_is_not);
    return suite;
}
