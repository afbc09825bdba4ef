#include "unit/unit.h"

#include "web/markdown.h"

#include <apr_strings.h>

#include <string.h>

static const char *html(const char *text) {
    return go_markdown_html(unit_pool, text);
}

START_TEST(common_markdown_becomes_html) {
    ck_assert_str_eq(html("# Title\n\n*a* `b`\n"),
                     "<h1>Title</h1>\n<p><em>a</em> <code>b</code></p>\n");
    ck_assert_str_eq(html(""), "");
    ck_assert_str_eq(html(NULL), "");
}
END_TEST

START_TEST(links_tell_nothing_to_where_they_go) {
    ck_assert_str_eq(html("[x](https://example.org/?a=1&b=2)"),
                     "<p><a rel=\"noopener nofollow\" "
                     "href=\"https://example.org/?a=1&amp;b=2\">x</a></p>\n");
}
END_TEST

/* None of this may be in the output for any of those inputs. */
static const char *const attacks[] = {
    "<script>alert(1)</script>",
    "a <img src=x onerror=alert(1)> b",
    "<div onclick=x>\n\ny\n</div>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x](java&#115;cript:alert(1))",
    "`<script>`\n\n    <script>\n",
    "[\"><script>](http://a/\"onmouseover=alert(1))",
    "![\"onerror=alert(1)](http://a/x\"onerror=y)",
    "<!-- <script> -->",
    "<![CDATA[<script>]]>",
    "<?php <script> ?>",
    "```\"><script>\nx\n```",
};

START_TEST(nothing_that_runs_comes_through) {
    static const char *const never[] = {
        "<script",           "<img src=x",      "onclick=x>",   "href=\"javascript:",
        "href=\"JaVa",       "href=\"vbscript", "href=\"file:", "href=\"data:text",
        "src=\"javascript:", "\"onmouse",       "\"onerror"};
    const char *out = html(attacks[_i]);
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        ck_assert_msg(!strstr(out, never[i]), "%s gave %s", attacks[_i], out);
}
END_TEST

START_TEST(invalid_bytes_are_replaced) {
    ck_assert_str_eq(html("a\xFF"
                          "b"),
                     "<p>a\xEF\xBF\xBD"
                     "b</p>\n");
}
END_TEST

START_TEST(a_text_over_the_limit_is_cut_between_characters) {
    char *text = apr_palloc(unit_pool, GO_MARKDOWN_MAX * 2 + 1);
    for (int i = 0; i < GO_MARKDOWN_MAX; i++)
        memcpy(text + i * 2, "\xC3\xBC", 2);
    text[GO_MARKDOWN_MAX * 2] = '\0';
    const char *out = html(text + 2); /* even length; and once odd: */
    ck_assert_ptr_nonnull(strstr(out, "\xE2\x80\xA6"));
    ck_assert_ptr_null(strstr(out, "\xEF\xBF\xBD"));
    text[1] = 'x';
    out = html(text + 1);
    ck_assert_ptr_nonnull(strstr(out, "\xE2\x80\xA6"));
    ck_assert_ptr_null(strstr(out, "\xEF\xBF\xBD"));
    memset(text, 'a', GO_MARKDOWN_MAX);
    text[GO_MARKDOWN_MAX] = '\0';
    ck_assert_ptr_null(strstr(html(text), "\xE2\x80\xA6"));
}
END_TEST

/* Inputs that cost slow parsers quadratic time: all must be done within the test's time. */
START_TEST(hostile_nesting_is_harmless) {
    static const char *const pieces[] = {"[", "![", "*a _b ", "> ", "`", "(", "<", "- ", "**a *"};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        apr_size_t n = strlen(pieces[i]);
        char *text = apr_palloc(unit_pool, GO_MARKDOWN_MAX + 1);
        for (apr_size_t at = 0; at < GO_MARKDOWN_MAX; at++)
            text[at] = pieces[i][at % n];
        text[GO_MARKDOWN_MAX] = '\0';
        ck_assert_ptr_nonnull(html(text));
    }
}
END_TEST

Suite *markdown_suite(void) {
    Suite *suite = suite_create("markdown");
    TCase *rules = unit_case(suite, "rules");
    tcase_add_test(rules, common_markdown_becomes_html);
    tcase_add_test(rules, links_tell_nothing_to_where_they_go);
    tcase_add_loop_test(rules, nothing_that_runs_comes_through, 0,
                        (int)(sizeof(attacks) / sizeof(attacks[0])));
    tcase_add_test(rules, invalid_bytes_are_replaced);
    tcase_add_test(rules, a_text_over_the_limit_is_cut_between_characters);
    tcase_add_test(rules, hostile_nesting_is_harmless);
    return suite;
}
