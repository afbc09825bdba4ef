/* Where the values of a statement go, and what is refused because servers could read it in two
 * ways.
 */
#include "unit/unit.h"

#include "model/sync_setting.h"
#include "model/zone.h"

#include <apr_strings.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = {"username", "score", NULL};
static const char *const literals[] = {"<U>", "<S>"};

static apr_status_t parse(go_sql_text *text, go_dialect dialect, const char *sql) {
    return go_sql_text_parse(text, sql, dialect, names, unit_pool, &unit_error);
}

#define P GO_DIALECT_PGSQL
#define M GO_DIALECT_MYSQL
#define S GO_DIALECT_SQLITE
#define T GO_DIALECT_TSQL

static const struct {
    go_dialect dialect;
    const char *sql, *filled;
} filled[] = {
    {P, "UPDATE g SET p=:score WHERE u=:username", "UPDATE g SET p=<S> WHERE u=<U>"},
    {P, "UPDATE g SET p=(:score) WHERE u = :username;", "UPDATE g SET p=(<S>) WHERE u = <U>"},
    {P, "UPDATE g SET p = :score; -- the end", "UPDATE g SET p = <S>"},
    {P, "UPDATE g SET p = :score::numeric(5,2)", "UPDATE g SET p = <S>::numeric(5,2)"},
    {P, "SELECT a::text, :score", "SELECT a::text, <S>"},
    {P, "SELECT a[1:2], :score", "SELECT a[1:2], <S>"},
    {P, "SELECT f(a := :score)", "SELECT f(a := <S>)"},
    {P, "SELECT a::username", "SELECT a::username"},
    {P, "SELECT ':username', :score", "SELECT ':username', <S>"},
    {P, "SELECT 'it''s :username', :score", "SELECT 'it''s :username', <S>"},
    {P, "SELECT E'\\':username', :score", "SELECT E'\\':username', <S>"},
    {P, "SELECT e'\\\\', :score", "SELECT e'\\\\', <S>"},
    {P, "SELECT e'a''\\':score', :score", "SELECT e'a''\\':score', <S>"},
    {P, "SELECT \":username\", :score", "SELECT \":username\", <S>"},
    {P, "SELECT \"a\"\":username\", :score", "SELECT \"a\"\":username\", <S>"},
    {P, "SELECT 1 -- :username '\n, :score", "SELECT 1 -- :username '\n, <S>"},
    {P, "SELECT 1 /* :username ' */, :score", "SELECT 1 /* :username ' */, <S>"},
    {P, "SELECT 1 /* a /* b */ :username */, :score", "SELECT 1 /* a /* b */ :username */, <S>"},
    {S, "SELECT 1 /* a /* b */, :score", "SELECT 1 /* a /* b */, <S>"},
    {T, "SELECT 1 /* a /* b */ :score */, :score", "SELECT 1 /* a /* b */ :score */, <S>"},
    {P, "SELECT $$:username '$$, :score", "SELECT $$:username '$$, <S>"},
    {P, "SELECT $q$ $$ :username $q$, :score", "SELECT $q$ $$ :username $q$, <S>"},
    {P, "SELECT a$b$c FROM t WHERE x = :score AND d$b$e",
     "SELECT a$b$c FROM t WHERE x = <S> AND d$b$e"},
    {P, "SELECT DATE :username || 'x'", "SELECT DATE <U> || 'x'"},
    {P, "SELECT 'a'||:username||'b'", "SELECT 'a'||<U>||'b'"},
    {P, "SELECT ';', :score", "SELECT ';', <S>"},
    {S, "SELECT 'C:\\', :score", "SELECT 'C:\\', <S>"},
    {S, "SELECT [:username], `:username`, :score", "SELECT [:username], `:username`, <S>"},
    {T, "SELECT [a]]:username], :score", "SELECT [a]]:username], <S>"},
    {T, "SELECT N':username', :score", "SELECT N':username', <S>"},
    {M, "SELECT `a``:username`, \":username\", :score",
     "SELECT `a``:username`, \":username\", <S>"},
    {M, "SELECT 5--:score", "SELECT 5--<S>"},
    {M, "SELECT 1 # :username '\n, :score", "SELECT 1 # :username '\n, <S>"},
    {M, "SELECT 1 -- :username '\n, :score", "SELECT 1 -- :username '\n, <S>"},
};

