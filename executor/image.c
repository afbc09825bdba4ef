#include "image.h"

#include "layer.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <sodium.h>

#include <string.h>

#define TAG_LENGTH 24 /* hex digits */

/* A preparation: the requests follow one another, each one's answer starts the next. */
typedef struct preparation {
    go_engine *engine;
    apr_pool_t *pool;
    go_image_request request;
    go_image_done done;
    void *baton;
    void *oven; /* the binary */
    apr_size_t oven_length;
    const char *tag; /* TAG_LENGTH hex digits */
    go_image image;
    const char *carrier; /* the container that becomes the image; NULL when there is none */
    const char *trouble; /* what went wrong while there was one */
} preparation;

static void finish(preparation *self, const char *trouble) {
    self->done(self->baton, trouble ? NULL : &self->image, trouble);
}

go_image *go_image_copy(const go_image *image, apr_pool_t *pool) {
    go_image *copy = apr_palloc(pool, sizeof(*copy));
    copy->name = apr_pstrdup(pool, image->name);
    copy->base = apr_pstrdup(pool, image->base);
    copy->oven_digest = apr_pstrdup(pool, image->oven_digest);
    return copy;
}

/* Sends the next request; its answer comes to `next`. */
static void submit(preparation *self, const char *method, const char *path, json_t *json,
                   go_engine_done next) {
    go_engine_call call = {
        .method = method, .path = path, .json = json, .done = next, .baton = self};
    go_engine_request(self->engine, &call, self->pool);
    json_decref(json);
}

/* --- 4: the carrier goes again, whatever became of it ---------------------------------------- */

static void carrier_removed(void *baton, const go_engine_reply *reply) {
    preparation *self = baton;
    finish(self, self->trouble); /* a carrier that stays is swept later; the image is what counts */
}

static void remove_carrier(preparation *self, const char *trouble) {
    self->trouble = trouble ? apr_pstrdup(self->pool, trouble) : NULL;
    submit(self, "DELETE", apr_psprintf(self->pool, "/containers/%s?force=1&v=1", self->carrier),
           NULL, carrier_removed);
}

/* --- 3: base + layer = carrier, committed as the image --------------------------------------- */

static void committed(void *baton, const go_engine_reply *reply) {
    remove_carrier(baton, reply->trouble);
}

/* How the image differs from the carrier, as instructions, which Podman heeds; the body it does
 * not. */
static const char *changes(apr_pool_t *pool) {
    static const char *const instructions[] = {"ENTRYPOINT [\"" GO_LAYER_OVEN "\"]",
                                               "CMD []",
                                               "USER 0:0",
                                               "WORKDIR /",
                                               "LABEL " GO_LABEL_SITE "=",
                                               "LABEL " GO_LABEL_OWNER "="};
    const char *query = "";
    for (size_t i = 0; i < sizeof(instructions) / sizeof(*instructions); i++) {
        query =
            apr_pstrcat(pool, query, "&changes=", go_engine_escape(pool, instructions[i]), NULL);
    }
    return query;
}

static void carrier_filled(void *baton, const go_engine_reply *reply) {
    preparation *self = baton;
    if (reply->trouble) {
        remove_carrier(self, reply->trouble);
        return;
    }
    submit(self, "POST",
           apr_psprintf(self->pool,
                        "/commit?container=%s&repo=" GO_IMAGE_REPOSITORY "&tag=%s&pause=0%s",
                        self->carrier, self->tag, changes(self->pool)),
           json_object(), committed);
}

static void carrier_created(void *baton, const go_engine_reply *reply) {
    preparation *self = baton;
    const char *id = json_string_value(json_object_get(reply->json, "Id"));
    if (reply->trouble || !id) {
        finish(self, reply->trouble ? reply->trouble : "The Docker engine made no container.");
        return;
    }
    self->carrier = go_engine_escape(self->pool, id);
    go_error err = GO_ERROR_INIT(self->pool);
    go_engine_call call = {
        .method = "PUT",
        .path = apr_psprintf(self->pool, "/containers/%s/archive?path=/", self->carrier),
        .done = carrier_filled,
        .baton = self};
    if (go_layer_make(self->oven, self->oven_length, &call.bytes, &call.length, self->pool, &err) !=
        APR_SUCCESS) {
        remove_carrier(self, go_error_text(&err));
        return;
    }
    go_engine_request(self->engine, &call, self->pool);
}

