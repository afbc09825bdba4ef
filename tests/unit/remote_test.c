/* Whom the institution vouches for: names, several values, and whose account it is. */
#include "unit/model.h"

#include "model/remote.h"

#include <string.h>

static const struct {
    const char *name, *realm, *username; /* NULL: refused */
} names[] = {
    {"ada", NULL, "ada"},
    {"Ada", NULL, "ada"},
    {"ada@uni.example", NULL, "ada@uni.example"},
    {"ada@uni.example", "@uni.example", "ada"},
    {"ada@UNI.EXAMPLE", "@uni.example", "ada"},
    {"ada", "@uni.example", NULL},
    {"ada@uni.example", "@example", NULL},
    {"ada@other.example", "@uni.example", NULL},
    {"ada@other@uni.example", "@uni.example", NULL},
    {"@uni.example", "@uni.example", NULL},
    {"uni.example", "@uni.example", NULL},
    {" ada", NULL, NULL},
    {"ada\t", NULL, NULL},
    {"ada @uni.example", "@uni.example", NULL},
    {"", NULL, NULL},
    {"ada,bob", NULL, NULL},
    {"id@https://idp.example/", NULL, NULL},
    {"ada\x01", NULL, NULL},
    {"\xC3\xA4"
     "da",
     NULL, NULL},
    {"\xFF", NULL, NULL},
};

START_TEST(a_name_is_a_username_or_refused) {
    go_error err = GO_ERROR_INIT(unit_pool);
    const char *username = NULL;
    apr_status_t status =
        go_remote_username(&username, names[_i].name, names[_i].realm, unit_pool, &err);
    ck_assert_int_eq(status, names[_i].username ? APR_SUCCESS : GO_EINVALID);
    if (names[_i].username) ck_assert_str_eq(username, names[_i].username);
}
END_TEST

static const struct {
    const char *text, *value;
    char separator;
    int holds;
} values[] = {
    {"admins", "admins", 0, 1},
    {"a,admins", "admins", 0, 0},
    {"a,admins", "admins", ',', 1},
    {"a ,\tadmins ", "admins", ',', 1},
    {"admins,", "admins", ',', 1},
    {"a;admins", "admins", ',', 0},
    {"Admins", "admins", ',', 0},
    {"xadmins,y", "admins", ',', 0},
    {"adminsx", "admins", ',', 0},
    {"", "admins", ',', 0},
    {",", "admins", ',', 0},
    {"a\\,admins", "admins", ',', 0},
    {"a\\\\,admins", "admins", ',', 1},
    {"admins\\", "admins", ',', 0},
    {"cn=a,dc=x; cn=b", "cn=a,dc=x", ';', 1},
};

START_TEST(one_of_several_values_is_found_whole) {
    ck_assert_int_eq(go_remote_holds(values[_i].text, values[_i].value, values[_i].separator),
                     values[_i].holds);
}
END_TEST

static unit_site *site;
static go_user *user;

static apr_status_t admit(const char *name, const go_remote_rules *rules, int is_admin) {
    go_error err = GO_ERROR_INIT(unit_pool);
    const go_remote_identity identity = {.name = name, .is_admin = is_admin};
    const go_audit_entry by = {.at_us = 1, .address = ""};
    apr_status_t status = go_db_begin(site->db, &err);
    status = go_remote_admit(site->db, &identity, rules, &by, &user, unit_pool, &err);
    return go_db_end(site->db, status, &err);
}

START_TEST(an_account_with_a_password_is_another_persons_unless_it_is_said) {
    go_error err = GO_ERROR_INIT(unit_pool);
    const go_remote_rules closed = {.may_create = 1}, open = {.may_link = 1};
    int is_linked = 1;
    site = unit_site_make();
    const char *name = site->student->username;
    ck_assert_int_eq(go_user_set_hash(site->db, site->student->id, "a hash", unit_pool, &err),
                     APR_SUCCESS);
    ck_assert_int_eq(admit(name, &closed, -1), GO_EDENIED);
    ck_assert_int_eq(go_user_get(site->db, site->student->id, &user, unit_pool, &err), APR_SUCCESS);
    ck_assert_str_eq(user->password_hash, "a hash");
    go_remote_is_linked(site->db, user->id, &is_linked, unit_pool, &err);
    ck_assert_int_eq(is_linked, 0);
    ck_assert_int_eq(admit(name, &open, -1), APR_SUCCESS);
    ck_assert_int_eq(go_user_get(site->db, site->student->id, &user, unit_pool, &err), APR_SUCCESS);
    ck_assert_ptr_null(user->password_hash);
    /* and then it is theirs, whatever is said later */
    ck_assert_int_eq(go_user_set_hash(site->db, user->id, "another", unit_pool, &err), APR_SUCCESS);
    ck_assert_int_eq(admit(name, &closed, -1), APR_SUCCESS);
    ck_assert_str_eq(user->password_hash, "another");
}
END_TEST

START_TEST(who_has_no_account_gets_one_only_where_that_is_said) {
    go_error err = GO_ERROR_INIT(unit_pool);
    const go_remote_rules closed = {.may_link = 1}, open = {.may_create = 1};
    site = unit_site_make();
    ck_assert_int_eq(admit("new", &closed, 1), GO_EDENIED);
    ck_assert_int_eq(go_user_find(site->db, "new", &user, unit_pool, &err), GO_ENOTFOUND);
    ck_assert_int_eq(admit("new", &open, 1), APR_SUCCESS);
    ck_assert_int_eq(user->is_admin, 1);
    ck_assert_int_eq(admit("new", &closed, -1), APR_SUCCESS); /* it does not say: as it is */
    ck_assert_int_eq(go_user_find(site->db, "new", &user, unit_pool, &err), APR_SUCCESS);
    ck_assert_int_eq(user->is_admin, 1);
    ck_assert_ptr_null(user->password_hash);
    ck_assert_int_eq(admit("new", &closed, 0), APR_SUCCESS);
    ck_assert_int_eq(go_user_find(site->db, "new", &user, unit_pool, &err), APR_SUCCESS);
    ck_assert_int_eq(user->is_admin, 0);
}
END_TEST

Suite *remote_suite(void) {
    Suite *suite = suite_create("remote");
    TCase *told = unit_case(suite, "what is told");
    TCase *accounts = unit_case(suite, "accounts");
    tcase_add_loop_test(told, a_name_is_a_username_or_refused, 0,
                        (int)(sizeof(names) / sizeof(names[0])));
    tcase_add_loop_test(told, one_of_several_values_is_found_whole, 0,
                        (int)(sizeof(values) / sizeof(values[0])));
    tcase_add_test(accounts, an_account_with_a_password_is_another_persons_unless_it_is_said);
    tcase_add_test(accounts, who_has_no_account_gets_one_only_where_that_is_said);
    return suite;
}
