/*
 * Assignments and their versions. An assignment has a name, texts, a due date, and is published or
 * not; what grades it is a version: an immutable tree of stage directories with the order they run
 * in. Every upload makes a new version, and the newest one grades what is submitted from then on.
 */
#ifndef GO_MODEL_ASSIGNMENTS_H
#define GO_MODEL_ASSIGNMENTS_H

#include "model/courses.h"
#include "model/stages.h"

typedef struct go_assignment {
    apr_int64_t id;
    const char *name; /* as in its address */
    const char *title;
    const char *description; /* Markdown */
    apr_time_t due_us;       /* 0: none */
    int is_published;
    apr_int64_t version_id; /* 0: has no stages yet */
    int version_number;
} go_assignment;

#define GO_DESCRIPTION_MAX (64 * 1024) /* bytes */

apr_status_t go_assignment_create(go_db *db, const go_course *course, const char *name,
                                  const char *title, const char *description, apr_time_t due_us,
                                  apr_time_t now, go_assignment **assignment, apr_pool_t *pool,
                                  go_error *err);
apr_status_t go_assignment_find(go_db *db, const go_course *course, const char *name,
                                go_assignment **assignment, apr_pool_t *pool, go_error *err);
/* Array of go_assignment *: those due first come first, those never due last. */
apr_status_t go_assignments_of_course(go_db *db, const go_course *course,
                                      apr_array_header_t **assignments, apr_pool_t *pool,
                                      go_error *err);
apr_status_t go_assignment_change(go_db *db, const go_assignment *assignment, const char *title,
                                  const char *description, apr_time_t due_us, apr_pool_t *pool,
                                  go_error *err);

/* GO_ECONFLICT when it is to be published and has no stages. */
apr_status_t go_assignment_publish(go_db *db, const go_assignment *assignment, int is_published,
                                   apr_pool_t *pool, go_error *err);

typedef struct go_version {
    apr_int64_t id;
    int number;
    apr_int64_t tree_id;
    const char *author; /* username, or NULL */
    const char *note;
    apr_time_t created_us;
    int files;
    apr_int64_t bytes;
    const char *archive; /* the kind it came as: go_archive_format_name */
} go_version;

/*
 * Makes a version of stages whose files are objects already, and lets it grade from now on.
 * `author_id` 0: nobody (the command line). *number is the version's.
 */
apr_status_t go_version_create(go_db *db, const go_assignment *assignment, const go_stages *stages,
                               apr_int64_t author_id, const char *note, apr_time_t now, int *number,
                               apr_pool_t *pool, go_error *err);

/* Array of go_version *, newest first. */
apr_status_t go_versions(go_db *db, const go_assignment *assignment, apr_array_header_t **versions,
                         apr_pool_t *pool, go_error *err);

/* The stages of a version in order: array of go_stage. */
apr_status_t go_version_stages(go_db *db, apr_int64_t version_id, apr_array_header_t **stages,
                               apr_pool_t *pool, go_error *err);

/* What a student has still to do: published, due for them in the future, by due date; the first ten
   of all courses. */
typedef struct go_due {
    const char *course, *course_title, *zone, *assignment, *title;
    apr_time_t due_us;
    int submissions;
} go_due;
apr_status_t go_assignments_due(go_db *db, apr_int64_t user_id, apr_time_t now,
                                apr_array_header_t **due, apr_pool_t *pool, go_error *err);

#endif
