#include "loop.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

/* A poll is never longer than this, so that a wrong wake-up time cannot hang a program. */
#define POLL_MAX_MS 10000

struct go_watch {
    go_loop *loop;
    go_watch *next, **link; /* *link points to this one */
    int fd, events;
    void (*ready)(void *baton, int events);
    void *baton;
};

struct go_timer {
    go_loop *loop;
    go_timer *next, **link; /* link is NULL while it does not run */
    apr_time_t when;
    void (*expired)(void *baton);
    void *baton;
};

struct go_loop {
    CURLM *multi;
    go_watch *watches;
    go_timer *timers; /* by time, the next one first */
    int is_stopped;
    /* The poll in progress: polled[i] belongs to fds[i], and is NULL when its watch has ended. */
    struct curl_waitfd *fds;
    go_watch **polled;
    int polled_count, polled_room;
};

static apr_status_t loop_cleanup(void *data) {
    go_loop *loop = data;
    curl_multi_cleanup(loop->multi);
    free(loop->fds);
    free(loop->polled);
    return APR_SUCCESS;
}

go_loop *go_loop_make(apr_pool_t *pool) {
    go_loop *loop = apr_pcalloc(pool, sizeof(*loop));
    loop->multi = curl_multi_init();
    if (!loop->multi) return NULL;
    apr_pool_cleanup_register(pool, loop, loop_cleanup, apr_pool_cleanup_null);
    return loop;
}

apr_time_t go_loop_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (apr_time_t)now.tv_sec * APR_USEC_PER_SEC + now.tv_nsec / 1000;
}

CURLMcode go_loop_add(go_loop *loop, CURL *easy, go_transfer *transfer) {
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    return curl_multi_add_handle(loop->multi, easy);
}

void go_loop_remove(go_loop *loop, CURL *easy) {
    curl_multi_remove_handle(loop->multi, easy);
}

/* --- watches -------------------------------------------------------------------------------- */

static apr_status_t watch_cleanup(void *data) {
    go_watch *watch = data;
    go_loop *loop = watch->loop;
    *watch->link = watch->next;
    if (watch->next) watch->next->link = watch->link;
    for (int i = 0; i < loop->polled_count; i++) {
        if (loop->polled[i] == watch) loop->polled[i] = NULL;
    }
    return APR_SUCCESS;
}

go_watch *go_watch_make(go_loop *loop, int fd, void (*ready)(void *baton, int events), void *baton,
                        apr_pool_t *pool) {
    go_watch *watch = apr_pcalloc(pool, sizeof(*watch));
    watch->loop = loop;
    watch->fd = fd;
    watch->events = GO_WATCH_READ;
    watch->ready = ready;
    watch->baton = baton;
    watch->next = loop->watches;
    watch->link = &loop->watches;
    if (watch->next) watch->next->link = &watch->next;
    loop->watches = watch;
    apr_pool_cleanup_register(pool, watch, watch_cleanup, apr_pool_cleanup_null);
    return watch;
}

void go_watch_want(go_watch *watch, int events) {
    watch->events = events;
}

/* --- timers --------------------------------------------------------------------------------- */

void go_timer_stop(go_timer *timer) {
    if (!timer->link) return;
    *timer->link = timer->next;
    if (timer->next) timer->next->link = timer->link;
    timer->link = NULL;
}

static apr_status_t timer_cleanup(void *data) {
    go_timer_stop(data);
    return APR_SUCCESS;
}

go_timer *go_timer_make(go_loop *loop, void (*expired)(void *baton), void *baton,
                        apr_pool_t *pool) {
    go_timer *timer = apr_pcalloc(pool, sizeof(*timer));
    timer->loop = loop;
    timer->expired = expired;
    timer->baton = baton;
    apr_pool_cleanup_register(pool, timer, timer_cleanup, apr_pool_cleanup_null);
    return timer;
}

