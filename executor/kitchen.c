#include "kitchen.h"

typedef struct kitchen {
    go_engine *engine;
    apr_pool_t *pool;
    go_kitchen_request request;
    go_image_done done;
    void *baton;
} kitchen;

static int is_known(void *baton, const char *container) {
    kitchen *self = baton;
    return self->request.is_known(self->request.baton, container);
}

static void removes(void *baton, const char *container) {
    kitchen *self = baton;
    self->request.removes(self->request.baton, container);
}

static void swept(void *baton, const char *trouble) {
    kitchen *self = baton;
    if (trouble) {
        self->done(self->baton, NULL, trouble);
        return;
    }
    go_image_request request = {.base = self->request.base,
                                .oven = self->request.oven,
                                .site = self->request.site,
                                .owner = self->request.owner};
    go_image_prepare(self->engine, &request, self->done, self->baton, self->pool);
}

void go_kitchen_prepare(go_engine *engine, const go_kitchen_request *request, go_image_done done,
                        void *baton, apr_pool_t *pool) {
    kitchen *self = apr_pcalloc(pool, sizeof(*self));
    self->engine = engine;
    self->pool = pool;
    self->request = *request;
    self->done = done;
    self->baton = baton;
    go_sweep_request sweep = {.site = request->site,
                              .owner = request->owner,
                              .is_known = is_known,
                              .removes = removes,
                              .baton = self};
    go_sweep(engine, &sweep, swept, pool);
}
