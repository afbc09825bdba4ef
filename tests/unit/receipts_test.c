#include "unit/model.h"

#include "model/objects.h"
#include "model/receipts.h"
#include "model/trees.h"

#include <apr_strings.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static unit_site *site;
static go_submission *submission;
static go_tree *tree;
static const char *trouble;

static void submit(const char *content) {
    static int counter;
    go_receipt *made =
        unit_submit(site, site->student, content, apr_psprintf(unit_pool, "receipt-%d", counter++));
    ck_assert_ok(go_submission_find(site->db, site->assignment, made->number, &submission,
                                    unit_pool, &unit_error));
    ck_assert_ok(go_trees_read(site->db, submission->tree_id, site->state->objects, &tree,
                               unit_pool, &unit_error));
}

static const char *make_named(const char *name) {
    const char *text;
    ck_assert_ok(go_receipt_make(&text, &trouble, site->state, site->db, name, site->course,
                                 site->assignment, submission, tree, unit_pool, &unit_error));
    return text;
}

static const char *make_receipt(void) {
    return make_named("Grade Oven");
}

static const char *begin(void) {
    site = unit_site_make();
    submit("int main;");
    const char *text = make_receipt();
    ck_assert_ptr_null(trouble);
    return text;
}

static go_receipt_facts *parse(const char *text) {
    go_receipt_facts *facts;
    ck_assert_ok(go_receipt_parse(&facts, text, strlen(text), unit_pool, &unit_error));
    return facts;
}

static go_public_key present(void) {
    go_public_key key;
    ck_assert_ok(go_public_key_present(&key, site->db, unit_pool, &unit_error));
    return key;
}

static const char *key_path(void) {
    return go_signing_path(site->state, unit_pool);
}

START_TEST(a_receipt_says_who_handed_in_what_and_when) {
    const char *text = begin();
    go_public_key key = present();
    static const char head[] =
        "Grade Oven receipt 1\nsite: Grade Oven\ncourse: c1\nassignment: hw1\nuser: student\n"
        "submission: 1\nattempt: 1\nreceived: 1970-01-01T00:00:00Z\n"
        "local: Thu 1 Jan 1970, 00:00 UTC (UTC)\nfiles: 1\n";
    ck_assert_int_eq(strncmp(text, head, strlen(head)), 0);
    ck_assert_ptr_nonnull(strstr(text, "  9  -  main.c\nkey: "));
    ck_assert_ok(go_receipt_check(parse(text), &key, &unit_error));
    ck_assert_str_eq(parse(text)->user, "student");
    ck_assert_int_eq(parse(text)->files->nelts, 1);
}
END_TEST

START_TEST(the_same_submission_gives_the_same_bytes_whatever_is_renamed) {
    const char *text = begin();
    ck_assert_str_eq(make_receipt(), text);
    ck_assert_str_eq(make_named("Another name"), text);
    ck_assert_ok(
        go_course_change(site->db, site->course, "New", "Asia/Tokyo", unit_pool, &unit_error));
    site->course->zone = "Asia/Tokyo";
    ck_assert_str_eq(make_receipt(), text);
}
END_TEST

START_TEST(every_flipped_bit_is_noticed) {
    const char *text = begin();
    go_public_key key = present();
    apr_size_t length = strlen(text);
    for (apr_size_t i = 0; i < length; i++) {
        for (int bit = 0; bit < 8; bit++) {
            go_receipt_facts *facts;
            char *changed = apr_pstrmemdup(unit_pool, text, length);
            changed[i] = (char)(changed[i] ^ (1 << bit));
            go_error err = GO_ERROR_INIT(unit_pool);
            ck_assert_msg(go_receipt_parse(&facts, changed, length, unit_pool, &err) ||
                              go_receipt_check(facts, &key, &err) == GO_EDENIED,
                          "bit %d of byte %d", bit, (int)i);
        }
    }
}
END_TEST

