#include "model/assignments.h"

#include "model/counted.h"
#include "model/names.h"
#include "model/text.h"
#include "model/trees.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

enum { TITLE_MAX = 200, NOTE_MAX = 500 };

static apr_status_t check(const char **title, const char *description, apr_pool_t *pool,
                          go_error *err) {
    apr_status_t status = go_name_line(title, "title", *title, TITLE_MAX, 0, pool, err);
    apr_size_t length = strlen(description);
    if (!status && length > GO_DESCRIPTION_MAX)
        status = go_error_set(err, GO_ETOOBIG, "Put the long part into a file of its own.",
                              "The description is longer than 64 KiB.");
    if (!status && !go_text_is_utf8(description, length))
        status =
            go_error_set(err, GO_EINVALID, "Save it as UTF-8.", "The description is not text.");
    return status;
}

static go_value due_value(apr_time_t due_us) {
    return due_us ? go_integer(due_us) : go_null();
}

apr_status_t go_assignment_create(go_db *db, const go_course *course, const char *name,
                                  const char *title, const char *description, apr_time_t due_us,
                                  apr_time_t now, go_assignment **assignment, apr_pool_t *pool,
                                  go_error *err) {
    apr_status_t status = go_name_slug(&name, "an assignment", name, pool, err);
    if (!status) status = check(&title, description, pool, err);
    if (status) return status;
    go_rows *row;
    status = go_db_one(db, GO_SQL_ASSIGNMENT_CREATE,
                       GO_VALUES(go_integer(course->id), go_text(name), go_text(title),
                                 go_text(description), due_value(due_us), go_integer(now)),
                       &row, "id", pool, err);
    if (status == GO_ECONFLICT)
        return go_error_set(err, status, "Choose another name, or change the one that is there.",
                            "This course has an assignment \"%s\" already.", name);
    return status ? status : go_assignment_find(db, course, name, assignment, pool, err);
}

static go_assignment *from_row(go_rows *row, apr_pool_t *pool) {
    go_assignment *assignment = apr_pcalloc(pool, sizeof(*assignment));
    assignment->id = go_rows_integer(row, 0, 0);
    assignment->name = go_rows_text(row, 1);
    assignment->title = go_rows_text(row, 2);
    assignment->description = go_rows_text(row, 3);
    assignment->due_us = go_rows_integer(row, 4, 0);
    assignment->is_published = (int)go_rows_integer(row, 5, 0);
    assignment->version_id = go_rows_integer(row, 6, 0);
    assignment->version_number = (int)go_rows_integer(row, 7, 0);
    return assignment;
}

apr_status_t go_assignment_find(go_db *db, const go_course *course, const char *name,
                                go_assignment **assignment, apr_pool_t *pool, go_error *err) {
    go_rows *row;
    apr_status_t status =
        go_db_one(db, GO_SQL_ASSIGNMENT_BY_NAME, GO_VALUES(go_integer(course->id), go_text(name)),
                  &row, apr_psprintf(pool, "assignment \"%s\"", name), pool, err);
    if (!status) *assignment = from_row(row, pool);
    return status;
}

apr_status_t go_assignments_of_course(go_db *db, const go_course *course,
                                      apr_array_header_t **assignments, apr_pool_t *pool,
                                      go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_ASSIGNMENTS_OF_COURSE,
                                       GO_VALUES(go_integer(course->id)), &rows, pool, err);
    *assignments = apr_array_make(pool, 16, sizeof(go_assignment *));
    while (!status && go_rows_next(rows))
        APR_ARRAY_PUSH(*assignments, go_assignment *) = from_row(rows, pool);
    return status;
}

apr_status_t go_assignment_change(go_db *db, const go_assignment *assignment, const char *title,
                                  const char *description, apr_time_t due_us, apr_pool_t *pool,
                                  go_error *err) {
    apr_status_t status = check(&title, description, pool, err);
    if (status) return status;
    return go_db_run(db, GO_SQL_ASSIGNMENT_CHANGE,
                     GO_VALUES(go_text(title), go_text(description), due_value(due_us),
                               go_integer(assignment->id)),
                     NULL, pool, err);
}

apr_status_t go_assignment_publish(go_db *db, const go_assignment *assignment, int is_published,
                                   apr_pool_t *pool, go_error *err) {
    if (is_published && !assignment->version_id)
        return go_error_set(err, GO_ECONFLICT, "Upload its stages first.",
                            "The assignment \"%s\" has no stages that could grade a submission.",
                            assignment->title);
    return go_db_run(db, GO_SQL_ASSIGNMENT_PUBLISH,
                     GO_VALUES(go_integer(is_published), go_integer(assignment->id)), NULL, pool,
                     err);
}

static apr_status_t insert_stages(go_db *db, apr_int64_t version_id, const go_stages *stages,
                                  apr_pool_t *pool, go_error *err) {
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; i < stages->stages->nelts && !status; i++) {
        const go_stage *stage = &APR_ARRAY_IDX(stages->stages, i, go_stage);
        status =
            go_db_run(db, GO_SQL_VERSION_STAGE_CREATE,
                      GO_VALUES(go_integer(version_id), go_integer(i), go_text(stage->name),
                                go_text(stage->description), go_integer(stage->is_trusted),
                                go_integer(stage->timeout_seconds), go_integer(stage->memory_mb),
                                go_integer(stage->stop_on_failure)),
                      NULL, pool, err);
    }
    return status;
}

