#include "unit/unit.h"

#include "web/template.h"

#include <apr_strings.h>

#include <string.h>

static const char *const spec_files[] = {"comments", "delimiters", "interpolation",
                                         "inverted", "partials",   "sections"};
#define SPEC_FILES ((int)(sizeof(spec_files) / sizeof(spec_files[0])))

static void run_spec_case(const json_t *one) {
    go_template_set *set = go_template_set_make(unit_pool);
    const char *name, *text;
    json_t *partials = json_object_get(one, "partials"), *partial;
    json_object_foreach(partials, name, partial) {
        text = json_string_value(partial);
        ck_assert_ok(go_template_set_add(set, name, text, strlen(text), &unit_error));
    }
    text = json_string_value(json_object_get(one, "template"));
    ck_assert_ok(go_template_set_add(set, "(the template)", text, strlen(text), &unit_error));
    go_buffer *out = go_buffer_make(unit_pool, 0);
    ck_assert_ok(
        go_template_render(set, "(the template)", json_object_get(one, "data"), out, &unit_error));
    const char *expected = json_string_value(json_object_get(one, "expected"));
    ck_assert_msg(!strcmp(out->bytes, expected), "%s: expected %s, got %s",
                  json_string_value(json_object_get(one, "name")), expected, out->bytes);
}

START_TEST(every_case_of_the_mustache_spec_holds) {
    const char *path =
        apr_pstrcat(unit_pool, "tests/unit/mustache-spec/", spec_files[_i], ".json", NULL);
    apr_size_t length, i;
    const char *bytes = unit_read(unit_source(path), &length);
    json_t *spec = json_loadb(bytes, length, 0, NULL), *one;
    json_array_foreach(json_object_get(spec, "tests"), i, one) run_spec_case(one);
    ck_assert_uint_gt(i, 10);
    json_decref(spec);
}
END_TEST