START_TEST(what_is_cut_off_or_added_is_noticed) {
    const char *text = begin();
    go_public_key key = present();
    go_receipt_facts *facts;
    for (apr_size_t i = 0; i < strlen(text); i++) {
        go_error err = GO_ERROR_INIT(unit_pool);
        ck_assert_int_eq(go_receipt_parse(&facts, text, i, unit_pool, &err), GO_EINVALID);
    }
    const char *more = apr_pstrcat(unit_pool, text, "\n", NULL);
    ck_assert_fails(go_receipt_parse(&facts, more, strlen(more), unit_pool, &unit_error),
                    GO_EINVALID, "Line 14");
    more = apr_pstrcat(unit_pool, "x", text, NULL);
    ck_assert_fails(go_receipt_parse(&facts, more, strlen(more), unit_pool, &unit_error),
                    GO_EINVALID, "Line 1 ");
    ck_assert_fails(go_receipt_parse(&facts, text, strlen(text) + 1, unit_pool, &unit_error),
                    GO_EINVALID, "NUL");
    ck_assert_ok(go_receipt_check(parse(text), &key, &unit_error));
}
END_TEST

START_TEST(the_key_of_another_site_does_not_fit) {
    const char *text = begin();
    begin();
    go_public_key other = present();
    ck_assert_fails(go_receipt_check(parse(text), &other, &unit_error), GO_EDENIED,
                    "names the key");
    /* not even when it claims to be that key */
    memcpy(other.id, parse(text)->key_id, sizeof(other.id));
    ck_assert_fails(go_receipt_check(parse(text), &other, &unit_error), GO_EDENIED, "changed");
}
END_TEST

START_TEST(a_lost_key_is_not_replaced_and_leaves_receipts_unsigned) {
    const char *first = begin();
    go_public_key before = present();
    ck_assert_int_eq(rename(key_path(), unit_path(site->state->directory, "away")), 0);
    submit("another");
    const char *text = make_receipt();
    ck_assert_ptr_nonnull(strstr(trouble, "receipt key --new"));
    ck_assert_ptr_nonnull(strstr(text, "\nkey: none\nsignature: none\n"));
    ck_assert_fails(go_receipt_check(parse(text), &before, &unit_error), GO_EDENIED, "not signed");
    ck_assert_int_ne(access(key_path(), F_OK), 0);
    ck_assert_int_eq(rename(unit_path(site->state->directory, "away"), key_path()), 0);
    text = make_receipt();
    ck_assert_ptr_null(trouble);
    ck_assert_ok(go_receipt_check(parse(text), &before, &unit_error));
    ck_assert_ok(go_receipt_check(parse(first), &before, &unit_error));
}
END_TEST

START_TEST(a_damaged_or_exchanged_key_signs_nothing) {
    begin();
    apr_size_t length;
    const char *own = unit_read(key_path(), &length);
    const char *ours = apr_pstrmemdup(unit_pool, own, length);
    submit("another");
    ck_assert_int_eq(chmod(key_path(), 0600), 0);
    for (apr_size_t i = 0; i < length; i += 7) { /* a base64 letter for another, a cut, a frame */
        char *changed = apr_pstrmemdup(unit_pool, ours, length);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        unit_write(key_path(), changed, length);
        make_receipt();
        ck_assert_msg(trouble != NULL, "byte %d", (int)i);
    }
    unit_write(key_path(), ours, length / 2);
    make_receipt();
    ck_assert_ptr_nonnull(strstr(trouble, "damaged"));
    unit_write(key_path(), ours, length);
    make_receipt();
    ck_assert_ptr_null(trouble);
}
END_TEST

START_TEST(an_ended_key_still_verifies_and_another_one_signs) {
    const char *text = begin();
    go_public_key before = present(), found;
    ck_assert_ok(go_signing_key_end(site->state, site->db, "*test", 1, unit_pool, &unit_error));
    submit("another");
    const char *next = make_receipt();
    ck_assert_ptr_null(trouble);
    go_public_key after = present();
    ck_assert_str_ne(after.id, before.id);
    ck_assert_ok(go_receipt_check(parse(next), &after, &unit_error));
    ck_assert_ok(go_public_key_find(&found, site->db, before.id, unit_pool, &unit_error));
    ck_assert_ok(go_receipt_check(parse(text), &found, &unit_error));
}
END_TEST

