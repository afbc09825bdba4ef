#include "unit/unit.h"

#include "model/tree.h"

#include <apr_strings.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static apr_status_t check(const char *path) {
    return go_tree_path_check(path, strlen(path), &unit_error);
}

static void add(go_tree *tree, const char *path, int is_directory) {
    go_tree_entry entry = {
        .path = path, .is_directory = is_directory, .size = is_directory ? 0 : 5};
    ck_assert_ok(go_tree_add(tree, &entry, &unit_error));
}

/* All paths, each followed by a space, directories with a '/'. */
static const char *listing(const go_tree *tree) {
    const char *all = "";
    for (int i = 0; i < tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(tree->entries, i, go_tree_entry);
        all = apr_pstrcat(unit_pool, all, entry->path, entry->is_directory ? "/ " : " ", NULL);
    }
    return all;
}

static const struct bad_path {
    const char *path, *says;
} bad_paths[] = {
    {"", "is empty"},
    {"/etc/passwd", "is absolute"},
    {"../x", "part \"..\""},
    {"a/../b", "part \"..\""},
    {"a/..", "part \"..\""},
    {"./a", "part \".\""},
    {"a/.", "part \".\""},
    {"a//b", "empty part"},
    {"a/", "empty part"},
    {"a\\b", "backslash"},
    {"a\nb", "control character"},
    {"a\x7F", "control character"},
    {"a\xC2\x85", "control character"},
    {"a\xE2\x80\xAEgpj.exe", "reverses text"},
    {"a\xE2\x81\xA6z", "reverses text"},
    {"a\xFF", "not valid UTF-8"},
    {"a\xC0\xAE\xC0\xAE/b", "not valid UTF-8"},
};

START_TEST(a_path_that_could_do_harm_is_refused_with_its_rule) {
    ck_assert_fails(check(bad_paths[_i].path), GO_EINVALID, bad_paths[_i].says);
    go_tree_entry entry = {.path = bad_paths[_i].path};
    ck_assert_int_eq(go_tree_add(go_tree_make(unit_pool), &entry, NULL), GO_EINVALID);
}
END_TEST

START_TEST(a_nul_in_a_path_is_refused) {
    ck_assert_fails(go_tree_path_check("a\0b", 3, &unit_error), GO_EINVALID, "control character");
}
END_TEST

