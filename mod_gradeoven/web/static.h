/*
 * Static files: style sheet, script, pictures. Read once at start and served from memory under an
 * address that holds the hash of them all, so that a browser keeps them for ever and still sees a
 * change at once.
 */
#ifndef GO_WEB_STATIC_H
#define GO_WEB_STATIC_H

#include "model/error.h"

#include <httpd.h>

typedef struct go_static go_static;

/* Reads all files of a directory (not below it). */
apr_status_t go_static_load(go_static **statics, const char *directory, apr_pool_t *pool,
                            go_error *err);

/* "/static/HASH": what a template puts before "/style.css". */
const char *go_static_prefix(const go_static *statics);

/* Answers a GET of `path` below the mount when it is one of ours: a HTTP status, or DECLINED. */
int go_static_handle(const go_static *statics, request_rec *r, const char *path);

#endif
