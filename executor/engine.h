/*
 * A client of the Docker Engine API, over its socket, on the event loop. Docker and Podman's
 * service both speak it; the version is pinned to an old one that both have.
 *
 * A request ends with exactly one call of its `done`, or with none when the pool it was made with
 * is destroyed first. What the engine answers is bounded in size and time and read as JSON.
 */
#ifndef GO_EXECUTOR_ENGINE_H
#define GO_EXECUTOR_ENGINE_H

#include "loop.h"
#include "model/error.h"

#include <jansson.h>

#define GO_ENGINE_API           "/v1.40"
#define GO_ENGINE_LIBPOD_API    "/v4.0.0" /* of paths that begin with /libpod/, Podman's own */
#define GO_ENGINE_REPLY_MAX     (8 * 1024 * 1024) /* bytes; a list of some thousand containers */
#define GO_ENGINE_TIMEOUT_MS    30000
#define GO_ENGINE_CONNECT_MS    5000
#define GO_ENGINE_NOT_REACHABLE 0 /* go_engine_reply.http when there was no answer at all */

typedef struct go_engine go_engine;

/*
 * `endpoint` is unix:///path, tcp://host:port or https://host:port. `tls_directory` (NULL: none)
 * holds ca.pem, cert.pem and key.pem as for Docker's own client, and makes tcp:// mean TLS.
 * GO_EINVALID when the endpoint is none of these.
 */
apr_status_t go_engine_make(go_engine **engine, go_loop *loop, const char *endpoint,
                            const char *tls_directory, apr_pool_t *pool, go_error *err);

typedef struct go_engine_reply {
    long http;           /* the status, or GO_ENGINE_NOT_REACHABLE */
    const json_t *json;  /* the body, or NULL when it is empty or no JSON */
    const char *trouble; /* NULL for 2xx; else a sentence with Docker's own message */
} go_engine_reply;

/* The reply and all in it are gone when this returns. */
typedef void (*go_engine_done)(void *baton, const go_engine_reply *reply);

typedef struct go_engine_call {
    const char *method; /* "GET", "POST", "PUT", "DELETE" */
    const char *path;   /* below the version, with its query: "/containers/json?all=1" */
    const json_t *json; /* the body as JSON, or NULL; needed only during the call */
    const void *bytes;  /* or a body that is a tar; copied */
    apr_size_t length;  /* bytes of it */
    apr_interval_time_t timeout_ms; /* 0: GO_ENGINE_TIMEOUT_MS */
    go_engine_done done;
    void *baton;
} go_engine_call;

/* Starts a request. A failure to start it is reported by `done` too, from the loop. */
void go_engine_request(go_engine *engine, const go_engine_call *call, apr_pool_t *pool);

/*
 * Podman's service takes the same requests, but understands some of them otherwise (podman.h).
 * Known once the engine was looked at (sweep.h).
 */
void go_engine_set_podman(go_engine *engine, int is_podman);
int go_engine_is_podman(const go_engine *engine);

/* A name for a path or query, in `pool`: percent-encoded but for '/', ':' and '@'. */
const char *go_engine_escape(apr_pool_t *pool, const char *text);

/* --- for stream.c ---------------------------------------------------------------------------- */

/* An easy handle that is set up to reach the engine at `path`; the caller owns it. Or NULL. */
CURL *go_engine_easy(const go_engine *engine, const char *path, apr_pool_t *pool);
go_loop *go_engine_loop(const go_engine *engine);
/* Its address as it was configured. */
const char *go_engine_endpoint(const go_engine *engine);
/* What stands in the Host header. */
const char *go_engine_host(const go_engine *engine);
/* The sentence for a transfer that failed; in `pool`. `detail` is curl's error buffer. */
const char *go_engine_trouble(const go_engine *engine, CURLcode code, const char *detail,
                              apr_pool_t *pool);
/* The sentence for an answer that says no: Docker's "message", else the status; in `pool`. */
const char *go_engine_refusal(apr_pool_t *pool, long http, const json_t *body);

#endif
