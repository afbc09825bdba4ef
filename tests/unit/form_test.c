#include "unit/unit.h"

#include "web/form.h"

#include <apr_strings.h>

#include <string.h>

static go_form *parsed(const char *bytes) {
    go_form *form = go_form_make(unit_pool);
    ck_assert_ok(go_form_parse(form, bytes, strlen(bytes), &unit_error));
    return form;
}

START_TEST(names_and_values_come_decoded_and_in_order) {
    go_form *form = parsed("a=1&b=x+y%2Bz&a=%C3%BC&&empty=&alone&=noname&a=b=c");
    static const go_form_pair expected[] = {{"a", "1"},    {"b", "x y+z"}, {"a", "\xC3\xBC"},
                                            {"empty", ""}, {"alone", ""},  {"", "noname"},
                                            {"a", "b=c"}};
    ck_assert_int_eq(form->pairs->nelts, 7);
    for (int i = 0; i < 7; i++) {
        ck_assert_str_eq(APR_ARRAY_IDX(form->pairs, i, go_form_pair).name, expected[i].name);
        ck_assert_str_eq(APR_ARRAY_IDX(form->pairs, i, go_form_pair).value, expected[i].value);
    }
    ck_assert_str_eq(go_form_get(form, "a"), "1");
    ck_assert_ptr_null(go_form_get(form, "missing"));
    ck_assert_str_eq(go_form_text(form, "missing"), "");
    apr_array_header_t *all = go_form_all(form, "a", unit_pool);
    ck_assert_int_eq(all->nelts, 3);
    ck_assert_str_eq(APR_ARRAY_IDX(all, 2, const char *), "b=c");
    ck_assert_int_eq(go_form_all(form, "missing", unit_pool)->nelts, 0);
}
END_TEST

START_TEST(an_empty_body_is_an_empty_form) {
    go_form *form = go_form_make(unit_pool);
    ck_assert_ok(go_form_parse(form, NULL, 0, &unit_error));
    ck_assert_int_eq(form->pairs->nelts, 0);
}
END_TEST

START_TEST(what_is_malformed_is_refused) {
    static const char *const bad[] = {"a=%",   "a=%4",     "a=%4G",       "%zz=1", "a=%00",
                                      "a=%FF", "%C0%AF=1", "a=%ED%A0%80", "a=%-1", "a=\xC3"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        go_form *form = go_form_make(unit_pool);
        ck_assert_fails(go_form_parse(form, bad[i], strlen(bad[i]), &unit_error), GO_EINVALID,
                        "malformed");
    }
    ck_assert_fails(go_form_parse(go_form_make(unit_pool), "a=\0b", 4, &unit_error), GO_EINVALID,
                    "malformed");
    ck_assert_fails(go_form_add(go_form_make(unit_pool), "a", "x\0y", 3, &unit_error), GO_EINVALID,
                    "malformed");
}
END_TEST

START_TEST(a_form_has_limits) {
    go_form *form = go_form_make(unit_pool);
    for (int i = 0; i < GO_FORM_PAIRS_MAX; i++)
        ck_assert_ok(go_form_add(form, "a", "1", 1, &unit_error));
    ck_assert_fails(go_form_parse(form, "b=1", 3, &unit_error), GO_ETOOBIG, "more than 4000");
    char *huge = apr_palloc(unit_pool, GO_FORM_BYTES_MAX + 1);
    memset(huge, 'a', GO_FORM_BYTES_MAX + 1);
    form = go_form_make(unit_pool);
    ck_assert_ok(go_form_parse(form, huge, GO_FORM_BYTES_MAX, &unit_error));
    ck_assert_fails(go_form_parse(form, huge, GO_FORM_BYTES_MAX + 1, &unit_error), GO_ETOOBIG,
                    "larger than");
}
END_TEST

START_TEST(encoding_is_undone_by_parsing) {
    char every[256];
    for (int i = 1; i < 128; i++)
        every[i - 1] = (char)i;
    strcpy(every + 127, "\xE5\xAD\xA6\xF0\x9F\x8D\x9E");
    const char *encoded = go_form_encode(unit_pool, every);
    ck_assert_uint_eq(strspn(encoded,
                             "%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                             "-._~"),
                      strlen(encoded));
    ck_assert_str_eq(go_form_get(parsed(apr_pstrcat(unit_pool, "a=", encoded, NULL)), "a"), every);
    ck_assert_str_eq(go_form_decode_segment(unit_pool, encoded, strlen(encoded)), every);
    ck_assert_str_eq(go_form_encode(unit_pool, "a/b c"), "a%2Fb%20c");
    ck_assert_str_eq(go_form_encode_path(unit_pool, "a/b c"), "a/b%20c");
}
END_TEST

START_TEST(a_path_segment_is_decoded_strictly) {
    ck_assert_str_eq(go_form_decode_segment(unit_pool, "a+b%2Fc", 7), "a+b/c");
    ck_assert_str_eq(go_form_decode_segment(unit_pool, "", 0), "");
    ck_assert_ptr_null(go_form_decode_segment(unit_pool, "%00", 3));
    ck_assert_ptr_null(go_form_decode_segment(unit_pool, "%FF", 3));
    ck_assert_ptr_null(go_form_decode_segment(unit_pool, "a%2", 3));
}
END_TEST

Suite *form_suite(void) {
    Suite *suite = suite_create("form");
    TCase *rules = unit_case(suite, "rules");
    tcase_add_test(rules, names_and_values_come_decoded_and_in_order);
    tcase_add_test(rules, an_empty_body_is_an_empty_form);
    tcase_add_test(rules, what_is_malformed_is_refused);
    tcase_add_test(rules, a_form_has_limits);
    tcase_add_test(rules, encoding_is_undone_by_parsing);
    tcase_add_test(rules, a_path_segment_is_decoded_strictly);
    return suite;
}