apr_status_t go_version_create(go_db *db, const go_assignment *assignment, const go_stages *stages,
                               apr_int64_t author_id, const char *note, apr_time_t now, int *number,
                               apr_pool_t *pool, go_error *err) {
    apr_int64_t tree_id, version_id = 0;
    apr_status_t status = go_name_line(&note, "note", note, NOTE_MAX, 1, pool, err);
    if (!status) status = go_db_begin(db, err);
    if (status) return status;
    status = go_trees_keep(db, stages->tree, &tree_id, pool, err);
    go_rows *row = NULL;
    if (!status)
        status =
            go_db_one(db, GO_SQL_VERSION_CREATE,
                      GO_VALUES(go_integer(assignment->id), go_integer(assignment->id),
                                go_integer(tree_id), author_id ? go_integer(author_id) : go_null(),
                                go_text(note), go_integer(now)),
                      &row, "id", pool, err);
    if (!status) {
        version_id = go_rows_integer(row, 0, 0);
        *number = (int)go_rows_integer(row, 1, 0);
        status = insert_stages(db, version_id, stages, pool, err);
    }
    if (!status)
        status = go_db_run(db, GO_SQL_ASSIGNMENT_SET_VERSION,
                           GO_VALUES(go_integer(version_id), go_integer(assignment->id)), NULL,
                           pool, err);
    return go_db_end(db, status, err);
}

apr_status_t go_versions(go_db *db, const go_assignment *assignment, apr_array_header_t **versions,
                         apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_VERSIONS_OF_ASSIGNMENT,
                                       GO_VALUES(go_integer(assignment->id)), &rows, pool, err);
    *versions = apr_array_make(pool, 8, sizeof(go_version *));
    while (!status && go_rows_next(rows)) {
        go_version *version = apr_pcalloc(pool, sizeof(*version));
        version->id = go_rows_integer(rows, 0, 0);
        version->number = (int)go_rows_integer(rows, 1, 0);
        version->tree_id = go_rows_integer(rows, 2, 0);
        version->author = go_rows_text(rows, 3);
        version->note = go_rows_text(rows, 4);
        version->created_us = go_rows_integer(rows, 5, 0);
        version->files = (int)go_rows_integer(rows, 6, 0);
        version->bytes = go_rows_integer(rows, 7, 0);
        version->archive = go_rows_text(rows, 8);
        APR_ARRAY_PUSH(*versions, go_version *) = version;
    }
    return status;
}

apr_status_t go_version_stages(go_db *db, apr_int64_t version_id, apr_array_header_t **stages,
                               apr_pool_t *pool, go_error *err) {
    go_rows *rows;
    apr_status_t status = go_db_select(db, GO_SQL_VERSION_STAGES, GO_VALUES(go_integer(version_id)),
                                       &rows, pool, err);
    *stages = apr_array_make(pool, 4, sizeof(go_stage));
    while (!status && go_rows_next(rows)) {
        go_stage *stage = apr_array_push(*stages);
        stage->name = go_rows_text(rows, 0);
        stage->description = go_rows_text(rows, 1);
        stage->is_trusted = (int)go_rows_integer(rows, 2, 1);
        stage->timeout_seconds = (int)go_rows_integer(rows, 3, 0);
        stage->memory_mb = (int)go_rows_integer(rows, 4, 0);
        stage->stop_on_failure = (int)go_rows_integer(rows, 5, 0);
    }
    return status;
}

static int by_due(const void *a, const void *b) {
    const go_due *one = a, *other = b;
    return one->due_us < other->due_us ? -1 : one->due_us > other->due_us;
}

/* By an exception the date may be another one for this user. */
static apr_status_t set_own_date(go_db *db, const go_assignment *assignment, apr_int64_t user_id,
                                 apr_time_t now, go_due *one, apr_pool_t *pool, go_error *err) {
    go_policy policy;
    go_verdict verdict;
    apr_status_t status =
        go_counted_verdict(db, assignment, user_id, now, &policy, &verdict, pool, err);
    if (!status) one->due_us = verdict.due_us;
    return status;
}

apr_status_t go_assignments_due(go_db *db, apr_int64_t user_id, apr_time_t now,
                                apr_array_header_t **due, apr_pool_t *pool, go_error *err) {
    enum { DUE_MAX = 10 };
    const apr_time_t year = apr_time_from_sec((apr_time_t)366 * 24 * 3600);
    go_rows *rows;
    apr_status_t status = go_db_select(
        db, GO_SQL_ASSIGNMENTS_DUE_FOR_USER,
        GO_VALUES(go_integer(user_id), go_integer(now), go_integer(now - year)), &rows, pool, err);
    *due = apr_array_make(pool, 8, sizeof(go_due));
    while (!status && go_rows_next(rows)) {
        go_due one = {.course = go_rows_text(rows, 0),
                      .course_title = go_rows_text(rows, 1),
                      .zone = go_rows_text(rows, 2),
                      .assignment = go_rows_text(rows, 3),
                      .title = go_rows_text(rows, 4),
                      .due_us = go_rows_integer(rows, 5, 0),
                      .submissions = (int)go_rows_integer(rows, 6, 0)};
        const go_assignment assignment = {.id = go_rows_integer(rows, 7, 0)};
        if (go_rows_integer(rows, 8, 0))
            status = set_own_date(db, &assignment, user_id, now, &one, pool, err);
        if (!status && one.due_us > now) APR_ARRAY_PUSH(*due, go_due) = one;
    }
    qsort((*due)->elts, (size_t)(*due)->nelts, sizeof(go_due), by_due);
    if ((*due)->nelts > DUE_MAX) (*due)->nelts = DUE_MAX;
    return status;
}
