#include "unit/unit.h"

#include "outputs.h"

#include <string.h>

/* The payload of OVEN_OUTPUT: is it taken? */
static int patch(go_outputs *outputs, int file, apr_size_t offset, const char *bytes,
                 apr_size_t length) {
    static unsigned char payload[OVEN_FRAME_MAX];
    enum oven_file changed;
    payload[0] = (unsigned char)file;
    for (int i = 0; i < 4; i++) {
        payload[1 + i] = (unsigned char)(offset >> (24 - 8 * i));
    }
    memcpy(payload + 5, bytes, length);
    return go_outputs_patch(outputs, payload, 5 + length, &changed);
}

static const char *status(const go_outputs *outputs) {
    return go_outputs_text(outputs, OVEN_FILE_STATUS, unit_pool);
}

START_TEST(patches_cut_and_append) {
    go_outputs *outputs = go_outputs_make(unit_pool);
    ck_assert_str_eq(status(outputs), "");
    ck_assert(patch(outputs, OVEN_FILE_STATUS, 0, "one\ntwo\n", 8));
    ck_assert(patch(outputs, OVEN_FILE_STATUS, 8, "three\n", 6));
    ck_assert_str_eq(status(outputs), "one\ntwo\nthree\n");
    ck_assert(patch(outputs, OVEN_FILE_STATUS, 4, "2\n", 2));
    ck_assert_str_eq(status(outputs), "one\n2\n");
    ck_assert(patch(outputs, OVEN_FILE_STATUS, 0, "", 0));
    ck_assert_str_eq(status(outputs), "");
}
END_TEST

START_TEST(patches_that_do_not_fit_are_refused) {
    static char full[OVEN_STATUS_MAX];
    enum oven_file changed;
    go_outputs *outputs = go_outputs_make(unit_pool);
    memset(full, 'x', sizeof(full));
    ck_assert(!patch(outputs, OVEN_FILE_STATUS, 1, "x", 1));
    ck_assert(!patch(outputs, OVEN_FILE_STATUS, 0xffffffff, "x", 1));
    ck_assert(!patch(outputs, OVEN_FILE_COUNT, 0, "x", 1));
    ck_assert(!patch(outputs, 255, 0, "x", 1));
    ck_assert(!go_outputs_patch(outputs, (const unsigned char *)"\1\0\0\0", 4, &changed));
    ck_assert(patch(outputs, OVEN_FILE_STATUS, 0, full, 40000));
    ck_assert(patch(outputs, OVEN_FILE_STATUS, 40000, full, sizeof(full) - 40000));
    ck_assert(!patch(outputs, OVEN_FILE_STATUS, sizeof(full), "x", 1));
    ck_assert(!patch(outputs, OVEN_FILE_SCORE, 0, full, OVEN_SCORE_MAX + 1));
}
END_TEST

START_TEST(a_gap_in_the_console_is_told_and_the_whole_is_bounded) {
    static unsigned char payload[4 + 32768];
    go_outputs *outputs = go_outputs_make(unit_pool);
    memcpy(payload, "\0\0\0\0head", 8);
    ck_assert(go_outputs_console(outputs, payload, 8));
    memcpy(payload, "\0\0\003\350tail", 8);
    ck_assert(go_outputs_console(outputs, payload, 8));
    ck_assert_str_eq(go_outputs_console_text(outputs, unit_pool),
                     "head\n[1000 bytes are left out here]\ntail");
    ck_assert(!go_outputs_console(outputs, payload, 3));
    go_outputs_begin_stage(outputs);
    ck_assert_str_eq(go_outputs_console_text(outputs, unit_pool), "");
    memset(payload, 0, sizeof(payload));
    for (int i = 0; i < OVEN_CONSOLE_MAX / 32768; i++) {
        ck_assert(go_outputs_console(outputs, payload, sizeof(payload)));
    }
    ck_assert(!go_outputs_console(outputs, payload, sizeof(payload)));
}
END_TEST

Suite *outputs_suite(void) {
    Suite *suite = suite_create("outputs");
    TCase *tests = unit_case(suite, "outputs");
    tcase_add_test(tests, patches_cut_and_append);
    tcase_add_test(tests, patches_that_do_not_fit_are_refused);
    tcase_add_test(tests, a_gap_in_the_console_is_told_and_the_whole_is_bounded);
    return suite;
}
