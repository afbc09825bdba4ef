#include "unit/model.h"

#include "model/objects.h"
#include "model/passwords.h"

#include <apr_strings.h>

#include <string.h>

static go_tree *tree_of(unit_site *site, const char *path, const char *content, int executable) {
    static int counter;
    const char *file = apr_psprintf(unit_pool, "%s/file-%d", site->state->tmp, counter++);
    unit_write(file, content, strlen(content));
    go_tree *tree = go_tree_make(unit_pool);
    const go_tree_entry entry = {.path = path,
                                 .file = file,
                                 .size = (apr_off_t)strlen(content),
                                 .is_executable = executable};
    ck_assert_ok(go_tree_add(tree, &entry, &unit_error));
    ck_assert_ok(go_tree_finish(tree, &unit_error));
    ck_assert_ok(go_objects_keep(site->state->objects, tree, unit_pool, &unit_error));
    return tree;
}

static go_user *make_user(unit_site *site, const char *name) {
    go_user *user;
    ck_assert_ok(go_user_create(site->db, name, "", "", NULL, 1, &user, unit_pool, &unit_error));
    return user;
}

static void make_version(unit_site *site, const go_assignment *assignment) {
    go_stages stages = {.stages = apr_array_make(unit_pool, 1, sizeof(go_stage)),
                        .tree = tree_of(site, "test/main", "#!/bin/sh\n", 1)};
    APR_ARRAY_PUSH(stages.stages, go_stage) =
        (go_stage){.name = "test", .is_trusted = 1, .timeout_seconds = 60, .memory_mb = 512};
    int number;
    ck_assert_ok(go_version_create(site->db, assignment, &stages, 0, "", 1, &number, unit_pool,
                                   &unit_error));
    ck_assert_int_eq(number, 1);
}

go_course *unit_course(unit_site *site, const char *name) {
    go_course *course;
    ck_assert_ok(
        go_course_create(site->db, name, "Course", "UTC", 1, &course, unit_pool, &unit_error));
    ck_assert_ok(go_enrolment_set(site->db, course, site->student, GO_ROLE_STUDENT, 1, unit_pool,
                                  &unit_error));
    return course;
}

go_assignment *unit_assignment(unit_site *site, go_course *course, const char *name) {
    go_assignment *assignment;
    ck_assert_ok(go_assignment_create(site->db, course, name, "Homework", "", 1000, 1, &assignment,
                                      unit_pool, &unit_error));
    make_version(site, assignment);
    ck_assert_ok(go_assignment_find(site->db, course, name, &assignment, unit_pool, &unit_error));
    return assignment;
}

unit_site *unit_site_make(void) {
    unit_site *site = apr_pcalloc(unit_pool, sizeof(*site));
    site->state = go_state_paths(unit_directory(), NULL, NULL, unit_pool);
    ck_assert_int_eq(go_db_start(unit_pool), APR_SUCCESS);
    ck_assert_int_eq(go_passwords_start(unit_pool), APR_SUCCESS);
    ck_assert_ok(go_state_prepare(site->state, -1, -1, unit_pool, &unit_error));
    ck_assert_ok(go_db_open(&site->db, site->state->driver, site->state->params, GO_DURABLE,
                            unit_pool, &unit_error));
    site->student = make_user(site, "student");
    site->other = make_user(site, "other");
    site->instructor = make_user(site, "instructor");
    site->course = unit_course(site, "c1");
    site->assignment = unit_assignment(site, site->course, "hw1");
    return site;
}

go_receipt *unit_submit_to(unit_site *site, go_assignment *assignment, go_user *user,
                           const char *content, const char *once) {
    static apr_time_t now = 500; /* each a little later than the one before */
    go_receipt *receipt;
    go_tree *tree = tree_of(site, "main.c", content, 0);
    ck_assert_ok(go_submission_create(site->db, assignment, user, tree, once, "127.0.0.1", now++,
                                      &receipt, unit_pool, &unit_error));
    return receipt;
}

go_receipt *unit_submit(unit_site *site, go_user *user, const char *content, const char *once) {
    return unit_submit_to(site, site->assignment, user, content, once);
}