START_TEST(values_go_where_the_server_reads_values) {
    go_sql_text text;
    ck_assert_ok(parse(&text, filled[_i].dialect, filled[_i].sql));
    ck_assert_str_eq(go_sql_text_fill(&text, literals, unit_pool), filled[_i].filled);
}
END_TEST

static const struct {
    go_dialect dialect;
    const char *sql, *why;
} refused[] = {
    {P, "", "is empty"},
    {P, " -- nothing", "is empty"},
    {P, "SELECT :nobody", "unknown placeholder"},
    {P, "SELECT :Username", "unknown placeholder"},
    {P, "SELECT :username2", "unknown placeholder"},
    {P, "SELECT a[1:n]", "unknown placeholder"},
    {P, "SELECT 1; DROP TABLE g", "goes on after a ';'"},
    {P, "SELECT 1;;", "goes on after a ';'"},
    {P, "SELECT 1; /* */ :score", "goes on after a ';'"},
    {P, "SELECT 'a", "quote without an end"},
    {P, "SELECT \"a", "quote without an end"},
    {P, "SELECT $q$ :username $Q$", "quote without an end"},
    {P, "SELECT E'a\\'", "quote without an end"},
    {P, "SELECT 1 /* a /* b */", "comment without an end"},
    {P, "SELECT 1 /*/", "comment without an end"},
    {P, "SELECT 'a\\' || :username || '", "backslash"},
    {M, "SELECT 'a\\' , :username", "backslash"},
    {M, "SELECT \"a\\\" , :username", "backslash"},
    {M, "SELECT 1 /*!50000 , :username */", "MySQL executes"},
    {P, ":score UPDATE g SET a = 1", "before its first word"},
    {P, "SELECT E:username", "touches what stands before"},
    {P, "SELECT U&:username", "touches what stands before"},
    {P, "SELECT 1:score", "touches what stands before"},
    {P, "SELECT a$:score", "touches what stands before"},
    {P, "SELECT a.:score", "touches what stands before"},
    {P, "SELECT \"a\":score", "touches what stands before"},
    {M, "SELECT @:score", "touches what stands before"},
    {P, "SELECT 'a':username", "right after a string"},
    {P, "SELECT E'a'\n:username", "right after a string"},
    {P, "SELECT $$a$$ :username", "right after a string"},
    {M, "SELECT \"a\" :username", "right after a string"},
    {P, "SELECT E'a' -- b\n :username", "right after a string"},
    {P, "SELECT :username :score", "right after a string"},
    {P, "SELECT :username'a'", "touches what stands behind"},
    {P, "SELECT :username\n'a'", "right after a placeholder"},
    {P, "SELECT :username$a", "touches what stands behind"},
    {P, "SELECT :username\"a\"", "touches what stands behind"},
    {P, "SELECT E'a'\n'b'", "string in two parts"},
    {P, "SELECT \x01", "control character"},
    {P, "SELECT \xFF", "not UTF-8"},
};

START_TEST(what_could_be_read_in_two_ways_is_refused) {
    go_sql_text text;
    ck_assert_fails(parse(&text, refused[_i].dialect, refused[_i].sql), GO_EINVALID,
                    refused[_i].why);
}
END_TEST

START_TEST(a_statement_over_16_kib_is_refused) {
    go_sql_text text;
    char *sql = apr_palloc(unit_pool, GO_SQL_TEXT_MAX + 2);
    memset(sql, 'a', GO_SQL_TEXT_MAX + 1);
    sql[GO_SQL_TEXT_MAX + 1] = '\0';
    ck_assert_fails(parse(&text, P, sql), GO_EINVALID, "over 16 KiB");
    sql[GO_SQL_TEXT_MAX] = '\0';
    ck_assert_ok(parse(&text, P, sql));
}
END_TEST

/* --- the section ----------------------------------------------------------------------------- */

static go_sync_setting *setting;

static const char *put(const char *key, const char *one, const char *two) {
    const char *const words[] = {one, two};
    return go_sync_setting_put(setting, key, two ? 2 : 1, words, unit_pool);
}

static void begin(void) {
    setting = go_sync_setting_make("cs101", unit_pool);
    ck_assert_ptr_null(put("Driver", "pgsql", NULL));
}

START_TEST(a_section_that_is_right_is_taken) {
    begin();
    ck_assert_ptr_null(put("option", "host", "db"));
    ck_assert_ptr_null(put("Roster", "SELECT u AS username FROM t", NULL));
    ck_assert_ptr_null(put("Grade", "UPDATE t SET p = :score WHERE u = :username", NULL));
    ck_assert_ptr_null(put("Missing", "drop", NULL));
    ck_assert_ptr_null(put("Schedule", "daily", "03:00"));
    ck_assert_ptr_null(go_sync_setting_check(setting, unit_pool));
    ck_assert_int_eq(setting->drops_missing, 1);
}
END_TEST

