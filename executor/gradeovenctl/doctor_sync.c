/* How the last exchange of each course with the institution's database ended. */
#include "gradeovenctl/doctor.h"

#include "model/sync.h"

#include <apr_strings.h>

enum { PATIENCE_SECONDS = 3600 };

static void judge(ctl_doctor *doctor, const go_sync_run *run) {
    static const char name[] = "sync";
    apr_time_t now = apr_time_now();
    const char *remedy = apr_psprintf(doctor->pool, "See: gradeovenctl sync %s", run->course);
    if (!run->ended_us && now - run->started_us > apr_time_from_sec(PATIENCE_SECONDS))
        ctl_doctor_say(doctor, CTL_VERDICT_WARNING, name, remedy,
                       "The last exchange of course %s with the institution's database did not "
                       "come to its end.",
                       run->course);
    else if (run->ended_us && !run->is_ok)
        ctl_doctor_say(doctor, CTL_VERDICT_WARNING, name, remedy,
                       "The last exchange of course %s with the institution's database failed: %s "
                       "%s",
                       run->course, run->summary, run->detail);
    else
        ctl_doctor_say(doctor, CTL_VERDICT_OK, name, NULL, "Course %s: %s", run->course,
                       run->ended_us ? run->summary : "an exchange is in progress.");
}

/* Most sites have no such database: then there is nothing to say. */
void ctl_doctor_syncs(ctl_doctor *doctor) {
    ctl_site *site = &doctor->site;
    apr_array_header_t *runs;
    if (go_sync_last_of_all(site->db, &runs, doctor->pool, &site->err)) {
        ctl_doctor_say_error(doctor, "sync", &site->err);
        return;
    }
    for (int i = 0; i < runs->nelts; i++)
        judge(doctor, &APR_ARRAY_IDX(runs, i, go_sync_run));
}
