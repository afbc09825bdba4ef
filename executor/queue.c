#include "queue.h"

#include "claims.h"
#include "log.h"
#include "model/engines.h"
#include "model/sync.h"

#include <apr_strings.h>
#include <apr_time.h>

#include <string.h>

struct go_queue {
    go_db *db; /* one: a second one's writes would make the first read its pages again */
    const char *objects;
    const char *holder;  /* our name and place */
    apr_pool_t *scratch; /* of the present call */
};

/*
 * A connection that can write. Who opens SQLite's shared memory in the moment between its making by
 * another user and that one's giving it to its owner can only read, for as long as the connection
 * lives: then it is opened again.
 */
static apr_status_t open_writable(go_db **db, const go_state *state, apr_pool_t *pool,
                                  go_error *err) {
    enum { TRIES = 50, PAUSE_US = 100000 };
    apr_status_t status = APR_SUCCESS;
    for (int i = 0; i < TRIES; i++) {
        apr_pool_t *own; /* closes the connection */
        apr_pool_create(&own, pool);
        status = go_db_open_sparing(db, state->driver, state->params, GO_HASTY, own, err);
        if (!status) status = go_db_begin(*db, err);
        if (!status) return go_db_end(*db, APR_SUCCESS, err);
        apr_pool_destroy(own);
        if (!err->what || !strstr(err->what, "readonly database")) return status;
        apr_sleep(PAUSE_US);
    }
    return status;
}

apr_status_t go_queue_open(go_queue **out, const go_state *state, const char *owner,
                           apr_pool_t *pool, go_error *err) {
    go_queue *queue = apr_pcalloc(pool, sizeof(*queue));
    queue->objects = state->objects;
    queue->holder = go_place_name(owner, pool);
    apr_pool_create(&queue->scratch, pool);
    *out = queue;
    apr_status_t status = go_db_start(pool);
    if (status != APR_SUCCESS) {
        return go_error_system(err, status, NULL, "The database drivers cannot be loaded");
    }
    return open_writable(&queue->db, state, pool, err);
}

/*
 * Begins a call: all it needs lives until the next one. GO_DURABLE is for what ends a run or gives
 * it back, which must be on the disk before anybody is told.
 */
static apr_status_t begin(go_queue *queue, go_durability durability, go_error *err) {
    apr_pool_clear(queue->scratch);
    *err = (go_error)GO_ERROR_INIT(queue->scratch);
    return go_db_set_durability(queue->db, durability, err);
}

static go_queue_answer answer(apr_status_t status, const go_claim *claim, const char *what,
                              const go_error *err) {
    if (status == APR_SUCCESS) return GO_QUEUE_DONE;
    go_log(status == GO_ELOST ? GO_LOG_WARNING : GO_LOG_ERROR, "run=%" APR_INT64_T_FMT ": %s: %s",
           claim->run_id, what, go_error_text(err));
    return status == GO_ELOST       ? GO_QUEUE_NOT_OURS
           : status == GO_ECONFLICT ? GO_QUEUE_REFUSED
                                    : GO_QUEUE_TRY_LATER;
}

go_claim *go_queue_claim(go_queue *queue, apr_pool_t *pool) {
    go_claim *claim = NULL;
    go_error err;
    /* Not durable: a claim that a power cut undoes leaves the run queued, which is what it then is.
       The end's own commit, which is, takes everything before it to the disk. */
    apr_status_t status = begin(queue, GO_HASTY, &err);
    if (!status)
        status = go_run_claim(queue->db, queue->holder, queue->objects, apr_time_now(), &claim,
                              pool, &err);
    if (status == APR_SUCCESS) return claim;
    go_log(GO_LOG_ERROR, "no run can be claimed: %s", go_error_text(&err));
    return NULL;
}

apr_interval_time_t go_queue_next(go_queue *queue) {
    apr_time_t start = 0, now = apr_time_now();
    go_error err;
    apr_status_t status = begin(queue, GO_HASTY, &err);
    if (!status) status = go_runs_next_start(queue->db, now, &start, queue->scratch, &err);
    if (status) {
        go_log(GO_LOG_ERROR, "the queue cannot be read: %s", go_error_text(&err));
        return -1;
    }
    if (start == 0) return -1;
    return start > now ? start - now : 0;
}

go_queue_answer go_queue_renew(go_queue *queue, const go_claim *claim) {
    go_error err;
    apr_status_t status = begin(queue, GO_HASTY, &err);
    if (!status)
        status = go_run_renew(queue->db, claim->run_id, claim->lease, apr_time_now(),
                              queue->scratch, &err);
    return answer(status, claim, "its lease", &err);
}

go_queue_answer go_queue_tell(go_queue *queue, const go_claim *claim, const go_run_news *news) {
    go_error err;
    apr_status_t status = begin(queue, GO_HASTY, &err);
    if (!status)
        status = go_run_tell(queue->db, claim->run_id, claim->lease, news, queue->scratch, &err);
    return answer(status, claim, "its news", &err);
}

go_queue_answer go_queue_finish(go_queue *queue, const go_claim *claim, const go_run_end *end) {
    go_error err;
    apr_status_t status = begin(queue, GO_DURABLE, &err);
    if (!status)
        status = go_run_finish(queue->db, claim->run_id, claim->lease, end, apr_time_now(),
                               queue->scratch, &err);
    return answer(status, claim, "its end", &err);
}