static const struct {
    const char *key, *one, *two, *why;
} bad_lines[] = {
    {"Driver", "oracle", NULL, "is not known"},
    {"Option", "password", "secret", "PasswordFile"},
    {"Option", "a b", "c", "no name of an option"},
    {"Option", "host", NULL, "write it like this"},
    {"PasswordFile", "relative", NULL, "not an absolute path"},
    {"PasswordFile", "/nowhere/file", NULL, "cannot be found"},
    {"PasswordFile", "/dev/null", NULL, "is not a file"},
    {"Missing", "maybe", NULL, "is not \"drop\" or \"keep\""},
    {"Schedule", "10s", NULL, "5min to 30d"},
    {"Schedule", "0h", NULL, "5min to 30d"},
    {"Schedule", "31d", NULL, "5min to 30d"},
    {"Schedule", "99999999999999999999h", NULL, "5min to 30d"},
    {"Schedule", "daily", "24:00", "5min to 30d"},
    {"Schedule", "daily", "3:00", "5min to 30d"},
    {"Schedule", "weekly", NULL, "5min to 30d"},
    {"Colour", "red", NULL, "does not belong into <GradeOvenSync>"},
};

START_TEST(a_wrong_line_is_told_with_its_remedy) {
    begin();
    const char *problem = put(bad_lines[_i].key, bad_lines[_i].one, bad_lines[_i].two);
    ck_assert_msg(problem && strstr(problem, bad_lines[_i].why), "%s", problem ? problem : "NULL");
}
END_TEST

START_TEST(a_statement_of_the_wrong_kind_is_refused) {
    static const struct {
        const char *key, *sql, *why;
    } bad[] = {{"Roster", "DELETE FROM t", "begins with \"delete\""},
               {"Roster", "SELECT :username", "unknown placeholder"},
               {"Grade", "COMMIT", "begins with \"commit\""},
               {"Grade", "DROP TABLE t", "begins with \"drop\""},
               {"Grade", "UPDATE t SET p = 1", "no placeholder"}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        begin();
        ck_assert_ptr_null(put(bad[i].key, bad[i].sql, NULL));
        const char *problem = go_sync_setting_check(setting, unit_pool);
        ck_assert_msg(problem && strstr(problem, bad[i].why), "%s", problem ? problem : "NULL");
    }
}
END_TEST

START_TEST(a_password_that_others_can_read_is_refused) {
    const char *path = unit_path(unit_directory(), "password"), *password;
    unit_write(path, "s'e\\cret\nmore", 13);
    begin();
    chmod(path, 0644);
    ck_assert_ptr_nonnull(strstr(put("PasswordFile", path, NULL), "chmod 0640"));
    ck_assert_fails(go_sync_password(setting, &password, unit_pool, &unit_error), GO_EDENIED,
                    "others may use");
    chmod(path, 0640);
    ck_assert_ptr_null(put("PasswordFile", path, NULL));
    ck_assert_ok(go_sync_password(setting, &password, unit_pool, &unit_error));
    ck_assert_str_eq(password, "s'e\\cret");
}
END_TEST

START_TEST(sections_come_back_from_the_state_directory_as_they_went) {
    const go_state *state = go_state_paths(unit_directory(), NULL, NULL, unit_pool);
    apr_array_header_t *all = apr_array_make(unit_pool, 1, sizeof(go_sync_setting *));
    const char *file = apr_pstrcat(unit_pool, state->directory, "/sync.json", NULL);
    go_sync_setting *found;
    begin();
    put("Option", "host", "a \"quoted\" name");
    put("Grade", "UPDATE t SET p = :score WHERE u = :username", NULL);
    APR_ARRAY_PUSH(all, go_sync_setting *) = setting;
    ck_assert_ok(go_sync_settings_write(state, all, (int)getegid(), unit_pool, &unit_error));
    ck_assert_ok(go_sync_setting_find(&found, state, "cs101", unit_pool, &unit_error));
    ck_assert_str_eq(found->grade, setting->grade);
    ck_assert_str_eq(APR_ARRAY_IDX(found->options, 0, go_sync_option).value, "a \"quoted\" name");
    ck_assert_fails(go_sync_setting_find(&found, state, "cs102", unit_pool, &unit_error),
                    GO_ENOTFOUND, "<GradeOvenSync cs102>");
    chmod(file, 0620);
    ck_assert_fails(go_sync_setting_find(&found, state, "cs101", unit_pool, &unit_error),
                    GO_EDENIED, "is not root's alone");
    unlink(file);
    ck_assert_int_eq(symlink("/etc/passwd", file), 0);
    ck_assert_int_ne(go_sync_setting_find(&found, state, "cs101", unit_pool, &unit_error), 0);
    ck_assert_ok(go_sync_settings_write(state, NULL, -1, unit_pool, &unit_error));
    ck_assert_fails(go_sync_setting_find(&found, state, "cs101", unit_pool, &unit_error),
                    GO_ENOTFOUND, "<GradeOvenSync cs101>");
}
END_TEST

