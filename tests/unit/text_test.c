#include "unit/unit.h"

#include "model/buffer.h"
#include "model/text.h"

#include <string.h>

#define U_FFFD "\xEF\xBF\xBD"

static const struct clean_case {
    const char *bytes, *clean;
} clean_cases[] = {
    {"plain\n\ttext", "plain\n\ttext"},
    {"Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x8D\x9E", "Gr\xC3\xBC\xC3\x9F\x65 \xF0\x9F\x8D\x9E"},
    {"a\r\nb\rc", "a\nb\nc"},
    {"\x1B[31;1mred\x1B[0m \x1B[2J", "red "},
    {"\x1B]0;title\x07x\x1B]8;;http://a\x1B\\y", "xy"},
    {"\x1B(Bx\x1B=y\x1B\x1B[1mz\x1B", "xyz"},
    {"\x1B]never closed\nnext line", "\nnext line"},
    {"\x1BPq#0\x1B\\sixel", "sixel"},
    {"\x1B[31", ""},
    {"a\x08\x07\x0B\x0C\x7F\xC2\x9B z", "a z"},
    {"\xC0\xAF", U_FFFD U_FFFD},                       /* an overlong slash */
    {"\xED\xA0\x80", U_FFFD U_FFFD U_FFFD},            /* a surrogate */
    {"\xF4\x90\x80\x80", U_FFFD U_FFFD U_FFFD U_FFFD}, /* above U+10FFFF */
    {"\xE2\x82", U_FFFD},                              /* cut short: one mark for the whole piece */
    {"\xE2\x82z\xF0\x9F\x8Dz", U_FFFD "z" U_FFFD "z"},
    {"\xFF\xFE\x80", U_FFFD U_FFFD U_FFFD},
};

START_TEST(whatever_a_program_printed_becomes_clean_text) {
    apr_size_t length;
    const struct clean_case *c = &clean_cases[_i];
    const char *clean = go_text_clean_utf8(unit_pool, c->bytes, strlen(c->bytes), &length);
    ck_assert_str_eq(clean, c->clean);
    ck_assert_uint_eq(length, strlen(c->clean));
}
END_TEST

START_TEST(a_nul_becomes_its_symbol) {
    ck_assert_str_eq(go_text_clean_utf8(unit_pool, "a\0b", 3, NULL), "a\xE2\x90\x80"
                                                                     "b");
    ck_assert_str_eq(go_text_clean_utf8(unit_pool, "", 0, NULL), "");
}
END_TEST

/* xorshift: the same bytes in every run. */
static unsigned char next_byte(apr_uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return (unsigned char)(*state >> 8);
}

START_TEST(random_bytes_always_become_valid_text_without_controls) {
    apr_uint32_t state = 2463534242u + (apr_uint32_t)_i;
    char bytes[4096];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)next_byte(&state);
    apr_size_t length;
    const char *clean = go_text_clean_utf8(unit_pool, bytes, sizeof(bytes), &length);
    ck_assert_int_eq(go_text_is_utf8(clean, length), 1);
    ck_assert_uint_le(length, 3 * sizeof(bytes));
    for (apr_size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)clean[i];
        ck_assert_msg(c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7F), "%d at %d", c, (int)i);
    }
    ck_assert_str_eq(go_text_clean_utf8(unit_pool, clean, length, NULL), clean);
}
END_TEST

START_TEST(utf8_is_what_rfc_3629_says) {
    ck_assert_int_eq(go_text_is_utf8("\xF4\x8F\xBF\xBF", 4), 1);
    ck_assert_int_eq(go_text_is_utf8("\xEE\x80\x80\xED\x9F\xBF", 6), 1);
    ck_assert_int_eq(go_text_is_utf8("a\0b", 3), 1);
    ck_assert_int_eq(go_text_is_utf8("", 0), 1);
    ck_assert_int_eq(go_text_is_utf8("\xC1\xBF", 2), 0);
    ck_assert_int_eq(go_text_is_utf8("\xE0\x9F\xBF", 3), 0);
    ck_assert_int_eq(go_text_is_utf8("\xF0\x8F\xBF\xBF", 4), 0);
    ck_assert_int_eq(go_text_is_utf8("\xC3", 1), 0);
    ck_assert_int_eq(go_text_is_utf8("\x80", 1), 0);
    ck_assert_int_eq(go_text_is_utf8("\xF5\x80\x80\x80", 4), 0);
}
END_TEST

