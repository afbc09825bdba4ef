#include "unit/unit.h"

#include "model/archive.h"
#include "model/buffer.h"
#include "model/copy.h"
#include "model/stage_edit.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>

static go_edit *edit_of(const char *const files[][2], int count) {
    go_edit *edit = go_edit_begin(NULL, unit_directory(), unit_pool);
    for (int i = 0; i < count; i++)
        ck_assert_ok(go_edit_write(edit, files[i][0], strstr(files[i][0], "/main") != NULL,
                                   files[i][1], strlen(files[i][1]), &unit_error));
    return edit;
}

static go_edit *two_stages(void) {
    static const char *const files[][2] = {
        {"stages", "a\r\nb\r\n"}, {"a/main", "1"}, {"a/x/y", "2"}, {"b/main", "3"}, {"ab", "4"}};
    return edit_of(files, 5);
}

/* "path*=content ", '*' for an executable; directories as "path/ ". */
static const char *shown(const go_edit *edit) {
    go_buffer *out = go_buffer_make(unit_pool, 0);
    for (int i = 0; i < edit->tree->entries->nelts; i++) {
        const go_tree_entry *entry = &APR_ARRAY_IDX(edit->tree->entries, i, go_tree_entry);
        go_buffer_puts(out, entry->path);
        if (entry->is_directory) {
            go_buffer_puts(out, "/ ");
            continue;
        }
        apr_size_t length;
        const char *bytes = unit_read(entry->file, &length);
        go_buffer_puts(out, entry->is_executable ? "*=" : "=");
        go_buffer_add(out, bytes, length);
        go_buffer_putc(out, ' ');
    }
    return out->bytes;
}

static const apr_array_header_t *names(const char *text) {
    apr_array_header_t *list = apr_array_make(unit_pool, 4, sizeof(const char *));
    char *state, *copy = apr_pstrdup(unit_pool, text);
    for (char *one = apr_strtok(copy, " ", &state); one; one = apr_strtok(NULL, " ", &state))
        APR_ARRAY_PUSH(list, const char *) = one;
    return list;
}

START_TEST(a_directory_is_renamed_with_all_in_it_and_nothing_beside_it) {
    go_edit *edit = two_stages();
    ck_assert_ok(go_edit_rename(edit, "a", "z z", &unit_error));
    ck_assert_str_eq(shown(edit),
                     "ab=4 b/ b/main*=3 stages=a\r\nb\r\n z z/ z z/main*=1 z z/x/ z z/x/y=2 ");
    ck_assert_fails(go_edit_rename(edit, "b", "stages", &unit_error), GO_ECONFLICT, "already");
    ck_assert_fails(go_edit_rename(edit, "none", "x", &unit_error), GO_ENOTFOUND, "none");
    ck_assert_fails(go_edit_rename(edit, "b", "../b", &unit_error), GO_EINVALID, "..");
}
END_TEST

START_TEST(a_directory_is_removed_with_all_in_it_and_nothing_beside_it) {
    go_edit *edit = two_stages();
    ck_assert_ok(go_edit_remove(edit, "a", &unit_error));
    ck_assert_str_eq(shown(edit), "ab=4 b/ b/main*=3 stages=a\r\nb\r\n ");
    ck_assert_fails(go_edit_remove(edit, "a", &unit_error), GO_ENOTFOUND, "\"a\"");
}
END_TEST

START_TEST(a_file_takes_the_place_of_a_file_and_never_of_a_directory) {
    go_edit *edit = two_stages();
    ck_assert_ok(go_edit_write(edit, "a/main", 0, "new", 3, &unit_error));
    ck_assert_ok(go_edit_set_executable(edit, "ab", 1, &unit_error));
    ck_assert_str_eq(shown(edit),
                     "a/ a/main=new a/x/ a/x/y=2 ab*=4 b/ b/main*=3 stages=a\r\nb\r\n ");
    ck_assert_fails(go_edit_write(edit, "a/x", 0, "", 0, &unit_error), GO_EINVALID, "directory");
    ck_assert_fails(go_edit_write(edit, "ab/c", 0, "", 0, &unit_error), GO_EINVALID, "directory");
    ck_assert_fails(go_edit_set_executable(edit, "a", 1, &unit_error), GO_ENOTFOUND, "\"a\"");
}
END_TEST