void go_timer_start(go_timer *timer, apr_interval_time_t delay_us) {
    go_timer_stop(timer);
    timer->when = go_loop_now() + delay_us;
    go_timer **link = &timer->loop->timers;
    while (*link && (*link)->when <= timer->when) {
        link = &(*link)->next;
    }
    timer->next = *link;
    timer->link = link;
    if (timer->next) timer->next->link = &timer->next;
    *link = timer;
}

int go_timer_is_running(const go_timer *timer) {
    return timer->link != NULL;
}

/* Calls the timers that are due; one that is set during this pass waits for the next. */
static void run_timers(go_loop *loop) {
    apr_time_t now = go_loop_now();
    while (loop->timers && loop->timers->when <= now) {
        go_timer *timer = loop->timers;
        go_timer_stop(timer);
        timer->expired(timer->baton);
    }
}

/* --- the loop ------------------------------------------------------------------------------- */

static int poll_timeout_ms(const go_loop *loop) {
    if (!loop->timers) return POLL_MAX_MS;
    apr_time_t wait = loop->timers->when - go_loop_now();
    if (wait <= 0) return 0;
    wait = (wait + 999) / 1000;
    return wait < POLL_MAX_MS ? (int)wait : POLL_MAX_MS;
}

static void gather_watches(go_loop *loop) {
    loop->polled_count = 0;
    for (go_watch *watch = loop->watches; watch; watch = watch->next) {
        if (!watch->events) continue;
        if (loop->polled_count == loop->polled_room) {
            loop->polled_room = loop->polled_room ? loop->polled_room * 2 : 16;
            loop->fds = realloc(loop->fds, (size_t)loop->polled_room * sizeof(*loop->fds));
            loop->polled = realloc(loop->polled, (size_t)loop->polled_room * sizeof(*loop->polled));
            if (!loop->fds || !loop->polled) abort();
        }
        loop->polled[loop->polled_count] = watch;
        loop->fds[loop->polled_count++] =
            (struct curl_waitfd){.fd = watch->fd, .events = (short)watch->events};
    }
}

/* How many of ours are ready. Counted before any is called, since that may end others. */
static int count_ready(const go_loop *loop) {
    int count = 0;
    for (int i = 0; i < loop->polled_count; i++) {
        count += loop->fds[i].revents != 0;
    }
    return count;
}

static void run_watches(go_loop *loop) {
    for (int i = 0; i < loop->polled_count; i++) {
        go_watch *watch = loop->polled[i];
        if (watch && loop->fds[i].revents) watch->ready(watch->baton, loop->fds[i].revents);
    }
    loop->polled_count = 0;
}

/*
 * Has curl anything to do? Its own descriptors are counted with ours; a transfer that was just
 * added, is unpaused, or has bytes that TLS holds, makes its timeout 0. Asking costs nothing, while
 * curl_multi_perform() makes a system call for each transfer in progress: a tenth of all that a run
 * costs, when it was called each time round.
 */
static int transfers_are_due(go_loop *loop, int ready) {
    long timeout_ms = -1;
    return ready > 0 || curl_multi_timeout(loop->multi, &timeout_ms) != CURLM_OK || timeout_ms == 0;
}

static void run_transfers(go_loop *loop) {
    int running, left;
    curl_multi_perform(loop->multi, &running);
    CURLMsg *message;
    while ((message = curl_multi_info_read(loop->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURLcode result = message->data.result; /* the message is gone with its handle */
        char *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        ((go_transfer *)(void *)transfer)->done((go_transfer *)(void *)transfer, result);
    }
}

void go_loop_run(go_loop *loop) {
    int ready = 1;
    loop->is_stopped = 0;
    for (;;) {
        if (transfers_are_due(loop, ready)) run_transfers(loop);
        if (loop->is_stopped) return;
        gather_watches(loop);
        curl_multi_poll(loop->multi, loop->fds, (unsigned)loop->polled_count, poll_timeout_ms(loop),
                        &ready);
        ready -= count_ready(loop);
        run_watches(loop);
        run_timers(loop);
        if (loop->is_stopped) return;
    }
}

void go_loop_stop(go_loop *loop) {
    loop->is_stopped = 1;
}
