#include "unit/model.h"

#include "model/audit.h"
#include "model/erasure.h"
#include "model/objects.h"
#include "model/retention.h"
#include "model/trees.h"

#include <apr_strings.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- names in the log ------------------------------------------------------------------------- */

START_TEST(a_name_is_replaced_where_it_stands_by_itself) {
    static const char *const cases[][2] = {
        {"ada", "X"},
        {"hw1, ada", "hw1, X"},
        {"(ada)", "(X)"},
        {"It was ada. Yes.", "It was X. Yes."},
        {"ada ada", "X X"},
        {"adam, nada, ada2, ada_b, ada-b, ada@b, b@ada, a+ada",
         "adam, nada, ada2, ada_b, ada-b, ada@b, b@ada, a+ada"},
        {"ada.b c.ada", "ada.b c.ada"},
        {"adä, äada", "adä, äada"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        ck_assert_str_eq(go_audit_replace(cases[i][0], "ada", "X", unit_pool), cases[i][1]);
    ck_assert_str_eq(go_audit_replace("nothing", "", "X", unit_pool), "nothing");
}
END_TEST

static const go_audit_person student = {.username = "student",
                                        .pseudonym = "erased-1",
                                        .display_name = "Stu Dent",
                                        .email = "s@example.edu"};

START_TEST(what_an_entry_says_of_others_stays) {
    go_audit_entry entry = {.actor = "teacher",
                            .address = "::1",
                            .action = "role",
                            .subject = "other",
                            .was = "",
                            .became = "student"};
    ck_assert_int_eq(go_audit_without(&entry, &student, unit_pool), 0); /* the word is a role */
    ck_assert_str_eq(entry.became, "student");
    entry.subject = "student";
    ck_assert_int_eq(go_audit_without(&entry, &student, unit_pool), 1);
    ck_assert_str_eq(entry.subject, "erased-1");
    ck_assert_str_eq(entry.became, "student");
    ck_assert_str_eq(entry.address, "::1");
}
END_TEST

START_TEST(free_words_about_a_person_go_and_so_do_their_addresses) {
    go_audit_entry entry = {.actor = "student",
                            .address = "192.0.2.1",
                            .action = "exception",
                            .subject = "hw1, student",
                            .was = "",
                            .became = "3 days, is ill"};
    ck_assert_int_eq(go_audit_without(&entry, &student, unit_pool), 1);
    ck_assert_str_eq(entry.actor, "erased-1");
    ck_assert_str_eq(entry.address, "");
    ck_assert_str_eq(entry.became, "");
    go_audit_entry reveal = {.actor = "teacher",
                             .address = "::1",
                             .action = "reveal",
                             .subject = "hw1, submission 3",
                             .was = "Stu Dent, s@example.edu",
                             .became = "student"};
    ck_assert_int_eq(go_audit_without(&reveal, &student, unit_pool), 1);
    ck_assert_str_eq(reveal.was, "erased-1, erased-1");
    ck_assert_str_eq(reveal.became, "erased-1");
}
END_TEST

START_TEST(a_digest_is_of_all_texts_and_of_the_salt) {
    const go_audit_entry entry = {.actor = "a", .address = "b", .subject = "c", .was = "d"};
    const go_audit_entry moved = {.actor = "ab", .address = "", .subject = "c", .was = "d"};
    const char *digest = go_audit_digest(&entry, "salt", unit_pool);
    ck_assert_str_eq(digest, go_audit_digest(&entry, "salt", unit_pool));
    ck_assert_str_ne(digest, go_audit_digest(&entry, "salz", unit_pool));
    ck_assert_str_ne(digest, go_audit_digest(&moved, "salt", unit_pool));
}
END_TEST

static go_audit_verdict verify(const unit_site *site) {
    go_audit_verdict verdict;
    go_error err = GO_ERROR_INIT(unit_pool);
    ck_assert_int_eq(go_audit_verify(site->db, &verdict, unit_pool, &err), APR_SUCCESS);
    return verdict;
}

START_TEST(the_chain_is_whole_after_many_redactions_of_the_same_entries) {
    unit_site *site = unit_site_make();
    go_error err = GO_ERROR_INIT(unit_pool);
    const char *const names[] = {"first", "second", "third"};
    for (int i = 0; i < 1100; i++) {
        const go_audit_entry entry = {.at_us = i + 1,
                                      .actor = names[i % 3],
                                      .address = "192.0.2.1",
                                      .action = "team",
                                      .subject =
                                          apr_psprintf(unit_pool, "hw1, %s", names[(i + 1) % 3])};
        ck_assert_int_eq(go_audit_add(site->db, &entry, unit_pool, &err), APR_SUCCESS);
    }
    const char *head = apr_pstrdup(unit_pool, verify(site).head);
    for (int i = 0; i < 3; i++) {
        const go_audit_person person = {.username = names[i],
                                        .pseudonym = apr_psprintf(unit_pool, "erased-%d", i),
                                        .display_name = "",
                                        .email = ""};
        const go_audit_entry by = {.at_us = 5000, .actor = "*test"};
        int count;
        ck_assert_int_eq(go_audit_redact(site->db, &person, &by, &count, unit_pool, &err),
                         APR_SUCCESS);
        ck_assert_int_ge(count, 700);
        go_audit_verdict verdict = verify(site);
        ck_assert_ptr_null(verdict.broken);
        ck_assert_int_gt(verdict.redacted, 700);
    }
    ck_assert_int_eq(verify(site).entries, 1103);
    go_rows *rows = NULL; /* what an admin wrote down before is still in it */
    ck_assert_int_eq(go_db_select(site->db, GO_SQL_AUDIT_BY_HASH, GO_VALUES(go_text(head)), &rows,
                                  unit_pool, &err),
                     APR_SUCCESS);
    ck_assert_int_eq(go_rows_next(rows), 1);
}
END_TEST

/* --- rules ------------------------------------------------------------------------------------ */

START_TEST(a_rule_has_a_course_and_a_time) {
    static const struct {
        const char *period;
        int days; /* -1: refused */
    } cases[] = {{"30d", 30},   {"29d", -1},     {"18m", 540},     {"2y", 730},
                 {"never", 0},  {"100y", 36500}, {"101y", -1},     {"0d", -1},
                 {"-30d", -1},  {"", -1},        {"2", -1},        {"2years", -1},
                 {"2h", -1},    {" 2y", -1},     {"9999999y", -1}, {"99999999999999999999y", -1},
                 {"Never", -1}, {"1m", 30}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        go_retention_rule rule;
        const char *problem = go_retention_parse(&rule, "cs101", cases[i].period, unit_pool);
        ck_assert_msg((problem == NULL) == (cases[i].days >= 0), "%s", cases[i].period);
        if (!problem) ck_assert_int_eq(rule.days, cases[i].days);
    }
    go_retention_rule rule;
    ck_assert_ptr_null(go_retention_parse(&rule, "*", "2y", unit_pool));
    ck_assert_ptr_nonnull(go_retention_parse(&rule, "a/b", "2y", unit_pool));
    ck_assert_ptr_nonnull(go_retention_parse(&rule, "", "2y", unit_pool));
}
END_TEST

START_TEST(a_time_is_said_in_words) {
    ck_assert_str_eq(go_retention_words(0, unit_pool), "for ever");
    ck_assert_str_eq(go_retention_words(365, unit_pool), "1 year");
    ck_assert_str_eq(go_retention_words(730, unit_pool), "2 years");
    ck_assert_str_eq(go_retention_words(90, unit_pool), "90 days");
}
END_TEST

START_TEST(the_rules_are_those_of_the_last_start) {
    unit_site *site = unit_site_make();
    go_error err = GO_ERROR_INIT(unit_pool);
    apr_array_header_t *rules = apr_array_make(unit_pool, 2, sizeof(go_retention_rule)), *stored;
    go_retention retention;
    APR_ARRAY_PUSH(rules, go_retention_rule) = (go_retention_rule){"*", 730};
    APR_ARRAY_PUSH(rules, go_retention_rule) = (go_retention_rule){site->course->name, 90};
    ck_assert_int_eq(go_retention_store(site->db, rules, unit_pool, &err), APR_SUCCESS);
    ck_assert_int_eq(go_retention_of(site->db, site->course->id, &retention, unit_pool, &err),
                     APR_SUCCESS);
    ck_assert_int_eq(retention.days, 90);
    ck_assert_int_eq(retention.due_us - retention.end_us, apr_time_from_sec(90 * 86400));
    ck_assert_int_eq(go_retention_store(site->db, NULL, unit_pool, &err), APR_SUCCESS);
    ck_assert_int_eq(go_retention_rules(site->db, &stored, unit_pool, &err), APR_SUCCESS);
    ck_assert_int_eq(stored->nelts, 0);
    ck_assert_int_eq(go_retention_of(site->db, site->course->id, &retention, unit_pool, &err),
                     APR_SUCCESS);
    ck_assert_int_eq(retention.due_us, 0);
}
END_TEST

/* --- stored files ----------------------------------------------------------------------------- */

/* With files of its own: those of the site are guarded until the test is over. */
static unit_site *site_with_files(void) {
    unit_site *site = unit_site_make();
    site->state->objects = unit_path(site->state->directory, "others");
    ck_assert_int_eq(mkdir(site->state->objects, 0770), 0);
    return site;
}

/* Stores one file as an object, with what guards it in `pool`; its name. */
static const char *keep(const unit_site *site, const char *content, go_tree **tree,
                        apr_pool_t *pool) {
    go_error err = GO_ERROR_INIT(unit_pool);
    const char *path = apr_psprintf(unit_pool, "%s/%s.tmp", site->state->tmp, content);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
    go_tree_entry entry = {.path = "a.txt", .size = (apr_off_t)strlen(content), .file = path};
    *tree = go_tree_make(unit_pool);
    ck_assert_int_eq(go_tree_add(*tree, &entry, &err), APR_SUCCESS);
    ck_assert_int_eq(go_tree_finish(*tree, &err), APR_SUCCESS);
    ck_assert_int_eq(go_objects_keep(site->state->objects, *tree, pool, &err), APR_SUCCESS);
    go_tree_entry *kept = &APR_ARRAY_IDX((*tree)->entries, 0, go_tree_entry);
    return kept->object = apr_pstrdup(unit_pool, kept->object);
}

static int is_there(const unit_site *site, const char *object) {
    return access(go_object_path(site->state->objects, object, unit_pool), F_OK) == 0;
}

START_TEST(a_file_that_is_being_stored_is_not_removed) {
    unit_site *site = site_with_files();
    go_error err = GO_ERROR_INIT(unit_pool);
    apr_pool_t *request;
    go_tree *tree;
    apr_int64_t id;
    int count;
    apr_pool_create(&request, unit_pool);
    const char *object = keep(site, "being-stored", &tree, request);
    apr_array_header_t *names = apr_array_make(unit_pool, 1, sizeof(const char *));
    APR_ARRAY_PUSH(names, const char *) = object;
    /* no row names it yet, and it must not go: whoever stores it has not ended */
    ck_assert_int_eq(
        go_objects_forget(site->db, site->state->objects, names, &count, unit_pool, &err),
        GO_EBUSY);
    ck_assert_int_eq(is_there(site, object), 1);
    ck_assert_int_eq(go_trees_keep(site->db, tree, &id, unit_pool, &err), APR_SUCCESS);
    apr_pool_destroy(request);
    ck_assert_int_eq(
        go_objects_forget(site->db, site->state->objects, names, &count, unit_pool, &err),
        APR_SUCCESS);
    ck_assert_int_eq(count, 0);
    ck_assert_int_eq(is_there(site, object), 1);
}
END_TEST

START_TEST(a_file_that_nothing_names_goes_and_a_fresh_one_stays_in_the_sweep) {
    unit_site *site = site_with_files();
    go_error err = GO_ERROR_INIT(unit_pool);
    apr_pool_t *request;
    go_tree *tree;
    int count;
    apr_pool_create(&request, unit_pool);
    const char *object = keep(site, "nobodys", &tree, request);
    apr_pool_destroy(request);
    ck_assert_int_eq(go_objects_sweep(site->db, site->state->objects, 0, &count, unit_pool, &err),
                     APR_SUCCESS);
    ck_assert_int_eq(is_there(site, object), 1);
    apr_time_t later = apr_time_now() + apr_time_from_sec(10);
    ck_assert_int_eq(
        go_objects_sweep(site->db, site->state->objects, later, &count, unit_pool, &err),
        APR_SUCCESS);
    ck_assert_int_eq(count, 1);
    ck_assert_int_eq(is_there(site, object), 0);
}
END_TEST

/* --- erasing ---------------------------------------------------------------------------------- */

START_TEST(an_erasure_that_is_refused_changes_nothing) {
    unit_site *site = unit_site_make();
    go_error err = GO_ERROR_INIT(unit_pool);
    const go_audit_entry by = {.at_us = apr_time_now(), .actor = "*test", .address = ""};
    const go_erasure_order order = {.forces = 1};
    go_erasure erasure;
    go_user *user;
    unit_submit(site, site->student, "content", "once"); /* waits to be graded */
    ck_assert_int_eq(
        go_erase(site->db, site->state, site->student, &order, &by, &erasure, unit_pool, &err),
        GO_ECONFLICT);
    ck_assert_int_eq(go_user_find(site->db, site->student->username, &user, unit_pool, &err),
                     APR_SUCCESS);
    ck_assert_int_eq(verify(site).redacted, 0);
    const go_erasure_order unforced = {0};
    ck_assert_int_eq(
        go_enrolment_set(site->db, site->course, site->other, GO_ROLE_STUDENT, 1, unit_pool, &err),
        APR_SUCCESS);
    ck_assert_int_eq(
        go_erase(site->db, site->state, site->other, &unforced, &by, &erasure, unit_pool, &err),
        GO_ECONFLICT);
    ck_assert_int_eq(
        go_erase(site->db, site->state, site->other, &order, &by, &erasure, unit_pool, &err),
        APR_SUCCESS);
    ck_assert_int_eq(go_user_find(site->db, erasure.pseudonym, &user, unit_pool, &err),
                     APR_SUCCESS);
    ck_assert_int_eq(user->is_disabled, 1);
    ck_assert_ptr_null(user->password_hash);
}
END_TEST

Suite *privacy_suite(void) {
    Suite *suite = suite_create("privacy");
    TCase *tests = unit_case(suite, "privacy");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_name_is_replaced_where_it_stands_by_itself);
    tcase_add_test(tests, what_an_entry_says_of_others_stays);
    tcase_add_test(tests, free_words_about_a_person_go_and_so_do_their_addresses);
    tcase_add_test(tests, a_digest_is_of_all_texts_and_of_the_salt);
    tcase_add_test(tests, the_chain_is_whole_after_many_redactions_of_the_same_entries);
    tcase_add_test(tests, a_rule_has_a_course_and_a_time);
    tcase_add_test(tests, a_time_is_said_in_words);
    tcase_add_test(tests, the_rules_are_those_of_the_last_start);
    tcase_add_test(tests, a_file_that_is_being_stored_is_not_removed);
    tcase_add_test(tests, a_file_that_nothing_names_goes_and_a_fresh_one_stays_in_the_sweep);
    tcase_add_test(tests, an_erasure_that_is_refused_changes_nothing);
    return suite;
}
