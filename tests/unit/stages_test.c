#include "unit/unit.h"

#include "model/stages.h"

#include <apr_strings.h>

#include <string.h>

static const go_stages_limits limits = {.default_timeout_seconds = 60,
                                        .max_timeout_seconds = 600,
                                        .default_memory_mb = 256,
                                        .max_memory_mb = 1024,
                                        .max_stages = 4};

/* An assignment in memory: `file` of an entry is its contents. */
static go_tree *assignment;
static go_problems *problems;
static go_stages *stages;

static void add_with(const char *path, const char *contents, int is_executable) {
    if (!assignment) assignment = go_tree_make(unit_pool);
    go_tree_entry entry = {.path = path,
                           .is_executable = is_executable,
                           .size = (apr_off_t)strlen(contents),
                           .file = contents};
    ck_assert_ok(go_tree_add(assignment, &entry, &unit_error));
}

static void add(const char *path, const char *contents) {
    add_with(path, contents, 0);
}

static void add_main(const char *stage) {
    add_with(apr_pstrcat(unit_pool, stage, "/main", NULL), "#!/bin/sh\n", 1);
}

static apr_status_t read_contents(void *baton, const go_tree_entry *entry, apr_size_t max,
                                  const char **bytes, apr_size_t *length, apr_pool_t *pool) {
    (void)baton;
    if (!strcmp(entry->file, "unreadable")) return APR_ENOENT;
    *length = strlen(entry->file) < max ? strlen(entry->file) : max;
    *bytes = apr_pmemdup(pool, entry->file, *length);
    return APR_SUCCESS;
}

static apr_status_t read_stages(void) {
    ck_assert_ok(go_tree_finish(assignment, &unit_error));
    problems = go_problems_make(unit_pool);
    return go_stages_read(&stages, assignment, &limits, read_contents, NULL, unit_pool, problems);
}

/* All problems, one a line: "error: ..." or "warning: ...". */
static const char *all_problems(void) {
    const char *all = "";
    for (int i = 0; i < problems->list->nelts; i++) {
        const go_problem *problem = &APR_ARRAY_IDX(problems->list, i, go_problem);
        all = apr_pstrcat(unit_pool, all, go_severity_name(problem->severity), ": ", problem->text,
                          "\n", NULL);
    }
    return all;
}

static void ck_assert_problem(const char *text) {
    ck_assert_msg(strstr(all_problems(), text) != NULL, "\"%s\" is not in:\n%s", text,
                  all_problems());
}

static const go_stage *stage(int i) {
    ck_assert_ptr_nonnull(stages);
    return &APR_ARRAY_IDX(stages->stages, i, go_stage);
}

START_TEST(stages_run_in_the_order_of_the_file) {
    add("stages", "\xEF\xBB\xBFtest two\r\n\r\n  \nbuild\r\n\xC3\xBC\r");
    add_main("build");
    add_main("test two");
    add_main("\xC3\xBC");
    ck_assert_msg(read_stages() == APR_SUCCESS, "%s", all_problems());
    ck_assert_str_eq(all_problems(), "");
    ck_assert_int_eq(stages->stages->nelts, 3);
    ck_assert_str_eq(stage(0)->name, "test two");
    ck_assert_str_eq(stage(1)->name, "build");
    ck_assert_str_eq(stage(2)->name, "\xC3\xBC");
    ck_assert_int_eq(stage(0)->is_trusted, 1);
    ck_assert_int_eq(stage(0)->timeout_seconds, 60);
    ck_assert_int_eq(stage(0)->memory_mb, 256);
    ck_assert_int_eq(stage(0)->stop_on_failure, 0);
    ck_assert_ptr_null(stage(0)->description);
}
END_TEST

START_TEST(metadata_refines_a_stage) {
    add("stages", "build");
    add_main("build");
    add("build/metadata.json",
        "\xEF\xBB\xBF{\"description\":\"Builds \xC3\xBC\",\"is_trusted_stage\":false,"
        "\"timeout_seconds\":600,\"memory_mb\":16,\"stop_on_failure\":true}");
    ck_assert_msg(read_stages() == APR_SUCCESS, "%s", all_problems());
    ck_assert_str_eq(stage(0)->description, "Builds \xC3\xBC");
    ck_assert_int_eq(stage(0)->is_trusted, 0);
    ck_assert_int_eq(stage(0)->timeout_seconds, 600);
    ck_assert_int_eq(stage(0)->memory_mb, 16);
    ck_assert_int_eq(stage(0)->stop_on_failure, 1);
}
END_TEST