/* --- 2: is the image there already? ---------------------------------------------------------- */

static void image_inspected(void *baton, const go_engine_reply *reply) {
    preparation *self = baton;
    if (reply->http != 404) {
        finish(self, reply->trouble);
        return;
    }
    go_container_names names = {self->request.base, self->request.site, self->request.owner};
    submit(self, "POST", "/containers/create", go_container_carrier(&names), carrier_created);
}

/* --- 1: what the base image is ---------------------------------------------------------------- */

static void set_tag(preparation *self, const char *base_id) {
    crypto_hash_sha256_state state;
    unsigned char oven_hash[crypto_hash_sha256_BYTES], hash[crypto_hash_sha256_BYTES];
    char hex[crypto_hash_sha256_BYTES * 2 + 1];
    crypto_hash_sha256(oven_hash, self->oven, self->oven_length);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)base_id, strlen(base_id) + 1);
    crypto_hash_sha256_update(&state, oven_hash, sizeof(oven_hash));
    crypto_hash_sha256_update(&state, (const unsigned char *)GO_LAYER_VERSION,
                              sizeof(GO_LAYER_VERSION));
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    self->tag = apr_pstrmemdup(self->pool, hex, TAG_LENGTH);
    self->image.name = apr_pstrcat(self->pool, GO_IMAGE_REPOSITORY ":", self->tag, NULL);
    self->image.base = apr_pstrcat(self->pool, self->request.base, "@", base_id, NULL);
    sodium_bin2hex(hex, sizeof(hex), oven_hash, sizeof(oven_hash));
    self->image.oven_digest = apr_pstrmemdup(self->pool, hex, GO_OVEN_DIGEST);
}

static void base_inspected(void *baton, const go_engine_reply *reply) {
    preparation *self = baton;
    if (reply->http == 404) {
        finish(self, apr_psprintf(self->pool,
                                  "The image \"%s\" does not exist on the Docker engine. Build or "
                                  "pull it, or name another one (GradeOvenImage).",
                                  self->request.base));
        return;
    }
    const char *id = json_string_value(json_object_get(reply->json, "Id"));
    if (reply->trouble || !id) {
        finish(self, reply->trouble ? reply->trouble : "The Docker engine named no image id.");
        return;
    }
    const json_t *config = json_object_get(reply->json, "Config");
    if (json_object_size(json_object_get(config, "Volumes")) > 0) {
        finish(self,
               apr_psprintf(self->pool,
                            "The image \"%s\" declares volumes, which would let programs write "
                            "to this host's disk without limit. Remove VOLUME from its "
                            "Dockerfile.",
                            self->request.base));
        return;
    }
    set_tag(self, id);
    submit(self, "GET",
           apr_pstrcat(self->pool, "/images/" GO_IMAGE_REPOSITORY ":", self->tag, "/json", NULL),
           NULL, image_inspected);
}

static apr_status_t read_oven(preparation *self, go_error *err) {
    apr_file_t *file;
    apr_finfo_t info;
    const char *path = self->request.oven;
    apr_status_t status = apr_file_open(&file, path, APR_READ | APR_BINARY, 0, self->pool);
    if (status == APR_SUCCESS) status = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    if (status == APR_SUCCESS && info.size > GO_OVEN_BINARY_MAX) status = APR_ENOSPC;
    if (status == APR_SUCCESS) {
        self->oven_length = (apr_size_t)info.size;
        self->oven = apr_palloc(self->pool, self->oven_length + 1);
        status = apr_file_read_full(file, self->oven, self->oven_length, NULL);
        apr_file_close(file);
    }
    if (status == APR_SUCCESS) return status;
    return go_error_system(err, status, "It is installed with Grade Oven; install that again.",
                           "The oven binary \"%s\" cannot be read", path);
}

void go_image_prepare(go_engine *engine, const go_image_request *request, go_image_done done,
                      void *baton, apr_pool_t *pool) {
    preparation *self = apr_pcalloc(pool, sizeof(*self));
    go_error err = GO_ERROR_INIT(pool);
    self->engine = engine;
    self->pool = pool;
    self->request = *request;
    self->done = done;
    self->baton = baton;
    if (read_oven(self, &err) != APR_SUCCESS) {
        finish(self, go_error_text(&err));
        return;
    }
    const char *name = go_engine_escape(pool, request->base);
    submit(self, "GET", apr_pstrcat(pool, "/images/", name, "/json", NULL), NULL, base_inspected);
}
