#include "unit/model.h"

#include "model/store.h"

#include <string.h>

#define T(text) go_part_text(text)

static unit_site *site;

static void put(const go_part *key, int parts, const char *value, apr_size_t length) {
    ck_assert_ok(
        go_store_put(site->db, key, parts, (go_part){value, length}, unit_pool, &unit_error));
}

static void make_courses(void) {
    site = unit_site_make();
    put(GO_KEY(T("courses"), T("c++"), T("assignments"), T("homework 1")), "c++ 1", 5);
    put(GO_KEY(T("courses"), T("c++"), T("assignments"), T("homework 2")), "c++ 2", 5);
    put(GO_KEY(T("courses"), T("python"), T("assignments"), T("homework 1")), "python 1", 8);
}

static void has_children(const go_part *key, int parts, const char *const *names, int count) {
    apr_array_header_t *children;
    ck_assert_ok(go_store_get_all(site->db, key, parts, &children, unit_pool, &unit_error));
    ck_assert_int_eq(children->nelts, count);
    for (int i = 0; i < count; i++) {
        go_part child = APR_ARRAY_IDX(children, i, go_part);
        ck_assert_uint_eq(child.length, strlen(names[i]));
        ck_assert_int_eq(memcmp(child.bytes, names[i], child.length), 0);
    }
}

static void is_value(const go_part *key, int parts, const char *bytes, apr_size_t length) {
    go_part value;
    ck_assert_ok(go_store_get(site->db, key, parts, &value, unit_pool, &unit_error));
    ck_assert_uint_eq(value.length, length);
    ck_assert_int_eq(memcmp(value.bytes, bytes, length), 0);
}

START_TEST(get_all_of_an_inner_key_names_its_children) {
    make_courses();
    has_children(GO_KEY(T("courses")), (const char *[]){"c++", "python"}, 2);
    has_children(GO_KEY(T("courses"), T("c++"), T("assignments")),
                 (const char *[]){"homework 1", "homework 2"}, 2);
}
END_TEST

START_TEST(get_of_an_inner_key_with_several_children_is_multiple_values) {
    make_courses();
    go_part value;
    ck_assert_fails(go_store_get(site->db, GO_KEY(T("courses")), &value, unit_pool, &unit_error),
                    GO_EMULTIPLE, "2 values");
}
END_TEST

START_TEST(get_of_a_full_key_is_its_bytes) {
    make_courses();
    is_value(GO_KEY(T("courses"), T("c++"), T("assignments"), T("homework 2")), "c++ 2", 5);
}
END_TEST

START_TEST(removing_a_subtree_leaves_its_siblings) {
    make_courses();
    ck_assert_ok(go_store_remove(site->db, GO_KEY(T("courses"), T("c++")), unit_pool, &unit_error));
    has_children(GO_KEY(T("courses")), (const char *[]){"python"}, 1);
    is_value(GO_KEY(T("courses")), "python", 6);
}
END_TEST

START_TEST(get_of_nothing_is_not_found) {
    make_courses();
    go_part value;
    ck_assert_fails(go_store_get(site->db, GO_KEY(T("nobody")), &value, unit_pool, &unit_error),
                    GO_ENOTFOUND, "Nothing");
}
END_TEST

START_TEST(a_put_replaces) {
    make_courses();
    put(GO_KEY(T("courses"), T("c++"), T("assignments"), T("homework 1")), "new", 3);
    is_value(GO_KEY(T("courses"), T("c++"), T("assignments"), T("homework 1")), "new", 3);
}
END_TEST

START_TEST(keys_and_values_hold_any_byte) {
    site = unit_site_make();
    char all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    const go_part odd[] = {{all, 256}, {"", 0}, {"\0\1", 2}, {"\0\xFF", 2}, {"a/b", 3}, {"\0", 1}};
    for (int i = 0; i < 6; i++)
        put(GO_KEY(T("odd"), odd[i]), all, (apr_size_t)(40 * i));
    for (int i = 0; i < 6; i++)
        is_value(GO_KEY(T("odd"), odd[i]), all, (apr_size_t)(40 * i));
    apr_array_header_t *children;
    ck_assert_ok(go_store_get_all(site->db, GO_KEY(T("odd")), &children, unit_pool, &unit_error));
    ck_assert_int_eq(children->nelts, 6);
}
END_TEST

START_TEST(a_key_that_begins_like_another_is_not_below_it) {
    site = unit_site_make();
    put(GO_KEY(T("ab"), T("x")), "1", 1);
    put(GO_KEY(T("a"), T("y")), "2", 1);
    put(GO_KEY((go_part){"a\0b", 3}, T("z")), "3", 1);
    has_children(GO_KEY(T("a")), (const char *[]){"y"}, 1);
    ck_assert_ok(go_store_remove(site->db, GO_KEY(T("a")), unit_pool, &unit_error));
    is_value(GO_KEY(T("ab"), T("x")), "1", 1);
    is_value(GO_KEY((go_part){"a\0b", 3}, T("z")), "3", 1);
}
END_TEST

Suite *store_suite(void) {
    Suite *suite = suite_create("store");
    TCase *cases = unit_case(suite, "tuples");
    tcase_add_test(cases, get_all_of_an_inner_key_names_its_children);
    tcase_add_test(cases, get_of_an_inner_key_with_several_children_is_multiple_values);
    tcase_add_test(cases, get_of_a_full_key_is_its_bytes);
    tcase_add_test(cases, removing_a_subtree_leaves_its_siblings);
    tcase_add_test(cases, get_of_nothing_is_not_found);
    tcase_add_test(cases, a_put_replaces);
    tcase_add_test(cases, keys_and_values_hold_any_byte);
    tcase_add_test(cases, a_key_that_begins_like_another_is_not_below_it);
    return suite;
}