/* Renders one template with data given as JSON. */
static const char *rendered(const char *text, const char *data) {
    go_template_set *set = go_template_set_make(unit_pool);
    go_buffer *out = go_buffer_make(unit_pool, 1);
    json_t *json = json_loads(data, JSON_DECODE_ANY, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_ok(go_template_set_add(set, "page.html", text, strlen(text), &unit_error));
    ck_assert_ok(go_template_render(set, "page", json, out, &unit_error));
    json_decref(json);
    return out->bytes;
}

START_TEST(values_cannot_leave_an_attribute) {
    ck_assert_str_eq(rendered("<a title='{{t}}' class=\"{{t}}\">", "{\"t\":\"'\\\"><&\"}"),
                     "<a title='&#39;&quot;&gt;&lt;&amp;' class=\"&#39;&quot;&gt;&lt;&amp;\">");
}
END_TEST

START_TEST(an_empty_string_is_false_and_zero_is_true) {
    ck_assert_str_eq(rendered("{{#s}}yes{{/s}}{{^s}}no{{/s}} {{#n}}yes{{/n}}{{^n}}no{{/n}}",
                              "{\"s\":\"\",\"n\":0}"),
                     "no yes");
}
END_TEST

START_TEST(numbers_and_booleans_print_as_json_does) {
    ck_assert_str_eq(rendered("{{a}} {{b}} {{c}} {{d}} {{e}}",
                              "{\"a\":-9007199254740993,\"b\":true,\"c\":false,\"d\":0.1,"
                              "\"e\":1.1000000000000003}"),
                     "-9007199254740993 true false 0.1 1.1000000000000003");
}
END_TEST

START_TEST(an_object_or_array_as_a_value_prints_nothing) {
    ck_assert_str_eq(rendered("[{{o}}{{a}}]", "{\"o\":{\"x\":1},\"a\":[1]}"), "[]");
}
END_TEST

START_TEST(the_data_may_be_anything) {
    ck_assert_str_eq(rendered("[{{x}}{{#x.y}}a{{/x.y}}{{.}}]", "3"), "[3]");
    ck_assert_str_eq(rendered("{{#.}}{{.}},{{/.}}", "[1,\"<\",null]"), "1,&lt;,,");
}
END_TEST

START_TEST(an_empty_line_of_an_indented_partial_stays_empty) {
    go_template_set *set = go_template_set_make(unit_pool);
    go_buffer *out = go_buffer_make(unit_pool, 0);
    ck_assert_ok(go_template_set_add(set, "a", "x\n  {{>b}}\ny\n", 13, &unit_error));
    ck_assert_ok(go_template_set_add(set, "b", "1\n\n2\n", 5, &unit_error));
    ck_assert_ok(go_template_render(set, "a", NULL, out, &unit_error));
    ck_assert_str_eq(out->bytes, "x\n  1\n\n  2\ny\n");
}
END_TEST

static const struct mistake {
    const char *text, *says;
} mistakes[] = {
    {"a\nb {{#x}}\n", "line 2: section \"x\" is not closed"},
    {"{{#x}}\n{{/y}}", "line 2: section \"x\" of line 1 is closed by another name"},
    {"\n\n{{/x}}", "line 3: a section is closed that was not opened"},
    {"ok\n{{name", "line 2: a tag is not closed"},
    {"{{{name}}", "line 1: a tag is not closed"},
    {"{{ }}", "line 1: a tag is empty"},
    {"{{#}}", "a tag is empty"},
    {"{{a b}}", "white space in a name"},
    {"{{a..b}}", "a name has an empty part"},
    {"{{a.}}", "a name has an empty part"},
    {"{{=<%=}}", "cannot be delimiters"},
    {"{{=a b c=}}", "cannot be delimiters"},
    {"{{=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b=}}", "cannot be delimiters"},
    {"\xFF", "not UTF-8"},
};

START_TEST(a_mistake_is_told_with_file_and_line) {
    const struct mistake *m = &mistakes[_i];
    go_template_set *set = go_template_set_make(unit_pool);
    ck_assert_fails(go_template_set_add(set, "page.html", m->text, strlen(m->text), &unit_error),
                    GO_EINVALID, m->says);
    ck_assert_ptr_nonnull(strstr(unit_error.what, "page.html"));
    ck_assert_int_eq(go_template_set_has(set, "page.html"), 0);
}
END_TEST

START_TEST(a_partial_that_includes_itself_ends_in_an_error) {
    go_template_set *set = go_template_set_make(unit_pool);
    go_buffer *out = go_buffer_make(unit_pool, 0);
    ck_assert_ok(go_template_set_add(set, "loop", "x{{>loop}}", 10, &unit_error));
    ck_assert_fails(go_template_render(set, "loop", NULL, out, &unit_error), GO_EINTERNAL,
                    "nested more than");
}
END_TEST

START_TEST(sections_may_nest_as_deep_as_the_limit) {
    const char *text = "x";
    for (int i = 0; i < GO_TEMPLATE_DEPTH_MAX - 1; i++)
        text = apr_pstrcat(unit_pool, "{{#a}}", text, "{{/a}}", NULL);
    ck_assert_str_eq(rendered(text, "{\"a\":true}"), "x");
    go_template_set *set = go_template_set_make(unit_pool);
    text = apr_pstrcat(unit_pool, "{{#a}}{{#a}}", text, "{{/a}}{{/a}}", NULL);
    ck_assert_fails(go_template_set_add(set, "deep", text, strlen(text), &unit_error), GO_EINVALID,
                    "too deep");
}
END_TEST

START_TEST(a_rendering_has_a_size_limit) {
    go_template_set *set = go_template_set_make(unit_pool);
    go_buffer *out = go_buffer_make(unit_pool, 0);
    const char text[] = "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}0123456789{{/a}}{{/a}}"
                        "{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}";
    json_t *data = json_loads("{\"a\":[1,2,3,4,5,6,7,8,9,10]}", 0, NULL);
    ck_assert_ok(go_template_set_add(set, "bomb", text, strlen(text), &unit_error));
    ck_assert_fails(go_template_render(set, "bomb", data, out, &unit_error), GO_EINTERNAL,
                    "writes more than");
    json_decref(data);
}
END_TEST

START_TEST(an_unknown_template_is_not_found) {
    go_template_set *set = go_template_set_make(unit_pool);
    ck_assert_fails(
        go_template_render(set, "no.html", NULL, go_buffer_make(unit_pool, 0), &unit_error),
        GO_ENOTFOUND, "no.html");
}
END_TEST

START_TEST(a_directory_of_templates_is_loaded) {
    const char *directory = unit_directory();
    go_template_set *set;
    go_buffer *out = go_buffer_make(unit_pool, 0);
    unit_write(unit_path(directory, "page.html"), "<{{>head}}>", 11);
    unit_write(unit_path(directory, "head.html"), "", 0);
    unit_write(unit_path(directory, "notes.txt"), "{{#broken", 9);
    unit_write(unit_path(directory, ".swp.html"), "{{#broken", 9);
    ck_assert_ok(go_template_set_load(&set, directory, unit_pool, &unit_error));
    ck_assert_int_eq(go_template_set_has(set, "head.html"), 1);
    ck_assert_int_eq(go_template_set_has(set, "notes.txt"), 0);
    ck_assert_ok(go_template_render(set, "page.html", NULL, out, &unit_error));
    ck_assert_str_eq(out->bytes, "<>");
    ck_assert_fails(go_template_set_add(set, "page", "", 0, &unit_error), GO_ECONFLICT, "page");
}
END_TEST

START_TEST(a_missing_partial_is_found_when_a_directory_is_loaded) {
    const char *directory = unit_directory();
    go_template_set *set;
    unit_write(unit_path(directory, "page.html"), "a\n{{#x}}\n{{>missing}}\n{{/x}}", 28);
    ck_assert_fails(go_template_set_load(&set, directory, unit_pool, &unit_error), GO_EINVALID,
                    "page.html, line 3: there is no template \"missing\"");
    ck_assert_ptr_null(set);
    ck_assert_fails(go_template_set_load(&set, unit_path(directory, "no"), unit_pool, &unit_error),
                    APR_ENOENT, "cannot be read");
}
END_TEST

Suite *template_suite(void) {
    Suite *suite = suite_create("template");
    TCase *spec = unit_case(suite, "spec");
    tcase_add_loop_test(spec, every_case_of_the_mustache_spec_holds, 0, SPEC_FILES);
    TCase *rules = unit_case(suite, "rules");
    tcase_add_test(rules, values_cannot_leave_an_attribute);
    tcase_add_test(rules, an_empty_string_is_false_and_zero_is_true);
    tcase_add_test(rules, numbers_and_booleans_print_as_json_does);
    tcase_add_test(rules, an_object_or_array_as_a_value_prints_nothing);
    tcase_add_test(rules, the_data_may_be_anything);
    tcase_add_test(rules, an_empty_line_of_an_indented_partial_stays_empty);
    tcase_add_loop_test(rules, a_mistake_is_told_with_file_and_line, 0,
                        (int)(sizeof(mistakes) / sizeof(mistakes[0])));
    tcase_add_test(rules, a_partial_that_includes_itself_ends_in_an_error);
    tcase_add_test(rules, sections_may_nest_as_deep_as_the_limit);
    tcase_add_test(rules, a_rendering_has_a_size_limit);
    TCase *sets = unit_case(suite, "sets");
    tcase_add_test(sets, an_unknown_template_is_not_found);
    tcase_add_test(sets, a_directory_of_templates_is_loaded);
    tcase_add_test(sets, a_missing_partial_is_found_when_a_directory_is_loaded);
    return suite;
}
