/*
 * The handler: what httpd calls for each request below a mount. It finds the route, the session and
 * the things the path names, asks for the right, reads the input, calls the page and sends its
 * answer.
 */
#ifndef GO_WEB_HANDLER_H
#define GO_WEB_HANDLER_H

#include <httpd.h>

/* httpd's content handler: DECLINED when the request is not ours. */
int go_handler(request_rec *r);

/* Keep httpd from looking for files and directories below a mount: it has none. */
int go_translate_name(request_rec *r);
int go_map_to_storage(request_rec *r);

/* The mount that a request is below: "" or "/sub", which has "/sub" and "/sub/x", not "/subway".
   NULL: none. */
const char *go_mount_of(const request_rec *r);

/* Is JSON asked for, by Accept or by being a program with a token? */
int go_wants_json(const request_rec *r);

#endif
