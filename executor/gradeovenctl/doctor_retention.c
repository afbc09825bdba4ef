/* Whether the rules of how long work is kept are applied, and mean courses that there are. */
#include "gradeovenctl/doctor.h"

#include "model/retention.h"

#include <apr_strings.h>

#include <string.h>

enum { PATIENCE_DAYS = 3 };

static int is_course(const apr_array_header_t *courses, const char *name) {
    if (strcmp(name, GO_RETENTION_ALL) == 0) return 1;
    for (int i = 0; i < courses->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(courses, i, go_retention).course, name) == 0) return 1;
    return 0;
}

static void judge_rules(ctl_doctor *doctor, const apr_array_header_t *rules,
                        const apr_array_header_t *courses) {
    for (int i = 0; i < rules->nelts; i++) {
        const char *name = APR_ARRAY_IDX(rules, i, go_retention_rule).course;
        if (!is_course(courses, name))
            ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "retention",
                           "Correct the line in httpd's configuration, and restart httpd.",
                           "GradeOvenRetention names course %s, and there is none.", name);
    }
}

/* One whose time was over days ago and that still has files: nobody applies the rules. */
static int judge_course(ctl_doctor *doctor, const go_retention *one) {
    go_error err = GO_ERROR_INIT(doctor->pool);
    int left = 0;
    apr_time_t late = apr_time_now() - one->due_us;
    if (!one->due_us || late < apr_time_from_sec(PATIENCE_DAYS * 86400)) return 1;
    if (go_retention_left(doctor->site.db, one, &left, doctor->pool, &err) || !left) return 1;
    ctl_doctor_say(doctor, CTL_VERDICT_WARNING, "retention",
                   "Does the executor run? By hand: gradeovenctl privacy retention --apply",
                   "The work of course %s should be gone for %d days; %d submissions are left.",
                   one->course, (int)(apr_time_sec(late) / 86400), left);
    return 0;
}

/* Most sites keep all: then there is nothing to say. */
void ctl_doctor_retention(ctl_doctor *doctor) {
    ctl_site *site = &doctor->site;
    apr_array_header_t *rules = NULL, *courses = NULL;
    int is_right = 1;
    if (go_retention_rules(site->db, &rules, doctor->pool, &site->err) ||
        go_retentions(site->db, &courses, doctor->pool, &site->err)) {
        ctl_doctor_say_error(doctor, "retention", &site->err);
        return;
    }
    if (!rules || !rules->nelts || !courses) return;
    judge_rules(doctor, rules, courses);
    for (int i = 0; i < courses->nelts; i++)
        is_right &= judge_course(doctor, &APR_ARRAY_IDX(courses, i, go_retention));
    if (is_right)
        ctl_doctor_say(doctor, CTL_VERDICT_OK, "retention", NULL,
                       "%d rules say how long work is kept; nothing is overdue.", rules->nelts);
}
