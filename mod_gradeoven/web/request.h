/*
 * A request on its way through Grade Oven: who asks, for what, with which input. Made once for each
 * request by handler.c, filled step by step (path, session, things named by the path, input), and
 * given to the page.
 */
#ifndef GO_WEB_REQUEST_H
#define GO_WEB_REQUEST_H

#include "routes.h"
#include "site.h"
#include "web/form.h"
#include "web/tls.h"
#include "web/upload.h"

#include "model/view_as.h"

#include <httpd.h>

struct go_request {
    request_rec *r;
    apr_pool_t *pool;
    go_site *site;
    go_db *db;        /* NULL once the answer is being sent */
    apr_pool_t *loan; /* of the connection: goes before the answer does */
    apr_time_t now;
    const char *mount; /* "" or "/sub" */
    const char *path;  /* below the mount, starts with '/' */
    const go_route *route;
    apr_table_t *params;   /* of the route's pattern */
    go_form *query, *form; /* the body's fields; empty for a GET */
    go_upload *upload;     /* the body's files; NULL when the route takes none */
    go_session *session;   /* NULL: not logged in */
    go_situation at;       /* user, role, course, assignment, submission */
    /* When session->user sees a course as at.user, a student of it, sees it (viewing.h): */
    const go_view_as *view;      /* or NULL */
    const go_view_as *view_over; /* ended by this request, or NULL */
    int hides_work;              /* the assignment is graded blind: not what was handed in */
    int wants_json;
    int shows_secret;             /* no cache keeps the answer */
    int hides_address;            /* the path is a secret: no Referer tells it */
    int is_program;               /* came with a token, be it valid or not */
    const struct go_token *token; /* by which it comes in place of a session (token.h), or NULL */
    const char *zone;             /* in which times are shown: the course's, else UTC */
    const char *policy;           /* of the answer, where it is not GO_CSP (reply.h); or NULL */
    go_error err;
};

/* A value of the path; never NULL for a name of the route's pattern. */
const char *go_request_param(const go_request *q, const char *name);

/* May this person also ...? For parts of a page that only some see. */
int go_request_may(const go_request *q, go_right right);

/*
 * The path of a page with the mount in front: `format` holds %s for a segment (percent-encoded
 * here) and %d for a number. go_url(q, "/courses/%s/assignments/%s", course, assignment).
 */
const char *go_url(const go_request *q, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* {"iso": "2026-11-23T22:59:00Z", "text": "Mon 23 Nov 2026, 23:59 CET"}; null for 0. */
json_t *go_json_time(const go_request *q, const char *zone, apr_time_t time);

/* {"earned": "9.5", "possible": "10", "percent": 95}; null when there is none. */
json_t *go_json_score(const go_request *q, int has_score, go_score score);

/* What becomes of requests without TLS. */
go_plain_http go_request_plain_http(const go_request *q);

/* The path of a page (from go_url) with scheme and host: for links that people pass on. */
const char *go_request_absolute(const go_request *q, const char *path);

/* A string of any bytes: what is not UTF-8 is replaced. */
json_t *go_json_text(const go_request *q, const char *text);

/* "12 KiB" and the like. */
const char *go_bytes_text(apr_pool_t *pool, apr_int64_t bytes);

/* The HTTP status for a model's error. */
int go_http_status(apr_status_t status);

/* Writes a log line with the user, the path and the text of `format`. */
void go_request_log(const go_request *q, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
