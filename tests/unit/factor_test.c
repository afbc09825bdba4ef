#include "unit/model.h"

#include "model/factor.h"
#include "model/passwords.h"
#include "model/seal.h"
#include "model/totp.h"
#include "web/qr.h"

#include <apr_strings.h>

#include <string.h>
#include <unistd.h>

/* RFC 6238, appendix B; the last six of its eight digits. */
static const struct {
    apr_int64_t seconds;
    const char *code;
} vectors[] = {{59, "287082"},
               {1111111109, "081804"},
               {1111111111, "050471"},
               {1234567890, "005924"},
               {2000000000, "279037"}};

static const unsigned char secret[] = "12345678901234567890";

static apr_int64_t counter_of(const char *code, apr_int64_t seconds) {
    return go_totp_counter(secret, code, apr_time_from_sec(seconds));
}

START_TEST(codes_are_those_of_rfc_6238) {
    ck_assert_int_eq(go_totp_start(), APR_SUCCESS);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        ck_assert_int_eq(counter_of(vectors[i].code, vectors[i].seconds), vectors[i].seconds / 30);
    ck_assert_str_eq(go_totp_base32(secret, unit_pool), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    ck_assert_str_eq(go_totp_grouped("ABCDEFGHI", unit_pool), "ABCD EFGH I");
    ck_assert_str_eq(go_totp_grouped("", unit_pool), "");
}
END_TEST

START_TEST(a_clock_may_be_off_by_a_step_and_not_by_two) {
    ck_assert_int_eq(go_totp_start(), APR_SUCCESS);
    ck_assert_int_eq(counter_of("005924", 1234567890 - 30), 41152263);
    ck_assert_int_eq(counter_of("005924", 1234567890 + 30), 41152263);
    ck_assert_int_eq(counter_of("005924", 1234567890 - 60), 0);
    ck_assert_int_eq(counter_of("005924", 1234567890 + 60), 0);
}
END_TEST

START_TEST(what_is_not_six_digits_is_no_code) {
    static const char *const wrong[] = {"",       "5924",    "0005924",   "89005924", "00592a",
                                        " 05924", "005924 ", "00592\xff", "-05924"};
    ck_assert_int_eq(go_totp_start(), APR_SUCCESS);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_int_eq(counter_of(wrong[i], 1234567890), 0);
}
END_TEST

START_TEST(wrong_codes_wait_longer_and_longer) {
    apr_time_t at = apr_time_from_sec(1000);
    ck_assert_int_eq(go_factor_wait(0, 0, at), 0);
    ck_assert_int_eq(go_factor_wait(4, at, at), 0);
    ck_assert_int_eq(go_factor_wait(5, at, at), 61);
    ck_assert_int_eq(go_factor_wait(5, at, at + apr_time_from_sec(60)), 0);
    ck_assert_int_eq(go_factor_wait(8, at, at), 8 * 60 + 1);
    ck_assert_int_eq(go_factor_wait(14, at, at), 512 * 60 + 1);
    ck_assert_int_eq(go_factor_wait(15, at, at), 720 * 60 + 1);
    ck_assert_int_eq(go_factor_wait(1000000, at, at), 720 * 60 + 1);
}
END_TEST

START_TEST(what_is_sealed_opens_for_its_purpose_and_with_its_key_only) {
    unit_site *site = unit_site_make();
    const char *sealed, *path = go_seal_path(site->state, unit_pool);
    char bytes[6];
    ck_assert_int_eq(go_seal(&sealed, "hello", 6, "a", 0, site->state, unit_pool, &unit_error),
                     GO_EINTERNAL); /* no key, and none may be made */
    ck_assert_ok(go_seal(&sealed, "hello", 6, "a", 1, site->state, unit_pool, &unit_error));
    ck_assert_ptr_null(strstr(sealed, "hello"));
    ck_assert_ok(go_unseal(bytes, 6, sealed, "a", site->state, unit_pool, &unit_error));
    ck_assert_str_eq(bytes, "hello");
    const char *const other =
        apr_pstrcat(unit_pool, sealed[0] == 'A' ? "B" : "A", sealed + 1, NULL);
    ck_assert_int_eq(go_unseal(bytes, 6, sealed, "b", site->state, unit_pool, NULL), GO_EINTERNAL);
    ck_assert_int_eq(go_unseal(bytes, 5, sealed, "a", site->state, unit_pool, NULL), GO_EINTERNAL);
    ck_assert_int_eq(go_unseal(bytes, 6, other, "a", site->state, unit_pool, NULL), GO_EINTERNAL);
    ck_assert_int_eq(go_unseal(bytes, 6, "", "a", site->state, unit_pool, NULL), GO_EINTERNAL);
    ck_assert_int_eq(go_unseal(bytes, 6, "!", "a", site->state, unit_pool, NULL), GO_EINTERNAL);
    ck_assert_int_eq(truncate(path, 20), 0);
    ck_assert_int_eq(go_unseal(bytes, 6, sealed, "a", site->state, unit_pool, NULL), GO_EINTERNAL);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0); /* planted */
    ck_assert_int_ne(go_unseal(bytes, 6, sealed, "a", site->state, unit_pool, NULL), APR_SUCCESS);
}
END_TEST

