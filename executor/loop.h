/*
 * The one event loop of a program that bakes: the transfers of a curl multi handle, watched file
 * descriptors, and timers. Everything happens on one thread, in callbacks from go_loop_run(); a
 * callback must not wait for anything but a local disk.
 *
 * A watch and a timer live in a pool and end with it: destroying the pool of an oven takes all that
 * the loop knew of it away. A callback may destroy any pool, its own included.
 */
#ifndef GO_EXECUTOR_LOOP_H
#define GO_EXECUTOR_LOOP_H

#include <apr_pools.h>
#include <apr_time.h>
#include <curl/curl.h>

typedef struct go_loop go_loop;
typedef struct go_watch go_watch;
typedef struct go_timer go_timer;

/*
 * What the loop calls when a transfer of its multi handle has ended; embed it in the struct that
 * owns the easy handle. The handle is still in the multi handle then.
 */
typedef struct go_transfer {
    void (*done)(struct go_transfer *transfer, CURLcode result);
} go_transfer;

/* A loop; it lives in `pool`. NULL when curl has no memory. Needs curl_global_init(). */
go_loop *go_loop_make(apr_pool_t *pool);

/* Dispatches until go_loop_stop() was called, which may be done in any callback. */
void go_loop_run(go_loop *loop);
void go_loop_stop(go_loop *loop);

/* Microseconds of a clock that never jumps. */
apr_time_t go_loop_now(void);

/* Hands an easy handle to the loop, and takes it back (at any time, in any callback). */
CURLMcode go_loop_add(go_loop *loop, CURL *easy, go_transfer *transfer);
void go_loop_remove(go_loop *loop, CURL *easy);

#define GO_WATCH_READ  CURL_WAIT_POLLIN
#define GO_WATCH_WRITE CURL_WAIT_POLLOUT

/* Watches `fd` (which the caller keeps open) for reading; `ready` gets what it is ready for. */
go_watch *go_watch_make(go_loop *loop, int fd, void (*ready)(void *baton, int events), void *baton,
                        apr_pool_t *pool);
/* From now on watch for these events (GO_WATCH_READ | GO_WATCH_WRITE, or 0: nothing). */
void go_watch_want(go_watch *watch, int events);

/* A timer that is not running yet. */
go_timer *go_timer_make(go_loop *loop, void (*expired)(void *baton), void *baton, apr_pool_t *pool);
/* Calls `expired` once, `delay_us` from now; a timer that is running is set anew. */
void go_timer_start(go_timer *timer, apr_interval_time_t delay_us);
void go_timer_stop(go_timer *timer);
int go_timer_is_running(const go_timer *timer);

#endif