START_TEST(metadata_of_the_assignment_stands_in_for_the_file) {
    add("metadata.json", "{\"stages\":[{\"directory_name\":\"b\",\"timeout_seconds\":5},"
                         "{\"directory_name\":\"a\",\"is_trusted_stage\":null}]}");
    add_main("a");
    add_main("b");
    add("b/metadata.json", "{\"memory_mb\":64}");
    ck_assert_msg(read_stages() == APR_SUCCESS, "%s", all_problems());
    ck_assert_str_eq(stage(0)->name, "b");
    ck_assert_int_eq(stage(0)->timeout_seconds, 5);
    ck_assert_int_eq(stage(0)->memory_mb, 64);
    ck_assert_str_eq(stage(1)->name, "a");
    ck_assert_int_eq(stage(1)->is_trusted, 1);
}
END_TEST

START_TEST(one_outer_directory_is_taken_off) {
    add("homework/stages", "a\n");
    add_main("homework/a");
    add("homework/a/data/x", "1");
    ck_assert_msg(read_stages() == APR_SUCCESS, "%s", all_problems());
    ck_assert_ptr_nonnull(go_tree_find(stages->tree, "a/data/x"));
    ck_assert_ptr_nonnull(go_tree_find(stages->tree, "stages"));
    ck_assert_ptr_null(go_tree_find(stages->tree, "homework"));
    ck_assert_ptr_nonnull(go_tree_find(assignment, "homework/stages"));
}
END_TEST

START_TEST(every_problem_is_listed_not_only_the_first) {
    add("stages", "gone\nafile\nno main\nempty\nempty\nsubmission\noutput\n.\n..\n");
    add("afile", "x");
    add("no main/helper", "x");
    add("empty/main", "");
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_ptr_null(stages);
    ck_assert_problem("error: More than 4 stages are listed.");
    ck_assert_problem("error: Stage \"gone\": there is no directory of this name.");
    ck_assert_problem("error: Stage \"afile\": this is a file; it must be a directory.");
    ck_assert_problem("error: Stage \"no main\": there is no file \"main\"");
    ck_assert_problem("error: Stage \"empty\": \"main\" is empty.");
    ck_assert_int_eq(problems->errors, 5);
}
END_TEST

static const struct bad_name {
    const char *name, *says;
} bad_names[] = {
    {"submission", "\"submission\" is a name that Grade Oven needs itself"},
    {"output", "\"output\" is a name that Grade Oven needs itself"},
    {".", "\".\" is not a directory"},
    {"..", "\"..\" is not a directory"},
    {"a/b", "\"a/b\" holds a \"/\""},
    {"/", "\"/\" holds a \"/\""},
    {"a\\b", "is no name that a directory may have"},
    {"a\tb\x1B", "is no name that a directory may have"},
    {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
     "is longer than 128 bytes"},
};

START_TEST(a_name_that_cannot_be_a_stage_is_refused) {
    add("stages", bad_names[_i].name);
    add_main("a/b");
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_problem(bad_names[_i].says);
}
END_TEST

START_TEST(a_stage_is_listed_once) {
    add("stages", "a\na\n");
    add_main("a");
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_str_eq(all_problems(), "error: Stage \"a\" is listed more than once.\n");
}
END_TEST

START_TEST(blanks_around_a_name_are_pointed_out) {
    add("stages", "build \n");
    add_main("build");
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_problem("Take away the blanks");
}
END_TEST

START_TEST(a_program_that_lost_its_executable_bit_gets_it_back) {
    add("stages", "script\nbinary");
    add("script/main", "#!/usr/bin/python3\n");
    add("binary/main", "\x7F"
                       "ELF....");
    ck_assert_msg(read_stages() == APR_SUCCESS, "%s", all_problems());
    ck_assert_int_eq(go_tree_find(stages->tree, "script/main")->is_executable, 1);
    ck_assert_int_eq(go_tree_find(stages->tree, "binary/main")->is_executable, 1);
    ck_assert_int_eq(go_tree_find(assignment, "script/main")->is_executable, 0);
    ck_assert_int_eq(problems->list->nelts, 2);
    ck_assert_problem("warning: Stage \"script\": \"main\" was not executable; it is now.");
}
END_TEST

