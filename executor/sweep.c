#include "sweep.h"

#include "claims.h"
#include "inspection.h"
#include "log.h"
#include "podman.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

typedef struct sweep {
    go_engine *engine;
    apr_pool_t *pool;
    go_sweep_request request;
    go_sweep_done done;
    int pending; /* removals that are not answered yet */
} sweep;

static void submit(sweep *self, const char *method, const char *path, go_engine_done next) {
    go_engine_call call = {.method = method, .path = path, .done = next, .baton = self};
    go_engine_request(self->engine, &call, self->pool);
}

/* Whether it worked shows at the next sweep. Gone already (404), or being removed (409), is fine.
 */
static void container_removed(void *baton, const go_engine_reply *reply) {
    sweep *self = baton;
    if (reply->trouble && reply->http != 404 && reply->http != 409)
        go_log(GO_LOG_WARNING, "a container that was left over stays: %s", reply->trouble);
    if (--self->pending == 0) self->done(self->request.baton, NULL);
}

/* Is this a container that nobody uses any more? */
static int is_left_over(const sweep *self, const char *id, const char *owner) {
    if (!owner) return 1;
    if (strcmp(owner, self->request.owner) != 0) return !go_owner_is_alive(owner);
    return !self->request.is_known(self->request.baton, id);
}

static void listed(void *baton, const go_engine_reply *reply) {
    sweep *self = baton;
    size_t count = reply->trouble ? 0 : json_array_size(reply->json);
    for (size_t i = 0; i < count; i++) {
        const json_t *container = json_array_get(reply->json, i);
        const json_t *labels = json_object_get(container, "Labels");
        const char *id = json_string_value(json_object_get(container, "Id"));
        const char *owner = json_string_value(json_object_get(labels, GO_LABEL_OWNER));
        if (!id || !is_left_over(self, id, owner)) continue;
        self->request.removes(self->request.baton, id);
        self->pending++;
        const char *name = go_engine_escape(self->pool, id);
        submit(self, "DELETE", apr_psprintf(self->pool, "/containers/%s?force=1&v=1", name),
               container_removed);
    }
    if (!self->pending) self->done(self->request.baton, reply->trouble);
}

static void informed(void *baton, const go_engine_reply *reply) {
    sweep *self = baton;
    const char *trouble = reply->trouble;
    if (!trouble) trouble = go_inspection_of_engine(reply->json, self->pool);
    go_engine_set_podman(self->engine, go_podman_is(reply->json));
    if (trouble) {
        self->done(self->request.baton, trouble);
        return;
    }
    json_t *filter =
        json_pack("{s:[o]}", "label", json_sprintf("%s=%s", GO_LABEL_SITE, self->request.site));
    char *text = json_dumps(filter, JSON_COMPACT);
    submit(self, "GET",
           apr_pstrcat(self->pool,
                       "/containers/json?all=1&filters=", go_engine_escape(self->pool, text), NULL),
           listed);
    free(text);
    json_decref(filter);
}

void go_sweep(go_engine *engine, const go_sweep_request *request, go_sweep_done done,
              apr_pool_t *pool) {
    sweep *self = apr_pcalloc(pool, sizeof(*self));
    self->engine = engine;
    self->pool = pool;
    self->request = *request;
    self->done = done;
    submit(self, "GET", "/info", informed);
}