/* --- the schedule ---------------------------------------------------------------------------- */

static apr_time_t utc(const char *text) {
    apr_time_t time;
    ck_assert_ok(go_zone_parse_local("UTC", text, &time, &unit_error));
    return time;
}

START_TEST(a_course_is_due_by_the_schedule) {
    static const struct {
        const char *schedule, *last, *since, *now;
        int is_due;
    } cases[] = {
        {"6h", NULL, "2026-01-01T00:00", "2026-01-01T00:00", 1},
        {"6h", "2026-01-01T00:00", "2026-01-01T00:00", "2026-01-01T05:59", 0},
        {"6h", "2026-01-01T00:00", "2026-01-01T00:00", "2026-01-01T06:00", 1},
        {"6h", "2027-01-01T00:00", "2026-01-01T00:00", "2026-01-01T06:00", 1}, /* clock set back */
        /* Berlin: 03:00 is 02:00 UTC in winter, 01:00 in summer */
        {"daily 03:00", NULL, "2026-01-01T00:00", "2026-01-01T01:59", 0},
        {"daily 03:00", NULL, "2026-01-01T00:00", "2026-01-01T02:00", 1},
        {"daily 03:00", NULL, "2026-01-01T00:00", "2026-01-01T02:01", 1},
        {"daily 03:00", NULL, "2026-01-01T02:30", "2026-01-01T03:00", 0},
        {"daily 03:00", "2026-01-01T02:00", "2026-01-01T00:00", "2026-01-02T01:59", 0},
        {"daily 03:00", "2026-01-01T02:01", "2026-01-01T00:00", "2026-01-02T02:00", 1},
        {"daily 03:00", "2026-01-01T02:01", "2026-01-03T12:00", "2026-01-03T12:00", 1},
        {"daily 03:00", "2026-06-30T01:01", "2026-01-01T00:00", "2026-07-01T00:59", 0},
        {"daily 03:00", "2026-06-30T01:01", "2026-01-01T00:00", "2026-07-01T01:00", 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        go_sync_schedule schedule;
        ck_assert_ptr_null(go_sync_schedule_parse(&schedule, cases[i].schedule, unit_pool));
        ck_assert_msg(go_sync_is_due(&schedule, "Europe/Berlin",
                                     cases[i].last ? utc(cases[i].last) : 0, utc(cases[i].since),
                                     utc(cases[i].now), unit_pool) == cases[i].is_due,
                      "case %d", (int)i);
    }
}
END_TEST

Suite *sql_text_suite(void) {
    Suite *suite = suite_create("sql_text");
    TCase *text = unit_case(suite, "text"), *section = unit_case(suite, "section");
    tcase_add_loop_test(text, values_go_where_the_server_reads_values, 0,
                        (int)(sizeof(filled) / sizeof(*filled)));
    tcase_add_loop_test(text, what_could_be_read_in_two_ways_is_refused, 0,
                        (int)(sizeof(refused) / sizeof(*refused)));
    tcase_add_test(text, a_statement_over_16_kib_is_refused);
    tcase_add_test(section, a_section_that_is_right_is_taken);
    tcase_add_loop_test(section, a_wrong_line_is_told_with_its_remedy, 0,
                        (int)(sizeof(bad_lines) / sizeof(*bad_lines)));
    tcase_add_test(section, a_statement_of_the_wrong_kind_is_refused);
    tcase_add_test(section, a_password_that_others_can_read_is_refused);
    tcase_add_test(section, sections_come_back_from_the_state_directory_as_they_went);
    tcase_add_test(section, a_course_is_due_by_the_schedule);
    return suite;
}
