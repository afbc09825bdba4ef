#include "syncs.h"

#include "child.h"
#include "log.h"
#include "model/sync_setting.h"

#include <apr_strings.h>

#include <sys/stat.h>

#define LOOK_US  (30 * APR_USEC_PER_SEC)
#define DAY_US   (86400 * APR_USEC_PER_SEC)
#define AGAIN_US (600 * APR_USEC_PER_SEC) /* after a course was not found, which is logged */

typedef struct course_sync {
    go_syncs *all;
    const char *course;
    go_sync_schedule schedule;
    apr_time_t started_us; /* by us; 0: not yet */
    apr_time_t next_us;    /* we do not look before */
    go_child *child;       /* NULL: does not run */
} course_sync;

struct go_syncs {
    const go_configuration *configuration;
    go_loop *loop;
    go_queue *queue;
    apr_pool_t *pool;
    apr_array_header_t *list; /* of course_sync * */
    apr_time_t since_us, looked_us;
    go_child *daily;     /* the retention's; NULL: does not run */
    apr_time_t daily_us; /* when we started it last; 0: not yet */
};

go_syncs *go_syncs_make(const go_configuration *configuration, go_loop *loop, go_queue *queue,
                        apr_pool_t *pool) {
    go_syncs *all = apr_pcalloc(pool, sizeof(*all));
    *all = (go_syncs){.configuration = configuration,
                      .loop = loop,
                      .queue = queue,
                      .pool = pool,
                      .list = apr_array_make(pool, 4, sizeof(course_sync *)),
                      .since_us = apr_time_now()};
    for (int i = 0; i < configuration->syncs->nelts; i++) {
        const go_sync_plan *plan = &APR_ARRAY_IDX(configuration->syncs, i, go_sync_plan);
        course_sync *one = apr_pcalloc(pool, sizeof(*one));
        one->all = all;
        one->course = plan->course;
        const char *problem = go_sync_schedule_parse(&one->schedule, plan->schedule, pool);
        if (problem)
            go_log(GO_LOG_ERROR, "%s", problem);
        else
            APR_ARRAY_PUSH(all->list, course_sync *) = one;
    }
    return all;
}

/* The result itself stands in the database. */
static void ended(void *baton, const char *failure) {
    course_sync *one = baton;
    if (failure)
        go_log(GO_LOG_WARNING, "course %s could not be synchronised (%s)", one->course, failure);
    else
        go_log(GO_LOG_INFO, "course %s was synchronised", one->course);
    one->child = NULL;
}

static void start(course_sync *one) {
    const go_syncs *all = one->all;
    const char *const words[] = {"sync", "--apply", "--scheduled", one->course, NULL};
    one->started_us = apr_time_now();
    one->child = go_child_start(all->configuration, all->loop, words, ended, one, all->pool);
    if (one->child) go_log(GO_LOG_INFO, "course %s is synchronised", one->course);
}

/* --- once a day ------------------------------------------------------------------------------- */

static void daily_ended(void *baton, const char *failure) {
    go_syncs *all = baton;
    if (failure)
        go_log(GO_LOG_WARNING, "the rules of how long work is kept could not be applied (%s)",
               failure);
    all->daily = NULL;
}

/*
 * How long work is kept (model/retention.h). When that was looked at last, the time of its lock
 * says, so that neither our restarts nor another executor's make it more often; where there is none
 * yet, it waits until we have served a while.
 */
static void look_daily(go_syncs *all, apr_time_t now) {
    static const char *const words[] = {"privacy", "retention", "--apply", "--scheduled", NULL};
    struct stat info;
    apr_time_t last = all->since_us + AGAIN_US - DAY_US;
    apr_pool_t *pool;
    if (!all->configuration->ctl || all->daily || (all->daily_us && now - all->daily_us < AGAIN_US))
        return;
    apr_pool_create(&pool, all->pool);
    const char *lock = apr_pstrcat(pool, all->configuration->state, "/run/retention.lock", NULL);
    if (stat(lock, &info) == 0) last = apr_time_from_sec(info.st_mtime);
    apr_pool_destroy(pool);
    if (last <= now && now - last < DAY_US) return;
    all->daily_us = now;
    all->daily = go_child_start(all->configuration, all->loop, words, daily_ended, all, all->pool);
}

void go_syncs_look(go_syncs *all) {
    apr_time_t now = apr_time_now();
    if (all->looked_us && now >= all->looked_us && now - all->looked_us < LOOK_US) return;
    all->looked_us = now;
    look_daily(all, now);
    for (int i = 0; i < all->list->nelts; i++) {
        course_sync *one = APR_ARRAY_IDX(all->list, i, course_sync *);
        apr_pool_t *pool;
        const char *zone;
        apr_time_t last;
        if (one->child || (now < one->next_us && one->next_us - now < AGAIN_US)) continue;
        apr_pool_create(&pool, all->pool);
        if (go_queue_sync_start(all->queue, one->course, &zone, &last, pool)) {
            if (one->started_us > last) last = one->started_us;
            if (go_sync_is_due(&one->schedule, zone, last, all->since_us, now, pool)) start(one);
        } else {
            one->next_us = now + AGAIN_US - 1;
        }
        apr_pool_destroy(pool);
    }
}

void go_syncs_stop(go_syncs *all) {
    for (int i = 0; i < all->list->nelts; i++) {
        const course_sync *one = APR_ARRAY_IDX(all->list, i, const course_sync *);
        if (one->child) go_child_stop(one->child);
    }
    if (all->daily) go_child_stop(all->daily);
}
