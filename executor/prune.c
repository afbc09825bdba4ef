#include "prune.h"

#include "container.h"
#include "image.h"
#include "log.h"

#include <apr_strings.h>

#include <string.h>

typedef struct prune {
    go_engine *engine;
    apr_pool_t *pool;
    const char *present;
    apr_interval_time_t age_us;
} prune;

typedef struct removal {
    const char *image;
} removal;

static void removed(void *baton, const go_engine_reply *reply) {
    const removal *self = baton;
    /* 409: some container uses it. */
    if (!reply->trouble) go_log(GO_LOG_NOTICE, "removed the old image %s", self->image);
}

static void remove_image(const prune *self, const char *image) {
    removal *one = apr_palloc(self->pool, sizeof(*one));
    one->image = apr_pstrdup(self->pool, image);
    go_engine_call call = {
        .method = "DELETE",
        .path = apr_pstrcat(self->pool, "/images/", go_engine_escape(self->pool, image), NULL),
        .done = removed,
        .baton = one};
    go_engine_request(self->engine, &call, self->pool);
}

/* "gradeoven-oven:TAG", which Podman prefixes with a registry. */
static int is_ours(const char *name) {
    static const char repository[] = GO_IMAGE_REPOSITORY ":";
    const char *slash = strrchr(name, '/');
    return !strncmp(slash ? slash + 1 : name, repository, sizeof(repository) - 1);
}

/* Is the present one among its names? */
static int is_present(const prune *self, const char *name) {
    apr_size_t length = strlen(name), tail = strlen(self->present);
    return length >= tail && !strcmp(name + length - tail, self->present);
}

static void look_at(const prune *self, const json_t *image) {
    const json_t *names = json_object_get(image, "RepoTags");
    apr_time_t made =
        apr_time_from_sec((apr_time_t)json_integer_value(json_object_get(image, "Created")));
    if (made == 0 || apr_time_now() - made < self->age_us) return;
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (!name || !is_ours(name) || is_present(self, name)) return;
    }
    for (size_t i = 0; i < json_array_size(names); i++) {
        remove_image(self, json_string_value(json_array_get(names, i)));
    }
}

static void listed(void *baton, const go_engine_reply *reply) {
    const prune *self = baton;
    for (size_t i = 0; !reply->trouble && i < json_array_size(reply->json); i++) {
        look_at(self, json_array_get(reply->json, i));
    }
}

void go_prune(go_engine *engine, const char *present, apr_interval_time_t age_us,
              apr_pool_t *pool) {
    prune *self = apr_pcalloc(pool, sizeof(*self));
    *self = (prune){
        .engine = engine, .pool = pool, .present = apr_pstrdup(pool, present), .age_us = age_us};
    const char *filter = go_engine_escape(pool, "{\"label\":[\"" GO_LABEL_SITE "\"]}");
    go_engine_call call = {.method = "GET",
                           .path = apr_pstrcat(pool, "/images/json?filters=", filter, NULL),
                           .done = listed,
                           .baton = self};
    go_engine_request(engine, &call, pool);
}
