#include "unit/unit.h"

#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <sodium.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIMEOUT_SECONDS 120 /* sanitizers and a busy machine are slow */

apr_pool_t *unit_pool;
go_error unit_error;
static char root[256]; /* of all that the tests write; made before them, removed after */

static void set_up(void) {
    apr_pool_create(&unit_pool, NULL);
    unit_error = (go_error)GO_ERROR_INIT(unit_pool);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *position) {
    (void)info, (void)type, (void)position;
    return remove(path);
}

static void tear_down(void) {
    apr_pool_destroy(unit_pool);
}

TCase *unit_case(Suite *suite, const char *name) {
    TCase *made = tcase_create(name);
    tcase_add_checked_fixture(made, set_up, tear_down);
    tcase_set_timeout(made, TIMEOUT_SECONDS);
    suite_add_tcase(suite, made);
    return made;
}

const char *unit_directory(void) {
    char *directory = apr_pstrcat(unit_pool, root, "/XXXXXX", NULL);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    return directory;
}

const char *unit_path(const char *parent, const char *name) {
    return apr_pstrcat(unit_pool, parent, "/", name, NULL);
}

const char *unit_source(const char *path) {
    const char *source = getenv("srcdir");
    return unit_path(source ? source : ".", path);
}

void unit_write(const char *path, const char *bytes, apr_size_t length) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_msg(file >= 0, "%s", path);
    ck_assert_int_eq(write(file, bytes, length), (ssize_t)length);
    ck_assert_int_eq(close(file), 0);
}

const char *unit_read(const char *path, apr_size_t *length) {
    struct stat info;
    int file = open(path, O_RDONLY);
    ck_assert_msg(file >= 0 && !fstat(file, &info), "%s", path);
    char *bytes = apr_palloc(unit_pool, (apr_size_t)info.st_size + 1);
    ck_assert_int_eq(read(file, bytes, (size_t)info.st_size), info.st_size);
    bytes[info.st_size] = '\0';
    close(file);
    if (length) *length = (apr_size_t)info.st_size;
    return bytes;
}

int main(int argc, const char *const *argv, const char *const *environment) {
    if (apr_app_initialize(&argc, &argv, &environment) || sodium_init() < 0) return 99;
    const char *parent = getenv("TMPDIR");
    apr_snprintf(root, sizeof(root), "%s/gradeoven-unit-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(root)) return 99;
    SRunner *runner = srunner_create(suite_create("gradeoven"));
#define SUITE(name) srunner_add_suite(runner, name##_suite());
#include "unit/suites.inc"
#undef SUITE
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    apr_terminate();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
