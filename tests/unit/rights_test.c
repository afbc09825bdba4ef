/* Who may do what, and how paths find their routes. */
#include "unit/unit.h"

#include "routes.h"

#include <string.h>

enum { NOBODY, OUTSIDER, MAKER, STUDENT, OWNER, GRADER, INSTRUCTOR, ADMIN, WHO_COUNT };

/* Somebody, looking at a submission of OWNER's in a course. */
static go_decision decide(int who, go_right right, int is_published, int with_submission) {
    static go_user users[WHO_COUNT];
    static const go_role roles[WHO_COUNT] = {[STUDENT] = GO_ROLE_STUDENT,
                                             [OWNER] = GO_ROLE_STUDENT,
                                             [GRADER] = GO_ROLE_GRADER,
                                             [INSTRUCTOR] = GO_ROLE_INSTRUCTOR};
    const go_course course = {.id = 1};
    const go_assignment assignment = {.id = 1, .is_published = is_published};
    const go_submission submission = {.id = 1, .user_id = OWNER};
    users[who].id = who;
    users[who].is_admin = who == ADMIN;
    users[who].may_teach = who == MAKER;
    const go_situation at = {
        .user = who == NOBODY ? NULL : &users[who],
        .role = roles[who],
        .course = right >= GO_RIGHT_SEE_COURSE && right != GO_RIGHT_ADMIN ? &course : NULL,
        .assignment =
            right >= GO_RIGHT_SEE_ASSIGNMENT && right != GO_RIGHT_ADMIN ? &assignment : NULL,
        .submission = with_submission ? &submission : NULL};
    return go_rights_decide(right, &at);
}

/* A letter a person, in the order of the enum: + allowed, l log in first, f forbidden, h hidden. */
static const struct {
    go_right right;
    const char *published, *draft;
} expected[] = {
    {GO_RIGHT_PUBLIC, "++++++++", "++++++++"},
    {GO_RIGHT_USER, "l+++++++", "l+++++++"},
    {GO_RIGHT_MAKE_COURSE, "lf+ffff+", "lf+ffff+"},
    {GO_RIGHT_SEE_COURSE, "lhh+++++", "lhh+++++"},
    {GO_RIGHT_SEE_ASSIGNMENT, "lhh+++++", "lhhhh+++"},
    {GO_RIGHT_SUBMIT, "lhh+++++", "lhhhh+++"},
    {GO_RIGHT_SEE_SUBMISSION, "lhhh++++", "lhhhh+++"},
    {GO_RIGHT_GRADE, "lhhff+++", "lhhhh+++"},
    {GO_RIGHT_TEACH, "lhhfff++", "lhhhhf++"},
    {GO_RIGHT_ADMIN, "lffffff+", "lffffff+"},
};

static char letter(go_decision decision) {
    return decision == GO_ALLOWED       ? '+'
           : decision == GO_LOGIN_FIRST ? 'l'
           : decision == GO_FORBIDDEN   ? 'f'
                                        : 'h';
}

START_TEST(each_right_is_for_those_it_is_for) {
    ck_assert_int_eq(sizeof(expected) / sizeof(*expected), GO_RIGHT_COUNT);
    for (int who = 0; who < WHO_COUNT; who++) {
        go_right right = expected[_i].right;
        int with_submission = right == GO_RIGHT_SEE_SUBMISSION;
        ck_assert_msg(letter(decide(who, right, 1, with_submission)) == expected[_i].published[who],
                      "right %d, person %d, published", right, who);
        ck_assert_msg(letter(decide(who, right, 0, with_submission)) == expected[_i].draft[who],
                      "right %d, person %d, draft", right, who);
    }
}
END_TEST

START_TEST(who_looks_as_a_student_may_only_look) {
    const go_user student = {.id = OWNER, .may_teach = 1};
    const go_course course = {.id = 1};
    const go_assignment assignment = {.id = 1, .is_published = 1};
    const go_submission own = {.id = 1, .user_id = OWNER}, others = {.id = 2, .user_id = STUDENT};
    go_situation at = {.user = &student,
                       .role = GO_ROLE_STUDENT,
                       .course = &course,
                       .assignment = &assignment,
                       .submission = &own,
                       .is_viewing = 1};
    for (int right = 0; right < GO_RIGHT_COUNT; right++) {
        int looks = right == GO_RIGHT_PUBLIC || right == GO_RIGHT_USER ||
                    right == GO_RIGHT_SEE_COURSE || right == GO_RIGHT_SEE_ASSIGNMENT ||
                    right == GO_RIGHT_SEE_SUBMISSION;
        ck_assert_msg(go_rights_decide((go_right)right, &at) == (looks ? GO_ALLOWED : GO_FORBIDDEN),
                      "right %d", right);
    }
    at.submission = &others;
    ck_assert_int_eq(go_rights_decide(GO_RIGHT_SEE_SUBMISSION, &at), GO_HIDDEN);
}
END_TEST

static int page(go_request *q, json_t *json) {
    return 200;
}

static const go_route table[] = {
    {GO_GET, "/", GO_RIGHT_USER, page, "a", 0},
    {GO_GET, "/courses/:course", GO_RIGHT_USER, page, "b", 0},
    {GO_POST, "/courses/:course", GO_RIGHT_USER, page, "c", 0},
    {GO_GET, "/courses/:course/files/*path", GO_RIGHT_USER, page, "d", 0},
    {GO_GET, NULL, GO_RIGHT_USER, NULL, NULL, 0},
};

static const char *found(go_method method, const char *path, go_route_match *match) {
    go_routes_match(table, method, path, match, unit_pool);
    return match->route ? match->route->template : "none";
}

START_TEST(a_path_finds_its_route_and_what_varies) {
    go_route_match match;
    ck_assert_str_eq(found(GO_GET, "/", &match), "a");
    ck_assert_str_eq(found(GO_GET, "/courses/c++", &match), "b");
    ck_assert_str_eq(apr_table_get(match.params, "course"), "c++");
    ck_assert_str_eq(found(GO_GET, "/courses/c++/", &match), "b");
    ck_assert_str_eq(found(GO_POST, "/courses/x", &match), "c");
    ck_assert_int_eq(match.allowed, 3);
    ck_assert_str_eq(found(GO_GET, "/courses/x/files/a/b c", &match), "d");
    ck_assert_str_eq(apr_table_get(match.params, "path"), "a/b c");
}
END_TEST

START_TEST(a_path_that_fits_nothing_finds_nothing) {
    go_route_match match;
    static const char *const paths[] = {"/course",      "/courses",         "/courses/",
                                        "/courses/a/b", "/courses/a/files", "/courses/a/files/"};
    for (int i = 0; i < 6; i++) {
        ck_assert_str_eq(found(GO_GET, paths[i], &match), "none");
        ck_assert_int_eq(match.allowed, 0);
    }
    ck_assert_str_eq(found(GO_POST, "/", &match), "none");
    ck_assert_int_eq(match.allowed, 1 << GO_GET);
}
END_TEST

Suite *rights_suite(void) {
    Suite *suite = suite_create("rights");
    TCase *cases = unit_case(suite, "rights and routes");
    tcase_add_loop_test(cases, each_right_is_for_those_it_is_for, 0, GO_RIGHT_COUNT);
    tcase_add_test(cases, who_looks_as_a_student_may_only_look);
    tcase_add_test(cases, a_path_finds_its_route_and_what_varies);
    tcase_add_test(cases, a_path_that_fits_nothing_finds_nothing);
    return suite;
}
