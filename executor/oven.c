#include "oven.h"

#include "claims.h"
#include "inspection.h"
#include "podman.h"

#include <apr_strings.h>

#include <assert.h>
#include <string.h>

#define PING_US         (20 * APR_USEC_PER_SEC) /* the oven exits after 120 s of silence */
#define REMOVE_AGAIN_US (100 * 1000)            /* doubling, up to: */
#define REMOVE_MAX_US   (10 * APR_USEC_PER_SEC)
#define ANSWER_US       APR_USEC_PER_SEC /* for the engine's own words on a start that failed */
#define HELLO_MIN       12               /* three u32 */
#define PROCESSORS_MAX  8192             /* the most that Linux can be built for */

#define TO(state) (1U << GO_OVEN_##state)

static const struct {
    const char *name;
    unsigned may_become; /* a bit for each state */
    int deadline_s;      /* 0: none */
} states[GO_OVEN_STATE_COUNT] = {
    [GO_OVEN_CREATING] = {"creating", TO(INSPECTING) | TO(REMOVING) | TO(GONE), 60},
    [GO_OVEN_INSPECTING] = {"being inspected", TO(ATTACHING) | TO(REMOVING), 30},
    [GO_OVEN_ATTACHING] = {"attaching", TO(STARTING) | TO(REMOVING), 15},
    [GO_OVEN_STARTING] = {"starting", TO(WARM) | TO(REMOVING), 60},
    [GO_OVEN_WARM] = {"warm", TO(BAKING) | TO(REMOVING), 0},
    [GO_OVEN_BAKING] = {"baking", TO(REMOVING), 0},
    [GO_OVEN_REMOVING] = {"removing", TO(GONE), 0},
    [GO_OVEN_GONE] = {"gone", 0, 0},
};

struct go_oven {
    apr_pool_t *pool; /* its own */
    go_oven_spec spec;
    const go_oven_events *events;
    void *baton;
    go_oven_state state;
    json_t *asked;         /* the body of "create" */
    const char *container; /* NULL until created */
    int uid_base;
    int processors;  /* of the engine's machine, that it may use */
    int is_unwanted; /* to be removed as soon as the engine has named it */
    int is_engine_lost;
    int is_start_answered;
    const char *why; /* the stream is over */
    apr_time_t warm_since;
    const go_oven_baker *baker;
    void *baker_baton;
    apr_pool_t *stream_pool; /* ends when the removing begins */
    go_stream *stream;
    go_timer *deadline, *ping, *again;
    apr_interval_time_t again_us;
};

static void move(go_oven *oven, go_oven_state to) {
    assert(states[oven->state].may_become & (1U << to));
    oven->state = to;
    go_timer_stop(oven->deadline);
    if (states[to].deadline_s) {
        go_timer_start(oven->deadline, states[to].deadline_s * APR_USEC_PER_SEC);
    }
}

static void request(go_oven *oven, const char *method, const char *path, json_t *json,
                    go_engine_done done, apr_pool_t *pool) {
    /* Creating may take as long as its state may. */
    go_engine_call call = {.method = method,
                           .path = path,
                           .json = json,
                           .timeout_ms = 60000,
                           .done = done,
                           .baton = oven};
    go_engine_request(oven->spec.engine, &call, pool);
    json_decref(json);
}

/* --- the end --------------------------------------------------------------------------------- */

static void end(go_oven *oven) {
    move(oven, GO_OVEN_GONE);
    oven->events->gone(oven->baton, oven);
    apr_pool_destroy(oven->pool);
}

static void removed(void *baton, const go_engine_reply *reply) {
    go_oven *oven = baton;
    if (!reply->trouble || reply->http == 404) {
        end(oven);
        return;
    }
    /* 409 is "already in progress", by AutoRemove: ask soon. Anything else: until it works. */
    if (reply->http == 409) oven->again_us = REMOVE_AGAIN_US;
    go_timer_start(oven->again, oven->again_us);
    if (reply->http != 409 && oven->again_us < REMOVE_MAX_US) oven->again_us *= 2;
}

