#include "engine.h"

#include "model/text.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

struct go_engine {
    go_loop *loop;
    apr_pool_t *pool; /* requests have their own pools below it */
    const char *endpoint;
    const char *base; /* URL up to the version */
    const char *host;
    const char *unix_path;     /* or NULL */
    const char *tls_directory; /* or NULL */
    int is_podman;
};

typedef struct request {
    go_transfer transfer; /* first: the loop gives it back to us */
    go_engine *engine;
    apr_pool_t *pool;        /* its own */
    apr_pool_t *caller_pool; /* whose end cancels it */
    CURL *easy;
    char detail[CURL_ERROR_SIZE]; /* what curl says of a failure */
    struct curl_slist *headers;
    char *body; /* the reply so far */
    apr_size_t length, room;
    go_timer *not_started; /* reports a request that curl did not take */
    go_engine_done done;
    void *baton;
} request;

static apr_status_t parse_endpoint(go_engine *engine, go_error *err) {
    const char *endpoint = engine->endpoint;
    if (!strncmp(endpoint, "unix:///", 8)) {
        engine->unix_path = endpoint + 7;
        engine->host = "docker";
        engine->base = "http://docker";
        return APR_SUCCESS;
    }
    int is_tls = !strncmp(endpoint, "https://", 8) || engine->tls_directory;
    const char *host = strstr(endpoint, "://");
    if (host && (!strncmp(endpoint, "tcp://", 6) || !strncmp(endpoint, "https://", 8)) && host[3] &&
        !strpbrk(host + 3, "/?#@ ")) {
        engine->host = host + 3;
        engine->base = apr_pstrcat(engine->pool, is_tls ? "https://" : "http://", host + 3, NULL);
        return APR_SUCCESS;
    }
    return go_error_set(err, GO_EINVALID,
                        "It must be unix:///path/to/docker.sock, tcp://host:port or "
                        "https://host:port.",
                        "\"%s\" is not the address of a Docker engine.", endpoint);
}

apr_status_t go_engine_make(go_engine **out, go_loop *loop, const char *endpoint,
                            const char *tls_directory, apr_pool_t *pool, go_error *err) {
    go_engine *engine = apr_pcalloc(pool, sizeof(*engine));
    engine->loop = loop;
    engine->pool = pool;
    engine->endpoint = apr_pstrdup(pool, endpoint);
    engine->tls_directory = tls_directory ? apr_pstrdup(pool, tls_directory) : NULL;
    *out = engine;
    return parse_endpoint(engine, err);
}

CURL *go_engine_easy(const go_engine *engine, const char *path, apr_pool_t *pool) {
    CURL *easy = curl_easy_init();
    if (!easy) return NULL;
    const char *api = strncmp(path, "/libpod/", 8) ? GO_ENGINE_API : GO_ENGINE_LIBPOD_API;
    curl_easy_setopt(easy, CURLOPT_URL, apr_pstrcat(pool, engine->base, api, path, NULL));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* http_proxy is not meant for the engine */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)GO_ENGINE_CONNECT_MS);
    if (engine->unix_path) curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, engine->unix_path);
    if (engine->tls_directory) {
        const char *directory = engine->tls_directory;
        curl_easy_setopt(easy, CURLOPT_CAINFO, apr_pstrcat(pool, directory, "/ca.pem", NULL));
        curl_easy_setopt(easy, CURLOPT_SSLCERT, apr_pstrcat(pool, directory, "/cert.pem", NULL));
        curl_easy_setopt(easy, CURLOPT_SSLKEY, apr_pstrcat(pool, directory, "/key.pem", NULL));
    }
    return easy;
}

go_loop *go_engine_loop(const go_engine *engine) {
    return engine->loop;
}

const char *go_engine_endpoint(const go_engine *engine) {
    return engine->endpoint;
}

const char *go_engine_host(const go_engine *engine) {
    return engine->host;
}

void go_engine_set_podman(go_engine *engine, int is_podman) {
    engine->is_podman = is_podman;
}