START_TEST(a_main_that_is_no_program_is_an_error) {
    add("stages", "a\nb\nc");
    add("a/main", "print(1)\n");
    add("b/main/x", "1");
    add("c/main", "unreadable");
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_problem("error: Stage \"a\": \"main\" is not executable. Begin it with");
    ck_assert_problem("error: Stage \"b\": \"main\" is a directory");
    ck_assert_problem("error: \"c/main\" cannot be read on the server");
}
END_TEST

START_TEST(without_a_list_nothing_runs) {
    add_main("a");
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_problem("error: There is no file \"stages\".");
}
END_TEST

START_TEST(a_list_must_be_a_text_file_with_names) {
    static const char *const lists[] = {"", "\n\r\n", "\xFF\n"};
    static const char *const says[] = {"No stage is listed", "No stage is listed",
                                       "no text in UTF-8"};
    for (int i = 0; i < 3; i++) {
        assignment = NULL;
        add("stages", lists[i]);
        add_main("a");
        ck_assert_int_eq(read_stages(), GO_EINVALID);
        ck_assert_problem(says[i]);
    }
    assignment = NULL;
    add_main("stages");
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_problem("\"stages\" is a directory");
}
END_TEST

START_TEST(a_forgotten_stage_is_warned_about) {
    add("stages", "a");
    add_main("a");
    add_main("b");
    add("c/data", "x");
    add("metadata.json", "{}");
    ck_assert_msg(read_stages() == APR_SUCCESS, "%s", all_problems());
    ck_assert_int_eq(problems->list->nelts, 2);
    ck_assert_problem("warning: The directory \"b\" has a \"main\" but is not listed");
    ck_assert_problem("warning: The file metadata.json beside \"stages\" is not read");
}
END_TEST

static const struct bad_metadata {
    const char *json, *says;
} bad_metadata[] = {
    {"{\n\"timeout_seconds\": }", "a/metadata.json, line 2: this is not valid JSON"},
    {"[]", "must hold a JSON object"},
    {"", "not valid JSON"},
    {"{\"timeout_seconds\":1,\"timeout_seconds\":2}", "not valid JSON"},
    {"{\"timeout_seconds\":0}", "\"timeout_seconds\" must be a whole number from 1 to 600"},
    {"{\"timeout_seconds\":601}", "from 1 to 600"},
    {"{\"timeout_seconds\":1.5}", "from 1 to 600"},
    {"{\"timeout_seconds\":\"60\"}", "from 1 to 600"},
    {"{\"timeout_seconds\":4294967297}", "from 1 to 600"},
    {"{\"memory_mb\":15}", "\"memory_mb\" must be a whole number from 16 to 1024"},
    {"{\"memory_mb\":1025}", "from 16 to 1024"},
    {"{\"is_trusted_stage\":\"false\"}", "\"is_trusted_stage\" must be true or false"},
    {"{\"stop_on_failure\":1}", "\"stop_on_failure\" must be true or false"},
    {"{\"description\":1}", "\"description\" must be a text"},
    {"\xFF", "no text in UTF-8"},
    {"unreadable", "cannot be read on the server"},
};

START_TEST(bad_metadata_is_told_with_key_and_range) {
    add("stages", "a");
    add_main("a");
    add("a/metadata.json", bad_metadata[_i].json);
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_problem(bad_metadata[_i].says);
    ck_assert_int_eq(problems->errors, 1);
}
END_TEST

START_TEST(metadata_has_size_limits) {
    char *text = apr_palloc(unit_pool, GO_STAGES_FILE_MAX + 2);
    memset(text, ' ', GO_STAGES_FILE_MAX + 1);
    text[GO_STAGES_FILE_MAX + 1] = '\0';
    add("stages", "a\nb");
    add_main("a");
    add_main("b");
    add("a/metadata.json", text);
    char *description = apr_pstrndup(unit_pool, text, GO_STAGE_DESCRIPTION_MAX + 1);
    add("b/metadata.json", apr_pstrcat(unit_pool, "{\"description\":\"", description, "\"}", NULL));
    ck_assert_int_eq(read_stages(), GO_EINVALID);
    ck_assert_problem("\"a/metadata.json\" is larger than 65536 bytes");
    ck_assert_problem("\"description\" must be at most 4096 bytes");
}
END_TEST