static void send_remove(void *baton) {
    go_oven *oven = baton;
    apr_pool_clear(oven->stream_pool); /* the path of the last try */
    request(oven, "DELETE",
            apr_psprintf(oven->stream_pool, "/containers/%s?force=1&v=1", oven->container), NULL,
            removed, oven->pool);
}

void go_oven_remove(go_oven *oven) {
    if (oven->state == GO_OVEN_REMOVING || oven->state == GO_OVEN_GONE) return;
    oven->is_unwanted = 1;
    oven->baker = NULL;
    go_timer_stop(oven->ping);
    /* A container that is just being created has no name yet: the answer leads back to here. */
    if (!oven->container) return;
    move(oven, GO_OVEN_REMOVING);
    oven->stream = NULL; /* ends with its pool, which closes the container's stdin */
    send_remove(oven);
}

/* It failed by itself: whoever counts on it hears why, and it is removed. */
static void fail(go_oven *oven, const char *why) {
    if (oven->is_unwanted) return;
    if (oven->state == GO_OVEN_BAKING) {
        oven->baker->lost(oven->baker_baton, why);
    } else {
        oven->events->lost(oven->baton, oven, why);
    }
    go_oven_remove(oven);
}

static void deadline_expired(void *baton) {
    go_oven *oven = baton;
    fail(oven, oven->why ? oven->why
                         : apr_psprintf(oven->pool, "The oven was %s for more than %d seconds.",
                                        states[oven->state].name, states[oven->state].deadline_s));
}

/* --- the stream ------------------------------------------------------------------------------ */

static void send_ping(void *baton) {
    go_oven *oven = baton;
    go_stream_send(oven->stream, OVEN_PING, NULL, 0); /* no room: then there is other traffic */
    go_timer_start(oven->ping, PING_US);
}

static apr_uint32_t u32_at(const unsigned char *at) {
    return (apr_uint32_t)at[0] << 24 | (apr_uint32_t)at[1] << 16 | (apr_uint32_t)at[2] << 8 | at[3];
}

static void hello(go_oven *oven, const unsigned char *payload, apr_size_t length) {
    if (length < HELLO_MIN || u32_at(payload) != OVEN_PROTOCOL_VERSION) {
        fail(oven, "The oven in the image is of another version of Grade Oven.");
        return;
    }
    apr_uint32_t processors = u32_at(payload + 8);
    oven->processors = processors <= PROCESSORS_MAX ? (int)processors : 0;
    move(oven, GO_OVEN_WARM);
    oven->warm_since = go_loop_now();
    go_timer_start(oven->ping, PING_US);
    oven->events->warm(oven->baton, oven);
}

static int stream_frame(void *baton, int type, const unsigned char *payload, apr_size_t length) {
    go_oven *oven = baton;
    if (oven->state == GO_OVEN_BAKING) {
        return oven->baker->frame(oven->baker_baton, type, payload, length);
    }
    if (oven->state == GO_OVEN_STARTING && type == OVEN_HELLO) {
        hello(oven, payload, length);
    } else {
        fail(oven, "The oven sent a frame out of order.");
    }
    return oven->stream != NULL;
}

static void stream_writable(void *baton) {
    go_oven *oven = baton;
    if (oven->baker) oven->baker->writable(oven->baker_baton);
}

/* The engine answers, whatever it says of the container: then it was the oven. */
static void blamed(void *baton, const go_engine_reply *reply) {
    go_oven *oven = baton;
    oven->is_engine_lost = reply->http == GO_ENGINE_NOT_REACHABLE;
    fail(oven, oven->is_engine_lost ? reply->trouble : oven->why);
}

/*
 * The connection ends alike when the oven has exited and when the engine went away. For a run it
 * makes a difference, so the engine is asked.
 */
