#include "unit/unit.h"

#include "model/grade_total.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A case: categories "WEIGHT/DROP ...", parts "CATEGORY:POINTS/OUT_OF[+][!] ..." (thousandths; '+':
 * extra credit, '!': does not count), and the total in thousandths of a percent (-1: none), with
 * which are dropped.
 */
typedef struct vector {
    const char *name, *categories, *parts;
    apr_int64_t total;
    const char *dropped; /* indexes from 0, or "" */
} vector;

static const vector vectors[] = {
    {"nothing at all", "", "", -1, ""},
    {"one column", "", "0:8000/10000", 80000, ""},
    {"points are summed, not percentages", "", "0:5000/10000 0:90000/90000", 95000, ""},
    {"what does not count is not there", "", "0:8000/10000 0:0/10000!", 80000, ""},
    {"nothing that counts", "", "0:8000/10000!", -1, ""},
    {"zero points", "", "0:0/10000", 0, ""},
    {"a column of zero points alone", "", "0:0/0", -1, ""},
    {"a column of zero points beside another", "", "0:0/0 0:1000/2000", 50000, ""},
    {"more than all points", "", "0:12000/10000", 120000, ""},
    {"extra credit adds points only", "", "0:8000/10000 0:1000/1000+", 90000, ""},
    {"extra credit over the whole", "", "0:10000/10000 0:1000/1000+", 110000, ""},
    {"extra credit alone is no grade", "", "0:1000/1000+", -1, ""},
    {"a third is rounded down", "", "0:1/3", 33333, ""},
    {"two thirds are rounded up", "", "0:2/3", 66667, ""},
    {"half a thousandth is rounded up", "", "0:1/200000", 1, ""},
    {"less than half is rounded down", "", "0:1/200001", 0, ""},
    {"two categories by weight", "40000/0 60000/0", "0:10000/10000 1:5000/10000", 70000, ""},
    {"weights need not add up to a hundred", "1000/0 1000/0", "0:10000/10000 1:5000/10000", 75000,
     ""},
    {"an empty category's weight is shared", "40000/0 60000/0", "1:5000/10000", 50000, ""},
    {"a category of no weight does not count", "0/0 1000/0", "0:10000/10000 1:5000/10000", 50000,
     ""},
    {"a column in no category does not count", "1000/0", "0:5000/10000 -1:10000/10000", 50000, ""},
    {"only columns in no category", "1000/0", "-1:10000/10000", -1, ""},
    {"the lowest is dropped", "1000/1", "0:5000/10000 0:9000/10000 0:8000/10000", 85000, "0"},
    {"two are dropped", "1000/2", "0:5000/10000 0:9000/10000 0:8000/10000", 90000, "0 2"},
    {"one is always kept", "1000/5", "0:5000/10000 0:9000/10000", 90000, "0"},
    {"the part decides, not the points", "1000/1", "0:3000/4000 0:5000/10000 0:4000/4000", 87500,
     "1"},
    {"of equal ones that with more to be had", "1000/1", "0:5000/10000 0:10000/20000 0:10000/10000",
     75000, "1"},
    {"of the very same the first", "1000/1", "0:5000/10000 0:5000/10000 0:10000/10000", 75000, "0"},
    {"extra credit is never dropped", "1000/1", "0:5000/10000 0:9000/10000 0:0/5000+", 90000, "0"},
    {"what does not count is not dropped", "1000/1", "0:0/10000! 0:9000/10000 0:8000/10000", 90000,
     "2"},
    {"each category drops its own", "1000/1 1000/1",
     "0:1000/10000 0:10000/10000 1:2000/10000 1:5000/10000", 75000, "0 2"},
    {"thirds, sevenths and elevenths are exact", "1000/0 1000/0 1000/0", "0:1/3 1:1/7 2:1/11",
     18903, ""},
    {"a tie that only exact fractions see", "1000/0 1000/0", "0:1/3 1:333333333/500000000", 50000,
     ""},
    {"the largest points there are", "", "0:999999999999999/999999999999999 0:0/999999999999999",
     50000, ""},
    {"denominators too many for 128 bits", "1000/0 1000/0 1000/0 1000/0",
     "0:999999999999988/999999999999989 1:999999999999946/999999999999947 "
     "2:999999999999882/999999999999883 3:1/999999999999863",
     75000, ""},
};

static int read_parts(const char *text, go_total_part *parts) {
    char *copy = strdup(text), *save = NULL;
    int count = 0;
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *at;
        go_total_part *part = &parts[count++];
        *part = (go_total_part){.counts = !strchr(word, '!'), .is_extra = !!strchr(word, '+')};
        part->category = (int)strtol(word, &at, 10);
        part->points_milli = strtoll(at + 1, &at, 10);
        part->out_of_milli = strtoll(at + 1, NULL, 10);
    }
    free(copy);
    return count;
}

static int read_categories(const char *text, go_total_category *categories) {
    char *copy = strdup(text), *save = NULL;
    int count = 0;
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *at;
        apr_int64_t weight = strtoll(word, &at, 10);
        categories[count++] = (go_total_category){weight, atoi(at + 1)};
    }
    free(copy);
    return count;
}

START_TEST(each_vector_gives_its_total) {
    const vector *v = &vectors[_i];
    go_total_part parts[16];
    go_total_category categories[8];
    apr_int64_t total = -1;
    char dropped[64] = "";
    int count = read_parts(v->parts, parts),
        categories_count = read_categories(v->categories, categories);
    int has = go_grade_total(categories, categories_count, parts, count, &total);
    ck_assert_msg(has == (v->total >= 0), "%s: has %d", v->name, has);
    ck_assert_msg(total == v->total, "%s: %lld", v->name, (long long)total);
    for (int i = 0; i < count; i++)
        if (parts[i].is_dropped)
            snprintf(dropped + strlen(dropped), sizeof dropped - strlen(dropped), "%s%d",
                     *dropped ? " " : "", i);
    ck_assert_msg(!strcmp(dropped, v->dropped), "%s: dropped %s", v->name, dropped);
}
END_TEST

START_TEST(points_are_scaled_to_a_worth) {
    ck_assert_int_eq(go_grade_scaled(8000, 10000, 100000), 80000);
    ck_assert_int_eq(go_grade_scaled(1, 3, 1000), 333);
    ck_assert_int_eq(go_grade_scaled(1, 2000, 1000), 1); /* half up */
    ck_assert_int_eq(go_grade_scaled(5000, 0, 1000), 0);
    ck_assert_int_eq(go_grade_scaled(999999999999999, 999999999999999, 999999999999999),
                     999999999999999);
}
END_TEST

Suite *grade_total_suite(void) {
    Suite *suite = suite_create("grade_total");
    TCase *all = unit_case(suite, "all");
    tcase_add_loop_test(all, each_vector_gives_its_total, 0, sizeof vectors / sizeof *vectors);
    tcase_add_test(all, points_are_scaled_to_a_worth);
    return suite;
}
