/*
 * Copies of assignments and courses, for a new term: texts, settings, the present version and the
 * reference solution, no people and no submissions. A copy is a draft.
 *
 * Dates move by whole calendar days and keep their local time: what was due at 23:59 is due at
 * 23:59, whatever the clocks did in between.
 */
#ifndef GO_MODEL_COPY_H
#define GO_MODEL_COPY_H

#include "model/authoring.h"

#define GO_COPY_DAYS_MAX 3660 /* either way */

/*
 * `time` as local time in `from`, `days` later, as local time in `to`. 0 stays 0. GO_EINVALID: too
 * many days, or a date before 1970.
 */
apr_status_t go_copy_shift(const char *from, const char *to, apr_time_t time, int days,
                           apr_time_t *shifted, apr_pool_t *pool, go_error *err);

/*
 * Copies who->assignment into `into` under `name` (in its address) and `title`. GO_ECONFLICT: the
 * name is taken.
 */
apr_status_t go_assignment_copy(go_db *db, const go_authoring *who, const go_course *into,
                                const char *name, const char *title, int days, apr_pool_t *pool,
                                go_error *err);

/* Copies who->course with its assignments; the author becomes its instructor. */
apr_status_t go_course_copy(go_db *db, const go_authoring *who, const char *name, const char *title,
                            int days, go_course **copy, apr_pool_t *pool, go_error *err);

#endif