START_TEST(an_edit_leaves_the_tree_that_it_began_with_as_it_was) {
    go_edit *first = two_stages();
    const char *before = shown(first);
    go_edit *second = go_edit_begin(first->tree, unit_directory(), unit_pool);
    ck_assert_ok(go_edit_set_executable(second, "ab", 1, &unit_error));
    ck_assert_ok(go_edit_remove(second, "b", &unit_error));
    ck_assert_str_eq(shown(first), before);
}
END_TEST

START_TEST(the_list_of_stages_keeps_its_line_ends) {
    go_edit *edit = two_stages();
    ck_assert_ok(go_edit_set_stages(edit, names("b a c"), NULL, NULL, &unit_error));
    ck_assert_ptr_nonnull(strstr(shown(edit), "stages=b\r\na\r\nc\r\n "));
}
END_TEST

START_TEST(a_metadata_json_keeps_what_it_says_of_each_stage) {
    static const char *const files[][2] = {
        {"metadata.json", "{\"x\": 1, \"stages\": [{\"directory_name\": \"a\", \"memory_mb\": 32},"
                          " {\"directory_name\": \"b\", \"timeout_seconds\": 5}]}"},
        {"a/main", "1"}};
    go_edit *edit = edit_of(files, 2);
    ck_assert_ok(go_edit_set_stages(edit, names("b z new"), "a", "z", &unit_error));
    const char *text = shown(edit);
    const char *b = strstr(text, "\"timeout_seconds\": 5"), *z = strstr(text, "\"memory_mb\": 32");
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_nonnull(z);
    ck_assert(b < z && z < strstr(text, "\"new\""));
    ck_assert_ptr_nonnull(strstr(text, "\"x\": 1"));
    ck_assert_ptr_null(strstr(text, "\"directory_name\": \"a\""));
}
END_TEST

static const struct {
    const char *bytes;
    int length, is_text;
} texts[] = {{"", 0, 1},
             {"a\nb", 3, 1},
             {"a\r\nb\r\n", 6, 1},
             {"a\r\nb\n", 5, 0},
             {"a\rb", 3, 0},
             {"a\0b", 3, 0},
             {"\xE4", 1, 0},
             {"\xEF\xBB\xBF"
              "a",
              4, 1},
             {"\r", 1, 0}};

START_TEST(only_what_a_textarea_gives_back_unchanged_is_edited_as_text) {
    apr_size_t length;
    const char *path = unit_path(unit_directory(), "file");
    unit_write(path, texts[_i].bytes, (apr_size_t)texts[_i].length);
    const go_tree_entry entry = {.path = "file", .file = path, .size = texts[_i].length};
    ck_assert_int_eq(go_edit_text(&entry, &length, unit_pool) != NULL, texts[_i].is_text);
}
END_TEST

START_TEST(line_ends_become_those_of_the_file) {
    ck_assert_str_eq(go_edit_line_ends("a\r\nb\rc\n", NULL, unit_pool), "a\nb\nc\n");
    ck_assert_str_eq(go_edit_line_ends("a\r\nb\nc", "x\ny", unit_pool), "a\nb\nc");
    ck_assert_str_eq(go_edit_line_ends("a\r\nb\nc", "x\r\ny", unit_pool), "a\r\nb\r\nc");
    ck_assert_str_eq(go_edit_line_ends("", "\r\n", unit_pool), "");
}
END_TEST

static const struct {
    const char *from, *to, *time, *expected;
    int days;
} shifts[] = {
    {"Europe/Berlin", "Europe/Berlin", "2027-03-01T23:59", "2027-04-30T23:59", 60},
    {"Europe/Berlin", "Europe/Berlin", "2027-10-30T23:59", "2027-10-31T23:59", 1},
    {"Europe/Berlin", "America/New_York", "2027-03-01T23:59:30", "2027-03-02T23:59:30", 1},
    {"UTC", "UTC", "2024-02-29T00:00", "2025-02-28T00:00", 365},
    {"UTC", "UTC", "2099-12-31T23:59", "2100-03-01T23:59", 60}, /* 2100 is no leap year */
    {"UTC", "UTC", "2000-02-28T12:00", "2000-02-29T12:00", 1},  /* 2000 was one */
    {"UTC", "UTC", "1970-01-02T00:00", "1970-01-01T00:00", -1},
    {"Asia/Kolkata", "UTC", "2026-01-01T00:00", "2025-12-25T00:00", -7},
};