/* Each demand, of a student, a grader, an instructor, who may make courses, and an admin. */
START_TEST(a_demand_is_of_these_roles_and_of_those_above) {
    unit_site *site = unit_site_make();
    static const int expected[5][5] = {
        {0, 0, 0, 0, 0}, {0, 0, 0, 0, 1}, {0, 0, 1, 1, 1}, {0, 1, 1, 1, 1}, {1, 1, 1, 1, 1}};
    go_user *grader = NULL, maker = *site->student, admin = *site->student;
    maker.may_teach = 1;
    admin.is_admin = 1;
    ck_assert_ok(
        go_user_create(site->db, "grader", "", "", NULL, 1, &grader, unit_pool, &unit_error));
    ck_assert_ok(go_enrolment_set(site->db, site->course, grader, GO_ROLE_GRADER, 1, unit_pool,
                                  &unit_error));
    ck_assert_ok(go_enrolment_set(site->db, site->course, site->instructor, GO_ROLE_INSTRUCTOR, 1,
                                  unit_pool, &unit_error));
    const go_user *const people[] = {site->student, grader, site->instructor, &maker, &admin};
    for (int demand = 0; demand < 5; demand++)
        for (int i = 0; i < 5; i++) {
            int missing;
            ck_assert_ok(go_factor_is_missing(site->db, people[i], (go_factor_demand)demand,
                                              &missing, unit_pool, &unit_error));
            ck_assert_int_eq(missing, expected[demand][i]);
        }
    /* who has left is staff no more */
    int missing;
    ck_assert_ok(
        go_enrolment_set(site->db, site->course, grader, GO_ROLE_NONE, 2, unit_pool, &unit_error));
    ck_assert_ok(go_factor_is_missing(site->db, grader, GO_FACTOR_OF_STAFF, &missing, unit_pool,
                                      &unit_error));
    ck_assert_int_eq(missing, 0);
}
END_TEST

START_TEST(a_qr_code_is_one_svg_and_too_much_is_none) {
    const char *svg = go_qr_svg("otpauth://totp/x", "a label", unit_pool);
    ck_assert_int_eq(strncmp(svg, "<svg class=\"qr\"", 15), 0);
    ck_assert_ptr_nonnull(strstr(svg, "M4 4h7v1h-7z")); /* a corner's upper edge */
    char *much = memset(apr_palloc(unit_pool, 5001), 'x', 5000);
    much[5000] = '\0';
    ck_assert_ptr_null(go_qr_svg(much, "", unit_pool));
}
END_TEST

Suite *factor_suite(void);
Suite *factor_suite(void) {
    Suite *suite = suite_create("factor");
    TCase *tests = unit_case(suite, "factor");
    tcase_add_test(tests, codes_are_those_of_rfc_6238);
    tcase_add_test(tests, a_clock_may_be_off_by_a_step_and_not_by_two);
    tcase_add_test(tests, what_is_not_six_digits_is_no_code);
    tcase_add_test(tests, wrong_codes_wait_longer_and_longer);
    tcase_add_test(tests, what_is_sealed_opens_for_its_purpose_and_with_its_key_only);
    tcase_add_test(tests, a_demand_is_of_these_roles_and_of_those_above);
    tcase_add_test(tests, a_qr_code_is_one_svg_and_too_much_is_none);
    return suite;
}
