/*
 * Getting an engine ready for ovens: look at it, sweep it, see to the image. What the pool and
 * `gradeovenctl grade` both do before they make an oven.
 */
#ifndef GO_EXECUTOR_KITCHEN_H
#define GO_EXECUTOR_KITCHEN_H

#include "image.h"
#include "sweep.h"

typedef struct go_kitchen_request {
    const char *site, *owner;                            /* as in go_container_names */
    const char *base, *oven;                             /* as in go_image_request */
    int (*is_known)(void *baton, const char *container); /* as in go_sweep_request */
    void (*removes)(void *baton, const char *container);
    void *baton; /* of these two */
} go_kitchen_request;

/*
 * Calls `done` once, from the loop, with the image or the trouble; unless `pool` ends first, which
 * should be one of its own: the oven binary is read into it.
 */
void go_kitchen_prepare(go_engine *engine, const go_kitchen_request *request, go_image_done done,
                        void *baton, apr_pool_t *pool);

#endif