int go_engine_is_podman(const go_engine *engine) {
    return engine->is_podman;
}

/* What is wrong with the certificates; NULL when it is something else. */
static const char *certificate_trouble(const go_engine *engine, CURLcode code, const char *detail,
                                       apr_pool_t *pool) {
    const char *directory = engine->tls_directory;
    if (!directory) {
        int is_refusal = strstr(detail, "alert") && strstr(detail, "certificate");
        return is_refusal ? "it wants a client certificate, and none is configured (tls=)" : NULL;
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
        return apr_psprintf(pool, "its certificate is not vouched for by %s/ca.pem (%s)", directory,
                            detail);
    }
    if (code == CURLE_SSL_CERTPROBLEM) {
        return apr_psprintf(pool, "%s/cert.pem and key.pem cannot be used (%s)", directory, detail);
    }
    /* Since TLS 1.3 a server says no only when the client has already begun to read. */
    if (strstr(detail, "alert")) {
        return apr_psprintf(pool, "it does not accept the certificate %s/cert.pem (%s)", directory,
                            detail);
    }
    /* And by then what it said may be lost, as it hangs up on what it has not read. */
    if (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING) {
        return apr_psprintf(pool,
                            "it broke off; perhaps it does not accept the certificate "
                            "%s/cert.pem (%s)",
                            directory, detail);
    }
    return NULL;
}

const char *go_engine_trouble(const go_engine *engine, CURLcode code, const char *detail,
                              apr_pool_t *pool) {
    if (!*detail) detail = curl_easy_strerror(code);
    const char *why = certificate_trouble(engine, code, detail, pool);
    return apr_psprintf(pool, "The Docker engine at %s does not answer: %s.", engine->endpoint,
                        why ? why : detail);
}

const char *go_engine_refusal(apr_pool_t *pool, long http, const json_t *body) {
    const json_t *text = json_object_get(body, "message");
    if (!json_is_string(text)) text = json_object_get(body, "cause"); /* Podman */
    if (json_is_string(text)) {
        return apr_psprintf(
            pool, "The Docker engine says: %s",
            go_text_printable(pool, json_string_value(text), json_string_length(text)));
    }
    return apr_psprintf(pool, "The Docker engine answered with HTTP status %ld.", http);
}

const char *go_engine_escape(apr_pool_t *pool, const char *text) {
    static const char hex[] = "0123456789ABCDEF";
    char *out = apr_palloc(pool, strlen(text) * 3 + 1), *to = out;
    for (const unsigned char *from = (const unsigned char *)text; *from; from++) {
        if (apr_isalnum(*from) || strchr("-._~/:@", *from)) {
            *to++ = (char)*from;
        } else {
            *to++ = '%';
            *to++ = hex[*from >> 4];
            *to++ = hex[*from & 15];
        }
    }
    *to = '\0';
    return out;
}

/* --- one request ---------------------------------------------------------------------------- */

static apr_status_t request_cancel(void *data);

static apr_status_t request_cleanup(void *data) {
    request *self = data;
    apr_pool_cleanup_kill(self->caller_pool, self, request_cancel);
    if (self->easy) {
        go_loop_remove(self->engine->loop, self->easy);
        curl_easy_cleanup(self->easy);
    }
    curl_slist_free_all(self->headers);
    free(self->body);
    return APR_SUCCESS;
}

/* The caller's pool ends before the engine has answered. */
static apr_status_t request_cancel(void *data) {
    request *self = data;
    apr_pool_destroy(self->pool);
    return APR_SUCCESS;
}

static void request_finish(request *self, const go_engine_reply *reply) {
    /* From here on the request is no longer cancelled: `done` may destroy the caller's pool. */
    apr_pool_cleanup_kill(self->caller_pool, self, request_cancel);
    self->caller_pool = self->pool;
    self->done(self->baton, reply);
    apr_pool_destroy(self->pool);
}

