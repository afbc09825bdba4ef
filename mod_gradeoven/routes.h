/*
 * Routes: which address is which page, and who may call it. The one table in routes.c says it all;
 * 404, 405 with its Allow header, and the names in the log follow from it. A route cannot be
 * written without a right.
 *
 * A pattern is a list of segments: literal ones, ":name" for one that varies, and at the end
 * "*name" for all that remain. The reserved names are looked up before the page is called: :course,
 * :assignment and :number (of a submission) become the situation that rights.c decides about.
 */
#ifndef GO_ROUTES_H
#define GO_ROUTES_H

#include "model/rights.h"

#include <apr_tables.h>
#include <jansson.h>

typedef struct go_request go_request;

/*
 * A page: reads the input, asks the model, fills `page`, and answers a HTTP status. 200 and 422
 * render the route's template with `page`; from 400 on (422 aside) the error page tells q->err; a
 * redirect or a file is what a reply function has answered (reply.h).
 */
typedef int (*go_page)(go_request *q, json_t *page);

typedef enum go_method { GO_GET, GO_POST, GO_METHOD_COUNT } go_method;

typedef struct go_route {
    go_method method;
    const char *pattern;
    go_right right;
    go_page page;
    const char *template; /* without ".html"; NULL: the page never renders */
    int takes_files;      /* a multipart body is read into the request's upload */
} go_route;

typedef struct go_route_match {
    const go_route *route; /* NULL: none of this method */
    int allowed;           /* bits 1 << go_method: what the path answers to; 0: no such path */
    apr_table_t *params;   /* name -> value of the varying segments */
} go_route_match;

/* Finds the route of a path (starts with '/', decoded, below the mount) in a table. */
void go_routes_match(const go_route *routes, go_method method, const char *path,
                     go_route_match *match, apr_pool_t *pool);

/* The whole table, ended by a route without a pattern: for the tests and the reference. */
extern const go_route go_routes[];

#endif
