/*
 * One oven as the executor sees it: a container with the oven program as PID 1, from the request to
 * create it until the engine says that it is gone.
 *
 *   creating ──> inspecting ──> attaching ──> starting ──> warm ──> baking ──> removing ──> gone
 *       │            │             │             │          │                    ^
 *       └────────────┴─────────────┴─────────────┴──────────┴────────────────────┘
 *                                                              a failure, or not wanted
 *
 * It is inspected first: does the engine keep to the limits (inspection.h)? It is attached before
 * it is started, so that nothing it says is missed; it is warm when its HELLO has come. It bakes
 * one run and is never used again. Every state but warm and baking has a deadline. A container is
 * removed by force, again and again until the engine says that it is gone; only then its user ids
 * are given back. Should this process die, the kernel closes the container's stdin, the oven exits,
 * and the engine removes the container (AutoRemove).
 */
#ifndef GO_EXECUTOR_OVEN_H
#define GO_EXECUTOR_OVEN_H

#include "container.h"
#include "image.h"
#include "stream.h"

typedef struct go_oven go_oven;

typedef enum go_oven_state {
    GO_OVEN_CREATING,
    GO_OVEN_INSPECTING,
    GO_OVEN_ATTACHING,
    GO_OVEN_STARTING,
    GO_OVEN_WARM,
    GO_OVEN_BAKING,
    GO_OVEN_REMOVING,
    GO_OVEN_GONE,
    GO_OVEN_STATE_COUNT
} go_oven_state;

typedef struct go_oven_spec {
    go_engine *engine;
    const go_image *image;
    const char *site, *owner; /* as in go_container_names */
    go_container_limits limits;
} go_oven_spec;

/* What the keeper of ovens hears. */
typedef struct go_oven_events {
    /* It waits for a run. */
    void (*warm)(void *baton, go_oven *oven);
    /* It was lost before it baked; `why` is a sentence. It removes itself, `gone` follows. */
    void (*lost)(void *baton, go_oven *oven, const char *why);
    /* The container is gone, and the oven with it after this call. Comes once for each oven. */
    void (*gone)(void *baton, go_oven *oven);
} go_oven_events;

/* What the one who bakes hears. Each of them may call go_oven_remove(). */
typedef struct go_oven_baker {
    /* A frame of the oven: 1 to go on, 0 when go_oven_remove() was called. */
    int (*frame)(void *baton, int type, const unsigned char *payload, apr_size_t length);
    /* Asked for by go_oven_want_room(). */
    void (*writable)(void *baton);
    /* The stream is over: the oven died, broke the protocol, or the engine went. */
    void (*lost)(void *baton, const char *why);
} go_oven_baker;

/*
 * Starts to make an oven, in a pool of its own below `pool`; the texts of `spec` are copied. Tells
 * all else, a failure too, from the loop.
 */
go_oven *go_oven_make(const go_oven_spec *spec, const go_oven_events *events, void *baton,
                      apr_pool_t *pool);

/* The engine went away: nothing is known against the oven, or against what ran in it. */
int go_oven_engine_is_lost(const go_oven *oven);

go_oven_state go_oven_state_of(const go_oven *oven);
/* When it became warm, by go_loop_now(). */
apr_time_t go_oven_warm_since(const go_oven *oven);
/* What it was made with; lives as long as the oven. */
const go_oven_spec *go_oven_spec_of(const go_oven *oven);
/* The container's id, or NULL while the engine has not named it. */
const char *go_oven_container(const go_oven *oven);

/* warm -> baking: from now on the baker hears the stream. `baker` is kept as a pointer. */
void go_oven_bake(go_oven *oven, const go_oven_baker *baker, void *baton);

/* Sends a frame to a baking oven: 1, or 0 when there is no room now (see stream.h). */
int go_oven_send(go_oven *oven, int type, const void *payload, apr_size_t length);
void go_oven_want_room(go_oven *oven);

/* Changes the memory for processes, in MiB; the answer comes to `done` unless it is removed first.
 */
void go_oven_limit_memory(go_oven *oven, int memory_mb, go_engine_done done, void *baton);

/* Not wanted any more, in any state and as often as one likes. Only `gone` is told after this. */
void go_oven_remove(go_oven *oven);

#endif