static void request_done(go_transfer *transfer, CURLcode result) {
    request *self = (request *)transfer;
    go_engine_reply reply = {.http = GO_ENGINE_NOT_REACHABLE};
    json_t *json = NULL;
    if (result == CURLE_OK) {
        curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &reply.http);
        if (self->length) json = json_loadb(self->body, self->length, JSON_DECODE_ANY, NULL);
        reply.json = json;
        if (reply.http < 200 || reply.http > 299) {
            reply.trouble = go_engine_refusal(self->pool, reply.http, json);
        }
    } else if (result == CURLE_WRITE_ERROR) {
        reply.trouble = "The Docker engine's answer is larger than any that is expected.";
    } else {
        reply.trouble = go_engine_trouble(self->engine, result, self->detail, self->pool);
    }
    request_finish(self, &reply);
    json_decref(json);
}

static void request_not_started(void *baton) {
    request *self = baton;
    go_engine_reply reply = {.trouble = "No memory for a request to the Docker engine."};
    request_finish(self, &reply);
}

static size_t request_receive(char *bytes, size_t size, size_t count, void *baton) {
    request *self = baton;
    size_t length = size * count;
    if (length > GO_ENGINE_REPLY_MAX - self->length) return 0;
    if (self->length + length > self->room) {
        apr_size_t room = self->room ? self->room : 2048;
        while (room < self->length + length) {
            room *= 2;
        }
        char *grown = realloc(self->body, room);
        if (!grown) return 0;
        self->body = grown;
        self->room = room;
    }
    memcpy(self->body + self->length, bytes, length);
    self->length += length;
    return length;
}

/* Sets the body; COPYPOSTFIELDS keeps a copy, so that the caller's may go. */
static int request_body(request *self, const go_engine_call *call) {
    const char *type = "Content-Type: application/x-tar";
    const void *bytes = call->bytes;
    apr_size_t length = call->length;
    char *text = NULL;
    if (call->json) {
        text = json_dumps(call->json, JSON_COMPACT);
        if (!text) return 0;
        type = "Content-Type: application/json";
        bytes = text;
        length = strlen(text);
    }
    if (!bytes) bytes = ""; /* POST without a body still says Content-Length: 0 */
    curl_easy_setopt(self->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    CURLcode code = curl_easy_setopt(self->easy, CURLOPT_COPYPOSTFIELDS, bytes);
    free(text);
    self->headers = curl_slist_append(NULL, type);
    /* Docker answers "Expect" late; nothing here is large enough to ask first. */
    if (self->headers) curl_slist_append(self->headers, "Expect:");
    curl_easy_setopt(self->easy, CURLOPT_HTTPHEADER, self->headers);
    return code == CURLE_OK && self->headers;
}

static int request_start(request *self, const go_engine_call *call) {
    self->easy = go_engine_easy(self->engine, call->path, self->pool);
    if (!self->easy) return 0;
    CURL *easy = self->easy;
    if (strcmp(call->method, "GET") != 0 && !request_body(self, call)) return 0;
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, self->detail);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     (long)(call->timeout_ms ? call->timeout_ms : GO_ENGINE_TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, request_receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
    return go_loop_add(self->engine->loop, easy, &self->transfer) == CURLM_OK;
}

void go_engine_request(go_engine *engine, const go_engine_call *call, apr_pool_t *pool) {
    apr_pool_t *own;
    apr_pool_create(&own, engine->pool);
    request *self = apr_pcalloc(own, sizeof(*self));
    self->transfer.done = request_done;
    self->engine = engine;
    self->pool = own;
    self->caller_pool = pool;
    self->done = call->done;
    self->baton = call->baton;
    apr_pool_cleanup_register(own, self, request_cleanup, apr_pool_cleanup_null);
    apr_pool_cleanup_register(pool, self, request_cancel, apr_pool_cleanup_null);
    if (!request_start(self, call)) {
        self->not_started = go_timer_make(engine->loop, request_not_started, self, own);
        go_timer_start(self->not_started, 0);
    }
}
