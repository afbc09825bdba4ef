/*
 * The image that ovens are started from: the site's own (GradeOvenImage), with the oven binary as
 * one layer on top.
 *
 * It is made on first use and named by what is in it: the base image's id, the binary's SHA-256 and
 * the layout below. So a rebuilt base or a new version of Grade Oven gets an image of its own, and
 * nobody has to remember to rebuild anything. Two that make it at the same time make the same.
 */
#ifndef GO_EXECUTOR_IMAGE_H
#define GO_EXECUTOR_IMAGE_H

#include "container.h"
#include "engine.h"

#define GO_IMAGE_REPOSITORY "gradeoven-oven"
#define GO_OVEN_BINARY_MAX  (64 * 1024 * 1024) /* bytes */

typedef struct go_image_request {
    const char *base;         /* "gradeoven:latest" */
    const char *oven;         /* path of the oven binary on this host */
    const char *site, *owner; /* labels for the container that is needed meanwhile */
} go_image_request;

/* An image that is there. */
typedef struct go_image {
    const char *name;        /* to start ovens from */
    const char *base;        /* what it was made from: "gradeoven:latest@sha256:..." */
    const char *oven_digest; /* SHA-256 of the oven binary in it, GO_OVEN_DIGEST hex digits */
} go_image;

#define GO_OVEN_DIGEST 16

/* A copy in `pool`. */
go_image *go_image_copy(const go_image *image, apr_pool_t *pool);

/* `image` is NULL when there is none: then `trouble` says why not and what to do. */
typedef void (*go_image_done)(void *baton, const go_image *image, const char *trouble);

/*
 * Sees to it that the image is there; calls `done` once (perhaps before this returns), unless
 * `pool` ends first. The texts given to it live in `pool`, as does the binary: give it one of its
 * own.
 */
void go_image_prepare(go_engine *engine, const go_image_request *request, go_image_done done,
                      void *baton, apr_pool_t *pool);

#endif
