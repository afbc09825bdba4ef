/*
 * Seeing a course as one of its students sees it: an instructor of the course, or an admin, looks
 * through a student's eyes, to understand what the student asks about. It is kept with the session,
 * of this one course, and read-only; who looks gets nothing of the student's account.
 *
 *   begun ──> looks ──> stopped, logged out, 60 minutes over, or no right to it any more: ended
 *
 * Whether it still may go on is asked anew in every request. Each beginning and end is audited
 * ("view-as"), and gives the session another form token: a form that was shown before it changed
 * hands is refused, so that nobody does as themself what they saw as somebody else.
 */
#ifndef GO_MODEL_VIEW_AS_H
#define GO_MODEL_VIEW_AS_H

#include "model/audit.h"
#include "model/courses.h"
#include "model/sessions.h"

enum { GO_VIEW_AS_MINUTES = 60 };

typedef struct go_view_as {
    const go_user *student; /* id, username and name only: no e-mail, no password, no flag */
    apr_int64_t course_id;
    const char *course, *course_title;
    apr_time_t since_us, until_us;
    const char *over; /* why it must end, or NULL */
    int may_again;    /* the session's user may still look as students of that course */
} go_view_as;

/*
 * Begins in `session`, whose user may teach `course` (the caller has asked rights.h). GO_ENOTFOUND:
 * no such user; GO_EDENIED: who is no student of the course now, or is an admin; GO_ECONFLICT: the
 * session looks as somebody already. `by` has actor, address, time; sets session->csrf.
 */
apr_status_t go_view_as_begin(go_db *db, go_session *session, const go_course *course,
                              const char *username, const go_audit_entry *by, apr_pool_t *pool,
                              go_error *err);

/* As whom the session looks; *view NULL: as nobody. Writes nothing. */
apr_status_t go_view_as_find(go_db *db, const go_session *session, apr_time_t now,
                             go_view_as **view, apr_pool_t *pool, go_error *err);

/* Ends it, with the reason `why` for the log; of several ends at once one is audited. */
apr_status_t go_view_as_end(go_db *db, go_session *session, const go_view_as *view, const char *why,
                            const go_audit_entry *by, apr_pool_t *pool, go_error *err);

#endif