START_TEST(dates_move_by_calendar_days_and_keep_their_local_time) {
    apr_time_t time, expected, shifted;
    ck_assert_ok(go_zone_parse_local(shifts[_i].from, shifts[_i].time, &time, &unit_error));
    ck_assert_ok(go_zone_parse_local(shifts[_i].to, shifts[_i].expected, &expected, &unit_error));
    ck_assert_ok(go_copy_shift(shifts[_i].from, shifts[_i].to, time, shifts[_i].days, &shifted,
                               unit_pool, &unit_error));
    ck_assert_int_eq(shifted, expected);
}
END_TEST

START_TEST(no_date_stays_none_and_none_goes_out_of_range) {
    apr_time_t shifted = 1;
    ck_assert_ok(go_copy_shift("UTC", "UTC", 0, 9, &shifted, unit_pool, &unit_error));
    ck_assert_int_eq(shifted, 0);
    ck_assert_fails(go_copy_shift("UTC", "UTC", 1, -1, &shifted, unit_pool, &unit_error),
                    GO_EINVALID, "1970");
    ck_assert_fails(
        go_copy_shift("UTC", "UTC", 1, GO_COPY_DAYS_MAX + 1, &shifted, unit_pool, &unit_error),
        GO_EINVALID, "at most");
}
END_TEST

START_TEST(an_archive_is_of_the_kind_that_its_name_says) {
    static const struct {
        const char *name;
        go_archive_format format;
    } cases[] = {{"hw.ZIP", GO_ARCHIVE_ZIP},
                 {"hw.tar.gz", GO_ARCHIVE_TAR_GZ},
                 {"hw.tgz", GO_ARCHIVE_TAR_GZ},
                 {"hw.tar", GO_ARCHIVE_TAR},
                 {"hw.tar.xz", GO_ARCHIVE_TAR_XZ},
                 {"hw.TXZ", GO_ARCHIVE_TAR_XZ},
                 {"hw.tar.bz2", GO_ARCHIVE_TAR_XZ},
                 {"main.c", GO_ARCHIVE_ZIP},
                 {"", GO_ARCHIVE_ZIP}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        ck_assert_int_eq(go_archive_format_of(cases[i].name), cases[i].format);
    for (int format = GO_ARCHIVE_ZIP; format <= GO_ARCHIVE_TAR_XZ; format++)
        ck_assert_int_eq(go_archive_format_of(go_archive_format_name((go_archive_format)format)),
                         format);
}
END_TEST

Suite *stage_edit_suite(void) {
    Suite *suite = suite_create("stage_edit");
    TCase *files = unit_case(suite, "files");
    tcase_add_test(files, a_directory_is_renamed_with_all_in_it_and_nothing_beside_it);
    tcase_add_test(files, a_directory_is_removed_with_all_in_it_and_nothing_beside_it);
    tcase_add_test(files, a_file_takes_the_place_of_a_file_and_never_of_a_directory);
    tcase_add_test(files, an_edit_leaves_the_tree_that_it_began_with_as_it_was);
    tcase_add_test(files, the_list_of_stages_keeps_its_line_ends);
    tcase_add_test(files, a_metadata_json_keeps_what_it_says_of_each_stage);
    TCase *text = unit_case(suite, "text");
    tcase_add_loop_test(text, only_what_a_textarea_gives_back_unchanged_is_edited_as_text, 0,
                        sizeof(texts) / sizeof(texts[0]));
    tcase_add_test(text, line_ends_become_those_of_the_file);
    TCase *copies = unit_case(suite, "copies");
    tcase_add_loop_test(copies, dates_move_by_calendar_days_and_keep_their_local_time, 0,
                        sizeof(shifts) / sizeof(shifts[0]));
    tcase_add_test(copies, no_date_stays_none_and_none_goes_out_of_range);
    tcase_add_test(copies, an_archive_is_of_the_kind_that_its_name_says);
    return suite;
}
