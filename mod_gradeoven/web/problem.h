/*
 * Problems: what is answered to who asked for JSON and cannot have it, as RFC 9457 has it
 * (application/problem+json): type, title, status, detail, instance, and our "remedy", what can be
 * done. The types are addresses of /api, a page that is to say of each what it means and is not
 * there yet (RFC 9457 asks for none); they follow from the status and stay as they are.
 */
#ifndef GO_WEB_PROBLEM_H
#define GO_WEB_PROBLEM_H

#include "web/request.h"

#define GO_PROBLEM_MEDIA_TYPE "application/problem+json"

typedef struct go_problem_type {
    int status;
    const char *name;  /* "not-found": /api#not-found is its address */
    const char *title; /* the same for each occurrence */
    const char *usual; /* the detail when nothing more is known */
    const char *words; /* for that page */
} go_problem_type;

/* All types, ended by one without a name; the last stands for all that are not told apart. */
extern const go_problem_type go_problem_types[];

const go_problem_type *go_problem_type_of(int http_status);

/*
 * Makes an object a problem document: sets type, title, status and instance; "detail", when it has
 * none, from "problems", the texts above a form that was refused.
 */
void go_problem_complete(const go_request *q, json_t *json, int http_status);

/* The headers that belong to a status: WWW-Authenticate of a 401, Retry-After of a 503. */
void go_problem_headers(const go_request *q, int http_status);

/*
 * Hook insert_error_filter: errors below the mount that httpd itself answers (what a `Require` or
 * another module refuses, too large a body) become such documents too for who asked for JSON.
 */
void go_problem_filter_insert(request_rec *r);
void go_problem_filter_register(void);

#endif