go_queue_answer go_queue_release(go_queue *queue, const go_claim *claim, const char *reason) {
    go_error err;
    apr_status_t status = begin(queue, GO_DURABLE, &err);
    if (!status)
        status = go_run_release(queue->db, claim->run_id, claim->lease, reason, apr_time_now(),
                                queue->scratch, &err);
    return answer(status, claim, "giving it back", &err);
}

go_queue_answer go_queue_pass_on(go_queue *queue, const go_claim *claim, const char *reason) {
    go_error err;
    apr_status_t status = begin(queue, GO_DURABLE, &err);
    if (!status)
        status = go_run_pass_on(queue->db, claim->run_id, claim->lease, reason, apr_time_now(),
                                queue->scratch, &err);
    return answer(status, claim, "passing it on", &err);
}

/* A holder of this place whose process is gone. Of others only the lease tells. */
static int is_dead(const go_queue *queue, const char *holder) {
    const char *place = strrchr(holder, '@');
    if (!place || !go_place_is_same(holder, queue->holder)) return 0;
    return !go_owner_is_alive(apr_pstrmemdup(queue->scratch, holder, (apr_size_t)(place - holder)));
}

void go_queue_tidy(go_queue *queue) {
    apr_array_header_t *holders = NULL;
    int expired = 0;
    go_error err;
    apr_time_t now = apr_time_now();
    apr_status_t status = begin(queue, GO_DURABLE, &err);
    if (!status) status = go_runs_expire(queue->db, now, &expired, queue->scratch, &err);
    if (expired) go_log(GO_LOG_WARNING, "%d runs whose lease was over are queued again", expired);
    if (status == APR_SUCCESS) {
        status = go_runs_holders(queue->db, &holders, queue->scratch, &err);
    }
    for (int i = 0; status == APR_SUCCESS && i < holders->nelts; i++) {
        int count = 0;
        const char *holder = APR_ARRAY_IDX(holders, i, const char *);
        if (!is_dead(queue, holder)) continue;
        status = go_runs_release_holder(queue->db, holder, now, &count, queue->scratch, &err);
        if (count) go_log(GO_LOG_WARNING, "%d runs of a dead executor are queued again", count);
    }
    if (status != APR_SUCCESS) {
        go_log(GO_LOG_ERROR, "the queue cannot be tidied: %s", go_error_text(&err));
    }
}

int go_queue_holds(go_queue *queue, int baking) {
    int count = 0;
    go_error err;
    apr_status_t status = begin(queue, GO_HASTY, &err);
    if (!status)
        status = go_runs_count_of_holder(queue->db, queue->holder, &count, queue->scratch, &err);
    return status || count >= baking;
}

int go_queue_sync_start(go_queue *queue, const char *course, const char **zone, apr_time_t *last_us,
                        apr_pool_t *pool) {
    go_error err = GO_ERROR_INIT(pool);
    apr_status_t status = go_sync_last_start(queue->db, course, zone, last_us, pool, &err);
    if (status)
        go_log(GO_LOG_WARNING, "course %s cannot be synchronised: %s", course, go_error_text(&err));
    return status == APR_SUCCESS;
}

/* The first engine's trouble, with its name where there are several. */
static const char *first_trouble(const apr_array_header_t *engines, apr_pool_t *pool) {
    for (int i = 0; i < engines->nelts; i++) {
        const go_engine_state *engine = &APR_ARRAY_IDX(engines, i, go_engine_state);
        if (!engine->trouble) continue;
        return engines->nelts == 1
                   ? engine->trouble
                   : apr_pstrcat(pool, engine->endpoint, ": ", engine->trouble, NULL);
    }
    return NULL;
}

void go_queue_report(go_queue *queue, const apr_array_header_t *engines) {
    go_error err;
    apr_time_t now = apr_time_now();
    apr_status_t status = begin(queue, GO_HASTY, &err);
    go_executor executor = {.holder = queue->holder};
    for (int i = 0; i < engines->nelts; i++) {
        const go_engine_state *engine = &APR_ARRAY_IDX(engines, i, go_engine_state);
        executor.slots += engine->trouble ? 0 : engine->slots;
        executor.warm += engine->warm;
        executor.baking += engine->baking;
    }
    /* One engine that works is enough for those who wait. */
    if (!executor.slots) executor.trouble = first_trouble(engines, queue->scratch);
    if (!status) status = go_executor_report(queue->db, &executor, now, queue->scratch, &err);
    if (status == APR_SUCCESS) {
        status = go_engines_report(queue->db, queue->holder, engines, now, queue->scratch, &err);
    }
    if (status != APR_SUCCESS) {
        go_log(GO_LOG_ERROR, "the state cannot be reported: %s", go_error_text(&err));
    }
}

void go_queue_leave(go_queue *queue) {
    go_error err;
    apr_status_t status = begin(queue, GO_HASTY, &err);
    if (!status) status = go_executor_leave(queue->db, queue->holder, queue->scratch, &err);
    if (status != APR_SUCCESS) {
        go_log(GO_LOG_WARNING, "the admin's page still shows this executor: %s",
               go_error_text(&err));
    }
}
