/*
 * `gradeovenctl sync COURSE`: people from the institution's database, grades into it, as
 * <GradeOvenSync COURSE> of httpd's configuration says (model/sync_setting.h). Without --apply it
 * is a trial: the same statements in a transaction that is rolled back, and nothing is changed
 * here.
 *
 *   sync.c         the command: one exchange, what came of it is noted
 *   sync_roster.c  rows to a list, what it changes, the guards
 *   sync_grades.c  what has changed since the last time
 *   sync_driver.c  the database, behind a child process (sync_child.c, sync_wire.c)
 */
#ifndef GO_CTL_SYNC_H
#define GO_CTL_SYNC_H

#include "gradeovenctl/site.h"
#include "gradeovenctl/sync_driver.h"

#include "model/buffer.h"

typedef struct ctl_sync {
    apr_pool_t *pool;
    ctl_site site;
    go_sync_setting *setting;
    go_course *course;
    ctl_driver *driver;
    int applies, is_scheduled, writes_all, forces, shows_passwords;
    int wants_roster, wants_grades;
    go_buffer *summary;   /* counts, for staff: names nobody */
    const char *when_bad; /* what failed, for staff; the error itself is for admins */
} ctl_sync;

/* Each prints its report; site.err says why it failed. */
apr_status_t ctl_sync_roster(ctl_sync *sync);
apr_status_t ctl_sync_grades(ctl_sync *sync);

#endif