static void stream_closed(void *baton, const char *why) {
    go_oven *oven = baton;
    oven->why = apr_pstrdup(oven->pool, why); /* the text's own pool ends meanwhile */
    if (oven->state == GO_OVEN_STARTING && !oven->is_start_answered) {
        go_timer_start(oven->deadline, ANSWER_US); /* the engine knows more: "no such runtime" */
        return;
    }
    if (oven->state != GO_OVEN_BAKING) {
        fail(oven, oven->why);
        return;
    }
    request(oven, "GET", "/_ping", NULL, blamed, oven->stream_pool);
}

static void started(void *baton, const go_engine_reply *reply) {
    go_oven *oven = baton;
    oven->is_start_answered = 1;
    int is_over = oven->why && oven->state == GO_OVEN_STARTING;
    if (reply->trouble || is_over) fail(oven, reply->trouble ? reply->trouble : oven->why);
}

static void stream_opened(void *baton) {
    go_oven *oven = baton;
    move(oven, GO_OVEN_STARTING);
    request(oven, "POST", apr_psprintf(oven->stream_pool, "/containers/%s/start", oven->container),
            NULL, started, oven->stream_pool);
}

static const go_stream_events stream_events = {.opened = stream_opened,
                                               .frame = stream_frame,
                                               .writable = stream_writable,
                                               .closed = stream_closed};

/* --- the beginning --------------------------------------------------------------------------- */

static void inspected(void *baton, const go_engine_reply *reply) {
    go_oven *oven = baton;
    const char *trouble = reply->trouble;
    if (!trouble) trouble = go_inspection_of_container(oven->asked, reply->json, oven->pool);
    if (trouble) {
        fail(oven, trouble);
        return;
    }
    move(oven, GO_OVEN_ATTACHING);
    oven->stream = go_stream_attach(oven->spec.engine, oven->container, &stream_events, oven,
                                    oven->stream_pool);
}

static void created(void *baton, const go_engine_reply *reply) {
    go_oven *oven = baton;
    const char *id = json_string_value(json_object_get(reply->json, "Id"));
    if (reply->trouble || !id) {
        if (!oven->is_unwanted) {
            oven->events->lost(oven->baton, oven,
                               reply->trouble ? reply->trouble
                                              : "The Docker engine made no container.");
        }
        end(oven);
        return;
    }
    oven->container = go_engine_escape(oven->pool, id);
    if (oven->is_unwanted) {
        go_oven_remove(oven);
        return;
    }
    move(oven, GO_OVEN_INSPECTING);
    const char *trouble = go_inspection_of_answer(reply->json, oven->pool);
    if (trouble) {
        fail(oven, trouble);
        return;
    }
    request(oven, "GET", apr_psprintf(oven->stream_pool, "/containers/%s/json", oven->container),
            NULL, inspected, oven->stream_pool);
}

/* From the loop, so that whoever has just made the oven knows it before it hears of it. */
static void create(void *baton) {
    go_oven *oven = baton;
    go_error err = GO_ERROR_INIT(oven->pool);
    if (oven->is_unwanted) {
        end(oven);
        return;
    }
    if (go_uid_slot_claim(&oven->uid_base, oven->pool, &err) != APR_SUCCESS) {
        oven->events->lost(oven->baton, oven, go_error_text(&err));
        end(oven);
        return;
    }
    oven->again = go_timer_make(go_engine_loop(oven->spec.engine), send_remove, oven, oven->pool);
    const go_container_names names = {oven->spec.image->name, oven->spec.site, oven->spec.owner};
    oven->asked = go_container_oven(&names, &oven->spec.limits, oven->uid_base);
    if (go_engine_is_podman(oven->spec.engine)) go_podman_translate(oven->asked);
    request(oven, "POST", "/containers/create", json_incref(oven->asked), created, oven->pool);
}

static apr_status_t asked_cleanup(void *data) {
    json_decref(((go_oven *)data)->asked);
    return APR_SUCCESS;
}

