#include "unit/unit.h"

#include "oven/names.h"

#include <stdlib.h>
#include <string.h>

#define FLAGS             "\x01\x00"             /* a query that desires recursion */
#define ONE               "\x00\x01\0\0\0\0\0\0" /* one question and nothing else */
#define A                 "\x00\x01\x00\x01"     /* its type and class */
#define AAAA              "\x00\x1c\x00\x01"
#define MX                "\x00\x0f\x00\x01"
#define QUERY(name, type) "\x12\x34" FLAGS ONE name "\0" type

static uint8_t answer[NAMES_ANSWER_MAX];

/* From memory of exactly that size, where a sanitizer sees each byte too much that is read. */
static size_t ask(const char *query, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, query, size);
    size_t got = names_reply(copy, size, answer);
    free(copy);
    return got;
}
#define ASK(query) ask(query, sizeof(query) - 1)

START_TEST(localhost_and_what_is_below_it_is_loopback) {
    size_t got = ASK(QUERY("\x09localhost", A));
    ck_assert_uint_eq(got, 12 + 11 + 4 + 16);
    ck_assert_mem_eq(answer, "\x12\x34\x85\x80\x00\x01\x00\x01\0\0\0\0", 12);
    ck_assert_mem_eq(answer + got - 16,
                     "\xc0\x0c\x00\x01\x00\x01\x00\x00\x0e\x10\x00\x04\x7f\0\0\1", 16);
    got = ASK(QUERY("\x03www\x09LocalHost", AAAA));
    ck_assert_mem_eq(answer + got - 18, "\x00\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 18);
}
END_TEST

START_TEST(localhost_has_no_other_records) {
    size_t got = ASK(QUERY("\x09localhost", MX));
    ck_assert_uint_eq(got, 12 + 11 + 4);
    ck_assert_mem_eq(answer + 2, "\x85\x80\x00\x01\x00\x00", 6);
}
END_TEST

START_TEST(no_other_name_exists) {
    ck_assert_uint_gt(ASK(QUERY("\x07"
                                "example\x03org",
                                A)),
                      0);
    ck_assert_mem_eq(answer + 2, "\x85\x83\x00\x01\x00\x00", 6);
    ck_assert_uint_gt(ASK(QUERY("\x09localhost\x03org", A)), 0);
    ck_assert_uint_eq(answer[3], 0x83);
    ck_assert_uint_gt(ASK(QUERY("\x0bmylocalhost", A)), 0);
    ck_assert_uint_eq(answer[3], 0x83);
    ck_assert_uint_gt(ASK(QUERY("", A)), 0); /* the root */
    ck_assert_uint_eq(answer[3], 0x83);
}
END_TEST

START_TEST(what_is_no_query_gets_no_answer) {
    static const char query[] = QUERY("\x03www\x09localhost", A);
    for (size_t size = 0; size < sizeof(query) - 1; size++)
        ck_assert_uint_eq(ask(query, size), 0);
    ck_assert_uint_eq(ASK("\x12\x34\x81\x00" ONE "\x09localhost\0" A), 0); /* an answer */
    ck_assert_uint_eq(ASK("\x12\x34\x29\x00" ONE "\x09localhost\0" A), 0); /* an update */
    ck_assert_uint_eq(ASK("\x12\x34\x01\x00\x00\x02\0\0\0\0\0\0\x09localhost\0" A), 0); /* two */
    ck_assert_uint_eq(ASK("\x12\x34" FLAGS ONE "\xc0\x0c" A), 0); /* a pointer */
    ck_assert_uint_eq(ASK("\x12\x34" FLAGS ONE "\xff"
                          "localhost\0" A),
                      0);
}
END_TEST

START_TEST(no_bytes_make_an_answer_too_long) {
    uint8_t query[NAMES_QUERY_MAX + 1];
    srand(20250101);
    for (int round = 0; round < 20000; round++) {
        size_t size = (size_t)rand() % sizeof(query) + 1;
        for (size_t i = 0; i < size; i++)
            query[i] = (uint8_t)rand();
        if (size > 12) memcpy(query, "\x12\x34" FLAGS ONE, 12);
        for (size_t at = 12; at < size && round % 2; at += 1 + query[at])
            query[at] %= 64; /* a name of labels, perhaps longer than there are bytes */
        size_t got = ask((const char *)query, size);
        ck_assert_uint_le(got, size + 28);
        ck_assert_uint_le(got, NAMES_ANSWER_MAX);
    }
    memset(query, 1, sizeof(query));
    memcpy(query, "\x12\x34" FLAGS ONE, 12);
    ck_assert_uint_eq(ask((const char *)query, sizeof(query)), 0);
}
END_TEST

Suite *names_suite(void) {
    Suite *suite = suite_create("names");
    TCase *tests = unit_case(suite, "the oven's names");
    tcase_add_test(tests, localhost_and_what_is_below_it_is_loopback);
    tcase_add_test(tests, localhost_has_no_other_records);
    tcase_add_test(tests, no_other_name_exists);
    tcase_add_test(tests, what_is_no_query_gets_no_answer);
    tcase_add_test(tests, no_bytes_make_an_answer_too_long);
    return suite;
}