START_TEST(a_receipt_of_an_ended_key_says_so_and_cannot_be_later_than_its_end) {
    const apr_time_t year_2100 = apr_time_from_sec(4102444800);
    const char *hint;
    go_key_end end;
    go_receipt_facts *facts = parse(begin());
    go_public_key key = present();
    ck_assert_ok(go_public_key_ended(&end, site->db, &key, unit_pool, &unit_error));
    ck_assert_ok(go_receipt_check_end(facts, &end, &hint, unit_pool, &unit_error));
    ck_assert_ptr_null(hint);
    ck_assert_ok(
        go_signing_key_end(site->state, site->db, "*test", year_2100, unit_pool, &unit_error));
    ck_assert_ok(go_public_key_ended(&end, site->db, &key, unit_pool, &unit_error));
    ck_assert(end.is_ended && end.at_us == year_2100);
    ck_assert_ok(go_receipt_check_end(facts, &end, &hint, unit_pool, &unit_error));
    ck_assert_ptr_nonnull(strstr(hint, "ended on 2100-01-01T00:00:00Z"));
    end.at_us = 0; /* ended by a version that did not keep it */
    ck_assert_ok(go_receipt_check_end(facts, &end, &hint, unit_pool, &unit_error));
    ck_assert_ptr_nonnull(strstr(hint, "was ended"));
    facts->received = "2100-01-01T00:00:01Z";
    end.at_us = year_2100;
    ck_assert_fails(go_receipt_check_end(facts, &end, &hint, unit_pool, &unit_error), GO_EDENIED,
                    "after its key was ended");
    facts->received = "2100-01-01T00:00:00Z";
    ck_assert_ok(go_receipt_check_end(facts, &end, &hint, unit_pool, &unit_error));
}
END_TEST