START_TEST(a_misspelt_key_is_warned_about) {
    add("stages", "a");
    add_main("a");
    add("a/metadata.json", "{\"timeout\":5}");
    ck_assert_msg(read_stages() == APR_SUCCESS, "%s", all_problems());
    ck_assert_problem("warning: a/metadata.json: \"timeout\" is no key that is known here");
}
END_TEST

START_TEST(a_bad_assignment_metadata_is_an_error) {
    static const char *const bad[] = {"{}", "{\"stages\":{}}", "{\"stages\":[]}",
                                      "{\"stages\":[1]}", "{\"stages\":[{\"directory_name\":7}]}"};
    static const char *const says[] = {"has no list", "has no list", "No stage is listed",
                                       "metadata.json, stage 1: it has no text \"directory_name\"",
                                       "metadata.json, stage 1: it has no text \"directory_name\""};
    for (int i = 0; i < 5; i++) {
        assignment = NULL;
        add("metadata.json", bad[i]);
        add_main("a");
        ck_assert_int_eq(read_stages(), GO_EINVALID);
        ck_assert_problem(says[i]);
    }
}
END_TEST

START_TEST(files_of_the_host_are_read_where_no_reader_is_given) {
    const char *directory = unit_directory();
    unit_write(unit_path(directory, "list"), "a\n", 2);
    unit_write(unit_path(directory, "main"), "#!/bin/sh\n", 10);
    add("stages", unit_path(directory, "list"));
    add("a/main", unit_path(directory, "main"));
    for (int i = 0; i < assignment->entries->nelts; i++)
        APR_ARRAY_IDX(assignment->entries, i, go_tree_entry).size = i ? 10 : 2;
    ck_assert_ok(go_tree_finish(assignment, &unit_error));
    problems = go_problems_make(unit_pool);
    ck_assert_msg(go_stages_read(&stages, assignment, &limits, NULL, NULL, unit_pool, problems) ==
                      APR_SUCCESS,
                  "%s", all_problems());
    ck_assert_int_eq(problems->list->nelts, 1);
}
END_TEST

Suite *stages_suite(void) {
    Suite *suite = suite_create("stages");
    TCase *lists = unit_case(suite, "lists");
    tcase_add_test(lists, stages_run_in_the_order_of_the_file);
    tcase_add_test(lists, metadata_refines_a_stage);
    tcase_add_test(lists, metadata_of_the_assignment_stands_in_for_the_file);
    tcase_add_test(lists, one_outer_directory_is_taken_off);
    tcase_add_test(lists, a_program_that_lost_its_executable_bit_gets_it_back);
    tcase_add_test(lists, files_of_the_host_are_read_where_no_reader_is_given);
    TCase *mistakes = unit_case(suite, "mistakes");
    tcase_add_test(mistakes, every_problem_is_listed_not_only_the_first);
    tcase_add_loop_test(mistakes, a_name_that_cannot_be_a_stage_is_refused, 0,
                        (int)(sizeof(bad_names) / sizeof(bad_names[0])));
    tcase_add_test(mistakes, a_stage_is_listed_once);
    tcase_add_test(mistakes, blanks_around_a_name_are_pointed_out);
    tcase_add_test(mistakes, a_main_that_is_no_program_is_an_error);
    tcase_add_test(mistakes, without_a_list_nothing_runs);
    tcase_add_test(mistakes, a_list_must_be_a_text_file_with_names);
    tcase_add_test(mistakes, a_forgotten_stage_is_warned_about);
    tcase_add_loop_test(mistakes, bad_metadata_is_told_with_key_and_range, 0,
                        (int)(sizeof(bad_metadata) / sizeof(bad_metadata[0])));
    tcase_add_test(mistakes, metadata_has_size_limits);
    tcase_add_test(mistakes, a_misspelt_key_is_warned_about);
    tcase_add_test(mistakes, a_bad_assignment_metadata_is_an_error);
    return suite;
}