START_TEST(code_points_are_decoded) {
    apr_uint32_t c;
    ck_assert_uint_eq(go_text_decode("A", 1, &c), 1);
    ck_assert_uint_eq(c, 'A');
    ck_assert_uint_eq(go_text_decode("\xE2\x82\xAC.", 4, &c), 3);
    ck_assert_uint_eq(c, 0x20AC);
    ck_assert_uint_eq(go_text_decode("\xF0\x9F\x8D\x9E", 4, &c), 4);
    ck_assert_uint_eq(c, 0x1F35E);
    ck_assert_uint_eq(go_text_decode("\xE2\x82", 2, &c), 0);
    ck_assert_uint_eq(go_text_decode("", 0, &c), 0);
}
END_TEST

START_TEST(lines_have_no_ends_and_no_last_empty_one) {
    apr_array_header_t *lines = go_text_lines(unit_pool, "a\r\n\nb\n", 6);
    ck_assert_int_eq(lines->nelts, 3);
    ck_assert_str_eq(APR_ARRAY_IDX(lines, 0, const char *), "a");
    ck_assert_str_eq(APR_ARRAY_IDX(lines, 1, const char *), "");
    ck_assert_str_eq(APR_ARRAY_IDX(lines, 2, const char *), "b");
    ck_assert_int_eq(go_text_lines(unit_pool, "", 0)->nelts, 0);
    ck_assert_int_eq(go_text_lines(unit_pool, "\n", 1)->nelts, 1);
    ck_assert_int_eq(go_text_lines(unit_pool, "a\nb", 3)->nelts, 2);
}
END_TEST

START_TEST(hostile_names_are_shown_escaped_and_cut) {
    char longest[400];
    const char name[] = "a\n\xFF\xE2\x80\xAE\\\x1B \xC3\xBC";
    ck_assert_str_eq(go_text_printable(unit_pool, name, strlen(name)),
                     "a\\x0A\\xFF\\xE2\\x80\\xAE\\x5C\\x1B \xC3\xBC");
    memset(longest, 'x', sizeof(longest));
    ck_assert_uint_lt(strlen(go_text_printable(unit_pool, longest, sizeof(longest))), 210);
}
END_TEST

START_TEST(a_buffer_grows_from_one_byte) {
    go_buffer *buffer = go_buffer_make(unit_pool, 1);
    for (int i = 0; i < 1000; i++)
        go_buffer_printf(buffer, "%03d", i);
    go_buffer_add(buffer, NULL, 0);
    go_buffer_putc(buffer, '.');
    ck_assert_uint_eq(buffer->length, 3001);
    ck_assert_uint_eq(strlen(buffer->bytes), 3001);
    ck_assert_int_eq(strncmp(buffer->bytes + 2997, "999.", 4), 0);
}
END_TEST

Suite *text_suite(void) {
    Suite *suite = suite_create("text");
    TCase *rules = unit_case(suite, "rules");
    tcase_add_loop_test(rules, whatever_a_program_printed_becomes_clean_text, 0,
                        (int)(sizeof(clean_cases) / sizeof(clean_cases[0])));
    tcase_add_test(rules, a_nul_becomes_its_symbol);
    tcase_add_loop_test(rules, random_bytes_always_become_valid_text_without_controls, 0, 50);
    tcase_add_test(rules, utf8_is_what_rfc_3629_says);
    tcase_add_test(rules, code_points_are_decoded);
    tcase_add_test(rules, lines_have_no_ends_and_no_last_empty_one);
    tcase_add_test(rules, hostile_names_are_shown_escaped_and_cut);
    tcase_add_test(rules, a_buffer_grows_from_one_byte);
    return suite;
}