go_oven *go_oven_make(const go_oven_spec *spec, const go_oven_events *events, void *baton,
                      apr_pool_t *pool) {
    apr_pool_t *own;
    apr_pool_create(&own, pool);
    go_loop *loop = go_engine_loop(spec->engine);
    go_oven *oven = apr_pcalloc(own, sizeof(*oven));
    oven->pool = own;
    apr_pool_cleanup_register(own, oven, asked_cleanup, apr_pool_cleanup_null);
    apr_pool_create(&oven->stream_pool, own);
    oven->spec = *spec;
    oven->spec.image = go_image_copy(spec->image, own);
    oven->spec.site = apr_pstrdup(own, spec->site);
    oven->spec.owner = apr_pstrdup(own, spec->owner);
    oven->spec.limits.runtime = apr_pstrdup(own, spec->limits.runtime);
    oven->events = events;
    oven->baton = baton;
    oven->again_us = REMOVE_AGAIN_US;
    oven->deadline = go_timer_make(loop, deadline_expired, oven, own);
    oven->ping = go_timer_make(loop, send_ping, oven, own);
    oven->again = go_timer_make(loop, create, oven, own);
    go_timer_start(oven->again, 0);
    return oven;
}

/* --- for others ------------------------------------------------------------------------------ */

int go_oven_engine_is_lost(const go_oven *oven) {
    return oven->is_engine_lost;
}

go_oven_state go_oven_state_of(const go_oven *oven) {
    return oven->state;
}

apr_time_t go_oven_warm_since(const go_oven *oven) {
    return oven->warm_since;
}

const go_oven_spec *go_oven_spec_of(const go_oven *oven) {
    return &oven->spec;
}

const char *go_oven_container(const go_oven *oven) {
    return oven->container;
}

/*
 * As many processors as the run may keep busy, for itself, as long as there are enough: what else
 * runs on that machine, other runs above all, is then slowed neither by what this one does nor by
 * what the kernel does for it. Given back with the stream, by when its processes are being killed.
 */
static void take_processors(go_oven *oven) {
    const char *engine = go_engine_endpoint(oven->spec.engine);
    const char *machine = strncmp(engine, "unix:", 5) == 0 ? "" : go_engine_host(oven->spec.engine);
    int want = (oven->spec.limits.cpus_milli + 999) / 1000;
    int first = go_processors_claim(machine, want, oven->processors, oven->stream_pool);
    if (first < 0) return;
    unsigned char payload[8] = {0};
    for (int i = 0; i < 4; i++) {
        payload[i] = (unsigned char)((apr_uint32_t)first >> (24 - 8 * i));
        payload[4 + i] = (unsigned char)((apr_uint32_t)want >> (24 - 8 * i));
    }
    go_oven_send(oven, OVEN_PROCESSORS, payload,
                 sizeof(payload)); /* no room: then it does without */
}

void go_oven_bake(go_oven *oven, const go_oven_baker *baker, void *baton) {
    move(oven, GO_OVEN_BAKING);
    take_processors(oven);
    oven->baker = baker;
    oven->baker_baton = baton;
}

int go_oven_send(go_oven *oven, int type, const void *payload, apr_size_t length) {
    return oven->stream && go_stream_send(oven->stream, type, payload, length);
}

void go_oven_want_room(go_oven *oven) {
    if (oven->stream) go_stream_want_room(oven->stream);
}

void go_oven_limit_memory(go_oven *oven, int memory_mb, go_engine_done done, void *baton) {
    json_t *json = go_container_memory(&oven->spec.limits, memory_mb);
    const char *api = "";
    if (go_engine_is_podman(oven->spec.engine)) {
        json_t *docker = json;
        json = go_podman_update(docker);
        json_decref(docker);
        api = "/libpod";
    }
    go_engine_call call = {
        .method = "POST",
        .path = apr_psprintf(oven->stream_pool, "%s/containers/%s/update", api, oven->container),
        .json = json,
        .done = done,
        .baton = baton};
    go_engine_request(oven->spec.engine, &call, oven->stream_pool);
    json_decref(json);
}
