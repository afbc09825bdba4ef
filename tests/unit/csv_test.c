#include "unit/unit.h"

#include "model/csv.h"

#include <apr_strings.h>

#include <string.h>

static apr_array_header_t *rows;

static apr_status_t parse(const char *bytes) {
    return go_csv_parse(&rows, bytes, strlen(bytes), unit_pool, &unit_error);
}

/* "1:a|b 3:c|d": line numbers and cells. */
static const char *parsed(const char *bytes) {
    ck_assert_ok(parse(bytes));
    const char *all = "";
    for (int i = 0; i < rows->nelts; i++) {
        const go_csv_row *row = &APR_ARRAY_IDX(rows, i, go_csv_row);
        all = apr_pstrcat(unit_pool, all, i ? " " : "", apr_itoa(unit_pool, row->line), ":",
                          apr_array_pstrcat(unit_pool, row->cells, '|'), NULL);
    }
    return all;
}

static const struct good {
    const char *csv, *says;
} good[] = {
    {"a,b\r\nc,d\r\n", "1:a|b 2:c|d"},
    {"a,b\nc,d", "1:a|b 2:c|d"},
    {"a,b\rc,d\r", "1:a|b 2:c|d"},
    {"\xEF\xBB\xBF"
     "a;b,c;f\nd;e",
     "1:a|b,c|f 2:d|e"},
    {"a;b;c,d\n1,5;2;x", "1:a|b|c,d 2:1,5|2|x"},
    {"a\tb\n1,2\t3;4", "1:a|b 2:1,2|3;4"},
    {"\"a;b;c\",d\ne,f", "1:a;b;c|d 2:e|f"},
    {"\"say \"\"hi\"\"\",\"two\r\nlines\"\nx,y", "1:say \"hi\"|two\r\nlines 3:x|y"},
    {"a\n\n\r\n\nb\n", "1:a 5:b"},
    {"\"\",\"\"\n", "1:|"},
    {",,\n", "1:||"},
    {"a,\n", "1:a|"},
    {" a , b \n", "1: a | b "},
    {"a \"quoted\" word,b", "1:a \"quoted\" word|b"},
    {"\xE5\xAD\xA6,\xC3\xBC\n", "1:\xE5\xAD\xA6|\xC3\xBC"},
    {"", ""},
    {"\n\n", ""},
    {"\"a\rb\",c\nd,e", "1:a\rb|c 3:d|e"},
};

START_TEST(what_spreadsheets_save_is_read) {
    ck_assert_str_eq(parsed(good[_i].csv), good[_i].says);
}
END_TEST

START_TEST(a_mistake_is_told_with_its_line) {
    ck_assert_fails(parse("a,b\n\"c,d\ne,f\n"), GO_EINVALID, "Line 2 of the CSV file: a quote is");
    ck_assert_fails(parse("a\n\"two\nlines\" x,y"), GO_EINVALID,
                    "Line 3 of the CSV file: there is text");
    ck_assert_fails(parse("a\nb\nM\xFCller,c\n"), GO_EINVALID,
                    "Line 3 of the CSV file is not UTF-8");
    ck_assert_ptr_null(rows);
    ck_assert_fails(go_csv_parse(&rows, "a\nb\0c", 5, unit_pool, &unit_error), GO_EINVALID,
                    "Line 2 of the CSV file: there is a NUL");
}
END_TEST

START_TEST(the_limits_hold) {
    char *huge = apr_palloc(unit_pool, GO_CSV_BYTES_MAX + 1);
    memset(huge, 'a', GO_CSV_BYTES_MAX + 1);
    ck_assert_ok(go_csv_parse(&rows, huge, GO_CSV_BYTES_MAX, unit_pool, &unit_error));
    ck_assert_fails(go_csv_parse(&rows, huge, GO_CSV_BYTES_MAX + 1, unit_pool, &unit_error),
                    GO_ETOOBIG, "larger than");
    memset(huge, ',', GO_CSV_CELLS_MAX);
    ck_assert_ok(go_csv_parse(&rows, huge, GO_CSV_CELLS_MAX - 1, unit_pool, &unit_error));
    ck_assert_fails(go_csv_parse(&rows, huge, GO_CSV_CELLS_MAX, unit_pool, &unit_error), GO_ETOOBIG,
                    "more than 200 cells");
    for (int i = 0; i <= GO_CSV_ROWS_MAX; i++)
        memcpy(huge + i * 2, "a\n", 2);
    ck_assert_fails(go_csv_parse(&rows, huge, GO_CSV_ROWS_MAX * 2 + 2, unit_pool, &unit_error),
                    GO_ETOOBIG, "more than 50000 rows");
}
END_TEST

static const char *written(const char *cell) {
    go_buffer *out = go_buffer_make(unit_pool, 0);
    go_csv_write_row(out, &cell, 1);
    ck_assert_int_eq(strcmp(out->bytes + out->length - 2, "\r\n"), 0);
    return apr_pstrmemdup(unit_pool, out->bytes, out->length - 2);
}

START_TEST(what_a_spreadsheet_would_run_is_disarmed) {
    ck_assert_str_eq(written("=1+1"), "'=1+1");
    ck_assert_str_eq(written("=HYPERLINK(\"http://x\",\"y\")"),
                     "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    ck_assert_str_eq(written("+cmd|' /C calc'!A0"), "'+cmd|' /C calc'!A0");
    ck_assert_str_eq(written("@SUM(A1)"), "'@SUM(A1)");
    ck_assert_str_eq(written("-2+3"), "'-2+3");
    ck_assert_str_eq(written("\t=1"), "\"'\t=1\"");
    ck_assert_str_eq(written("\r=1"), "\"'\r=1\"");
    ck_assert_str_eq(written("-"), "'-");
}
END_TEST

START_TEST(numbers_and_names_stay_as_they_are) {
    static const char *const plain[] = {"",    "99.5",    "-5",  "+1.5",
                                        "-.5", "O'Brien", "a=b", "\xC3\xBC"};
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        ck_assert_str_eq(written(plain[i]), plain[i]);
    ck_assert_str_eq(written(NULL), "");
}
END_TEST

START_TEST(what_is_written_is_read_back) {
    static const char *const cells[] = {
        "plain",   "with,comma", "with;semicolon",  "with \"quotes\"", "two\r\nlines",
        " blank ", "",           "\xF0\x9F\x8D\x9E"};
    go_buffer *out = go_buffer_make(unit_pool, 0);
    go_csv_write_row(out, cells, 8);
    ck_assert_ok(parse(out->bytes));
    ck_assert_int_eq(rows->nelts, 1);
    const go_csv_row *row = &APR_ARRAY_IDX(rows, 0, go_csv_row);
    ck_assert_int_eq(row->cells->nelts, 8);
    for (int i = 0; i < 8; i++)
        ck_assert_str_eq(APR_ARRAY_IDX(row->cells, i, const char *), cells[i]);
}
END_TEST

Suite *csv_suite(void) {
    Suite *suite = suite_create("csv");
    TCase *rules = unit_case(suite, "rules");
    tcase_add_loop_test(rules, what_spreadsheets_save_is_read, 0,
                        (int)(sizeof(good) / sizeof(good[0])));
    tcase_add_test(rules, a_mistake_is_told_with_its_line);
    tcase_add_test(rules, the_limits_hold);
    tcase_add_test(rules, what_a_spreadsheet_would_run_is_disarmed);
    tcase_add_test(rules, numbers_and_names_stay_as_they_are);
    tcase_add_test(rules, what_is_written_is_read_back);
    return suite;
}
