#include "unit/unit.h"

#include "model/buffer.h"
#include "model/diff.h"

#include <apr_strings.h>
#include <apr_time.h>

#include <stdlib.h>
#include <string.h>

static go_diff *diff_of(const char *was, const char *is) {
    return go_diff_texts(was, strlen(was), is, strlen(is), GO_DIFF_CONTEXT, unit_pool);
}

/* As "diff -u" writes it, without the names of files. */
static const char *unified(const go_diff *diff) {
    go_buffer *out = go_buffer_make(unit_pool, 0);
    for (int i = 0; i < diff->hunks->nelts; i++) {
        const go_diff_hunk *hunk = &APR_ARRAY_IDX(diff->hunks, i, go_diff_hunk);
        go_buffer_printf(out, "@@ -%d,%d +%d,%d @@\n", hunk->old_start, hunk->old_count,
                         hunk->new_start, hunk->new_count);
        for (int j = 0; j < hunk->lines->nelts; j++) {
            const go_diff_line *line = &APR_ARRAY_IDX(hunk->lines, j, go_diff_line);
            go_buffer_putc(out, " -+"[line->kind]);
            go_buffer_add(out, line->text, line->length);
            go_buffer_puts(out, line->is_unended ? "\n\\\n" : "\n");
        }
    }
    return out->bytes;
}