START_TEST(unusual_but_harmless_paths_are_taken) {
    static const char *const good[] = {
        "a",       "a/b.c", "...",
        ".hidden", "a b",   "-rf",
        "~",       "$(x)",  "\xE5\xAD\xA6\xE7\x94\x9F/\xF0\x9F\x8D\x9E",
        "a'\"<b>"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        ck_assert_ok(check(good[i]));
}
END_TEST

START_TEST(the_limits_of_a_path_hold_to_the_byte) {
    char part[GO_TREE_PART_MAX + 2], path[GO_TREE_PATH_MAX + 2];
    memset(part, 'x', sizeof(part));
    ck_assert_ok(go_tree_path_check(part, GO_TREE_PART_MAX, &unit_error));
    ck_assert_fails(go_tree_path_check(part, GO_TREE_PART_MAX + 1, &unit_error), GO_EINVALID,
                    "more than 255 bytes");
    memset(path, 'x', sizeof(path));
    for (int i = 200; i < GO_TREE_PATH_MAX; i += 201)
        path[i] = '/';
    ck_assert_ok(go_tree_path_check(path, GO_TREE_PATH_MAX, &unit_error));
    ck_assert_fails(go_tree_path_check(path, GO_TREE_PATH_MAX + 1, &unit_error), GO_EINVALID,
                    "longer than 1024 bytes");
    const char *deep = "d";
    for (int i = 1; i < GO_TREE_DEPTH_MAX; i++)
        deep = apr_pstrcat(unit_pool, deep, "/d", NULL);
    ck_assert_ok(check(deep));
    ck_assert_fails(check(apr_pstrcat(unit_pool, deep, "/d", NULL)), GO_EINVALID,
                    "more than 32 parts");
}
END_TEST

START_TEST(finishing_sorts_and_adds_parents_and_merges_directories) {
    go_tree *tree = go_tree_make(unit_pool);
    add(tree, "z", 0);
    add(tree, "a/b/c", 0);
    add(tree, "a/b", 1);
    add(tree, "a/b", 1);
    add(tree, "a.txt", 0);
    add(tree, "a/b/d/e", 0);
    ck_assert_ok(go_tree_finish(tree, &unit_error));
    ck_assert_str_eq(listing(tree), "a/ a.txt a/b/ a/b/c a/b/d/ a/b/d/e z ");
    ck_assert_int_eq(go_tree_bytes(tree), 20);
    ck_assert_ok(go_tree_finish(tree, &unit_error));
    ck_assert_str_eq(listing(tree), "a/ a.txt a/b/ a/b/c a/b/d/ a/b/d/e z ");
}
END_TEST

START_TEST(an_empty_tree_can_be_finished) {
    go_tree *tree = go_tree_make(unit_pool);
    ck_assert_ok(go_tree_finish(tree, &unit_error));
    ck_assert_ptr_null(go_tree_find(tree, "a"));
    ck_assert_int_eq(go_tree_below(tree, "a", unit_pool)->entries->nelts, 0);
}
END_TEST

static const struct clash {
    const char *one, *two;
    int one_is_directory, two_is_directory;
    const char *says;
} clashes[] = {
    {"a", "a", 0, 0, "stands there twice"},
    {"a", "a", 0, 1, "both a file and a directory"},
    {"a", "a/b", 0, 0, "both a file and a directory"},
    {"a/b", "a/b/c/d", 0, 0, "both a file and a directory"},
    {"Main.c", "main.c", 0, 0, "differ only in letter case"},
    {"src/a", "SRC/b", 0, 0, "differ only in letter case"},
    {"\xC3\x84", "\xC3\xA4", 0, 0, "differ only in letter case"},
    {"\xCE\xA3", "\xCF\x82", 0, 0, "differ only in letter case"},
};

START_TEST(paths_that_cannot_stand_side_by_side_are_refused) {
    const struct clash *c = &clashes[_i];
    go_tree *tree = go_tree_make(unit_pool);
    add(tree, c->one, c->one_is_directory);
    add(tree, c->two, c->two_is_directory);
    ck_assert_fails(go_tree_finish(tree, &unit_error), GO_EINVALID, c->says);
}
END_TEST

START_TEST(entries_are_found_by_path) {
    go_tree *tree = go_tree_make(unit_pool);
    add(tree, "a/b", 0);
    add(tree, "a!", 0);
    ck_assert_ok(go_tree_finish(tree, &unit_error));
    ck_assert_int_eq(go_tree_find(tree, "a")->is_directory, 1);
    ck_assert_int_eq(go_tree_find(tree, "a/b")->size, 5);
    ck_assert_ptr_null(go_tree_find(tree, "a/"));
    ck_assert_ptr_null(go_tree_find(tree, "b"));
}
END_TEST

START_TEST(a_directory_of_a_tree_is_a_tree) {
    go_tree *tree = go_tree_make(unit_pool);
    add(tree, "stage/main", 0);
    add(tree, "stage/lib/x", 0);
    add(tree, "stage.txt", 0);
    add(tree, "stage2/main", 0);
    ck_assert_ok(go_tree_finish(tree, &unit_error));
    go_tree *below = go_tree_below(tree, "stage", unit_pool);
    ck_assert_str_eq(listing(below), "lib/ lib/x main ");
    ck_assert_ptr_nonnull(go_tree_find(below, "lib/x"));
}
END_TEST

/* A directory with "src/a" (executable) and "b". */
static const char *small_directory(void) {
    const char *root = unit_directory();
    ck_assert_int_eq(mkdir(unit_path(root, "src"), 0700), 0);
    unit_write(unit_path(root, "src/a"), "aaa", 3);
    ck_assert_int_eq(chmod(unit_path(root, "src/a"), 0710), 0);
    unit_write(unit_path(root, "b"), "bb", 2);
    return root;
}

static apr_status_t scan(go_tree **tree, const char *path) {
    return go_tree_scan(tree, path, 1000, 10, unit_pool, &unit_error);
}

START_TEST(a_directory_of_the_host_is_scanned) {
    go_tree *tree;
    const char *root = small_directory();
    ck_assert_ok(scan(&tree, root));
    ck_assert_str_eq(listing(tree), "b src/ src/a ");
    ck_assert_int_eq(go_tree_find(tree, "src/a")->is_executable, 1);
    ck_assert_int_eq(go_tree_find(tree, "b")->is_executable, 0);
    ck_assert_str_eq(unit_read(go_tree_find(tree, "src/a")->file, NULL), "aaa");
    ck_assert_int_eq(go_tree_bytes(tree), 5);
}
END_TEST

START_TEST(a_file_of_the_host_is_a_tree_of_one) {
    go_tree *tree;
    const char *root = small_directory();
    ck_assert_ok(scan(&tree, unit_path(root, "src/a")));
    ck_assert_str_eq(listing(tree), "a ");
    ck_assert_str_eq(unit_read(go_tree_find(tree, "a")->file, NULL), "aaa");
}
END_TEST

START_TEST(a_scan_follows_no_link) {
    go_tree *tree;
    const char *root = small_directory();
    ck_assert_int_eq(symlink("/etc", unit_path(root, "src/link")), 0);
    ck_assert_fails(scan(&tree, root), GO_EINVALID, "src/link\" is a symbolic link");
    ck_assert_ptr_null(tree);
    ck_assert_fails(scan(&tree, unit_path(root, "src/link")), GO_EINVALID, "is a symbolic link");
    ck_assert_fails(scan(&tree, unit_path(root, "src/link//")), GO_EINVALID, "is a symbolic link");
}
END_TEST

START_TEST(a_scan_refuses_what_is_no_file) {
    go_tree *tree;
    const char *root = small_directory();
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    apr_cpystrn(address.sun_path, unit_path(root, "s"), sizeof(address.sun_path));
    ck_assert_int_eq(mkfifo(unit_path(root, "fifo"), 0600), 0);
    ck_assert_fails(scan(&tree, root), GO_EINVALID, "fifo\" is a FIFO");
    unlink(unit_path(root, "fifo"));
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_fails(scan(&tree, root), GO_EINVALID, "s\" is a socket");
    close(listener);
    ck_assert_fails(scan(&tree, "/dev/null"), GO_EINVALID, "is a device");
    ck_assert_fails(scan(&tree, unit_path(root, "none")), APR_ENOENT, "cannot be read");
}
END_TEST

START_TEST(a_scan_refuses_names_a_tree_may_not_hold) {
    go_tree *tree;
    const char *root = small_directory();
    unit_write(unit_path(root, "new\nline"), "", 0);
    ck_assert_fails(scan(&tree, root), GO_EINVALID, "new\\x0Aline");
}
END_TEST

START_TEST(a_scan_is_bounded) {
    go_tree *tree;
    const char *root = small_directory();
    ck_assert_ok(go_tree_scan(&tree, root, 5, 3, unit_pool, &unit_error));
    ck_assert_fails(go_tree_scan(&tree, root, 4, 3, unit_pool, &unit_error), GO_ETOOBIG,
                    "larger than 4 bytes");
    ck_assert_fails(go_tree_scan(&tree, root, 5, 2, unit_pool, &unit_error), GO_ETOOBIG,
                    "more than 2 files");
}
END_TEST

Suite *tree_suite(void) {
    Suite *suite = suite_create("tree");
    TCase *paths = unit_case(suite, "paths");
    tcase_add_loop_test(paths, a_path_that_could_do_harm_is_refused_with_its_rule, 0,
                        (int)(sizeof(bad_paths) / sizeof(bad_paths[0])));
    tcase_add_test(paths, a_nul_in_a_path_is_refused);
    tcase_add_test(paths, unusual_but_harmless_paths_are_taken);
    tcase_add_test(paths, the_limits_of_a_path_hold_to_the_byte);
    TCase *finishing = unit_case(suite, "finishing");
    tcase_add_test(finishing, finishing_sorts_and_adds_parents_and_merges_directories);
    tcase_add_test(finishing, an_empty_tree_can_be_finished);
    tcase_add_loop_test(finishing, paths_that_cannot_stand_side_by_side_are_refused, 0,
                        (int)(sizeof(clashes) / sizeof(clashes[0])));
    tcase_add_test(finishing, entries_are_found_by_path);
    tcase_add_test(finishing, a_directory_of_a_tree_is_a_tree);
    TCase *scanning = unit_case(suite, "scanning");
    tcase_add_test(scanning, a_directory_of_the_host_is_scanned);
    tcase_add_test(scanning, a_file_of_the_host_is_a_tree_of_one);
    tcase_add_test(scanning, a_scan_follows_no_link);
    tcase_add_test(scanning, a_scan_refuses_what_is_no_file);
    tcase_add_test(scanning, a_scan_refuses_names_a_tree_may_not_hold);
    tcase_add_test(scanning, a_scan_is_bounded);
    return suite;
}