START_TEST(processes_that_start_at_once_make_one_key_for_their_user_alone) {
    enum { PROCESSES = 8 };
    int ends[2];
    char ids[PROCESSES][GO_KEY_ID_DIGITS + 1] = {0};
    struct stat info;
    site = unit_site_make();
    ck_assert_int_eq(pipe(ends), 0);
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() != 0) continue;
        go_signing_key key;
        go_db *db;
        if (go_db_open(&db, site->state->driver, site->state->params, GO_DURABLE, unit_pool,
                       &unit_error) ||
            go_signing_key_open(&key, site->state, db, unit_pool, &unit_error) ||
            write(ends[1], key.public.id, sizeof(key.public.id)) < 0)
            _exit(1);
        _exit(0);
    }
    for (int i = 0, outcome; i < PROCESSES; i++) {
        ck_assert_int_gt(wait(&outcome), 0);
        ck_assert_int_eq(outcome, 0);
    }
    for (int i = 0; i < PROCESSES; i++) {
        ck_assert_int_eq(read(ends[0], ids[i], sizeof(ids[i])), sizeof(ids[i]));
        ck_assert_str_eq(ids[i], ids[0]);
    }
    ck_assert_str_eq(present().id, ids[0]);
    ck_assert_int_eq(stat(key_path(), &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
    ck_assert_int_eq(info.st_nlink, 1);
}
END_TEST

START_TEST(what_is_no_public_key_is_refused) {
    static const char *const texts[] = {
        "",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
        "-----END PUBLIC KEY----------BEGIN PUBLIC KEY-----",
        "00ff",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g"};
    go_public_key key, again;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        ck_assert_fails(go_public_key_parse(&key, texts[i], &unit_error), GO_EINVALID,
                        "not the public key");
    ck_assert_ok(go_public_key_parse(
        &key, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", &unit_error));
    ck_assert_ok(go_public_key_parse(&again, go_public_key_pem(&key, unit_pool), &unit_error));
    ck_assert_str_eq(again.id, key.id);
}
END_TEST

static void add(go_tree *to, const char *path, const char *content) {
    const char *file = unit_path(unit_directory(), "content");
    unit_write(file, content, strlen(content));
    const go_tree_entry entry = {.path = path, .file = file, .size = (apr_off_t)strlen(content)};
    ck_assert_ok(go_tree_add(to, &entry, &unit_error));
}

static apr_array_header_t *compare(const go_receipt_facts *facts, go_tree *with) {
    apr_array_header_t *differences = apr_array_make(unit_pool, 4, sizeof(const char *));
    ck_assert_ok(go_tree_finish(with, &unit_error));
    ck_assert_ok(go_receipt_compare(facts, with, differences, unit_pool, &unit_error));
    return differences;
}

START_TEST(files_are_compared_one_by_one) {
    go_receipt_facts *facts = parse(begin());
    go_tree *same = go_tree_make(unit_pool), *other = go_tree_make(unit_pool),
            *empty = go_tree_make(unit_pool);
    add(same, "main.c", "int main;");
    ck_assert_int_eq(compare(facts, same)->nelts, 0);
    add(other, "main.c", "int mein;");
    add(other, "more  x  y", "");
    apr_array_header_t *differences = compare(facts, other);
    ck_assert_int_eq(differences->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(differences, 0, const char *), "not the same: main.c");
    ck_assert_str_eq(APR_ARRAY_IDX(differences, 1, const char *), "not in the receipt: more  x  y");
    ck_assert_str_eq(APR_ARRAY_IDX(compare(facts, empty), 0, const char *), "missing: main.c");
}
END_TEST

START_TEST(paths_with_spaces_and_marks_in_them_come_back_as_they_were) {
    static const char *const paths[] = {"a  -  b", " x", "key: none", "\xc3\xbcml\xc3\xa4ut"};
    begin();
    tree = go_tree_make(unit_pool);
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
        add(tree, paths[i], paths[i]);
    ck_assert_ok(go_tree_finish(tree, &unit_error));
    for (int i = 0; i < tree->entries->nelts; i++)
        ck_assert_ok(go_object_hash(&APR_ARRAY_IDX(tree->entries, i, go_tree_entry), unit_pool,
                                    &unit_error));
    unit_submit(site, site->other, "x", "paths");
    submission->id++;
    go_public_key key = present();
    go_receipt_facts *facts = parse(make_receipt());
    ck_assert_ok(go_receipt_check(facts, &key, &unit_error));
    ck_assert_int_eq(facts->files->nelts, 4);
    ck_assert_int_eq(compare(facts, tree)->nelts, 0);
}
END_TEST

Suite *receipts_suite(void);
Suite *receipts_suite(void) {
    Suite *suite = suite_create("receipts");
    TCase *tests = unit_case(suite, "receipts");
    tcase_add_test(tests, a_receipt_says_who_handed_in_what_and_when);
    tcase_add_test(tests, the_same_submission_gives_the_same_bytes_whatever_is_renamed);
    tcase_add_test(tests, every_flipped_bit_is_noticed);
    tcase_add_test(tests, what_is_cut_off_or_added_is_noticed);
    tcase_add_test(tests, the_key_of_another_site_does_not_fit);
    tcase_add_test(tests, files_are_compared_one_by_one);
    tcase_add_test(tests, paths_with_spaces_and_marks_in_them_come_back_as_they_were);
    tests = unit_case(suite, "the key");
    tcase_add_test(tests, what_is_no_public_key_is_refused);
    tcase_add_test(tests, a_lost_key_is_not_replaced_and_leaves_receipts_unsigned);
    tcase_add_test(tests, a_damaged_or_exchanged_key_signs_nothing);
    tcase_add_test(tests, an_ended_key_still_verifies_and_another_one_signs);
    tcase_add_test(tests, a_receipt_of_an_ended_key_says_so_and_cannot_be_later_than_its_end);
    tcase_add_test(tests, processes_that_start_at_once_make_one_key_for_their_user_alone);
    return suite;
}