static const struct text_case {
    const char *was, *is, *unified;
} text_cases[] = {
    {"", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
    {"a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"},
    {"a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
    {"a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\\n+b\n"},
    {"a\r\nb\r\n", "a\nb\r\n", "@@ -1,2 +1,2 @@\n-a\r\n+a\n b\r\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nX\n5\n6\n7\n8\n",
     "@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+X\n 5\n 6\n 7\n"},
    /* seven lines between two changes are two hunks, six are one */
    {"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
     "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
    {"a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
     "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
    /* Myers' own example */
    {"A\nB\nC\nA\nB\nB\nA\n", "C\nB\nA\nB\nA\nC\n",
     "@@ -1,7 +1,6 @@\n-A\n-B\n C\n+B\n A\n B\n-B\n A\n+C\n"},
};

START_TEST(a_difference_reads_as_people_are_used_to) {
    const struct text_case *c = &text_cases[_i];
    const go_diff *diff = diff_of(c->was, c->is);
    ck_assert_int_eq(diff->outcome, GO_DIFF_TEXT);
    ck_assert_str_eq(unified(diff), c->unified);
}
END_TEST

START_TEST(the_same_text_has_no_difference) {
    ck_assert_int_eq(diff_of("", "")->outcome, GO_DIFF_EQUAL);
    ck_assert_int_eq(diff_of("a\nb", "a\nb")->outcome, GO_DIFF_EQUAL);
}
END_TEST

/* What is the same and added, in order, is the new text; what is the same and removed the old. */
static void check_rebuilds(const char *was, const char *is) {
    const go_diff *diff = go_diff_texts(was, strlen(was), is, strlen(is), 1 << 20, unit_pool);
    go_buffer *sides[] = {go_buffer_make(unit_pool, 0), go_buffer_make(unit_pool, 0)};
    if (diff->outcome == GO_DIFF_EQUAL) return;
    ck_assert_int_eq(diff->outcome, GO_DIFF_TEXT);
    ck_assert_int_eq(diff->hunks->nelts, 1);
    const go_diff_hunk *hunk = &APR_ARRAY_IDX(diff->hunks, 0, go_diff_hunk);
    int numbers[2] = {0, 0};
    for (int i = 0; i < hunk->lines->nelts; i++) {
        const go_diff_line *line = &APR_ARRAY_IDX(hunk->lines, i, go_diff_line);
        const int at[] = {line->old_number, line->new_number};
        for (int s = 0; s < 2; s++) {
            if (!at[s]) continue;
            ck_assert_int_eq(at[s], ++numbers[s]);
            go_buffer_add(sides[s], line->text, line->length);
            if (!line->is_unended) go_buffer_putc(sides[s], '\n');
        }
    }
    ck_assert_str_eq(sides[0]->bytes, was);
    ck_assert_str_eq(sides[1]->bytes, is);
}

/* Lines of few kinds: much that repeats. */
static char *random_text(unsigned *seed, int lines, int kinds) {
    go_buffer *out = go_buffer_make(unit_pool, 0);
    for (int i = 0; i < lines; i++)
        go_buffer_printf(out, "%c\n", 'a' + rand_r(seed) % kinds);
    if (out->length && rand_r(seed) % 3 == 0) out->bytes[--out->length] = '\0';
    return out->bytes;
}

START_TEST(both_texts_can_be_made_again_from_any_difference) {
    unsigned seed = 7;
    for (int i = 0; i < 400; i++) {
        int kinds = 1 + rand_r(&seed) % 5;
        check_rebuilds(random_text(&seed, rand_r(&seed) % 40, kinds),
                       random_text(&seed, rand_r(&seed) % 40, kinds));
    }
}
END_TEST

static char *numbered(int count, int first) {
    go_buffer *out = go_buffer_make(unit_pool, 0);
    for (int i = 0; i < count; i++)
        go_buffer_printf(out, "%d\n", first + i);
    return out->bytes;
}

START_TEST(texts_with_nothing_in_common_are_replaced_within_bounds) {
    char *was = apr_pstrcat(unit_pool, "same\n", numbered(20000, 0), "end\n", NULL);
    char *is = apr_pstrcat(unit_pool, "same\n", numbered(20000, 50000), "end\n", NULL);
    apr_time_t before = apr_time_now();
    const go_diff *diff = diff_of(was, is);
    ck_assert_int_lt(apr_time_now() - before, apr_time_from_sec(20));
    ck_assert_int_eq(diff->added, 20000);
    ck_assert_int_eq(diff->removed, 20000);
    check_rebuilds(was, is);
}
END_TEST

START_TEST(long_texts_of_one_line_repeated_end_soon) {
    unsigned seed = 3;
    char *was = random_text(&seed, 45000, 2), *is = random_text(&seed, 45000, 2);
    apr_time_t before = apr_time_now();
    ck_assert_int_eq(diff_of(was, is)->outcome, GO_DIFF_TEXT);
    ck_assert_int_lt(apr_time_now() - before, apr_time_from_sec(20));
}
END_TEST

START_TEST(what_is_no_text_or_too_large_is_said_so) {
    ck_assert_int_eq(go_diff_texts("a\0b", 3, "a", 1, 3, unit_pool)->outcome, GO_DIFF_BINARY);
    ck_assert_int_eq(go_diff_texts("a", 1, "\xFF", 1, 3, unit_pool)->outcome, GO_DIFF_BINARY);
    char *large = apr_palloc(unit_pool, GO_DIFF_BYTES_MAX + 2);
    memset(large, 'x', GO_DIFF_BYTES_MAX + 1);
    large[GO_DIFF_BYTES_MAX + 1] = '\0';
    ck_assert_int_eq(diff_of(large, "a")->outcome, GO_DIFF_TOO_LARGE);
    memset(large, '\n', GO_DIFF_LINES_MAX + 1);
    large[GO_DIFF_LINES_MAX + 1] = '\0';
    ck_assert_int_eq(diff_of("a", large)->outcome, GO_DIFF_TOO_LARGE);
    ck_assert_int_eq(diff_of(large, large)->outcome, GO_DIFF_EQUAL);
}
END_TEST

/* "path=content" with '*' before it for an executable, separated by blanks. */
static go_tree *tree_of(const char *text) {
    go_tree *tree = go_tree_make(unit_pool);
    char *state, *copy = apr_pstrdup(unit_pool, text);
    for (char *one = apr_strtok(copy, " ", &state); one; one = apr_strtok(NULL, " ", &state)) {
        char *content = strchr(one, '=');
        *content++ = '\0';
        const go_tree_entry entry = {.path = one + (*one == '*'),
                                     .is_executable = *one == '*',
                                     .size = (apr_off_t)strlen(content),
                                     .object = content};
        ck_assert_ok(go_tree_add(tree, &entry, &unit_error));
    }
    ck_assert_ok(go_tree_finish(tree, &unit_error));
    return tree;
}

static const char *changes_of(const char *was, const char *is) {
    apr_array_header_t *changes = go_tree_changes(tree_of(was), tree_of(is), unit_pool);
    go_buffer *out = go_buffer_make(unit_pool, 0);
    for (int i = 0; i < changes->nelts; i++) {
        const go_tree_change *change = &APR_ARRAY_IDX(changes, i, go_tree_change);
        go_buffer_printf(out, "%s %s", go_change_name(change->kind),
                         change->was ? change->was->path : change->is->path);
        if (change->kind == GO_CHANGE_RENAMED) go_buffer_printf(out, ">%s", change->is->path);
        go_buffer_puts(out, change->is_mode_changed ? " +x; " : "; ");
    }
    return out->bytes;
}

static const struct tree_case {
    const char *was, *is, *changes;
} tree_cases[] = {
    {"a=1 b/c=2", "a=1 b/c=2", ""},
    {"", "a=1", "added a; "},
    {"a=1", "", "removed a; "},
    {"a=1 d/b=2", "a=1 *d/b=2", "mode d/b +x; "},
    {"a=1", "*a=2", "changed a +x; "},
    {"a=1 b=2", "b=2 c=1", "renamed a>c; "},
    {"a=1", "*z/main=1", "renamed a>z/main +x; "},
    {"a=1", "b=1 c=1", "renamed a>b; added c; "},
    {"a=1 b=1", "c=1", "removed a; renamed b>c; "},
    {"a=", "b=", "removed a; added b; "},
    {"a-b=1 a/x=2 ab=3", "a/x=4", "removed a-b; changed a/x; removed ab; "},
};

START_TEST(trees_differ_file_by_file) {
    const struct tree_case *c = &tree_cases[_i];
    ck_assert_str_eq(changes_of(c->was, c->is), c->changes);
}
END_TEST

Suite *diff_suite(void) {
    Suite *suite = suite_create("diff");
    TCase *texts = unit_case(suite, "texts");
    tcase_set_timeout(texts, 60);
    tcase_add_loop_test(texts, a_difference_reads_as_people_are_used_to, 0,
                        sizeof(text_cases) / sizeof(text_cases[0]));
    tcase_add_test(texts, the_same_text_has_no_difference);
    tcase_add_test(texts, both_texts_can_be_made_again_from_any_difference);
    tcase_add_test(texts, texts_with_nothing_in_common_are_replaced_within_bounds);
    tcase_add_test(texts, long_texts_of_one_line_repeated_end_soon);
    tcase_add_test(texts, what_is_no_text_or_too_large_is_said_so);
    TCase *trees = unit_case(suite, "trees");
    tcase_add_loop_test(trees, trees_differ_file_by_file, 0,
                        sizeof(tree_cases) / sizeof(tree_cases[0]));
    return suite;
}
